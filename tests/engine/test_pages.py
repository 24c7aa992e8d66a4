"""What becomes of an answer that was read; tests/browser/test_page.py has the same in a browser."""

import asyncio
import gzip
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from sekisho.engine.current import UnavailableError
from sekisho.engine.engine import Engine
from sekisho.engine.pages import Answer
from sekisho.link import host_link
from sekisho.page import Examined, PageIndex, examine
from sekisho.policy.action import Action, Forward, Interstitial, Refuse
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decisions, go_on
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request
from sekisho.records.visits import Decision
from sekisho.rulebook import load_rulebook
from sekisho.verdict import Evidence, Level, PageSign, Reason, Verdict

from ..proxy.conftest import CLEAN, NOW
from .conftest import CLIENT, make_request

PASS = Verdict(Level.PASS)
FAKE_PAGE = "<title>Amazon ログイン</title><form><input name=m><input type=password name=f7></form>".encode()
OWN_LOGIN = "<title>田中豆腐店</title><form>パスワード<input type=password name=pw></form>".encode()
PROGRAM = b"MZ\x90"
RULES = load_rulebook()
INDEX = PageIndex(RULES)
LINK = host_link(CLEAN)


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


def asked(path: str = "/", kind: Kind = Kind.CLICK, **fields: Any) -> Request:
    return make_request(f"https://{CLEAN}{path}", kind, **fields)


def decide(
    engine: Engine,
    body: bytes,
    content_type: str = "text/html",
    request: Request | None = None,
    verdict: Verdict = PASS,
    *,
    late: bool = False,
    coding: str = "",
) -> Action:
    headers = {"content-type": content_type, **({"content-encoding": coding} if coding else {})}
    return asyncio.run(engine.pages.decide(request or asked(), verdict, Answer(headers, body, late)))


def download(engine: Engine, request: Request) -> Action:
    return decide(engine, PROGRAM, "application/octet-stream", request)


def level(action: Action) -> Level:
    """Of what is shown."""
    assert isinstance(action, Forward)
    return action.verdict.level


def decisions(engine: Engine, *kept: Decision) -> None:
    assert engine.current.policy
    engine.current.install(engine.current.policy.with_decisions(Decisions(kept)))


def visits(engine: Engine) -> list[tuple[str, Level]]:
    asyncio.run(engine.visits.write())
    assert engine.current.store is not None
    return [(line.host, line.level) for line in engine.current.store.visits.log(limit=9)]


def test_a_fake_is_answered_kept_and_remembered(engine: Engine) -> None:
    action = decide(engine, FAKE_PAGE, request=asked("/login?x=1"))
    assert isinstance(action, Interstitial)
    assert action.sent
    assert (action.link, action.verdict.evidence[0].brand) == (LINK, "amazon")
    verdict = engine.judge.verdict(LINK, CLIENT, is_click=False, path="/other.png")
    assert (verdict.level, verdict.evidence[0].reason, verdict.evidence[0].at) == (
        Level.WARN,
        Reason.PAGE,
        NOW,
    )
    assert dict(engine.bodies._masked) == {CLEAN: frozenset({"f7"})}
    assert visits(engine) == [(CLEAN, Level.WARN)]
    with closing(sqlite3.connect(engine.settings.state / "sekisho.db")) as database:
        assert database.execute("select host, level from verdicts").fetchall() == [(CLEAN, Level.WARN)]


def test_an_honest_login_passes_and_is_no_visit_of_its_own(engine: Engine) -> None:
    assert level(decide(engine, OWN_LOGIN)) is Level.PASS
    assert visits(engine) == []


@pytest.mark.parametrize(("body", "content_type"), [(b"\x89PNG", "image/png"), (b"%PDF-1.7", "")])
def test_what_is_neither_page_nor_program_passes_as_it_was_judged(
    engine: Engine, body: bytes, content_type: str
) -> None:
    verdict = Verdict(Level.CAUTION)
    assert decide(engine, body, content_type, verdict=verdict) == Forward(verdict)


def test_a_packed_page_is_read(engine: Engine) -> None:
    assert isinstance(decide(engine, gzip.compress(FAKE_PAGE), coding="gzip"), Interstitial)


def test_what_cannot_be_unpacked_is_a_caution_not_clean(engine: Engine) -> None:
    action = decide(engine, b"no gzip", coding="gzip")
    assert isinstance(action, Forward)
    assert action.verdict.level is Level.CAUTION
    assert (PageSign.UNCHECKED, "it is not the gzip that it says") in action.verdict.evidence[0].signs
    assert decide(engine, b"no gzip", "image/png", coding="gzip") == Forward(PASS)


def test_without_processes_every_page_is_a_caution(engine: Engine) -> None:
    engine.pages.workers = None
    assert level(decide(engine, FAKE_PAGE)) is Level.CAUTION


def test_a_page_that_drips_is_judged_by_what_is_there(engine: Engine) -> None:
    assert level(decide(engine, OWN_LOGIN, late=True)) is Level.CAUTION
    assert isinstance(decide(engine, FAKE_PAGE, late=True), Interstitial)


def test_who_chose_to_go_on_sees_it_and_stays_guarded(engine: Engine) -> None:
    decisions(engine, go_on(LINK, CLIENT, NOW, 10))
    assert level(decide(engine, FAKE_PAGE)) is Level.CAUTION
    assert isinstance(download(engine, asked()), Forward)
    assert isinstance(download(engine, asked(kind=Kind.FRAME)), Forward)
    decisions(engine)
    assert isinstance(decide(engine, FAKE_PAGE), Interstitial)


