"""Presented: as which brand does a page present itself, and how much? The signs of one page, by brand. Pure.

Each sign counts once for a brand, with its weight of rules/page.toml. What honest pages do with a brand does
not count: another way to log in, marks of payment in a checkout, buttons to share (three brands side by side
are nobody's own), a name that is the host's own, software that people host themselves.
"""

from dataclasses import dataclass

from sekisho.link import Link
from sekisho.page.facts import PageFacts
from sekisho.page.index import PageIndex
from sekisho.page.names import OWN_NAME
from sekisho.page.signs import SIGNS, Role, signs_with
from sekisho.page.signs.tally import Tally, own_name
from sekisho.page.standing import Signs, Standing
from sekisho.rulebook.model import Brand, Rulebook
from sekisho.verdict import PageSign

OUTRIGHT = signs_with(Role.OUTRIGHT)
_NAMES, _TOPICS = signs_with(Role.NAMES), signs_with(Role.TOPIC)


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
    tally = Tally(index, link)
    for spec in SIGNS:
        spec.find(tally, facts)
    return tally.signs


def ranked(standing: Standing, link: Link, rulebook: Rulebook) -> list[Presented]:
    """The brands as which a page of this host presents itself, the most of all first."""
    rules, brands, own = rulebook.page, rulebook.brands, own_name(link, rulebook)
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
        shown = tuple((sign, signs[sign][0]) for sign in weightiest)
        outright = any(sign in OUTRIGHT and share >= OWN_NAME for sign, (_, share) in signs.items())
        topic = sum(value for sign, value in worth.items() if sign in _TOPICS)
        score = sum(worth.values()) - max(0.0, topic - rules.topic)
        out.append(Presented(slug, score, shown, outright))
    return sorted(out, key=lambda one: -one.score)


def _is_named_so(label: str, brand: Brand) -> bool:
    """The host's own name is the brand's: another firm of that name, or one that lookalike rules judge."""
    return label in (*brand.tokens, *brand.weak_tokens, *brand.common_tokens)


def head_of(facts: PageFacts, index: PageIndex) -> str:
    """Title and first headings, in the form of `PageNames.plain`."""
    return index.names.plain(" ".join((facts.title, *facts.headings[:3])))


def pressure_of(facts: PageFacts, index: PageIndex) -> str:
    """The words with which the title or a heading wants something confirmed at once; empty where none do."""
    head = head_of(facts, index)
    return next((written for plain, written in index.pressure.items() if plain in head), "")
