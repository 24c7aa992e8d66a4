"""What is not kept before a click goes on, or is lost while the store is locked, nobody can be told of later."""

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sekisho.engine.current import UnavailableError
from sekisho.engine.engine import Engine
from sekisho.link import Link, host_link
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decisions
from sekisho.store import Store, StoreError
from sekisho.verdict import Evidence, Level, Reason, Verdict

from ..proxy.conftest import CLEAN, FAKE, FAMILIAR, NOW, rulebook
from .conftest import CLIENT

CALM = Verdict(Level.PASS)
BAD = Verdict(Level.WARN, (Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "it imitates Microsoft"),))
LINK = host_link(CLEAN)


@pytest.fixture
def settings_db(engine: Engine) -> Path:
    return engine.settings.state / "sekisho.db"


def store_of(engine: Engine) -> Store:
    assert engine.current.store is not None
    return engine.current.store


def test_a_verdict_is_in_the_store_before_keep_returns(engine: Engine, settings_db: Path) -> None:
    asyncio.run(engine.visits.keep(LINK, CALM))
    with closing(sqlite3.connect(settings_db)) as database:
        assert database.execute("select host, level from verdicts").fetchall() == [(CLEAN, 0)]


def test_the_same_verdict_is_not_written_twice(engine: Engine) -> None:
    asyncio.run(engine.visits.keep(LINK, CALM))
    engine.current.store = None
    asyncio.run(engine.visits.keep(LINK, Verdict(Level.PASS)))
    with pytest.raises(UnavailableError):
        asyncio.run(engine.visits.keep(LINK, BAD))


@pytest.mark.slow
def test_a_locked_store_is_an_error_in_time(engine: Engine, settings_db: Path) -> None:
    lock = sqlite3.connect(settings_db, isolation_level=None)
    lock.execute("begin exclusive")
    try:
        with pytest.raises((StoreError, TimeoutError)):
            asyncio.run(engine.visits.keep(LINK, CALM))
    finally:
        lock.execute("rollback")
        lock.close()


@pytest.mark.slow
def test_visits_wait_for_a_store_that_is_locked_and_are_not_lost(engine: Engine, settings_db: Path) -> None:
    engine.visits.note(host_link(FAKE), BAD, CLIENT, is_click=True)
    lock = sqlite3.connect(settings_db, isolation_level=None)
    lock.execute("begin exclusive")
    asyncio.run(engine.visits.write())
    lock.execute("rollback")
    lock.close()
    asyncio.run(engine.visits.write())
    (line,) = store_of(engine).visits.log(limit=9)
    assert (line.host, line.client, line.level, line.why) == (
        FAKE, CLIENT, Level.WARN, "it imitates Microsoft",
    )  # fmt: skip
    asyncio.run(engine.visits.write())
    assert len(store_of(engine).visits.log(limit=9)) == 1


def test_visits_are_not_lost_where_the_store_is_replaced_while_they_are_written(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged store is closed, and a new one is opened a second later."""
    store, keep = engine.current.store, engine.visits.keep

    async def close_first(link: Link, verdict: Verdict) -> None:
        engine.current.store = None
        await keep(link, verdict)

    engine.visits.note(LINK, CALM, CLIENT, is_click=True)
    monkeypatch.setattr(engine.visits, "keep", close_first)
    asyncio.run(engine.visits.write())
    engine.current.store = store
    monkeypatch.undo()
    asyncio.run(engine.visits.write())
    assert [line.host for line in store_of(engine).visits.log(limit=9)] == [CLEAN]


@pytest.mark.parametrize("is_click", [True, False])
def test_a_click_begins_the_history_of_a_domain_and_a_picture_does_not(
    engine: Engine, is_click: bool
) -> None:
    engine.visits.note(LINK, CALM, CLIENT, is_click=is_click)
    asyncio.run(engine.visits.write())
    assert (store_of(engine).known_domains.known_domain(CLEAN) is not None) is is_click


def test_a_domain_of_the_household_is_noted_once_a_day(engine: Engine) -> None:
    """One that is not used any more lapses; one that is must not."""
    household = Verdict(Level.PASS, (Evidence(Reason.HOUSEHOLD, Level.PASS, "history", "known"),), True)
    engine.visits.note(LINK, CALM, CLIENT, is_click=True)
    asyncio.run(engine.visits.write())
    seen = []
    for hours in (30.0, 40.0, 60.0):
        engine.clock = lambda hours=hours: NOW + hours * 3600.0  # type: ignore[misc]
        engine.visits.note_familiar(LINK, household)
        asyncio.run(engine.visits.write())
        known = store_of(engine).known_domains.known_domain(CLEAN)
        assert known is not None
        seen.append(known.last_at - NOW)
    assert seen == [30.0 * 3600, 30.0 * 3600, 60.0 * 3600]


def test_a_familiar_connection_leaves_no_trace(engine: Engine) -> None:
    engine.visits.note_familiar(host_link(FAMILIAR), Verdict(Level.PASS, familiar=True))
    asyncio.run(engine.visits.write())
    assert store_of(engine).visits.log(limit=9) == []
    assert store_of(engine).known_domains.known_domain(FAMILIAR) is None


def test_a_list_that_names_a_well_known_host_is_reported_once(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody has to report the mistake to the list; once for each version of it is enough."""

    def listed(link: Link, path: str | None) -> tuple[Evidence, ...]:
        return (Evidence(Reason.FEED, Level.WARN, "feeds/a:1", "it is listed", named="a list"),)

    engine.current.set_lists(listed)
    engine.current.install(Policy(rulebook(), Decisions(())))
    familiar, verdict = host_link(FAMILIAR), Verdict(Level.PASS, familiar=True)
    with caplog.at_level(logging.INFO, "sekisho.engine.visits"):
        for _ in range(3):
            engine.visits.note_familiar(familiar, verdict)
        assert len(caplog.records) == 1
        engine.visits.lists_changed()
        engine.visits.note_familiar(familiar, verdict)
    assert [record.message for record in caplog.records] == [
        f"a list lists {FAMILIAR}, which is well known; it stays open"
    ] * 2
