"""Pages: which answers are read before the browser gets them, and which are shown only after a question. Pure.

A page at caution that asks for a secret is shown only after the person confirms that they know the site; so is a
page that hides all its words, and a program. Every other page at caution is shown, and what is typed into it is
held when it is sent. To a host that the person chose to go on to no warning is shown again.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from sekisho.link import Link
from sekisho.page.decode import MOST_BYTES
from sekisho.page.downloads import ENOUGH, may_be_saved
from sekisho.page.examine import Examined
from sekisho.page.judge import SOURCE, sentence
from sekisho.policy.action import Forward, Interstitial, Refuse
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request
from sekisho.policy.requests import interstitial
from sekisho.verdict import Evidence, Level, PageSign, Reason, Secret, Verdict

_PAGES = (
    "text/html",
    "application/xhtml+xml",
    "text/xml",
    "application/xml",
    "image/svg+xml",
    "multipart/related",
)
_UNSAID = ("", "*/*", "unknown/unknown", "application/unknown", "content/unknown")
"""Types for which a browser looks into the bytes (WHATWG, MIME Sniffing §7)."""
_MARKUP = re.compile(rb"[\s\0\xef\xbb\xbf\xfe\xff]*<[\0]?[!?a-z]", re.IGNORECASE)
_ASKED_FIRST = frozenset(Secret) - {Secret.PERSONAL, Secret.IDENTITY, Secret.OTHER}
_NO_GROUNDS = frozenset((Reason.UNCHECKED, Reason.GO_ON))
"""Cautions that say nothing against a site: somebody did not answer, or the person chose to go on."""


def is_page(content_type: str) -> bool:
    """A browser shows, or may show, an answer of this type as a page."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in _UNSAID or kind.startswith(_PAGES) or kind.endswith("+xml")


def looks_like_page(content_type: str, start: bytes) -> bool:
    """As `is_page`; where no type is given, by the first bytes (unpacked)."""
    kind = content_type.partition(";")[0].strip().lower()
    return bool(_MARKUP.match(start[:2000])) if kind in _UNSAID else is_page(content_type)


def bytes_to_read(request: Request, status: int, headers: Mapping[str, str]) -> int:
    """How much of an answer is read before the browser gets it; 0 where nothing has to be.

    headers: of the answer, any case-insensitive mapping.
    """
    moved = 300 <= status < 400 and "location" in headers
    if not request.is_navigation or moved or request.method == "HEAD" or status in (101, 204, 205, 304):
        return 0
    if is_page(headers.get("content-type", "")):
        return MOST_BYTES
    return ENOUGH if may_be_saved(headers) else 0


def decide_page(
    request: Request, link: Link, verdict: Verdict, examined: Examined, *, gone_on: bool, now: float
) -> Forward | Interstitial | Refuse:
    """What happens to a page that was read. verdict: of the host, the page's own findings included.

    gone_on: the person chose to go on to this host some minutes ago.
    """
    if verdict.level >= Level.WARN:
        return interstitial(request, link, verdict, sent=True)
    question = question_about(verdict, examined)
    if question is None or request.kind is not Kind.CLICK or gone_on:
        return Forward(verdict)
    return Interstitial(link, first(verdict, replace(question, at=now)), sent=True)


def decide_program(
    request: Request, verdict: Verdict, name: str, *, gone_on: bool, now: float
) -> Forward | Interstitial | Refuse:
    """What happens to an answer that brings a program of this name."""
    if gone_on:
        return Forward(verdict)
    verdict = first(verdict, replace(program_evidence(name), at=now))
    return interstitial(request, request.link, verdict, sent=True)


def question_about(verdict: Verdict, examined: Examined) -> Evidence | None:
    """Why a page must be asked about before it is shown, or None where it may be shown.

    verdict: of the host, the page's own findings included. A verdict of warn or block needs no question.
    """
    if verdict.level is not Level.CAUTION:
        return None
    signs = {sign for found in examined.evidence for sign, _ in found.signs}
    if PageSign.OPAQUE in signs:
        return next(found for found in examined.evidence if (PageSign.OPAQUE, "") in found.signs)
    if not _ASKED_FIRST.intersection(examined.asks):
        return None
    grounds = [
        found
        for found in verdict.evidence
        if found.level >= Level.CAUTION
        and found.reason not in _NO_GROUNDS
        and PageSign.UNCHECKED not in {sign for sign, _ in found.signs}
    ]
    if not grounds:
        return None
    if grounds[0].reason is Reason.PAGE:
        return replace(grounds[0], asks=examined.asks)
    detail = f"the page asks for {sentence(examined.asks[0])} on a host that calls for caution"
    return Evidence(Reason.PAGE, Level.CAUTION, SOURCE, detail, asks=examined.asks)


def program_evidence(name: str) -> Evidence:
    """What stands for an answer that brings a program of this name."""
    signs = ((PageSign.PROGRAM, name),)
    return Evidence(Reason.PAGE, Level.CAUTION, SOURCE, f"the site sends a program: {name}", signs=signs)


def first(verdict: Verdict, evidence: Evidence) -> Verdict:
    """The verdict with this finding at its head, as the page that asks tells it."""
    sentence = evidence.reason, evidence.brand, evidence.signs
    others = tuple(
        found for found in verdict.evidence if (found.reason, found.brand, found.signs) != sentence
    )
    return replace(verdict, level=max(verdict.level, evidence.level), evidence=(evidence, *others))
