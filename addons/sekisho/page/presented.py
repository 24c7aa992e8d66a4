"""Presented: as which brand does a page present itself, and how much? The signs of one page, by brand. Pure.

Each sign counts once for a brand, with its weight of rules/page.toml. What honest pages do with a brand does
not count: another way to log in, marks of payment in a checkout, buttons to share (three brands side by side
are nobody's own), a name that is the host's own, software that people host themselves.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sekisho.link import Link, host_link
from sekisho.page.facts import PageFacts
from sekisho.page.index import PageIndex
from sekisho.page.names import OWN_NAME, Named
from sekisho.page.standing import Signs, Standing
from sekisho.rulebook.model import Brand, Rulebook
from sekisho.verdict import PageSign

_SIGN = re.compile(r"©|Ⓒ|\(c\)|copyright|®")
_OWNED = re.compile(r"(?:©|Ⓒ|\(c\)|copyright)[\s\d\W]*(?:copyright)?[\s\d\W]*$")
_YEARS = re.compile(r"^(?:[\s\d\W]|copyright|by\b|the\b|\(c\)|since\b|present\b)*")
_END_OF_OWNER = re.compile(
    r"[|;•·\n]|\.\s|,|\ball rights\b|株式会社|\b(?:terms|privacy)\b|"
    r"\b(?:inc|corp|corporation|ltd|co|gmbh|llc|plc|ag|sa|n\.a|na)\b"
)
_TOPICS = frozenset((PageSign.TITLE_WORD, PageSign.AUTHOR, PageSign.HEADING_WORD, PageSign.TEXT))
"""Signs that an article about a brand has too."""
_MANY = 3
"""Brands side by side that are nobody's own."""
OUTRIGHT = frozenset((PageSign.TITLE, PageSign.SITE_NAME, PageSign.ADDRESS))
"""Signs by which a page says outright who it is."""
_NAMES = frozenset(PageSign) - {
    PageSign.LINKS,
    PageSign.ASSETS,
    PageSign.ICON,
    PageSign.ADDRESS,
    PageSign.TEXT,
}
"""Signs that name the brand; links alone lead to a counter or to a page of news."""
_OFTEN = 3
_MOST_TEXT = 5_000
"""Characters of the visible words in which a brand is counted."""
_FIRST_HEADINGS = 2
"""Further down, a heading with a brand alone is that of a box with its news."""
_PICTURE_WORDS = frozenset(("logo", "icon", "image", "logotype", "brand", "mark", "ロゴ"))


@dataclass(frozen=True, slots=True)
class Presented:
    """How much a page presents itself as one brand."""

    slug: str
    score: float
    signs: tuple[tuple[PageSign, str], ...]
    """The weightiest first."""
    outright: bool
    """By its title, name or address it says to be the brand, and by no name that is only a word of every day."""


def signs_of(facts: PageFacts, link: Link, index: PageIndex) -> Signs:
    """Every sign by which a page presents itself as a brand."""
    tally = _Tally(index, link)
    tally.title(facts)
    tally.lines(PageSign.SITE_NAME, facts.site_names, only=True)
    tally.lines(PageSign.AUTHOR, facts.authors)
    tally.hosts(PageSign.ADDRESS, facts.addresses)
    tally.hosts(PageSign.ICON, facts.icons)
    tally.icons(facts.icon_hashes)
    tally.owners(facts.copyrights)
    tally.headings(facts.headings)
    tally.first_lines(facts.first_lines)
    tally.beside(facts.near_form)
    tally.labels(facts)
    tally.phrases(facts)
    tally.links(facts.links)
    tally.pictures(facts.alts)
    tally.hosts(PageSign.ASSETS, [host for host in facts.assets if host not in index.rules.embeds])
    tally.often(facts.text)
    return tally.signs


