"""Page icons: pages that ask for something and name an icon, and brand icons that were fetched, until they are paired.

A browser fetches the icon after the page was shown, or not at all where it has it from an earlier page. So either
may come first. In memory only. Time is passed in.
"""

from collections import OrderedDict
from dataclasses import dataclass

from sekisho.engine.read_pages import KEPT_FOR
from sekisho.link import Link
from sekisho.page.standing import Standing
from sekisho.verdict import Evidence

Address = tuple[str, str]
"""Host and path, with the query."""

ICONS_KEPT_FOR = 7 * 86_400.0
"""Seconds; a browser keeps an icon for days, and does not ask for it again."""
_MOST_PAGES = 500
_MOST_ICONS = 500
_OF_ONE_PAGE = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page that was shown, as it was judged without its icon."""

    links: tuple[Link, ...]
    """The names of its host, the first one leading."""
    path: str
    evidence: tuple[Evidence, ...]
    standing: Standing


class PageIcons:
    """What is known of pages and their icons."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Address, tuple[float, Waiting, tuple[Address, ...]]] = OrderedDict()
        self._named: dict[Address, set[Address]] = {}
        """Icon → the pages that name it."""
        self._icons: OrderedDict[Address, tuple[float, str]] = OrderedDict()

    def note_page(self, page: Waiting, icons: tuple[Address, ...], now: float) -> tuple[str, ...]:
        """Remember a page with the addresses of its icons; returns the slugs of brands whose icons these are."""
        key = page.links[0].host, page.path.partition("?")[0]
        self._forget(key)
        icons = tuple(dict.fromkeys(icons))[:_OF_ONE_PAGE]
        self._pages[key] = now, page, icons
        for icon in icons:
            self._named.setdefault(icon, set()).add(key)
        if len(self._pages) > _MOST_PAGES:
            self._forget(next(iter(self._pages)))
        seen = (self._icons.get(icon, (0.0, "")) for icon in icons)
        return tuple(dict.fromkeys(slug for at, slug in seen if slug and 0 <= now - at < ICONS_KEPT_FOR))

    def is_named(self, icon: Address) -> bool:
        """Whether a page that was read names this address as its icon."""
        return icon in self._named

    def note_icon(self, icon: Address, slug: str, now: float) -> tuple[Waiting, ...]:
        """The file at this address is the icon of a brand; returns the pages that name it."""
        self._icons.pop(icon, None)
        self._icons[icon] = now, slug
        if len(self._icons) > _MOST_ICONS:
            self._icons.popitem(last=False)
        kept = [self._pages[key] for key in self._named.get(icon, ())]
        return tuple(page for at, page, _ in kept if 0 <= now - at < KEPT_FOR)

    def _forget(self, key: Address) -> None:
        _, _, icons = self._pages.pop(key, (0.0, None, ()))
        for icon in icons:
            pages = self._named[icon]
            pages.discard(key)
            if not pages:
                del self._named[icon]
