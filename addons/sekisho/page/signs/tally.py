"""Tally: the signs of one page, by brand; what every sign needs to count one. Pure.

What honest pages do with a brand does not count: a name that is the host's own, three brands side by side.
"""

from collections import defaultdict
from collections.abc import Iterable

from sekisho.link import Link, host_link
from sekisho.page.index import PageIndex
from sekisho.page.names import Named
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import PageSign

MANY = 3
"""Brands side by side that are nobody's own."""


class Tally:
    """The signs of one page, by brand."""

    def __init__(self, index: PageIndex, link: Link) -> None:
        self.index = index
        self.domain = link.domain
        """Of the page, registrable."""
        self._own = own_name(link, index.rulebook)
        self.signs: dict[str, dict[PageSign, tuple[str, float]]] = defaultdict(dict)

    def add(self, sign: PageSign, slug: str, words: str, *, worth: float = 1.0) -> None:
        """Counts once for each brand; a telling name replaces one that is a word too."""
        known = self.signs[slug].get(sign)
        if known is None or known[1] < worth:
            self.signs[slug][sign] = (words[:120], worth)

    def find(self, plain: str) -> list[Named]:
        """The names in a text, without those that the host bears itself: it may well be called so."""
        found = self.index.names.find(plain)
        return [name for name in found if not self.is_own(plain[name.start : name.end])]

    def says_only(self, plain: str) -> Named | None:
        """`PageNames.says_only`, without the host's own name."""
        if self.is_own(plain):
            return None
        only = self.index.names.says_only(plain)
        return None if only and self.is_own(plain[only.start : only.end]) else only

    def is_own(self, name: str) -> bool:
        """The host is called so itself."""
        first = next((char for char in name if char.isalnum()), "")
        return len(self._own) > 2 and self._own.startswith(first) and _bare(name) == self._own

    def lines(self, sign: PageSign, lines: Iterable[str], *, only: bool = False) -> None:
        """Lines that name a brand; only: the line must say nothing but the brand."""
        names = self.index.names
        for line in lines:
            plain = names.plain(line)
            if only:
                for part in (plain, *names.segments(line)):
                    if name := self.says_only(part):
                        self.add(sign, name.slug, line, worth=name.worth)
            else:
                found = self.find(plain)
                if len({name.slug for name in found}) < MANY:
                    for name in found:
                        self.add(sign, name.slug, line, worth=name.worth)

    def hosts(self, sign: PageSign, hosts: Iterable[str]) -> None:
        """Hosts that a brand owns."""
        owned: dict[str, str] = {}
        for host in hosts:
            if brand := self.index.rulebook.owner_of(host_link(host)):
                owned.setdefault(brand.slug, host)
        if len(owned) < MANY:
            for slug, host in owned.items():
                self.add(sign, slug, host)


def own_name(link: Link, rulebook: Rulebook) -> str:
    """What the host is called, by who registered it; on a platform anybody is called whatever they like."""
    registered = link.suffix and not link.private_suffix and not rulebook.platform_of(link)
    return link.domain.partition(".")[0].replace("-", "") if registered else ""


def _bare(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