class _Tally:
    """The signs of one page, by brand."""

    def __init__(self, index: PageIndex, link: Link) -> None:
        self._index = index
        self._domain = link.domain
        self._own = _own_name(link, index.rulebook)
        self.signs: dict[str, dict[PageSign, tuple[str, float]]] = defaultdict(dict)

    def add(self, sign: PageSign, slug: str, words: str, *, worth: float = 1.0) -> None:
        """Counts once for each brand; a telling name replaces one that is a word too."""
        known = self.signs[slug].get(sign)
        if known is None or known[1] < worth:
            self.signs[slug][sign] = (words[:120], worth)

    def find(self, plain: str) -> list[Named]:
        """The names in a text, without those that the host bears itself: it may well be called so."""
        found = self._index.names.find(plain)
        return [name for name in found if not self._is_own(plain[name.start : name.end])]

    def says_only(self, plain: str) -> Named | None:
        """`PageNames.says_only`, without the host's own name."""
        if self._is_own(plain):
            return None
        only = self._index.names.says_only(plain)
        return None if only and self._is_own(plain[only.start : only.end]) else only

    def _is_own(self, name: str) -> bool:
        first = next((char for char in name if char.isalnum()), "")
        return len(self._own) > 2 and self._own.startswith(first) and _bare(name) == self._own

    def title(self, facts: PageFacts) -> None:
        names = self._index.names
        parts = names.segments(facts.title)
        others = [*parts, *(names.plain(name) for name in facts.site_names)]
        mine = any(self._is_own(part) for part in others)
        for part in parts:
            only = self.says_only(part)
            if only and not mine:
                whole = part == parts[0] and self._is_of_a_login(part, only)
                worth = max(only.worth, OWN_NAME) if whole else only.worth
                self.add(PageSign.TITLE, only.slug, facts.title, worth=worth)
            for name in self.find(part):
                self.add(PageSign.TITLE_WORD, name.slug, facts.title, worth=name.worth)

    def _is_of_a_login(self, plain: str, name: Named) -> bool:
        """Beside a name stands that one logs in there: "Sky Login" is no word of every day.

        Two Latin letters are nobody's own, but in a Japanese title they are.
        """
        beside = f"{plain[: name.start]} {plain[name.end :]}"
        long = name.end - name.start > 2 or not plain.isascii()
        return long and any(step in beside for step in self._index.steps)

    def icons(self, hashes: Iterable[str]) -> None:
        rulebook, known = self._index.rulebook, self._index.rules.icons
        for slug in filter(None, map(known.get, hashes)):
            if brand := rulebook.brands.get(slug):
                self.add(PageSign.ICON, slug, brand.site)

    def lines(self, sign: PageSign, lines: Iterable[str], *, only: bool = False) -> None:
        """only: the line must say nothing but the brand."""
        names = self._index.names
        for line in lines:
            plain = names.plain(line)
            if only:
                for part in (plain, *names.segments(line)):
                    if name := self.says_only(part):
                        self.add(sign, name.slug, line, worth=name.worth)
            else:
                found = self.find(plain)
                if len({name.slug for name in found}) < _MANY:
                    for name in found:
                        self.add(sign, name.slug, line, worth=name.worth)

    def owners(self, lines: Iterable[str]) -> None:
        """Copyright lines: what stands beside the sign is a firm's name, be it a word of every day or not."""
        names = self._index.names
        for line in lines:
            for owner in _owners(names.plain(line)):
                if only := self.says_only(owner):
                    self.add(PageSign.COPYRIGHT, only.slug, line)

    def hosts(self, sign: PageSign, hosts: Iterable[str]) -> None:
        owned: dict[str, str] = {}
        for host in hosts:
            if brand := self._index.rulebook.owner_of(host_link(host)):
                owned.setdefault(brand.slug, host)
        if len(owned) < _MANY:
            for slug, host in owned.items():
                self.add(sign, slug, host)

    def headings(self, lines: Iterable[str]) -> None:
        names = self._index.names
        for number, line in enumerate(lines):
            plain = names.plain(line)
            if number < _FIRST_HEADINGS and (only := self._heads(plain)):
                self.add(PageSign.HEADING, only.slug, line, worth=only.worth)
            for name in self.find(plain):
                if not names.is_borrowed(plain, name):
                    self.add(PageSign.HEADING_WORD, name.slug, line, worth=name.worth)

    def _heads(self, plain: str) -> Named | None:
        """`says_only` of a heading: no word of every day ("Master password"), no other way in ("Log in with {}"; a
        heading "{} login" is none).
        """
        only = self.says_only(plain)
        if only is None or only.worth < OWN_NAME:
            return None
        offered = (only.start or not plain.isascii()) and self._index.names.is_borrowed(plain, only)
        return None if offered else only

    def first_lines(self, lines: Iterable[str]) -> None:
        """What stands at the head of a page or of its form is a heading, whatever its tag."""
        names = self._index.names
        found = [(line, only) for line in lines if (only := self._heads(names.plain(line)))]
        if len({only.slug for _, only in found}) == 1:
            for line, only in found:
                self.add(PageSign.HEADING, only.slug, line, worth=only.worth)

    def beside(self, words: str) -> None:
        names = self._index.names
        plain = names.plain(words)
        found = [
            name
            for name in self.find(plain)
            if not name.is_domain
            and not names.is_borrowed(plain, name)
            and not _OWNED.search(plain[max(0, name.start - 40) : name.start])
        ]
        if len({name.slug for name in found}) < _MANY:
            for name in found:
                around = plain[max(0, name.start - 30) : name.end + 30].strip()
                self.add(PageSign.FORM, name.slug, around, worth=name.worth)

    def labels(self, facts: PageFacts) -> None:
        names = self._index.names
        found = [
            (field.label, only)
            for field in facts.fields
            if (only := self.says_only(names.plain(field.label)))
        ]
        if len({only.slug for _, only in found}) == 1:
            for label, only in found:
                self.add(PageSign.LABEL, only.slug, label, worth=only.worth)

    def phrases(self, facts: PageFacts) -> None:
        shown = " ".join(
            (facts.title, *facts.headings, facts.near_form, *(field.label for field in facts.fields))
        )
        plain = self._index.names.plain(shown)
        for slug, phrases in self._index.phrases.items():
            if phrase := next(
                (written for looked_for, written in phrases.items() if looked_for in plain), ""
            ):
                self.add(PageSign.PHRASE, slug, phrase)

    def links(self, hosts: Iterable[str]) -> None:
        owners = {
            self._index.rulebook.owner_of(link)
            for host in hosts
            if (link := host_link(host)).domain != self._domain
        }
        if len(owners) == 1 and (brand := owners.pop()):
            self.add(PageSign.LINKS, brand.slug, brand.site)

    def pictures(self, alts: Iterable[str]) -> None:
        names = self._index.names
        shown: dict[str, tuple[str, float]] = {}
        for alt in alts:
            plain = " ".join(word for word in names.plain(alt).split() if word not in _PICTURE_WORDS)
            if only := self.says_only(plain):
                shown.setdefault(only.slug, (alt, only.worth))
        if len(shown) == 1:
            for slug, (alt, worth) in shown.items():
                self.add(PageSign.PICTURE, slug, alt, worth=worth)

    def often(self, text: str) -> None:
        """How often the visible words name a brand of which another sign was found."""
        if not self.signs:
            return
        names = self._index.names
        plain = names.plain(text[:_MOST_TEXT])
        counts: dict[str, int] = defaultdict(int)
        for name in self.find(plain):
            if not name.weak and not name.is_domain and not names.is_borrowed(plain, name):
                counts[name.slug] += 1
        for slug, count in counts.items():
            if count >= _OFTEN and slug in self.signs:
                self.add(PageSign.TEXT, slug, self._index.rulebook.brands[slug].name)


