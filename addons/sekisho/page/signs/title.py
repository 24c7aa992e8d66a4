"""What a page calls itself: its title, its site's name, its author. Pure."""

from sekisho.page.facts import PageFacts
from sekisho.page.names import OWN_NAME, Named
from sekisho.page.signs.spec import Role, SignSpec
from sekisho.page.signs.tally import Tally
from sekisho.verdict import PageSign


def title(tally: Tally, facts: PageFacts) -> None:
    """A part of the title says nothing but the brand, or names it."""
    names = tally.index.names
    parts = names.segments(facts.title)
    others = [*parts, *(names.plain(name) for name in facts.site_names)]
    mine = any(tally.is_own(part) for part in others)
    for part in parts:
        only = tally.says_only(part)
        if only and not mine:
            whole = part == parts[0] and _is_of_a_login(tally, part, only)
            worth = max(only.worth, OWN_NAME) if whole else only.worth
            tally.add(PageSign.TITLE, only.slug, facts.title, worth=worth)
        for name in tally.find(part):
            tally.add(PageSign.TITLE_WORD, name.slug, facts.title, worth=name.worth)


def _is_of_a_login(tally: Tally, plain: str, name: Named) -> bool:
    """Beside a name stands that one logs in there: "Sky Login" is no word of every day.

    Two Latin letters are nobody's own, but in a Japanese title they are.
    """
    beside = f"{plain[: name.start]} {plain[name.end :]}"
    long = name.end - name.start > 2 or not plain.isascii()
    return long and any(step in beside for step in tally.index.steps)


def site_name(tally: Tally, facts: PageFacts) -> None:
    """og:site_name or application-name say nothing but the brand."""
    tally.lines(PageSign.SITE_NAME, facts.site_names, only=True)


def author(tally: Tally, facts: PageFacts) -> None:
    """Meta author, title or description name it."""
    tally.lines(PageSign.AUTHOR, facts.authors)


_TOPIC = frozenset({Role.NAMES, Role.TOPIC})
_OUTRIGHT = frozenset({Role.NAMES, Role.OUTRIGHT})

SIGNS = (
    SignSpec(title, 10, {PageSign.TITLE: _OUTRIGHT, PageSign.TITLE_WORD: _TOPIC}),
    SignSpec(site_name, 20, {PageSign.SITE_NAME: _OUTRIGHT}),
    SignSpec(author, 30, {PageSign.AUTHOR: _TOPIC}),
)
