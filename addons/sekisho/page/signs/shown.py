"""What a page shows: its pictures, and how often its words name a brand. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser

from sekisho.page.facts import PageFacts
from sekisho.page.signs.spec import Role, SignSpec
from sekisho.page.signs.tally import Tally
from sekisho.verdict import PageSign

_PICTURE_WORDS = frozenset(("logo", "icon", "image", "logotype", "brand", "mark", "ロゴ"))
_MOST_PICTURES = 120
_OFTEN = 3
_MOST_TEXT = 5_000
"""Characters of the visible words in which a brand is counted."""


def alternatives(tree: LexborHTMLParser) -> Iterable[str]:
    """What the pictures of a page say that they show."""
    images = [node.attributes for node in tree.css("img")[:_MOST_PICTURES]]
    return (held.get("alt") or held.get("title") or "" for held in images)


def picture(tally: Tally, facts: PageFacts) -> None:
    """A picture says that it shows the brand, and none shows another."""
    names = tally.index.names
    shown: dict[str, tuple[str, float]] = {}
    for alt in facts.own.get(PageSign.PICTURE, ()):
        plain = " ".join(word for word in names.plain(alt).split() if word not in _PICTURE_WORDS)
        if only := tally.says_only(plain):
            shown.setdefault(only.slug, (alt, only.worth))
    if len(shown) == 1:
        for slug, (alt, worth) in shown.items():
            tally.add(PageSign.PICTURE, slug, alt, worth=worth)


def text(tally: Tally, facts: PageFacts) -> None:
    """How often the visible words name a brand of which another sign was found."""
    if not tally.signs:
        return
    names = tally.index.names
    plain = names.plain(facts.text[:_MOST_TEXT])
    counts: dict[str, int] = defaultdict(int)
    for name in tally.find(plain):
        if not name.weak and not name.is_domain and not names.is_borrowed(plain, name):
            counts[name.slug] += 1
    for slug, count in counts.items():
        if count >= _OFTEN and slug in tally.signs:
            tally.add(PageSign.TEXT, slug, tally.index.rulebook.brands[slug].name)


SIGNS = (
    SignSpec(picture, 140, {PageSign.PICTURE: frozenset({Role.NAMES, Role.HEAD})}, read=alternatives),
    # Last: it counts only beside another sign.
    SignSpec(text, 160, {PageSign.TEXT: frozenset({Role.TOPIC})}),
)
