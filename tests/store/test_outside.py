import multiprocessing
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from sekisho.store import Decision, Fact, Limits, SourceState, Spent, Store, outside
from sekisho.store.knowledge import Account

NOON = 1_728_043_200.0


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/sekisho.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened


def test_a_fact_comes_back_with_its_time_and_the_newest_one_stays(store: Store) -> None:
    assert store.fact("virustotal", "a.example") is None
    store.remember_fact("virustotal", "a.example", {"malicious": 0, "engines": []}, 10.0)
    store.remember_fact("virustotal", "a.example", {"malicious": 2, "engines": ["名"]}, 20.0)
    store.remember_fact(
        "virustotal", "a.example", {"malicious": 1}, 15.0
    )  # a late answer to an older question
    store.remember_fact("registration", "a.example", None, 5.0)
    assert store.fact("virustotal", "a.example") == Fact(
        "virustotal", "a.example", {"malicious": 2, "engines": ["名"]}, 20.0
    )
    assert store.fact("registration", "a.example") == Fact("registration", "a.example", None, 5.0)


def test_a_budget_outlives_a_restart(url: str) -> None:
    """A service that crashes and starts again every minute must not use up the day."""
    for _ in range(3):
        with Store.open(url) as store:
            assert store.spend("virustotal", NOON, Limits(3, 500))
    with Store.open(url) as store:
        assert not store.spend("virustotal", NOON + 59, Limits(3, 500))
        assert store.spent("virustotal", NOON + 59) == Spent(3, 3)
        assert store.spent("virustotal", NOON + 62) == Spent(0, 3)
        assert store.spend("other", NOON, Limits(1, 1))


def spend_often(url: str) -> int:
    with Store.open(url) as store:
        return sum(store.spend("virustotal", NOON + number, Limits(7, 500)) for number in range(20))


def test_processes_that_share_a_store_share_the_budget(url: str) -> None:
    """A fleet with one key would otherwise be four times over it, and be refused by the service."""
    Store.open(url).close()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        counted = list(pool.map(spend_often, [url] * 2))
    assert sum(counted) == 7


def test_a_row_that_another_process_changed_meanwhile_is_read_again(store: Store, url: str) -> None:
    """On databases that let two write at once, the later of them must see the earlier's question."""
    assert store.spend("virustotal", NOON, Limits(2, 500))
    read = outside._account
    stale: list[object] = []

    def late(*arguments: object) -> object:
        found = read(*arguments)  # type: ignore[arg-type]
        if not stale:
            stale.append(found)
            return Account(), 0  # as read before the other process wrote
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outside, "_account", late)
        assert store.spend("virustotal", NOON, Limits(2, 500))
    assert store.spent("virustotal", NOON) == Spent(2, 2)


def test_a_source_tells_since_when_it_fails_and_when_it_last_answered(store: Store) -> None:
    store.note_source("virustotal", "ok", "it answers", 10.0)
    store.note_source("virustotal", "ok", "it answers", 20.0)
    store.note_source("virustotal", "unreachable", "no way there", 30.0)
    store.note_source("virustotal", "unreachable", "the name is not found", 40.0)
    store.note_source("another", "off", "no key", 5.0)
    assert store.source_states() == [
        SourceState("another", "off", "no key", 5.0),
        SourceState("virustotal", "unreachable", "the name is not found", 30.0, 20.0),
    ]
    store.note_source("virustotal", "ok", "it answers", 50.0)
    assert store.source_states()[1] == SourceState("virustotal", "ok", "it answers", 50.0, 50.0)


def test_a_store_from_before_learns_facts_without_losing_decisions(url: str, tmp_path: Path) -> None:
    with Store.open(url) as store:
        store.add_decision(Decision("block", "a.example", 1.0, "test"))
    connection = sqlite3.connect(tmp_path / "sekisho.db")
    with connection:
        for table in ("facts", "spendings", "source_states"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DELETE FROM migrations WHERE name = 'add_outside_knowledge'")
    connection.close()
    with Store.open(url) as store:
        store.remember_fact("virustotal", "a.example", 1, 1.0)
        assert [d.host for d in store.decisions(2.0)] == ["a.example"]


def test_whether_a_source_ever_said_something(store: Store) -> None:
    assert not store.has_facts("virustotal")
    store.remember_fact("virustotal", "a.example", None, 1.0)
    assert store.has_facts("virustotal")
    assert not store.has_facts("registration")
