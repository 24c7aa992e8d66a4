"""What stands at the head of a page: its headings, and the lines with which it and its forms begin. Pure."""

from collections.abc import Iterable

from sekisho.page.facts import PageFacts
from sekisho.page.names import OWN_NAME, Named
from sekisho.page.signs.spec import Role, SignSpec
from sekisho.page.signs.tally import Tally
from sekisho.verdict import PageSign

_FIRST_HEADINGS = 2
"""Further down, a heading with a brand alone is that of a box with its news."""


def heading(tally: Tally, facts: PageFacts) -> None:
    """A heading says nothing but the brand, or names it."""
    names = tally.index.names
    for number, line in enumerate(facts.headings):
        plain = names.plain(line)
        if number < _FIRST_HEADINGS and (only := _heads(tally, plain)):
            tally.add(PageSign.HEADING, only.slug, line, worth=only.worth)
        for name in tally.find(plain):
            if not names.is_borrowed(plain, name):
                tally.add(PageSign.HEADING_WORD, name.slug, line, worth=name.worth)
    _first_lines(tally, facts.first_lines)


def _first_lines(tally: Tally, lines: Iterable[str]) -> None:
    """What stands at the head of a page or of its form is a heading, whatever its tag."""
    names = tally.index.names
    found = [(line, only) for line in lines if (only := _heads(tally, names.plain(line)))]
    if len({only.slug for _, only in found}) == 1:
        for line, only in found:
            tally.add(PageSign.HEADING, only.slug, line, worth=only.worth)


def _heads(tally: Tally, plain: str) -> Named | None:
    """`says_only` of a heading: no word of every day ("Master password"), no other way in ("Log in with {}"; a
    heading "{} login" is none).
    """
    only = tally.says_only(plain)
    if only is None or only.worth < OWN_NAME:
        return None
    offered = (only.start or not plain.isascii()) and tally.index.names.is_borrowed(plain, only)
    return None if offered else only


SIGNS = (
    SignSpec(
        heading,
        80,
        {
            PageSign.HEADING: frozenset({Role.NAMES, Role.HEAD}),
            PageSign.HEADING_WORD: frozenset({Role.NAMES, Role.TOPIC}),
        },
    ),
)
