"""Finding: what a verdict found, as the templates need it — which page to show, and the evidence in rows.

The templates make the sentences (they are translated there); this module only chooses. The same
finding stands on the blocked origin and again at the portal before "go on".
"""

import re
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date, format_time

from sekisho.link import Link, host_link
from sekisho.portal.comparison import Comparison, compare
from sekisho.portal.page import visible, visible_words
from sekisho.providers.registration import registry_day
from sekisho.rulebook.model import Brand
from sekisho.verdict import Circumstance, Evidence, Level, PageSign, Reason, Trick, Verdict

_MOST_ROWS = 6
"""Findings that a page lists; the log has them all."""

_VARIANTS = {
    Reason.LOOKALIKE: "lookalike",
    Reason.FAMILY_BLOCK: "family",
    Reason.CIRCUMSTANCE: "circumstance",
    Reason.UNREADABLE: "unreadable",
    Reason.HOME_NETWORK: "home-network",
    Reason.FEED: "feed",
    Reason.VIRUSTOTAL: "virustotal",
    Reason.NEW_NAME: "new-name",
    Reason.UNCHECKED: "unchecked",
}


_PAGE_VARIANTS = (
    (PageSign.PROGRAM, "program"),
    (PageSign.ALARM, "support"),
    (PageSign.OPAQUE, "opaque"),
    (PageSign.UNCHECKED, "unread"),
)
_MOST_ASKED = 3
"""Secrets that a page lists; the worst stand first."""
_MOST_SIGNS = 4


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
    """Which circumstance it is, or empty; each has a sentence of its own in ``templates/parts.html``."""
    about: str = ""
    """What a sentence names: a suffix without its dot, a port, a number of labels, a list; else empty."""
    count: int | None = None
    """Engines that speak against the name, or its age in days; else None."""
    day: str = ""
    """Of when the list is, when the engines looked, when the name was registered; else empty."""
    signs: tuple[tuple[str, str], ...] = ()
    """What was found on a page, each with the words or the host that it was found in."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one page tells."""

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
    asks: tuple[str, ...] = ()
    """What that page asks for, the worst first."""
    program: str = ""
    """The name of the program that it is; else empty."""


def find(link: Link, verdict: Verdict, brand: Brand | None, language: str) -> Finding:
    """Choose what to tell about a link that was stopped."""
    decisive = verdict.decisive
    variant = _VARIANTS.get(decisive.reason, "other") if decisive else "other"
    if variant == "circumstance" and link.is_address:
        variant = "address"
    if variant == "family" and decisive and decisive.named:
        variant = "imported"
    of_page = decisive is not None and decisive.reason is Reason.PAGE
    if decisive and of_page:
        variant = _page_variant(decisive)
    imitation = next((e for e in verdict.evidence if e.reason is Reason.LOOKALIKE), None)
    if of_page and imitation and brand and imitation.brand != brand.slug:
        imitation = None  # the page is another's than its name
    site = brand.site if brand else _domain(imitation.imitates if imitation else "")
    if variant == "support":
        site = ""  # who is frightened needs no other page now
    name, in_full = _names(brand, language) if brand else (site, site)
    if variant == "lookalike" and not name:
        variant = "ending" if imitation and imitation.trick is Trick.FAKE_SUFFIX else "other"
    return Finding(
        variant=variant,
        brand=name,
        brand_in_full=in_full,
        site=site,
        comparison=compare(link, imitation, site),
        rows=tuple(row_of(evidence, link, language) for evidence in verdict.evidence[:_MOST_ROWS]),
        blocked=verdict.level >= Level.BLOCK,
        of_page=of_page,
        asks=tuple(asked.value for asked in decisive.asks[:_MOST_ASKED]) if decisive else (),
        program=_program(decisive) if decisive else "",
    )


def _page_variant(evidence: Evidence) -> str:
    signs = {sign for sign, _ in evidence.signs}
    for sign, variant in _PAGE_VARIANTS:
        if sign in signs:
            return variant
    return "page" if evidence.brand and evidence.level >= Level.WARN else "secret"


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


def _about(evidence: Evidence, link: Link) -> str:
    circumstance = evidence.circumstance
    if circumstance in (Circumstance.CHEAP_SUFFIX, Circumstance.CHEAP_PLAIN, Circumstance.WATCHED_SUFFIX):
        return visible(".".join(link.labels[-link.suffix.count(".") - 1 :]))
    if circumstance is Circumstance.ODD_PORT:
        return str(link.port)
    if circumstance is Circumstance.MANY_LABELS:
        return str(len(link.labels))
    return visible_words(evidence.named[:80])


def _day(evidence: Evidence, link: Link, language: str) -> str:
    if evidence.reason is Reason.NEW_NAME and evidence.since is not None:
        return format_date(registry_day(link.domain, evidence.since), "long", locale=language)
    at = evidence.since if evidence.since is not None else evidence.at
    return format_date(datetime.fromtimestamp(at).astimezone(), "long", locale=language) if at else ""


def row_of(evidence: Evidence, link: Link, language: str) -> Row:
    """One piece of evidence for the macro ``meaning`` of ``templates/parts.html``."""
    return Row(
        reason=evidence.reason.value,
        trick=evidence.trick.value if evidence.trick else "",
        detail=visible_words(evidence.detail[:600]),
        source=visible_words(evidence.source[:200]),
        at=local_time(evidence.at, language) if evidence.at else "",
        circumstance=evidence.circumstance.value if evidence.circumstance else "",
        about=_about(evidence, link),
        count=evidence.count,
        day=_day(evidence, link, language),
        signs=tuple((sign.value, visible_words(seen[:120])) for sign, seen in evidence.signs[:_MOST_SIGNS]),
    )
