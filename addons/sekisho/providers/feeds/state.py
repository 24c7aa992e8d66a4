"""State: what is known of each feed, kept beside its packed file as ``<slug>.json``, and when it is asked for again.

The JSON file is what counts: it names the packed files, each of which is written once, under a name of its
own, and never changed. So a reader sees one whole list or another, on every operating system, and a power
cut leaves the last good one.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sekisho.atomic_file import write_whole
from sekisho.backoff import backoff
from sekisho.providers.feeds.spec import FeedSpec

FOLDER = "feeds"
"""Below the state folder."""
JITTER = 0.1
"""A period is up to a tenth shorter or longer, so that many households do not ask in the same second."""
FIRST_RETRY = 300.0
"""Seconds after the first failure; doubled after each further one, never more than the period."""


@dataclass(frozen=True, slots=True)
class Part:
    """One downloaded document: all of a list, or one month of it."""

    url: str
    file: str
    """Name of the packed file, in the same folder."""
    count: int
    """Entries that are used."""
    etag: str = ""
    modified: str = ""
    """``ETag`` and ``Last-Modified`` of the answer."""
    fetched: float = 0.0
    """When the server last confirmed that this is the list, seconds since 1970 UTC."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """Where a feed stands; times in seconds since 1970, UTC."""

    tried: float = 0.0
    """When it was last asked for; 0: never."""
    good: float = 0.0
    """When that last went well; 0: never."""
    next_try: float = 0.0
    """When it is due again."""
    failures: int = 0
    """Failed attempts since the last good one."""
    error: str = ""
    """Why the last attempt failed: the end of a sentence. Empty where it went well."""
    made_by: str = ""
    """What the packed files depend on beside the documents; where it differs they are made anew."""
    parts: tuple[Part, ...] = field(default=())
    """The last good list, the newest part first."""

    @property
    def count(self) -> int:
        """Entries in use."""
        return sum(part.count for part in self.parts)


def state_path(folder: Path, slug: str) -> Path:
    """The JSON file of a feed; `folder` is ``feeds`` of the state folder."""
    return folder / f"{slug}.json"


def read_state(folder: Path, slug: str) -> FeedState:
    """The state of a feed; a fresh one where there is none, or none that can be read."""
    try:
        fields: dict[str, Any] = json.loads(state_path(folder, slug).read_bytes())
        parts = tuple(Part(**part) for part in fields.pop("parts"))
        state = FeedState(**fields, parts=parts)
        numbers = (state.tried, state.good, state.next_try, state.failures, *(p.fetched for p in parts))
        texts = (state.error, state.made_by, *(t for p in parts for t in (p.url, p.file, p.etag, p.modified)))
        if not all(isinstance(n, int | float) for n in numbers) or not all(isinstance(t, str) for t in texts):
            raise TypeError("a value of another type")
        if any(not isinstance(p.count, int) or Path(p.file).name != p.file for p in parts):
            raise ValueError("a file outside of the folder")
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return FeedState()  # the feed is downloaded anew, which mends it
    return state


def write_state(folder: Path, slug: str, state: FeedState) -> None:
    """Replace the file in one step. Raises OSError."""
    write_whole(state_path(folder, slug), json.dumps(asdict(state), indent=1).encode())


def next_try(spec: FeedSpec, failures: int, now: float, chance: float) -> float:
    """When to ask again, after so many failures in a row; `chance` is from 0 to 1."""
    wait = spec.hours * 3600.0
    if failures:
        wait = backoff(failures, FIRST_RETRY, wait)
    return now + wait * (1 + JITTER * (2 * chance - 1))


def is_due(spec: FeedSpec, state: FeedState, now: float) -> bool:
    """The feed was never asked for, or its time has come, or the clock has been set back."""
    longest = spec.hours * 3600.0 * (1 + JITTER)
    return state.next_try <= now or state.next_try > now + longest
