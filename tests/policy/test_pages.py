"""When a parent is asked before a page is shown: seldom, and then for a reason."""

from typing import Any

import pytest

from sekisho.link import host_link
from sekisho.page.decode import MOST_BYTES
from sekisho.page.downloads import ENOUGH
from sekisho.page.examine import Examined, unchecked
from sekisho.policy.action import Forward, Interstitial, Refuse
from sekisho.policy.navigation import Kind
from sekisho.policy.pages import (
    bytes_to_read,
    decide_page,
    decide_program,
    first,
    is_page,
    looks_like_page,
    program_evidence,
    question_about,
)
from sekisho.policy.request import Request
from sekisho.verdict import Evidence, Level, PageSign, Reason, Secret, Verdict

ODD = Evidence(Reason.CIRCUMSTANCE, Level.CAUTION, "lookalike", "odd letters")
NOT_ASKED = Evidence(Reason.UNCHECKED, Level.CAUTION, "virustotal", "no answer in time")
GONE_ON = Evidence(Reason.GO_ON, Level.CAUTION, "go-on", "chose to go on")
FAKE = Evidence(Reason.PAGE, Level.CAUTION, "page", "looks like Amazon", "amazon", asks=(Secret.PASSWORD,))
HIDDEN = Evidence(Reason.PAGE, Level.CAUTION, "page", "hidden", signs=((PageSign.OPAQUE, ""),))
LATE = unchecked("late").evidence[0]
PASSWORD = (Secret.PASSWORD,)
LINK = host_link("tanaka-tofu-ten.jp")
NOW = 1_800_000_000.0


def request(kind: Kind = Kind.CLICK, **fields: Any) -> Request:
    return Request((LINK,), LINK, "192.168.1.20", kind, **fields)


@pytest.mark.parametrize(
    ("level", "evidence", "page", "asks", "why"),
    [
        (
            Level.CAUTION,
            (ODD,),
            (),
            PASSWORD,
            "the page asks for a password on a host that calls for caution",
        ),
        (Level.CAUTION, (FAKE,), (FAKE,), PASSWORD, "looks like Amazon"),
        (Level.CAUTION, (HIDDEN,), (HIDDEN,), (), "hidden"),
        (Level.CAUTION, (ODD,), (), (Secret.IDENTITY,), None),
        (Level.CAUTION, (ODD,), (), (), None),
        (Level.CAUTION, (NOT_ASKED,), (), PASSWORD, None),
        (Level.CAUTION, (GONE_ON,), (), PASSWORD, None),
        (Level.CAUTION, (LATE,), (LATE,), PASSWORD, None),
        (Level.PASS, (), (), PASSWORD, None),
        (Level.WARN, (FAKE,), (FAKE,), PASSWORD, None),
    ],
)
def test_questions(
    level: Level,
    evidence: tuple[Evidence, ...],
    page: tuple[Evidence, ...],
    asks: tuple[Secret, ...],
    why: str | None,
) -> None:
    question = question_about(Verdict(level, evidence), Examined(page, asks))
    assert (question and question.detail) == why
    if question and question.detail != "hidden":
        assert question.asks == asks


def test_what_is_asked_stands_first_and_once() -> None:
    assert first(Verdict(Level.CAUTION, (ODD, FAKE)), FAKE).evidence == (FAKE, ODD)
    program = first(Verdict(Level.PASS), program_evidence("setup.exe"))
    assert program.level is Level.CAUTION
    assert "setup.exe" in program.evidence[0].detail


@pytest.mark.parametrize(
    ("content_type", "start", "page"),
    [
        ("text/html", b"", True),
        ("Text/HTML; charset=utf-8", b"", True),
        ("application/xhtml+xml", b"", True),
        ("image/svg+xml", b"", True),
        ("", b"\n <!doctype html>", True),
        ("*/*", b"\xef\xbb\xbf<html>", True),
        ("", b"%PDF-1.7", False),
        ("", b"", False),
        ("application/json", b"<html>", False),
        ("text/plain", b"<html>", False),
    ],
)
def test_what_a_browser_shows_as_a_page(content_type: str, start: bytes, page: bool) -> None:
    assert looks_like_page(content_type, start) is page
    assert is_page(content_type) or not page


