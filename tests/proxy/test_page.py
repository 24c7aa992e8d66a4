"""What becomes of an answer, hook by hook; tests/browser/test_page.py has the same in a browser."""

import asyncio
import gzip
import sqlite3
from contextlib import closing

import pytest
from mitmproxy import http

from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.page import Examined, PageIndex, examine
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decisions, go_on
from sekisho.policy.navigation import Kind
from sekisho.proxy.flows import ACTION
from sekisho.proxy.holding import HELD, Hold
from sekisho.proxy.page import Page
from sekisho.proxy.secret import Secret
from sekisho.rulebook import load_rulebook
from sekisho.store.records import Decision
from sekisho.verdict import Evidence, Level, PageSign, Reason, Verdict

from .conftest import CLEAN, NOW, click, forwarded

PASS = Verdict(Level.PASS)
CLIENT = "192.168.1.20"
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
    return engine


@pytest.fixture
def addon(engine: Engine) -> Page:
    engine.pages.workers = Here()  # type: ignore[assignment]
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
    flow.client_conn.peername = (CLIENT, 50000)
    forwarded(flow, verdict, kind)
    headers = {"content-type": content_type, **{name.replace("_", "-"): text for name, text in more.items()}}
    flow.response = http.Response.make(status, b"", headers)
    flow.metadata["body"] = body
    return flow


def show(addon: Page, flow: http.HTTPFlow, *, late: bool = False) -> str | None:
    """The page of ours that stands in its place, or None where it passes; "unheld" where nobody looks."""
    before = flow.response
    addon.responseheaders(flow)
    hold = flow.metadata[HELD]
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


def test_a_fake_is_answered_kept_and_remembered(addon: Page, engine: Engine) -> None:
    text = show(addon, answered(FAKE_PAGE, path="/login?x=1"))
    assert text is not None
    assert "名乗" in text
    assert "https://amazon.co.jp" in text
    verdict = engine.judge.verdict(host_link(CLEAN), CLIENT, is_click=False, path="/other.png")
    assert (verdict.level, verdict.evidence[0].reason, verdict.evidence[0].at) == (
        Level.WARN,
        Reason.PAGE,
        NOW,
    )
    assert dict(engine.bodies._masked) == {CLEAN: frozenset({"f7"})}
    asyncio.run(engine.visits.write())
    with closing(sqlite3.connect(engine.settings.state / "sekisho.db")) as database:
        assert database.execute("select host, level from verdicts").fetchall() == [(CLEAN, Level.WARN)]


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


def test_a_redirect_that_leads_nowhere_is_a_page(addon: Page) -> None:
    assert "名乗" in (show(addon, answered(FAKE_PAGE, status=302)) or "")


def test_packed_and_what_cannot_be_unpacked(addon: Page) -> None:
    assert "名乗" in (show(addon, answered(gzip.compress(FAKE_PAGE), content_encoding="gzip")) or "")


def test_what_cannot_be_unpacked_is_a_caution_not_clean(addon: Page) -> None:
    flow = answered(b"no gzip", content_encoding="gzip")
    assert show(addon, flow) is None
    assert level(flow) is Level.CAUTION
    assert (PageSign.UNCHECKED, "it is not the gzip that it says") in flow.metadata[ACTION].verdict.evidence[
        0
    ].signs


def test_without_processes_every_page_is_a_caution(addon: Page) -> None:
    addon.engine.pages.workers = None
    flow = answered(FAKE_PAGE)
    assert show(addon, flow) is None
    assert level(flow) is Level.CAUTION


def test_a_page_that_drips_is_judged_by_what_is_there(addon: Page) -> None:
    flow = answered(OWN_LOGIN)
    assert show(addon, flow, late=True) is None
    assert level(flow) is Level.CAUTION


def test_who_chose_to_go_on_sees_it_and_stays_guarded(addon: Page, engine: Engine) -> None:
    assert engine.current.policy
    gone_on = Decisions((go_on(host_link(CLEAN), CLIENT, NOW, 10),))
    engine.current.install(engine.current.policy.with_decisions(gone_on))
    flow = answered(FAKE_PAGE)
    assert show(addon, flow) is None
    assert level(flow) is Level.CAUTION
    assert show(addon, answered(b"MZ", "application/octet-stream")) is None
    engine.current.install(engine.current.policy.with_decisions(Decisions(())))
    assert show(addon, answered(FAKE_PAGE)) is not None


