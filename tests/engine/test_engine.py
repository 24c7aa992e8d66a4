"""The order of things: what is known, who is asked, what is kept, and only then what happens."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from sekisho.engine.engine import Engine
from sekisho.link import Link, host_link, parse_link
from sekisho.policy.action import (
    Action,
    Forward,
    Hold,
    HoldReason,
    Interstitial,
    Refuse,
    RefuseReason,
    Tunnel,
    Unavailable,
)
from sekisho.policy.bodies import LONGEST_BODY
from sekisho.policy.decisions import Decisions
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Connection, Request
from sekisho.providers.provider import Opinion, Subject
from sekisho.records.visits import Decision
from sekisho.store import StoreError
from sekisho.verdict import Evidence, Level, Reason, Verdict

from ..proxy.conftest import CLEAN, FAKE, FAMILIAR, NOW
from .conftest import CLIENT, make_request

BAD = Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines of VirusTotal hold it to be malicious")
CLEAN_URL, FAKE_URL = f"https://{CLEAN}/", f"https://{FAKE}/"


def decide(engine: Engine, request: Request, length: int | None = 0) -> Action:
    return asyncio.run(engine.decide(request, length))


def kept(engine: Engine) -> list[tuple[str, int]]:
    """(host, level) of every verdict in the store."""
    with closing(sqlite3.connect(engine.settings.state / "sekisho.db")) as database:
        return database.execute("select host, level from verdicts").fetchall()


def visits(engine: Engine) -> list[tuple[str, Level]]:
    """(host, level) of every visit, the last first."""
    asyncio.run(engine.visits.write())
    assert engine.current.store is not None
    return [(line.host, line.level) for line in engine.current.store.visits.log(limit=9)]


class Provider:
    """A provider that answers at once, or only while the verdict is being written."""

    def __init__(self, engine: Engine, *evidence: Evidence, late: bool = False) -> None:
        self.asked: list[str] = []
        self._answer = Opinion(evidence, answered=True)
        self._known: Opinion | None = None
        self._late = late
        keep = engine.visits.keep

        async def slowly(link: Link, verdict: Verdict) -> None:
            await keep(link, verdict)
            self._known = self._answer

        engine.visits.keep = slowly  # type: ignore[method-assign]
        engine.judge.reputation = self  # type: ignore[assignment]

    def known(self, _: str) -> Opinion | None:
        return self._known

    def is_fresh(self, _: str) -> bool:
        return False

    async def ask(self, subject: Subject, **_: object) -> Opinion:
        self.asked.append(subject.name)
        if not self._late:
            self._known = self._answer
        return self._known or Opinion()


@pytest.mark.parametrize("kind", [Kind.CLICK, Kind.FRAME])
def test_a_page_s_verdict_is_in_the_store_before_it_is_let_through(engine: Engine, kind: Kind) -> None:
    action = decide(engine, make_request(CLEAN_URL, kind))
    assert isinstance(action, Forward)
    assert not action.cleared
    assert kept(engine) == [(CLEAN, Level.PASS)]
    assert visits(engine) == [(CLEAN, Level.PASS)]


def test_a_part_of_a_page_is_not_kept_nor_noted(engine: Engine) -> None:
    assert isinstance(decide(engine, make_request(CLEAN_URL, Kind.RESOURCE)), Forward)
    assert (kept(engine), visits(engine)) == ([], [])


def test_a_familiar_site_leaves_no_trace_and_nothing_of_it_is_read(engine: Engine) -> None:
    action = decide(engine, make_request(f"https://{FAMILIAR}/account"))
    assert isinstance(action, Forward)
    assert action.cleared
    assert (kept(engine), visits(engine)) == ([], [])


@pytest.mark.parametrize("kind", [Kind.CLICK, Kind.FRAME, Kind.RESOURCE])
def test_what_is_refused_is_noted_with_its_verdict(engine: Engine, kind: Kind) -> None:
    """The family's page and the messages tell of it."""
    action = decide(engine, make_request(FAKE_URL, kind))
    assert isinstance(action, Interstitial if kind is Kind.CLICK else Refuse)
    assert visits(engine) == [(FAKE, Level.WARN)]


