"""Judge: does this page present itself as a brand that does not own its host, and ask for a secret?

Two tiers. A page whose title, name or address *is* the brand's and that asks for a secret is warned of at
once. Else every sign adds its weight (`presented`), and the score decides: warn or caution. Pages of false
support need no field: a brand, words of alarm, and a telephone or something to install. A page that shows
nothing but an encoded text gets caution. Pure.
"""

import math
from collections import defaultdict

from sekisho.link import Link
from sekisho.page.facts import PageFacts
from sekisho.page.index import PageIndex
from sekisho.page.names import OWN_NAME
from sekisho.page.presented import OUTRIGHT, Presented, head_of, pressure_of, ranked, signs_of
from sekisho.page.signs import Role, signs_with
from sekisho.page.standing import Standing
from sekisho.rulebook.model import Brand, Rulebook
from sekisho.rulebook.page_rules import UNWEIGHED, PageRules
from sekisho.verdict import Evidence, Level, PageSign, Reason, Secret

SOURCE = "page"
_TELLING = 3.0
"""What a page must score above `warn` where it asks for a name or a mail address only."""
_UNREAD = 2.0
"""What it must score above `warn` where no field was read, but may be there."""
_UNTITLED = 1.0
"""How much less a page must score that says at its head who it is, where title and words name nobody else."""
_HEADS = signs_with(Role.HEAD)
_FEW_WORDS = 200
"""Characters of a page that shows almost nothing."""
_LIGHT = frozenset((Secret.PERSONAL, Secret.IDENTITY, Secret.OTHER))
"""What honest pages ask for everywhere."""
_LONGEST_SCARE = 4000
"""Characters of a page of false support; articles about them are longer."""
_PRESSED = frozenset(Secret) - {Secret.IDENTITY, Secret.OTHER, Secret.CODE}


def standing_of(facts: PageFacts, link: Link, index: PageIndex) -> Standing | None:
    """What speaks for this page being an imitation; None where it cannot be one."""
    if not (facts.fields or facts.cut or facts.frames) or index.rulebook.owner_of(link) is not None:
        return None
    signs, pressure = signs_of(facts, link, index), pressure_of(facts, index)
    few = len(facts.text) < _FEW_WORDS
    return Standing(
        signs,
        pressure,
        facts.asks,
        cut=facts.cut,
        framed=bool(facts.frames),
        first_step=_is_first_step(facts, index),
        unnamed=not facts.site_names and (few or _names_nobody(facts.title, index)),
    )


def judge_page(
    facts: PageFacts, link: Link, index: PageIndex, standing: Standing | None
) -> tuple[Evidence, ...]:
    """What is wrong with a page that was served by the host of `link`, the worst first; empty where nothing is.

    standing: what `standing_of` makes of the same page.
    """
    rulebook = index.rulebook
    if rulebook.owner_of(link) is not None:
        return ()
    found: list[Evidence] = []
    if facts.opaque:
        detail = "the page shows nothing to read but an encoded text that a script writes out"
        found.append(_evidence(Level.CAUTION, detail, signs=((PageSign.OPAQUE, ""),)))
    if standing is not None and (evidence := imitation(standing, link, rulebook)):
        found.append(evidence)
    if evidence := _false_support(facts, link, index):
        found.append(evidence)
    if not found and standing is not None and (evidence := _pressure(facts, standing.pressure, index)):
        found.append(evidence)
    return tuple(sorted(found, key=lambda item: -item.level))


def imitation(standing: Standing, link: Link, rulebook: Rulebook) -> Evidence | None:
    """As which brand a page of this host deceives, or None."""
    brands = ranked(standing, link, rulebook)
    if not brands:
        return None
    rules, best = rulebook.page, brands[0]
    second = brands[1].score if len(brands) > 1 else 0.0
    warn, caution = _bounds(standing, best, rules)
    level = Level.WARN if best.score >= warn else Level.CAUTION if best.score >= caution else Level.PASS
    if best.score - second < rules.lead:
        level = min(level, Level.CAUTION) if best.score >= warn else Level.PASS
    if level is Level.PASS:
        return None
    brand = rulebook.brands[best.slug]
    seen = " and ".join(sign.detail.format(words) for sign, words in best.signs[:2])
    detail = (
        f"the page presents itself as {brand.name} ({seen}) and {_asked(standing.asks)}, "
        f"but {link.domain} does not belong to {brand.name}"
    )
    return _evidence(level, detail, brand, standing.asks, best.signs)


def with_icon(
    found: tuple[Evidence, ...], standing: Standing, slug: str, link: Link, rulebook: Rulebook
) -> tuple[Evidence, ...]:
    """What is wrong with a page whose icon proves to be a brand's, the worst first.

    found: what was wrong with it before. standing: what was kept of it. slug: the brand's.
    """
    brand = rulebook.brands.get(slug)
    evidence = imitation(standing.with_icon(slug, brand.site), link, rulebook) if brand else None
    # An imitation, and what a page that nobody signs gets, are judged anew; all else stays.
    others = [item for item in found if item.signs[:1] and item.signs[0][0] in UNWEIGHED]
    # A second brand beside the first may speak for neither; that takes nothing back.
    if evidence is None or any(item.level > evidence.level for item in found if item not in others):
        return found
    return tuple(sorted((evidence, *others), key=lambda item: -item.level))