def test_the_familys_word_beats_what_the_page_shows(addon: Page, engine: Engine) -> None:
    assert engine.current.policy
    engine.current.install(
        engine.current.policy.with_decisions(Decisions((Decision("allow", CLEAN, NOW, "desk"),)))
    )
    assert show(addon, answered(FAKE_PAGE)) is None


def test_a_caution_of_others_and_a_password_field_ask_first(addon: Page, engine: Engine) -> None:
    odd = Evidence(Reason.CIRCUMSTANCE, Level.CAUTION, "page", "odd")
    engine.judge.note_page(host_link(CLEAN), "/", (odd,))
    text = show(addon, answered(OWN_LOGIN, verdict=Verdict(Level.CAUTION, (odd,))))
    assert text is not None
    assert "大事な情報" in text
    assert "sekisho.internal/w/" in text
    framed = answered(OWN_LOGIN, verdict=Verdict(Level.CAUTION, (odd,)), kind=Kind.FRAME)
    assert show(addon, framed) is None


def test_a_frame_with_a_fake_gets_one_line(addon: Page) -> None:
    text = show(addon, answered(FAKE_PAGE, kind=Kind.FRAME))
    assert text is not None
    assert text.startswith("Stopped by sekisho")


def test_a_program_is_asked_about_by_name(addon: Page, engine: Engine) -> None:
    text = show(addon, answered(b"MZ\x90", "application/octet-stream", path="/%E6%B8%85%E7%AE%97.exe"))
    assert text is not None
    assert "清算.exe" in text
    # What the host is otherwise is not changed by it.
    assert engine.judge.verdict(host_link(CLEAN), CLIENT, is_click=True).level is Level.PASS


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
        flow.client_conn.peername = (CLIENT, 50000)
        forwarded(flow, PASS, Kind.CLICK)
        asyncio.run(Secret(engine).request(flow))
        return (flow.response.get_text() or "") if flow.response else ""

    assert opened("other.example") == opened("page.example", sec_fetch_dest="empty") == ""
    told = opened("page.example")
    assert "清算.exe" in told
    assert CLEAN in told
    ticket, _ = next(reversed(engine.tickets._kept.values()))
    assert (ticket.link.host, ticket.url) == (CLEAN, f"https://{CLEAN}{path}")
    assert opened("page.example") == opened(CLEAN) == ""


def test_who_chose_to_go_on_gets_the_frames_program_too(addon: Page, engine: Engine) -> None:
    assert engine.current.policy
    gone_on = Decisions((go_on(host_link(CLEAN), CLIENT, NOW, 10),))
    engine.current.install(engine.current.policy.with_decisions(gone_on))
    framed = answered(b"MZ\x90", "application/octet-stream", kind=Kind.FRAME)
    assert show(addon, framed) is None


def test_an_icon_that_is_known_counts_when_its_page_is_read(engine: Engine, addon: Page) -> None:
    engine.icons._pages.note_icon((CLEAN, "/shop/i.png"), "paypal", NOW)
    flow = answered(b"<link rel=icon href=i.png>" + OWN_LOGIN, path="/shop/login?x=1")
    text = show(addon, flow)
    assert text is not None
    assert "大事な情報" in text
    assert engine.judge.verdict(host_link(CLEAN), CLIENT, is_click=True).level is Level.CAUTION
    # Whose icon it is may come to light later, too.
    other = answered(OWN_LOGIN, path="/other")
    show(addon, other)
    assert engine.icons._pages.is_named((CLEAN, "/favicon.ico"))


def test_a_store_that_fails_does_not_show_the_page(addon: Page, engine: Engine) -> None:
    engine.current.store = None
    assert show(addon, answered(FAKE_PAGE)) is not None


def test_the_processes_follow_the_rules(engine: Engine) -> None:
    async def run() -> tuple[bool, bool]:
        page = engine.pages
        await page.start()
        assert page.workers
        judged = await page.workers.judge_page(FAKE_PAGE, "text/html", host_link(CLEAN))
        engine.current.policy = Policy(load_rulebook(), Decisions(()))
        await page._follow()
        renewed = page.workers.rulebook is engine.current.policy.rulebook
        await page.close()
        return judged.level is Level.WARN, renewed

    assert asyncio.run(run()) == (True, True)