def ranked(standing: Standing, link: Link, rulebook: Rulebook) -> list[Presented]:
    """The brands as which a page of this host presents itself, the most of all first."""
    rules, brands, own = rulebook.page, rulebook.brands, _own_name(link, rulebook)
    out: list[Presented] = []
    for slug, found in standing.signs.items():
        if slug not in brands or _is_named_so(own, brands[slug]):
            continue
        signs = dict(found)
        if slug in rules.self_hosted:
            signs = {sign: seen for sign, seen in signs.items() if sign is PageSign.ADDRESS}
        if PageSign.TITLE in signs:
            signs.pop(PageSign.TITLE_WORD, None)
        if PageSign.HEADING in signs:
            signs.pop(PageSign.HEADING_WORD, None)
        if not _NAMES.intersection(signs):
            signs.pop(PageSign.LINKS, None)
        if standing.pressure and signs:
            signs[PageSign.PRESSURE] = (standing.pressure, 1.0)
        worth = {sign: rules.weights[sign] * share for sign, (_, share) in signs.items()}
        weightiest = sorted(signs, key=lambda sign: -worth[sign])
        told = tuple((sign, signs[sign][0]) for sign in weightiest)
        outright = any(sign in OUTRIGHT and share >= OWN_NAME for sign, (_, share) in signs.items())
        topic = sum(value for sign, value in worth.items() if sign in _TOPICS)
        score = sum(worth.values()) - max(0.0, topic - rules.topic)
        out.append(Presented(slug, score, told, outright))
    return sorted(out, key=lambda one: -one.score)


def _own_name(link: Link, rulebook: Rulebook) -> str:
    """What the host is called, by who registered it; on a platform anybody is called whatever they like."""
    registered = link.suffix and not link.private_suffix and not rulebook.platform_of(link)
    return link.domain.partition(".")[0].replace("-", "") if registered else ""


def _is_named_so(label: str, brand: Brand) -> bool:
    """The host's own name is the brand's: another firm of that name, or one that lookalike rules judge."""
    return label in (*brand.tokens, *brand.weak_tokens, *brand.common_tokens)


def _owners(line: str) -> list[str]:
    """The words behind each copyright sign of a line, as far as an owner's name goes, and those before the first."""
    parts = _SIGN.split(line)
    if len(parts) < 2:
        return []
    behind = [_END_OF_OWNER.split(_YEARS.sub("", part), maxsplit=1)[0][:60] for part in parts[1:]]
    before = re.split(r"[|;•·\n]|\.\s", parts[0])[-1]
    return [*behind, before[-60:]]


def _bare(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def head_of(facts: PageFacts, index: PageIndex) -> str:
    """Title and first headings, in the form of `PageNames.plain`."""
    return index.names.plain(" ".join((facts.title, *facts.headings[:3])))


def pressure_of(facts: PageFacts, index: PageIndex) -> str:
    """The words with which the title or a heading wants something confirmed at once; empty where none do."""
    head = head_of(facts, index)
    return next((written for plain, written in index.pressure.items() if plain in head), "")