def test_the_decision_of_the_family_beats_what_the_page_shows(engine: Engine) -> None:
    decisions(engine, Decision("allow", CLEAN, NOW, "desk"))
    assert isinstance(decide(engine, FAKE_PAGE), Forward)


def test_a_caution_of_others_and_a_password_field_ask_first(engine: Engine) -> None:
    odd = Evidence(Reason.CIRCUMSTANCE, Level.CAUTION, "page", "odd")
    engine.judge.note_page(LINK, "/", (odd,))
    verdict = Verdict(Level.CAUTION, (odd,))
    action = decide(engine, OWN_LOGIN, verdict=verdict)
    assert isinstance(action, Interstitial)
    assert (action.verdict.level, action.verdict.evidence[0].reason) == (Level.CAUTION, Reason.PAGE)
    assert visits(engine) == [(CLEAN, Level.CAUTION)]
    assert isinstance(decide(engine, OWN_LOGIN, request=asked(kind=Kind.FRAME), verdict=verdict), Forward)


def test_a_frame_with_a_fake_is_refused(engine: Engine) -> None:
    assert isinstance(decide(engine, FAKE_PAGE, request=asked(kind=Kind.FRAME)), Refuse)
    assert visits(engine) == [(CLEAN, Level.WARN)]


def test_a_fake_counts_for_every_name_of_its_request(engine: Engine) -> None:
    other = host_link("other.example")
    decide(engine, FAKE_PAGE, request=asked(links=(LINK, other)))
    for link in (LINK, other):
        assert engine.judge.verdict(link, CLIENT, is_click=True).level is Level.WARN


def test_a_program_is_asked_about_by_name(engine: Engine) -> None:
    action = download(engine, asked("/%E6%B8%85%E7%AE%97.exe"))
    assert isinstance(action, Interstitial)
    assert action.verdict.evidence[0].signs == ((PageSign.PROGRAM, "清算.exe"),)
    # What the host is otherwise is not changed by it.
    assert engine.judge.verdict(LINK, CLIENT, is_click=True).level is Level.PASS
    assert engine.bodies._unseen.take(CLIENT, CLEAN, NOW) is None


@pytest.mark.parametrize("kind", [Kind.FRAME, Kind.CLICK], ids=["frame", "link that saves"])
def test_a_program_that_nobody_would_see_waits_for_the_next_page(engine: Engine, kind: Kind) -> None:
    request = asked("/setup.exe", kind, is_seen=False, referer="https://page.example/news")
    assert isinstance(download(engine, request), Interstitial if kind is Kind.CLICK else Refuse)
    assert engine.bodies._unseen.take(CLIENT, "other.example", NOW) is None
    program = engine.bodies._unseen.take(CLIENT, "page.example", NOW)
    assert program is not None
    assert (program.link, program.url) == (LINK, request.url)
    assert program.verdict.evidence[0].signs == ((PageSign.PROGRAM, "setup.exe"),)
    assert program.hosts == {CLEAN, "page.example"}


def test_a_program_of_a_page_that_hides_itself_waits_for_its_own_host(engine: Engine) -> None:
    download(engine, asked("/setup.exe", Kind.FRAME, is_seen=False, referer="about:blank"))
    program = engine.bodies._unseen.take(CLIENT, CLEAN, NOW)
    assert program is not None
    assert program.hosts == {CLEAN}


def test_an_icon_that_is_known_counts_when_its_page_is_read(engine: Engine) -> None:
    engine.icons._pages.note_icon((CLEAN, "/shop/i.png"), "paypal", NOW)
    page = b"<link rel=icon href=i.png>" + OWN_LOGIN
    assert isinstance(decide(engine, page, request=asked("/shop/login?x=1")), Interstitial)
    assert engine.judge.verdict(LINK, CLIENT, is_click=True).level is Level.CAUTION
    # Whose icon it is may come to light later, too.
    decide(engine, OWN_LOGIN, request=asked("/other"))
    assert engine.icons._pages.is_named((CLEAN, "/favicon.ico"))


def test_without_icons_in_the_rules_no_page_waits_for_one(engine: Engine) -> None:
    engine.current.policy = Policy(replace(RULES, page=replace(RULES.page, icons={})), Decisions(()))
    decide(engine, OWN_LOGIN)
    assert not engine.icons._pages.is_named((CLEAN, "/favicon.ico"))


def test_a_store_that_fails_does_not_show_the_page(engine: Engine) -> None:
    engine.current.store = None
    assert isinstance(decide(engine, FAKE_PAGE), Interstitial)
    assert isinstance(download(engine, asked()), Interstitial)


def test_without_rules_a_page_is_an_error_and_not_shown(engine: Engine) -> None:
    engine.current.policy = None
    with pytest.raises(UnavailableError):
        decide(engine, OWN_LOGIN)


@pytest.mark.slow
def test_the_processes_follow_the_rules(engine: Engine) -> None:
    engine.pages.workers = None

    async def run() -> tuple[bool, bool]:
        pages = engine.pages
        await pages.start()
        assert pages.workers
        judged = await pages.workers.judge_page(FAKE_PAGE, "text/html", LINK)
        engine.current.policy = Policy(load_rulebook(), Decisions(()))
        await pages._follow()
        renewed = pages.workers.rulebook is engine.current.policy.rulebook
        await pages.close()
        return judged.level is Level.WARN, renewed

    assert asyncio.run(run()) == (True, True)


def test_without_rules_there_is_nothing_to_start_or_end(engine: Engine) -> None:
    engine.pages.workers, engine.current.policy = None, None

    async def run() -> None:
        await engine.pages.close()
        await engine.pages.start()
        assert engine.pages.workers is None
        await engine.pages.close()

    asyncio.run(run())
