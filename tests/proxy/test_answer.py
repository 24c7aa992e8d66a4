"""A refusal says what happened: nothing was sent, or the answer was not shown."""

import asyncio

import pytest

from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.policy.action import Interstitial, Refuse, RefuseReason
from sekisho.proxy.answer import obey
from sekisho.verdict import Evidence, Level, Reason, Secret, Verdict

from .conftest import CLEAN, click

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
    assert line.endswith(": the page asks for a password in the name of Microsoft")
