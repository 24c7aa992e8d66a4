"""Feeds: the lists of this household, downloaded anew when their time has come.

Everything here blocks: call it in a thread. The proxy and ``sekisho update`` may do so at once; a lock lets
one of them work. A document that is refused (a web page, half of a list, a fifth of what it was) changes
nothing: the last good list stays in use, and the state says why.
"""

import contextlib
import hashlib
import random
import time
import uuid
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout

from sekisho.providers.feeds.build import VERSION, build_apart
from sekisho.providers.feeds.cancel_token import CancelToken
from sekisho.providers.feeds.download import STANDARD, Limits, download
from sekisho.providers.feeds.entries import FeedError
from sekisho.providers.feeds.index import map_file
from sekisho.providers.feeds.spec import FeedSpec
from sekisho.providers.feeds.state import FOLDER, FeedState, Part, is_due, next_try, read_state, write_state

AT_ONCE = 4
"""Downloads side by side, so that one dead server does not hold up the rest."""
SMALLEST_SHARE = 0.2
"""Of the last length: what is shorter than that is more likely damaged than true."""
LOCK_SECONDS = 600.0
"""How long to wait for another update of the same household."""


class Result(StrEnum):
    """What an update came to."""

    NEW = "new"
    """A list was downloaded and is in use."""
    SAME = "same"
    """The list is still the one that is in use."""
    NOT_DUE = "not due"
    """It was not asked for."""
    FAILED = "failed"
    """The last good list, if there is one, stays in use."""


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """What became of one feed."""

    spec: FeedSpec
    result: Result
    state: FeedState
    """As it is now; `state.error` says why it failed, `state.count` what is in use."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where an update is, for a progress bar."""

    spec: FeedSpec
    what: str
    """``downloads``, ``reads`` or ``done``."""
    done: int = 0
    """Packed bytes that have arrived."""
    announced: int = 0
    """Bytes that the server announced; 0: unknown."""


Progress = Callable[[Step], object]


class FeedFolderError(RuntimeError):
    """The folder of the feeds cannot be used. The message names it and the remedy."""


