"""Read pages: what was found on the pages of a host in the last hours, so that its later requests are judged by it.

A page with a fake login is one request; what is typed into it, and its pictures, are others. In memory only. Where
many people share one host (a path of sites.google.com), a warning holds for the very path, and the rest of the host
gets caution. Time is passed in.
"""

from collections import OrderedDict
from dataclasses import replace

from sekisho.link import Link
from sekisho.verdict import Evidence, Level

KEPT_FOR = 6 * 3600.0
"""Seconds; a person may leave a form open over lunch."""
_MOST = 2_000


class ReadPages:
    """Findings on pages, by host, and by path where the host is shared."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[str, str], tuple[float, tuple[Evidence, ...]]] = OrderedDict()

    def note(
        self, link: Link, path: str, evidence: tuple[Evidence, ...], now: float, *, shared: bool
    ) -> None:
        """Keep what was found on one page; nothing found takes nothing back. `shared`: many people's pages."""
        if not evidence:
            return
        if shared:
            self._keep((link.host, _page(path)), evidence, now)
            evidence = tuple(replace(found, level=min(found.level, Level.CAUTION)) for found in evidence)
        self._keep((link.host, ""), evidence, now)

    def known(self, link: Link, path: str | None, now: float) -> tuple[Evidence, ...]:
        """What is known of the host, or of this page of it; the worst first."""
        if not self._found:
            return ()
        of_page = self._lookup((link.host, _page(path)), now) if path is not None else ()
        return of_page or self._lookup((link.host, ""), now)

    def _keep(self, key: tuple[str, str], evidence: tuple[Evidence, ...], now: float) -> None:
        before = self._lookup(key, now)
        worst = max(evidence, key=lambda found: found.level).level
        if before and before[0].level > worst:
            return
        self._found.pop(key, None)
        self._found[key] = (now, evidence)
        if len(self._found) > _MOST:
            self._found.popitem(last=False)

    def _lookup(self, key: tuple[str, str], now: float) -> tuple[Evidence, ...]:
        at, evidence = self._found.get(key, (0.0, ()))
        return evidence if evidence and 0 <= now - at < KEPT_FOR else ()


def _page(path: str) -> str:
    return path.partition("?")[0][:500] or "/"
