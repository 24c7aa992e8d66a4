"""FeedIndex: is this host, or this page of it, on a downloaded list?

The packed files are mapped, not read: a million entries cost the proxy no memory of its own. An index never
changes; `load_index` makes another one when a list was updated, and keeps the maps of the others.
"""

import logging
import mmap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sekisho.link import Link
from sekisho.providers.feeds.entries import folded, page_keys
from sekisho.providers.feeds.spec import FeedSpec
from sekisho.providers.feeds.state import FOLDER, Part, read_state, state_path
from sekisho.rulebook import Stamp, stamp_of
from sekisho.rulebook.packed_hosts import PackedHosts

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedHit:
    """A list names a host, or the page that is asked for."""

    slug: str
    """Of the feed: ``openphish``."""
    name: str
    """Of the feed, for people: OpenPhish."""
    entry: str
    """The host that stands in the list; never a path, so that it may be logged."""
    is_page: bool
    """The list names this one page of a host that thousands of people share."""
    line: int
    """Where it stands in the downloaded document, counted from 1."""
    fetched: float
    """When the list was last known to be current, seconds since 1970 UTC."""

    @property
    def source(self) -> str:
        """For evidence: ``feeds/openphish:12``."""
        return f"feeds/{self.slug}:{self.line}"


@dataclass(frozen=True, slots=True)
class _Open:
    """One packed file of one feed."""

    slug: str
    name: str
    part: Part
    hosts: PackedHosts


class FeedIndex:
    """Every list that is on, in the order of the rules. Immutable; its maps close when nobody holds it."""

    def __init__(self, lists: Iterable[_Open] = (), stamps: tuple[tuple[FeedSpec, Stamp], ...] = ()) -> None:
        self._lists = tuple(lists)
        self._stamps = stamps

    def __len__(self) -> int:
        """Entries of all lists together, those that stand in several counted each time."""
        return sum(item.part.count for item in self._lists)

    def find(self, link: Link, path: str | None = None) -> FeedHit | None:
        """The entry of the first list that names the host, a domain above it, or the page.

        `path`: the path of the request with its query, where it is known; it is compared here and goes
        nowhere. What stands on a shared host is found by its path only.
        """
        suffix = link.suffix
        for item in self._lists:
            get = item.hosts.get
            for name in link.parents:
                if name == suffix:
                    break
                line = get(name)
                if line is not None:
                    return self._hit(item, name, False, line)
        return self._find_page(folded(link.host), path) if path is not None else None

    def _find_page(self, host: str, path: str) -> FeedHit | None:
        mark = f"{host}/"
        for item in self._lists:
            if mark in item.hosts:
                for key in page_keys(host, path):
                    line = item.hosts.get(key)
                    if line is not None:
                        return self._hit(item, host, True, line)
        return None

    @staticmethod
    def _hit(item: _Open, entry: str, is_page: bool, line: int) -> FeedHit:
        return FeedHit(item.slug, item.name, entry, is_page, line, item.part.fetched)


def load_index(state: Path, specs: Iterable[FeedSpec], earlier: FeedIndex | None = None) -> FeedIndex:
    """Map the last good file of each feed; a feed that has none is left out.

    `state`: the state folder. `earlier` itself is returned where nothing has changed since (one `stat` a
    feed), else what it maps already is used again. Never raises: a damaged file is logged, and
    the next update mends it.
    """
    folder = state / FOLDER
    stamps = tuple((spec, stamp_of(state_path(folder, spec.slug))) for spec in specs)
    if earlier is not None and stamps == earlier._stamps:
        return earlier
    mapped = {item.part.file: item.hosts for item in earlier._lists} if earlier is not None else {}
    lists: list[_Open] = []
    for spec, stamp in stamps:
        for part in read_state(folder, spec.slug).parts if stamp else ():
            try:
                hosts = mapped.get(part.file) or map_file(folder / part.file)
            except (OSError, ValueError) as error:
                _log.warning("the list of %s cannot be used until its next update: %s", spec.name, error)
                continue
            lists.append(_Open(spec.slug, spec.name, part, hosts))
    return FeedIndex(lists, stamps)


def map_file(path: Path) -> PackedHosts:
    """Map a packed file. Raises OSError, and ValueError where it is none or is damaged."""
    with path.open("rb") as file:
        return PackedHosts(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
