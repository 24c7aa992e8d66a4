"""What mitmproxy must do with each Action. A refusal says what happened: nothing was sent, or the answer was not
shown.
"""

import asyncio
from dataclasses import replace

import pytest

from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.policy.action import Forward, Interstitial, Refuse, RefuseReason, Unavailable
from sekisho.proxy.answer import obey
from sekisho.proxy.flows import ACTION, request_of
from sekisho.verdict import Evidence, Level, Reason, Secret, Verdict

from .conftest import CLEAN, click, make_flow

FAKE_PAGE = Evidence(
    Reason.PAGE, Level.WARN, "page", "a fake", "microsoft", imitates="microsoft.com", asks=(Secret.PASSWORD,)
)


@pytest.mark.parametrize(("level", "clears"), [(Level.WARN, True), (Level.CAUTION, False)])
def test_a_question_leaves_the_site_its_data_and_a_warning_does_not(
    engine: Engine, level: Level, clears: bool
) -> None:
    flow = click(f"https://{CLEAN}/login", accept_language="en")
    action = Interstitial(host_link(CLEAN), Verdict(level, (FAKE_PAGE,)), sent=True)
    asyncio.run(obey(engine, flow, action))
    assert flow.response is not None
    assert ("clear-site-data" in flow.response.headers) is clears
    text = flow.response.get_text() or ""
    assert "before you saw it" in text
    assert "Nothing has been sent" not in text
    assert "microsoft.com" in text


def test_the_form_whose_answer_is_not_shown_was_sent(engine: Engine) -> None:
    for sent, was_post in ((True, False), (False, True)):
        flow = click(f"https://{CLEAN}/login")
        flow.request.method = "POST"
        verdict = Verdict(Level.WARN, (FAKE_PAGE,))
        asyncio.run(obey(engine, flow, Interstitial(host_link(CLEAN), verdict, sent=sent)))
        assert next(reversed(engine.tickets._kept.values()))[0].was_post is was_post


def test_a_frame_gets_one_line(engine: Engine) -> None:
    flow = click(f"https://{CLEAN}/")
    action = Refuse(RefuseReason.WARNED, host_link(CLEAN), Verdict(Level.WARN, (FAKE_PAGE,)))
    asyncio.run(obey(engine, flow, action))
    assert flow.response is not None
    assert flow.response.headers["content-type"].startswith("text/plain")


def test_a_stopped_click_is_one_line_of_the_log_without_its_path(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    flow = click(f"https://{CLEAN}/login?mail=me")
    caplog.set_level("INFO", "sekisho.proxy")
    asyncio.run(obey(engine, flow, Interstitial(host_link(CLEAN), Verdict(Level.WARN, (FAKE_PAGE,)))))
    (line,) = caplog.messages
    assert line.startswith(f"stopped {CLEAN} for ")
    assert line.endswith(f": {FAKE_PAGE.detail}")


@pytest.mark.parametrize(
    ("reason", "status", "words"),
    [
        (RefuseReason.HOME_NETWORK, 403, "<html"),
        (RefuseReason.PREFETCH, 503, ""),
        (RefuseReason.SERVICE_WORKER, 403, "Stopped by sekisho"),
    ],
)
def test_other_refusals(engine: Engine, reason: RefuseReason, status: int, words: str) -> None:
    flow = click(f"https://{CLEAN}/")
    asyncio.run(obey(engine, flow, Refuse(reason, host_link(CLEAN))))
    assert flow.response is not None
    assert flow.response.status_code == status
    assert words in (flow.response.get_text() or "")
    assert ACTION not in flow.metadata


def test_what_cannot_be_judged_gets_the_page_that_does_not_call_it_bad(engine: Engine) -> None:
    flow = click(f"https://{CLEAN}/", accept_language="en")
    asyncio.run(obey(engine, flow, Unavailable(host_link(CLEAN), "no rules")))
    assert flow.response is not None
    assert flow.response.status_code == 503
    assert "could not be checked" in (flow.response.get_text() or "")


def test_what_was_cleared_stays_so_when_its_page_is_forwarded(engine: Engine) -> None:
    flow = click(f"https://{CLEAN}/")
    for action in (Forward(Verdict(Level.PASS), cleared=True), Forward(Verdict(Level.CAUTION))):
        asyncio.run(obey(engine, flow, action))
    assert flow.response is None
    assert flow.metadata[ACTION] == Forward(Verdict(Level.CAUTION), cleared=True)


def test_what_takes_the_place_of_a_request_is_what_is_read_from_then_on(engine: Engine) -> None:
    flow, kept = click(f"https://{CLEAN}/"), make_flow(f"https://{CLEAN}/pay", method="POST").request
    assert request_of(flow).method == "GET"
    asyncio.run(obey(engine, flow, Forward(Verdict(Level.PASS), cleared=True, replacement=kept)))
    assert flow.request is kept
    assert (request_of(flow).method, request_of(flow).path) == ("POST", "/pay")


def test_a_warning_offers_the_real_site_of_the_brand_that_a_finding_says_is_imitated(engine: Engine) -> None:
    """Whatever decides, a program for one: who wanted Microsoft is led there, on this page as on a form's."""
    program = Evidence(Reason.PAGE, Level.CAUTION, "page", "the site sends a program: setup.exe")
    lookalike = replace(FAKE_PAGE, level=Level.CAUTION)
    owner = replace(lookalike, reason=Reason.OFFICIAL)
    for evidence, offered in (
        ((program, lookalike), True),
        ((lookalike, program), True),
        ((program, owner), False),
    ):
        flow = click(f"https://{CLEAN}/")
        verdict = Verdict(Level.CAUTION, evidence)
        asyncio.run(obey(engine, flow, Interstitial(host_link(CLEAN), verdict, sent=True)))
        assert flow.response is not None
        assert ('href="https://microsoft.com' in (flow.response.get_text() or "")) is offered
