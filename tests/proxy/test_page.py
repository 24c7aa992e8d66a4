"""An answer is held, and is what the engine decided; what it decides is in tests/engine/test_pages.py, and
tests/browser/test_page.py has the same in a browser.
"""

import asyncio

import pytest
from mitmproxy import http

from sekisho.engine.engine import Engine
from sekisho.engine.pages import Answer
from sekisho.link import host_link
from sekisho.page import Examined, PageIndex, examine
from sekisho.policy.action import Action
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decisions
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request
from sekisho.proxy.flows import ACTION
from sekisho.proxy.guard import Guard
from sekisho.proxy.holding import HELD, Hold
from sekisho.proxy.page import Page
from sekisho.proxy.secret import Secret
from sekisho.rulebook import load_rulebook
from sekisho.verdict import Evidence, Level, Reason, Verdict

from .conftest import CLEAN, click, forwarded

PASS = Verdict(Level.PASS)
FAKE_PAGE = "<title>Amazon ログイン</title><form><input name=m><input type=password name=f7></form>".encode()
OWN_LOGIN = "<title>田中豆腐店</title><form>パスワード<input type=password name=pw></form>".encode()
RULES = load_rulebook()
INDEX = PageIndex(RULES)


class Here:
    """Judges in this process, as `serve` does in its own."""

    rulebook = RULES

    async def judge_page(self, body: bytes, content_type: str, link: object) -> Examined:
        return examine(body, content_type, link, INDEX)  # type: ignore[arg-type]


@pytest.fixture
def engine(engine: Engine) -> Engine:
    engine.current.policy = Policy(RULES, Decisions(()))
    engine.pages.workers = Here()  # type: ignore[assignment]
    return engine


@pytest.fixture
def addon(engine: Engine) -> Page:
    return Page(engine)


def answered(
    body: bytes,
    content_type: str = "text/html",
    *,
    verdict: Verdict = PASS,
    kind: Kind = Kind.CLICK,
    path: str = "/",
    status: int = 200,
    **more: str,
) -> http.HTTPFlow:
    flow = click(f"https://{CLEAN}{path}")
    forwarded(flow, verdict, kind, cleared=True)
    headers = {"content-type": content_type, **{name.replace("_", "-"): text for name, text in more.items()}}
    flow.response = http.Response.make(status, b"", headers)
    flow.response.stream = True
    flow.metadata["body"] = body
    return flow


def show(addon: Page, flow: http.HTTPFlow, *, late: bool = False) -> str | None:
    """The page of ours that stands in its place, or None where it passes; "unheld" where nobody reads it."""
    before = flow.response
    addon.responseheaders(flow)
    hold = flow.metadata[HELD]
    assert before is not None
    assert before.stream is (hold is None)
    if hold is None:
        return "unheld"
    assert isinstance(hold, Hold)
    hold.body, hold.late = flow.metadata["body"], late
    asyncio.run(addon.page(flow))
    assert hold.decided
    return None if flow.response is before or flow.response is None else flow.response.get_text() or ""


def level(flow: http.HTTPFlow) -> Level:
    verdict: Verdict = flow.metadata[ACTION].verdict
    return verdict.level


def test_a_fake_is_answered_by_the_warning_page(addon: Page) -> None:
    text = show(addon, answered(FAKE_PAGE, path="/login?x=1"))
    assert text is not None
    assert "名乗" in text
    assert "https://amazon.co.jp" in text
    assert "sekisho.internal/w/" in text


@pytest.mark.parametrize(
    ("kind", "verdict", "status", "more"),
    [
        (Kind.RESOURCE, PASS, 200, {}),
        (Kind.CLICK, Verdict(Level.PASS, familiar=True), 200, {}),
        (Kind.CLICK, Verdict(Level.PASS, (Evidence(Reason.FAMILY_ALLOW, Level.PASS, "x", "x"),)), 200, {}),
        (Kind.CLICK, PASS, 304, {}),
        (Kind.CLICK, PASS, 302, {"location": "/next"}),
    ],
)
def test_what_is_not_looked_at(
    addon: Page, kind: Kind, verdict: Verdict, status: int, more: dict[str, str]
) -> None:
    assert show(addon, answered(FAKE_PAGE, kind=kind, verdict=verdict, status=status, **more)) == "unheld"