class Feeds:
    """The feeds that are on, and the folder in which they are kept."""

    def __init__(
        self,
        state: Path,
        specs: Iterable[FeedSpec],
        shared: Collection[str],
        *,
        limits: Limits = STANDARD,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`state`: the state folder. `shared`: domains whose pages are their users', which no list may name
        as a whole (`rulebook.shared_domains`).
        """
        self.specs = tuple(specs)
        self._folder = state / FOLDER
        self._shared = frozenset(shared)
        self._limits = limits
        self._clock = clock
        self._chance = chance
        self._cancel_token = CancelToken()
        self._one_build = Lock()

    def states(self) -> dict[str, FeedState]:
        """Slug → where each feed stands, for `sekisho status`."""
        return {spec.slug: read_state(self._folder, spec.slug) for spec in self.specs}

    def due(self, now: float) -> list[FeedSpec]:
        """The feeds whose time has come."""
        states = self.states()
        return [spec for spec in self.specs if is_due(spec, states[spec.slug], now)]

    def update(self, force: bool = False, progress: Progress = lambda step: None) -> list[FeedOutcome]:
        """Ask for each feed that is due and put what is new in place; in the order of the feeds.

        `force`: ask for all of them, take what comes even where nothing seems to have changed, and accept a
        list that has become much shorter. `progress` is called from several threads. Raises FeedFolderError.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(self._folder / ".lock", timeout=LOCK_SECONDS, mode=0o600):
                self._tidy()
                due = set(self.specs if force else self.due(self._clock()))
                with ThreadPoolExecutor(AT_ONCE, "feeds") as pool:
                    try:
                        return list(
                            pool.map(lambda spec: self._one(spec, spec in due, force, progress), self.specs)
                        )
                    except KeyboardInterrupt:
                        self.stop()  # else leaving the pool would wait for every download
                        raise
        except Timeout as error:
            raise FeedFolderError(
                f"{self._folder} is being updated by another program; try again later"
            ) from error
        except OSError as error:
            remedy = "check who owns it, and that the disk is not full"
            raise FeedFolderError(f"{self._folder} cannot be written ({error.strerror}): {remedy}") from error

    def stop(self) -> None:
        """End an update that runs in another thread, within a second; this object updates no more."""
        self._cancel_token.pull()

    def _one(self, spec: FeedSpec, due: bool, force: bool, progress: Progress) -> FeedOutcome:
        old = read_state(self._folder, spec.slug)
        if not due:
            return FeedOutcome(spec, Result.NOT_DUE, old)
        now = self._clock()
        made_by = self._made_by(spec)
        try:
            parts = self._parts(spec, () if force or old.made_by != made_by else old.parts, now, progress)
            count = sum(part.count for part in parts)
            if not force and not spec.varies and count < old.count * SMALLEST_SHARE:
                raise FeedError(
                    f"it has shrunk from {old.count:,} entries to {count:,}, so it is taken to be damaged;"
                    " if it is not: sekisho update --force"
                )
        except FeedError as error:
            if self._cancel_token.cancelled:
                return FeedOutcome(spec, Result.FAILED, replace(old, error=str(error)))
            failures = old.failures + 1
            due_again = next_try(spec, failures, now, self._chance())
            state = replace(old, tried=now, failures=failures, error=str(error), next_try=due_again)
        else:
            state = FeedState(now, now, next_try(spec, 0, now, self._chance()), 0, "", made_by, parts)
        finally:
            progress(Step(spec, "done"))
        write_state(self._folder, spec.slug, state)
        if state.error:
            return FeedOutcome(spec, Result.FAILED, state)
        same = {part.file for part in state.parts} == {part.file for part in old.parts}
        return FeedOutcome(spec, Result.SAME if same else Result.NEW, state)

    def _parts(
        self, spec: FeedSpec, known: tuple[Part, ...], now: float, progress: Progress
    ) -> tuple[Part, ...]:
        """Every document of a list, fetched or still good. Raises FeedError."""
        by_url = {part.url: part for part in known if self._usable(part)}
        parts: list[Part] = []
        for url in spec.urls(now):
            part = self._part(spec, url, by_url.get(url), now, progress)
            if part:
                parts.append(part)
        if not parts:
            raise FeedError("the server has no such document (404); perhaps the list has moved")
        return tuple(parts)

    def _part(
        self, spec: FeedSpec, url: str, known: Part | None, now: float, progress: Progress
    ) -> Part | None:
        """One document; None where the server has none."""
        stamp = uuid.uuid4().hex[:12]  # no file is ever written twice: somebody may have mapped it
        raw = self._folder / f"{spec.slug}-{stamp}.part"
        packed = self._folder / f"{spec.slug}-{stamp}.hosts"
        try:
            answer = download(
                url,
                raw,
                spec.max_mb << 20,
                etag=known.etag if known else "",
                modified=known.modified if known else "",
                limits=self._limits,
                cancel_token=self._cancel_token,
                progress=lambda done, announced: progress(Step(spec, "downloads", done, announced)),
            )
            if answer.status == 404:
                return None
            if answer.status == 304 and known:
                return replace(known, fetched=now)
            progress(Step(spec, "reads", answer.size, answer.size))
            with self._one_build:  # each takes its memory; a small box has enough for one
                built = build_apart(
                    raw, spec.form, spec.field, packed, self._shared, cancel_token=self._cancel_token
                )
        finally:
            with contextlib.suppress(OSError):
                raw.unlink(missing_ok=True)
        return Part(url, packed.name, built.count, answer.etag, answer.modified, now)

    def _usable(self, part: Part) -> bool:
        """Its packed file is whole; otherwise "not changed" would keep a hole."""
        try:
            map_file(self._folder / part.file)
        except (OSError, ValueError):
            return False
        return True

    def _made_by(self, spec: FeedSpec) -> str:
        """Changes with how a document is read, and with the platforms that no entry may name."""
        made_of = "\n".join((str(VERSION), spec.url, spec.reading, *sorted(self._shared)))
        return hashlib.sha256(made_of.encode()).hexdigest()[:16]

    def _tidy(self) -> None:
        """Remove what no state names: of updates that were cut off, and lists that were replaced before.

        A feed that was switched off keeps its list. What another process maps cannot be removed on some
        systems; the next update does it.
        """
        slugs = {path.stem for path in self._folder.glob("*.json")}
        used = {part.file for slug in slugs for part in read_state(self._folder, slug).parts}
        for path in self._folder.iterdir():
            if path.suffix in (".part", ".tmp") or (path.suffix == ".hosts" and path.name not in used):
                with contextlib.suppress(OSError):
                    path.unlink()
