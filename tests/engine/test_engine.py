"""What the addons share: if nobody can judge, that must be said, never guessed."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sekisho.engine.asks import ask_family
from sekisho.engine.current import UnavailableError
from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.policy.decisions import Decisions
from sekisho.policy.requests import worst_of
from sekisho.providers.provider import Opinion, Subject
from sekisho.store import StoreError
from sekisho.verdict import Evidence, Level, Reason, Verdict

from ..proxy.conftest import CLEAN, FAKE, NOW

CALM = Verdict(Level.PASS)
BAD = Verdict(Level.WARN, (Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "it imitates Microsoft"),))


def test_without_rules_nothing_is_judged(engine: Engine) -> None:
    engine.current.policy, engine.current.missing = None, "rules/brands.toml:3: …"
    with pytest.raises(UnavailableError, match=r"brands\.toml:3"):
        engine.judge.verdict(host_link(CLEAN), "", is_click=True)
    with pytest.raises(UnavailableError):
        engine.current.rulebook()


def test_a_verdict_is_in_the_store_before_keep_returns(engine: Engine, settings_db: Path) -> None:
    asyncio.run(engine.visits.keep(host_link(CLEAN), CALM))
    with closing(sqlite3.connect(settings_db)) as database:
        assert database.execute("select host, level from verdicts").fetchall() == [(CLEAN, 0)]


def test_the_same_verdict_is_not_written_twice(engine: Engine) -> None:
    asyncio.run(engine.visits.keep(host_link(CLEAN), CALM))
    engine.current.store = None
    asyncio.run(engine.visits.keep(host_link(CLEAN), CALM))
    with pytest.raises(UnavailableError):
        asyncio.run(engine.visits.keep(host_link(CLEAN), BAD))


def test_a_locked_store_is_an_error_in_time(engine: Engine, settings_db: Path) -> None:
    lock = sqlite3.connect(settings_db, isolation_level=None)
    lock.execute("begin exclusive")
    try:
        with pytest.raises((StoreError, TimeoutError)):
            asyncio.run(engine.visits.keep(host_link(CLEAN), CALM))
    finally:
        lock.execute("rollback")
        lock.close()


def test_visits_wait_for_a_store_that_is_locked_and_are_not_lost(engine: Engine, settings_db: Path) -> None:
    engine.visits.note(host_link(FAKE), BAD, "192.168.1.20", is_click=True)
    lock = sqlite3.connect(settings_db, isolation_level=None)
    lock.execute("begin exclusive")
    asyncio.run(engine.visits.write())
    lock.execute("rollback")
    lock.close()
    asyncio.run(engine.visits.write())
    assert engine.current.store is not None
    (line,) = engine.current.store.visits.log(limit=9)
    assert (line.host, line.client, line.level, line.why) == (
        FAKE, "192.168.1.20", Level.WARN, "it imitates Microsoft",
    )  # fmt: skip
    asyncio.run(engine.visits.write())
    assert len(engine.current.store.visits.log(limit=9)) == 1


def test_to_go_on_holds_for_the_next_request(engine: Engine) -> None:
    ticket_id = engine.tickets.issue(
        link=host_link(FAKE), url=f"https://{FAKE}/", client="192.168.1.20", level=Level.WARN, verdict=BAD,
        was_post=False, now=NOW,
    )  # fmt: skip
    ticket = engine.tickets.look(ticket_id, "192.168.1.20", NOW)
    assert ticket is not None

    async def choose() -> None:
        engine.current.started()
        await asyncio.to_thread(engine.family.go_on, ticket)

    asyncio.run(choose())
    assert engine.judge.verdict(host_link(FAKE), "192.168.1.20", is_click=True).level is Level.CAUTION
    assert engine.judge.verdict(host_link(FAKE), "192.168.1.30", is_click=True).level is Level.WARN


def test_to_go_on_without_a_store_opens_nothing(engine: Engine) -> None:
    engine.current.store = None
    failed: list[StoreError] = []

    def choose() -> None:
        try:
            engine.family.go_on(None)  # type: ignore[arg-type]
        except StoreError as error:
            failed.append(error)

    thread = threading.Thread(target=choose)
    thread.start()
    thread.join()
    assert failed


def test_of_several_names_the_worst_counts_and_familiar_needs_all() -> None:
    verdicts = {
        "a.jp": Verdict(Level.PASS, familiar=True),
        "b.jp": Verdict(Level.PASS),
        "c.jp": BAD,
    }
    links = [host_link(name) for name in verdicts]

    def judge(link: object) -> Verdict:
        return verdicts[link.host]  # type: ignore[attr-defined]

    assert worst_of(judge, links)[1] is BAD
    link, verdict = worst_of(judge, links[:2])
    assert (link.host, verdict.familiar) == ("b.jp", False)
    assert worst_of(judge, links[:1])[1].familiar


class Oracle:
    """An outside that says the next thing each time that it is asked; nothing of it is fresh."""

    def __init__(self, *answers: Opinion) -> None:
        self.answers = list(answers)
        self.said: dict[str, Opinion] = {}
        self.meanwhile: Callable[[], None] = lambda: None

    def known(self, name: str) -> Opinion | None:
        return self.said.get(name)

    def is_current(self, said: Opinion) -> bool:
        return said.until > NOW

    def is_fresh(self, name: str) -> bool:
        return name in self.said and self.is_current(self.said[name])

    async def ask(self, subject: Subject, **_: object) -> Opinion:
        self.meanwhile()
        self.said[subject.name] = self.answers.pop(0)
        return self.said[subject.name]


def asked(engine: Engine, oracle: Oracle, *hosts: str) -> bool:
    engine.judge.outside = oracle  # type: ignore[assignment]
    return asyncio.run(engine.judge.ask([host_link(host) for host in hosts]))


def test_a_click_is_judged_again_where_the_outside_says_something_new(engine: Engine) -> None:
    """In either direction: bad news must reach the click that asked, and so must their end."""
    oracle = Oracle(Opinion(), Opinion(BAD.evidence), Opinion(BAD.evidence), Opinion())
    assert [asked(engine, oracle, CLEAN) for _ in range(4)] == [False, True, False, True]


def test_all_names_of_a_click_are_asked_about(engine: Engine) -> None:
    oracle = Oracle(Opinion(), Opinion(BAD.evidence))
    assert asked(engine, oracle, CLEAN, FAKE, "192.0.2.7")
    assert oracle.said.keys() == {CLEAN, FAKE}


def test_what_was_asked_just_now_is_not_asked_again(engine: Engine) -> None:
    oracle = Oracle(Opinion(BAD.evidence, until=NOW + 1))
    assert asked(engine, oracle, CLEAN)
    assert not asked(engine, oracle, CLEAN)


def test_a_decision_that_came_while_the_outside_was_asked_counts(engine: Engine) -> None:
    assert engine.current.policy
    oracle, decided = Oracle(Opinion()), engine.current.policy.with_decisions(Decisions(()))
    oracle.meanwhile = lambda: engine.current.install(decided)
    assert asked(engine, oracle, CLEAN)


@pytest.fixture
def settings_db(engine: Engine) -> Path:
    return engine.settings.state / "sekisho.db"


def test_an_answer_to_an_ask_holds_for_the_next_request(engine: Engine) -> None:
    """The mother's page moves on by itself: it must not meet the warning once more."""

    async def run() -> list[Level]:
        engine.current.started()
        assert engine.current.store
        ask, _ = ask_family(engine.current.store, host_link(FAKE), "192.168.1.20", BAD, NOW)
        levels = [engine.judge.verdict(host_link(FAKE), "", is_click=True).level]
        outcome = await asyncio.to_thread(engine.family.answer_ask, ask.id, "1d", "desk, phone")
        assert (outcome.kind, outcome.ask and outcome.ask.answered_by) == ("accepted", "desk, phone")
        levels.append(engine.judge.verdict(host_link(FAKE), "", is_click=True).level)
        again = await asyncio.to_thread(engine.family.answer_ask, ask.id, "block", "desk, tablet")
        assert again.kind == "answered"
        return [*levels, engine.judge.verdict(host_link(FAKE), "", is_click=True).level]

    assert asyncio.run(run()) == [Level.WARN, Level.PASS, Level.PASS]


def test_without_a_store_no_ask_is_answered(engine: Engine) -> None:
    with pytest.raises(StoreError):
        engine.family.answer_ask("x", "1d", "desk")
    with pytest.raises(StoreError):
        engine.current.decided()