def test_a_picture_is_not_held_and_an_honest_login_passes(addon: Page) -> None:
    assert show(addon, answered(b"\x89PNG", "image/png")) == "unheld"
    flow = answered(OWN_LOGIN)
    assert show(addon, flow) is None
    assert level(flow) is Level.PASS
    assert flow.metadata[ACTION].cleared


def test_a_redirect_that_leads_nowhere_is_a_page(addon: Page) -> None:
    assert "名乗" in (show(addon, answered(FAKE_PAGE, status=302)) or "")


def test_a_page_that_drips_is_judged_by_what_is_there(addon: Page) -> None:
    """And what is sent to it afterwards is guarded."""
    flow = answered(OWN_LOGIN)
    assert show(addon, flow, late=True) is None
    assert level(flow) is Level.CAUTION


def test_a_page_that_asks_is_shown_after_a_question(addon: Page, engine: Engine) -> None:
    odd = Evidence(Reason.CIRCUMSTANCE, Level.CAUTION, "page", "odd")
    flow = answered(OWN_LOGIN, verdict=Verdict(Level.CAUTION, (odd,)))
    engine.judge.note_page(host_link(CLEAN), "/", (odd,))
    text = show(addon, flow)
    assert text is not None
    assert "大事な情報" in text
    assert "sekisho.internal/w/" in text


def test_a_frame_with_a_fake_gets_one_line(addon: Page) -> None:
    text = show(addon, answered(FAKE_PAGE, kind=Kind.FRAME))
    assert text is not None
    assert text.startswith("Stopped by sekisho")


def test_a_program_is_asked_about_by_name(addon: Page) -> None:
    text = show(addon, answered(b"MZ\x90", "application/octet-stream", path="/%E6%B8%85%E7%AE%97.exe"))
    assert text is not None
    assert "清算.exe" in text


def test_a_frames_program_is_refused_and_the_next_page_asks_about_it(addon: Page, engine: Engine) -> None:
    path = "/get/%E6%B8%85%E7%AE%97.exe"
    framed = answered(b"MZ\x90", "application/octet-stream", path=path, kind=Kind.FRAME)
    framed.request.headers.update({"referer": "https://page.example/", "sec-fetch-dest": "iframe"})
    forwarded(framed, PASS, Kind.FRAME)
    text = show(addon, framed)
    assert text is not None
    assert text.startswith("Stopped by sekisho")

    def opened(host: str, **more: str) -> str:
        flow = click(f"https://{host}/news")
        flow.request.headers.update({name.replace("_", "-"): text for name, text in more.items()})
        forwarded(flow, PASS, Kind.CLICK)
        asyncio.run(Secret(engine).request(flow))
        return (flow.response.get_text() or "") if flow.response else ""

    assert opened("other.example") == opened("page.example", sec_fetch_dest="empty") == ""
    sentence = opened("page.example")
    assert "清算.exe" in sentence
    assert CLEAN in sentence
    ticket, _ = next(reversed(engine.tickets._kept.values()))
    assert (ticket.link.host, ticket.url) == (CLEAN, f"https://{CLEAN}{path}")
    assert opened("page.example") == opened(CLEAN) == ""


def test_an_answer_that_could_not_be_judged_is_not_shown(
    addon: Page, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(request: Request, verdict: Verdict, answer: Answer) -> Action:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(engine.pages, "decide", breaks)
    flow = answered(OWN_LOGIN)
    with pytest.raises(RuntimeError):
        show(addon, flow)
    assert not flow.metadata[HELD].decided
    Guard(engine.connections).page(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503


@pytest.mark.parametrize("hold", [None, Hold(decided=True)], ids=["not held", "decided"])
def test_what_was_decided_is_not_judged_again(addon: Page, hold: Hold | None) -> None:
    flow = answered(FAKE_PAGE)
    before, flow.metadata[HELD] = flow.response, hold
    asyncio.run(addon.page(flow))
    assert flow.response is before
