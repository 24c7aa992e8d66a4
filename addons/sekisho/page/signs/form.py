"""What stands where something is typed: beside the fields, on them, and the words of a known login page. Pure."""

import re

from sekisho.page.facts import PageFacts
from sekisho.page.signs.spec import Role, SignSpec
from sekisho.page.signs.tally import MANY, Tally
from sekisho.verdict import PageSign

_OWNED = re.compile(r"(?:©|Ⓒ|\(c\)|copyright)[\s\d\W]*(?:copyright)?[\s\d\W]*$")


def form(tally: Tally, facts: PageFacts) -> None:
    """The brand is named beside the fields."""
    names = tally.index.names
    plain = names.plain(facts.near_form)
    found = [
        name
        for name in tally.find(plain)
        if not name.is_domain
        and not names.is_borrowed(plain, name)
        and not _OWNED.search(plain[max(0, name.start - 40) : name.start])
    ]
    if len({name.slug for name in found}) < MANY:
        for name in found:
            around = plain[max(0, name.start - 30) : name.end + 30].strip()
            tally.add(PageSign.FORM, name.slug, around, worth=name.worth)


def label(tally: Tally, facts: PageFacts) -> None:
    """A field is labelled with the brand and words that say nothing."""
    names = tally.index.names
    found = [
        (field.label, only) for field in facts.fields if (only := tally.says_only(names.plain(field.label)))
    ]
    if len({only.slug for _, only in found}) == 1:
        for text, only in found:
            tally.add(PageSign.LABEL, only.slug, text, worth=only.worth)


def phrase(tally: Tally, facts: PageFacts) -> None:
    """Words of the brand's own login page."""
    shown = " ".join(
        (facts.title, *facts.headings, facts.near_form, *(field.label for field in facts.fields))
    )
    plain = tally.index.names.plain(shown)
    for slug, phrases in tally.index.phrases.items():
        if found := next((written for looked_for, written in phrases.items() if looked_for in plain), ""):
            tally.add(PageSign.PHRASE, slug, found)


_NAMES = frozenset({Role.NAMES})

SIGNS = (
    SignSpec(form, 100, {PageSign.FORM: _NAMES}),
    SignSpec(label, 110, {PageSign.LABEL: _NAMES}),
    SignSpec(phrase, 120, {PageSign.PHRASE: _NAMES}),
)
