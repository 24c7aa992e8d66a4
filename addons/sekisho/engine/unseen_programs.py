"""Unseen programs: programs that were refused where nobody sees it, until the person opens a page.

A frame may be hidden, and what a link saves is not shown. So the next page that the person opens of the program's
host, or of the host whose page wanted it, asks in its place. In memory only. Time is passed in.
"""

from collections import OrderedDict
from dataclasses import dataclass

from sekisho.link import Link
from sekisho.verdict import Verdict

KEPT_FOR = 30 * 60.0
"""Seconds; later nobody knows any more what it is about."""
_MOST = 500


@dataclass(frozen=True, slots=True)
class UnseenProgram:
    """One refused program."""

    link: Link
    """The host that sent it."""
    url: str
    verdict: Verdict
    """With the program's finding at its head."""
    hosts: frozenset[str]
    """Hosts whose pages report it."""


class UnseenPrograms:
    """Refused programs by device and host."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[float, UnseenProgram]] = OrderedDict()

    def note(self, client: str, program: UnseenProgram, now: float) -> None:
        """Keep it until it is reported."""
        for host in program.hosts:
            self._kept.pop((client, host), None)
            self._kept[client, host] = now, program
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def take(self, client: str, host: str, now: float) -> UnseenProgram | None:
        """What a page of this host has to report to this device, once."""
        if not self._kept:
            return None
        at, program = self._kept.get((client, host), (0.0, None))
        if program is None:
            return None
        for one in program.hosts:
            if self._kept.get((client, one), (0.0, None))[1] is program:
                del self._kept[client, one]
        return program if 0 <= now - at < KEPT_FOR else None