@pytest.mark.parametrize(
    ("url", "fields", "reason"),
    [
        (CLEAN_URL, {"kind": Kind.AHEAD}, RefuseReason.PREFETCH),
        (CLEAN_URL, {"kind": Kind.RESOURCE, "wants_worker": True}, RefuseReason.SERVICE_WORKER),
        ("http://192.168.1.1/", {}, RefuseReason.HOME_NETWORK),
    ],
)
def test_what_is_refused_for_another_reason_is_no_visit(
    engine: Engine, url: str, fields: dict[str, object], reason: RefuseReason
) -> None:
    action = decide(engine, make_request(url, **fields))  # type: ignore[arg-type]
    assert isinstance(action, Refuse)
    assert action.reason is reason
    assert visits(engine) == []


@pytest.mark.parametrize("failure", [StoreError("disk full"), TimeoutError("too slow")])
def test_a_store_that_fails_lets_no_click_through_and_still_warns(
    engine: Engine, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(engine.current.require_store().verdicts, "record", fail)
    action = decide(engine, make_request(CLEAN_URL))
    assert isinstance(action, Unavailable)
    assert (action.link.host, action.reason) == (CLEAN, str(failure))
    assert isinstance(decide(engine, make_request(FAKE_URL)), Interstitial)
    assert isinstance(decide(engine, make_request(CLEAN_URL, Kind.RESOURCE)), Forward)


def test_without_a_store_or_rules_it_says_what_is_missing(engine: Engine) -> None:
    engine.current.store, engine.current.missing = None, "the disk is full"
    assert decide(engine, make_request(CLEAN_URL)) == Unavailable(host_link(CLEAN), "the disk is full")
    engine.current.policy = None
    for url in (CLEAN_URL, FAKE_URL, f"https://{FAMILIAR}/"):
        assert isinstance(decide(engine, make_request(url)), Unavailable)


def test_bad_news_reach_the_click_that_asked(engine: Engine) -> None:
    provider = Provider(engine, BAD)
    action = decide(engine, make_request(f"https://www.{CLEAN}/"))
    assert isinstance(action, Interstitial)
    assert action.verdict.evidence[0].reason is Reason.VIRUSTOTAL
    assert (provider.asked, kept(engine)) == ([CLEAN], [])


def test_an_answer_that_comes_while_the_verdict_is_written_still_counts(engine: Engine) -> None:
    provider = Provider(engine, BAD, late=True)
    action = decide(engine, make_request(CLEAN_URL))
    assert isinstance(action, Interstitial)
    assert provider.asked == [CLEAN]
    assert visits(engine) == [(CLEAN, Level.WARN)]


def test_a_decision_that_comes_while_the_verdict_is_written_counts(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert engine.current.policy is not None
    blocked = engine.current.policy.with_decisions(Decisions((Decision("block", CLEAN, NOW, "desk"),)))
    keep = engine.visits.keep

    async def slowly(link: Link, verdict: Verdict) -> None:
        await keep(link, verdict)
        engine.current.install(blocked)

    monkeypatch.setattr(engine.visits, "keep", slowly)
    assert isinstance(decide(engine, make_request(CLEAN_URL)), Interstitial)


@pytest.mark.parametrize(
    "request_",
    [
        make_request(CLEAN_URL, Kind.RESOURCE),
        make_request(FAKE_URL),
        make_request(f"https://{FAMILIAR}/"),
        make_request("http://192.168.1.1/", client="127.0.0.1", is_typed=True),
        make_request(CLEAN_URL, links=(host_link(CLEAN), host_link("nas.local"))),
    ],
    ids=["part of a page", "known to be bad", "familiar", "home network", "a name of the home network"],
)
def test_nobody_outside_is_asked_where_it_would_change_nothing_or_name_the_home(
    engine: Engine, request_: Request
) -> None:
    provider = Provider(engine, BAD)
    decide(engine, request_)
    assert provider.asked == []


def test_every_name_of_a_request_is_judged(engine: Engine) -> None:
    action = decide(engine, make_request(CLEAN_URL, links=(host_link(CLEAN), host_link(FAKE))))
    assert isinstance(action, Interstitial)
    assert action.link.host == FAKE
    action = decide(
        engine, make_request(f"https://{FAMILIAR}/", links=(host_link(FAMILIAR), host_link(CLEAN)))
    )
    assert isinstance(action, Forward)
    assert (action.cleared, action.verdict.familiar) == (False, False)


def test_a_body_that_says_it_is_too_long_is_held_at_its_head(engine: Engine) -> None:
    post = make_request(CLEAN_URL, method="POST")
    action = decide(engine, post, LONGEST_BODY + 1)
    assert isinstance(action, Hold)
    assert action.reason is HoldReason.TOO_LONG
    assert decide(engine, post, LONGEST_BODY) == decide(engine, post, None) == Forward(Verdict(Level.PASS))


CONNECTIONS = [
    ("familiar", (FAMILIAR,), True, Tunnel),
    ("one name of two is familiar", (FAMILIAR, CLEAN), True, Forward),
    ("clean, the web", (CLEAN,), True, Forward),
    ("clean, mail", (CLEAN,), False, Tunnel),
    ("bad, the web: its request gets the page", (FAKE,), True, Forward),
    ("bad, mail", (FAKE,), False, Refuse),
    ("home network, mail", ("nas.local",), False, Refuse),
]


@pytest.mark.parametrize(
    ("names", "is_web", "kind"), [row[1:] for row in CONNECTIONS], ids=[row[0] for row in CONNECTIONS]
)
def test_connections(engine: Engine, names: tuple[str, ...], is_web: bool, kind: type) -> None:
    connection = Connection(tuple(map(host_link, names)), CLIENT, 443, is_web)
    assert isinstance(engine.decide_connection(connection), kind)
    engine.current.policy = None
    assert isinstance(engine.decide_connection(connection), Unavailable)


def test_a_tunnel_to_a_domain_that_became_familiar_keeps_it_so(engine: Engine) -> None:
    engine.visits.note(host_link(CLEAN), Verdict(Level.PASS), CLIENT, is_click=True)
    asyncio.run(engine.visits.write())
    engine.current.set_household(frozenset({CLEAN}))
    engine.clock = lambda: NOW + 2 * 86_400.0
    assert isinstance(engine.decide_connection(Connection((host_link(CLEAN),), CLIENT, 443, True)), Tunnel)
    asyncio.run(engine.visits.write())
    assert engine.current.store is not None
    known = engine.current.store.known_domains.known_domain(CLEAN)
    assert known is not None
    assert known.last_at == NOW + 2 * 86_400.0


def test_how_much_of_an_answer_is_read(engine: Engine) -> None:
    html = {"content-type": "text/html"}
    request = make_request(CLEAN_URL)
    allowed = Verdict(Level.PASS, (Evidence(Reason.FAMILY_ALLOW, Level.PASS, "decision 1", "told"),))
    assert engine.bytes_to_read(request, Verdict(Level.PASS), 200, html) > 0
    for verdict in (Verdict(Level.PASS, familiar=True), allowed):
        assert engine.bytes_to_read(request, verdict, 200, html) == 0
    assert engine.bytes_to_read(make_request("http://192.168.1.1/"), Verdict(Level.PASS), 200, html) == 0


def test_open_connections_to_a_host_that_turned_bad_are_found(engine: Engine) -> None:
    """A tunnel or a WebSocket asks nothing again by itself."""
    link = parse_link(CLEAN_URL)
    engine.connections.approve("a", CLEAN, 443, CLIENT, (link,))
    engine.connections.approve("b", FAMILIAR, 443, CLIENT, (host_link(FAMILIAR),))
    assert engine.bad_connections() == []
    engine.judge.note_page(link, "/", (Evidence(Reason.PAGE, Level.WARN, "page", "a fake"),))
    assert engine.bad_connections() == [("a", link)]


def test_only_what_is_familiar_is_familiar(engine: Engine) -> None:
    assert engine.is_familiar(host_link(f"www.{FAMILIAR}"), CLIENT)
    assert not engine.is_familiar(host_link(CLEAN), CLIENT)