HTML, PROGRAM = {"content-type": "text/html"}, {"content-type": "application/octet-stream"}
READ = [
    ("a page", request(), 200, HTML, MOST_BYTES),
    ("a frame", request(Kind.FRAME), 200, HTML, MOST_BYTES),
    ("a type that is not said", request(), 200, {}, MOST_BYTES),
    ("an error page", request(), 404, HTML, MOST_BYTES),
    ("a redirect that leads nowhere", request(), 302, HTML, MOST_BYTES),
    ("a redirect", request(), 302, {**HTML, "location": "/next"}, 0),
    ("a program", request(), 200, PROGRAM, ENOUGH),
    ("a picture", request(), 200, {"content-type": "image/png"}, 0),
    ("a part of a page", request(Kind.RESOURCE), 200, HTML, 0),
    ("the head alone", request(method="HEAD"), 200, HTML, 0),
    *((f"status {status}", request(), status, HTML, 0) for status in (101, 204, 205, 304)),
]


@pytest.mark.parametrize(
    ("asked", "status", "headers", "most"), [row[1:] for row in READ], ids=[row[0] for row in READ]
)
def test_how_much_of_an_answer_is_read(
    asked: Request, status: int, headers: dict[str, str], most: int
) -> None:
    """Too little shows a fake; too much holds up every picture and film."""
    assert bytes_to_read(asked, status, headers) == most


ASKS = Examined((), PASSWORD)
PAGES = [
    ("clean", Kind.CLICK, Verdict(Level.PASS), False, Forward),
    ("a fake", Kind.CLICK, Verdict(Level.WARN, (FAKE,)), False, Interstitial),
    ("a fake in a frame", Kind.FRAME, Verdict(Level.WARN, (FAKE,)), False, Refuse),
    ("odd, and asks for a password", Kind.CLICK, Verdict(Level.CAUTION, (ODD,)), False, Interstitial),
    ("the same in a frame", Kind.FRAME, Verdict(Level.CAUTION, (ODD,)), False, Forward),
    ("the same past its warning", Kind.CLICK, Verdict(Level.CAUTION, (ODD,)), True, Forward),
    ("a fake that was decided to be blocked", Kind.CLICK, Verdict(Level.BLOCK), True, Interstitial),
]


@pytest.mark.parametrize(
    ("kind", "verdict", "gone_on", "action"), [row[1:] for row in PAGES], ids=[row[0] for row in PAGES]
)
def test_what_happens_to_a_page(kind: Kind, verdict: Verdict, gone_on: bool, action: type) -> None:
    decided = decide_page(request(kind), LINK, verdict, ASKS, gone_on=gone_on, now=NOW)
    assert isinstance(decided, action)
    if isinstance(decided, Interstitial):
        assert decided.sent
        if verdict.level is Level.CAUTION:
            assert decided.verdict.evidence[0].asks == PASSWORD
            assert decided.verdict.evidence[0].at == NOW
    if isinstance(decided, Forward):
        assert (decided.verdict, decided.cleared) == (verdict, False)


@pytest.mark.parametrize(
    ("kind", "gone_on", "action"),
    [(Kind.CLICK, False, Interstitial), (Kind.FRAME, False, Refuse), (Kind.CLICK, True, Forward)],
)
def test_what_happens_to_a_program(kind: Kind, gone_on: bool, action: type) -> None:
    decided = decide_program(request(kind), Verdict(Level.PASS), "setup.exe", gone_on=gone_on, now=NOW)
    assert isinstance(decided, action)
    if isinstance(decided, Interstitial | Refuse):
        assert decided.verdict is not None
        assert decided.verdict.level is Level.CAUTION
        assert decided.verdict.evidence[0].signs == ((PageSign.PROGRAM, "setup.exe"),)
        assert decided.verdict.evidence[0].at == NOW
