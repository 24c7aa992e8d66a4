"""Precedence: of two lines of lists that name one host, which one counts, and why.

The closer one: ``=host`` before any domain, the longer domain before the shorter. Of two equally close ones
the block; of two of one kind the one whose list comes first. Pure.
"""

from collections.abc import Iterable

from sekisho.link import Link
from sekisho.rulebook.model import HostList, ListEntry


def closest(lists: Iterable[HostList], link: Link, now: float) -> ListEntry | None:
    """The closest entry of several lists that is in force; where two are as close, the list that comes first."""
    best: ListEntry | None = None
    for host_list in lists:
        entry = host_list.find(link, now)
        if entry and (best is None or _closeness(entry) > _closeness(best)):
            best = entry
    return best


def outweighs(block: ListEntry, allow: ListEntry) -> bool:
    """The block counts, and not the allow."""
    return _closeness(block) >= _closeness(allow)


def because(winner: ListEntry, loser: ListEntry | None) -> str:
    """What lost, and why: ``blocklist.txt:1 because it is closer``; empty where nobody lost."""
    if loser is None:
        return ""
    closer = _closeness(winner) > _closeness(loser)
    why = "it is closer" if closer else "of two equally close ones the block counts"
    return f"{loser.source} because {why}"


def with_loser(detail: str, outweighed: str) -> str:
    """A sentence on what counts, and what it wins over: the text of `because`, or empty."""
    return f"{detail}, which wins over {outweighed}" if outweighed else detail


def _closeness(entry: ListEntry) -> tuple[bool, int]:
    return entry.exact, entry.name.count(".")
