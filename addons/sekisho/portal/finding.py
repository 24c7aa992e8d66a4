"""Finding: what a verdict found, as the templates need it — which page to show, and the evidence in rows.

The sentences come from `sekisho.findings`; the templates translate them. The same finding stands on the blocked
origin and again at the portal before "go on".
"""

import re
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date, format_time

from sekisho.findings.wording import WORDINGS, Sentence, about, meaning, sign_sentence, whence, wording_of
from sekisho.link import Link, host_link
from sekisho.portal.comparison import Comparison, compare
from sekisho.providers.registration import registry_day
from sekisho.rulebook.model import Brand
from sekisho.verdict import Evidence, Level, PageSign, Reason, Secret, Trick, Verdict
from sekisho.visible import visible_words

_MOST_ROWS = 6
"""Findings that a page lists; the log has them all."""

_MOST_ASKED = 3
"""Secrets that a page lists; the worst stand first."""
_MOST_SIGNS = 4


_NOTHING = Sentence("")


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of evidence."""

    reason: str
    trick: str
    detail: str
    """English, for whoever helps the family."""
    source: str
    at: str
    """When it was found, local time of this machine, or empty."""
    circumstance: str = ""
    """Which circumstance it is, or empty."""
    about: str = ""
    """What a sentence names: a suffix without its dot, a port, a number of labels, a list; else empty."""
    count: int | None = None
    """Engines that speak against the name, or its age in days; else None."""
    day: str = ""
    """When the list was made, the engines checked, or the name was registered; else empty."""
    signs: tuple[Sentence, ...] = ()
    """What was found on a page, each with the words or the host that it was found in."""
    meaning: Sentence = _NOTHING
    """What it means."""
    whence: Sentence = _NOTHING
    """Where it comes from."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one page shows."""

    variant: str
    """``lookalike``, ``ending``, ``family``, ``imported``, ``address``, ``circumstance``, ``unreadable``,
    ``home-network``, ``feed``, ``virustotal``, ``new-name``, ``unchecked``, ``other``, or of a page ``page`` (a brand's
    name on it), ``support``, ``secret`` (it asks for one), ``opaque``, ``unread`` or ``program``."""
    brand: str
    """The imitated name as the reader knows it, or empty."""
    brand_in_full: str
    """The same with its English name behind it where that differs."""
    site: str
    """The real site's domain, or empty: offered as a button."""
    comparison: Comparison
    rows: tuple[Row, ...]
    blocked: bool
    """Only the family opens it."""
    of_page: bool = False
    """The page itself was read, so the site was asked for it."""
    asks: tuple[Secret, ...] = ()
    """What that page asks for, the worst first."""
    program: str = ""
    """The name of the program that it is; else empty."""
    headline: Sentence = _NOTHING
    why: tuple[Sentence, ...] = ()
    """What stands below the headline, one behind the other."""


def find(link: Link, verdict: Verdict, brand: Brand | None, language: str) -> Finding:
    """Choose what to show about a link that was stopped. brand: as `sekisho.verdict.brand_shown` has it."""
    decisive = verdict.decisive
    of_page = decisive is not None and decisive.reason is Reason.PAGE
    imitation = next((e for e in verdict.evidence if e.reason is Reason.LOOKALIKE), None)
    if of_page and imitation and brand and imitation.brand != brand.slug:
        imitation = None  # the page is another's than its name
    site = brand.site if brand else _domain(imitation.imitates if imitation else "")
    name, in_full = _names(brand, language) if brand else (site, site)
    variant = wording_of(decisive, link, named=bool(name))
    if variant == "support":
        site = ""  # who is frightened needs no other page now
    is_ending = imitation is not None and imitation.trick is Trick.FAKE_SUFFIX
    if variant == "other" and decisive and decisive.reason is Reason.LOOKALIKE and is_ending:
        variant = "ending"
    comparison = compare(link, imitation, site)
    rows = tuple(row_of(evidence, link, language) for evidence in verdict.evidence[:_MOST_ROWS])
    branded = variant == "secret" and name and decisive and decisive.brand
    wording = WORDINGS["branded-secret" if branded else variant]
    values = {"brand": name, "site": site, "owner": comparison.owner}
    why = (rows[0].meaning,) if wording.meaning else ()
    return Finding(
        variant=variant,
        brand=name,
        brand_in_full=in_full,
        site=site,
        comparison=comparison,
        rows=rows,
        blocked=verdict.level >= Level.BLOCK,
        of_page=of_page,
        asks=decisive.asks[:_MOST_ASKED] if decisive else (),
        program=_program(decisive) if decisive else "",
        headline=Sentence(wording.headline, {**values, "brand": in_full}),
        why=(*why, Sentence(wording.why, values)) if wording.why else why,
    )


def _program(evidence: Evidence) -> str:
    return next((visible_words(name[:80]) for sign, name in evidence.signs if sign is PageSign.PROGRAM), "")


def local_time(at: float, language: str, *, day: bool = True) -> str:
    """Seconds since 1970 UTC by this machine's clock on the wall: ``2026年11月24日 9:05``; without `day` ``9:05``."""
    here = datetime.fromtimestamp(at).astimezone()
    time = format_time(here, "short", tzinfo=here.tzinfo, locale=language)
    return f"{format_date(here, 'long', locale=language)} {time}" if day else time


def _names(brand: Brand, language: str) -> tuple[str, str]:
    english, japanese = visible_words(brand.name), visible_words(brand.name_ja)
    if language != "ja" or not japanese:
        return english, english
    # A name in kanji, or one with a remark already, is known by itself; its English would only be noise.
    clear = english.casefold() in japanese.casefold() or re.search("[一-鿿（]", japanese)
    return japanese, japanese if clear else f"{japanese}（{english}）"


def _domain(imitates: str) -> str:
    """The imitated domain, where what is imitated is a domain that can be opened."""
    link = host_link(imitates)
    return link.host if link.suffix and not link.flaws and not link.is_address else ""


def _day(evidence: Evidence, link: Link, language: str) -> str:
    if evidence.reason is Reason.NEW_NAME and evidence.since is not None:
        return format_date(registry_day(link.domain, evidence.since), "long", locale=language)
    at = evidence.since if evidence.since is not None else evidence.at
    return format_date(datetime.fromtimestamp(at).astimezone(), "long", locale=language) if at else ""


def row_of(evidence: Evidence, link: Link, language: str) -> Row:
    """One piece of evidence, with its sentences."""
    named, day = visible_words(about(evidence, link)), _day(evidence, link, language)
    return Row(
        reason=evidence.reason.value,
        trick=evidence.trick.value if evidence.trick else "",
        detail=visible_words(evidence.detail[:600]),
        source=visible_words(evidence.source[:200]),
        at=local_time(evidence.at, language) if evidence.at else "",
        circumstance=evidence.circumstance.value if evidence.circumstance else "",
        about=named,
        count=evidence.count,
        day=day,
        signs=tuple(
            sign_sentence(sign, visible_words(seen[:120])) for sign, seen in evidence.signs[:_MOST_SIGNS]
        ),
        meaning=meaning(evidence, named, day),
        whence=whence(evidence),
    )