def _bounds(standing: Standing, best: Presented, rules: PageRules) -> tuple[float, float]:
    """From which score a page that asks this is warned of, and from which it gets caution."""
    asks = standing.asks
    signs = {sign for sign, _ in best.signs}
    if not asks or (asks == (Secret.OTHER,) and PageSign.PRESSURE not in signs):
        if not (best.outright or PageSign.COPYRIGHT in signs):
            return math.inf, math.inf
        # What asks may stand in a frame or behind the end of what was read.
        unread = not asks and (standing.cut or standing.framed)
        return (
            rules.warn + _UNREAD if unread else math.inf,
            rules.caution if standing.cut else rules.warn,
        )
    if not _LIGHT.issuperset(asks) or PageSign.PRESSURE in signs or standing.first_step:
        # At once, be the name a word of every day too.
        outright = OWN_NAME * min(rules.weights[sign] for sign in OUTRIGHT)
        # Less tells enough where the title names nobody else.
        less = _UNTITLED if standing.unnamed and _HEADS.intersection(signs) else 0.0
        return min(rules.warn, outright) if best.outright else rules.warn - less, rules.caution - less
    if best.outright and Secret.PERSONAL in asks:
        return rules.warn, rules.caution
    return rules.warn + _TELLING, rules.warn


def sentence(secret: Secret) -> str:
    """What is asked for, in English: "a card number"."""
    return secret.detail


def _asked(asks: tuple[Secret, ...]) -> str:
    return f"asks for {asks[0].detail}" if asks else "may ask for secrets where it could not be read"


def _is_first_step(facts: PageFacts, index: PageIndex) -> bool:
    """It asks for a mail address or a telephone number only, and goes on to a login from there."""
    if Secret.IDENTITY not in facts.asks or len(facts.fields) > 4:
        return False
    beside = index.names.plain(facts.near_form)
    return any(word in beside for word in index.steps)


def _evidence(
    level: Level,
    detail: str,
    brand: Brand | None = None,
    asks: tuple[Secret, ...] = (),
    signs: tuple[tuple[PageSign, str], ...] = (),
) -> Evidence:
    slug, site = (brand.slug, brand.site) if brand else (None, "")
    return Evidence(Reason.PAGE, level, SOURCE, detail, slug, imitates=site, asks=asks, signs=signs)


def _pressure(facts: PageFacts, phrase: str, index: PageIndex) -> Evidence | None:
    """A page that nobody signs, and that wants a secret confirmed at once."""
    if not phrase or not _PRESSED.intersection(facts.asks):
        return None
    level = Level.WARN if _is_unsigned(facts, phrase, index) else Level.CAUTION
    detail = f"the page says “{phrase}” and asks for {facts.asks[0].detail}"
    return _evidence(level, detail, None, facts.asks, ((PageSign.PRESSURE, phrase),))


def _is_unsigned(facts: PageFacts, phrase: str, index: PageIndex) -> bool:
    """It asks for more than name and address, shows hardly any words, and none of them says whose it is."""
    if _LIGHT.issuperset(facts.asks) or len(facts.text) > _FEW_WORDS:
        return False
    if facts.site_names or facts.copyrights or facts.authors or facts.frames:
        return False
    return _names_nobody(facts.title, index, phrase)


def _names_nobody(title: str, index: PageIndex, phrase: str = "") -> bool:
    """A title that is empty, or holds nothing but a phrase and words that say nothing of whose page it is."""
    plain = index.names.plain
    return index.names.says_nothing(plain(title).replace(plain(phrase), " ") if phrase else plain(title))


def _false_support(facts: PageFacts, link: Link, index: PageIndex) -> Evidence | None:
    """A page that frightens in a firm's name and wants to be called, or something installed."""
    rules, names = index.rules, index.names
    if len(facts.text) > _LONGEST_SCARE:
        return None
    shown = names.plain(" ".join((facts.title, *facts.headings, facts.text)))
    alarms = [plain for plain in index.alarm if plain in shown]
    head = head_of(facts, index)
    if len(alarms) < rules.support or not any(plain in head for plain in alarms):
        return None
    calls = [plain for plain in index.call if plain in shown]
    if not calls or not (facts.telephones or len(calls) > 1):
        return None
    count: dict[str, int] = defaultdict(int)
    for name in names.find(shown):
        if name.slug in rules.support_brands:
            count[name.slug] += 1
    if not count:
        return None
    slug = max(count, key=lambda slug: count[slug])
    brand = index.rulebook.brands[slug]
    ways = f"the telephone number {facts.telephones[0]}" if facts.telephones else "a program to install"
    detail = (
        f"the page frightens with “{index.alarm[alarms[0]]}” in the name of {brand.name} and offers {ways}, "
        f"but {link.domain} does not belong to {brand.name}"
    )
    signs = tuple((PageSign.ALARM, index.alarm[plain]) for plain in alarms[:4])
    signs += tuple((PageSign.TELEPHONE, number) for number in facts.telephones[:2])
    return _evidence(Level.WARN, detail, brand, (), signs)
