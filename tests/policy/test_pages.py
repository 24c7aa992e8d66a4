"""When a parent is asked before a page is shown: seldom, and then for a reason."""

import pytest

from sekisho.page.examine import Examined, unchecked
from sekisho.policy.pages import first, is_page, looks_like_page, program_evidence, question_about
from sekisho.verdict import Evidence, Level, PageSign, Reason, Secret, Verdict

ODD = Evidence(Reason.CIRCUMSTANCE, Level.CAUTION, "lookalike", "odd letters")
NOT_ASKED = Evidence(Reason.UNCHECKED, Level.CAUTION, "virustotal", "no answer in time")
GONE_ON = Evidence(Reason.GO_ON, Level.CAUTION, "go-on", "chose to go on")
FAKE = Evidence(Reason.PAGE, Level.CAUTION, "page", "looks like Amazon", "amazon", asks=(Secret.PASSWORD,))
HIDDEN = Evidence(Reason.PAGE, Level.CAUTION, "page", "hidden", signs=((PageSign.OPAQUE, ""),))
LATE = unchecked("late").evidence[0]
PASSWORD = (Secret.PASSWORD,)


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
