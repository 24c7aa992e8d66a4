import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from sekisho.records.sources import Account
from sekisho.store import Fact, Limits, SourceState, Spent, Store, sources

NOON = 1_728_043_200.0


def test_a_fact_comes_back_with_its_time_and_the_newest_one_stays(store: Store) -> None:
    assert store.sources.fact("virustotal", "a.example") is None
    store.sources.remember_fact("virustotal", "a.example", {"malicious": 0, "engines": []}, 10.0)
    store.sources.remember_fact("virustotal", "a.example", {"malicious": 2, "engines": ["名"]}, 20.0)
    store.sources.remember_fact(
        "virustotal", "a.example", {"malicious": 1}, 15.0
    )  # a late answer to an older question
    store.sources.remember_fact("registration", "a.example", None, 5.0)
    assert store.sources.fact("virustotal", "a.example") == Fact(
        "virustotal", "a.example", {"malicious": 2, "engines": ["名"]}, 20.0
    )
    assert store.sources.fact("registration", "a.example") == Fact("registration", "a.example", None, 5.0)


def test_a_budget_outlives_a_restart(url: str) -> None:
    """A service that crashes and starts again every minute must not use up the day."""
    for _ in range(3):
        with Store.open(url) as store:
            assert store.sources.spend("virustotal", NOON, Limits(3, 500))
    with Store.open(url) as store:
        assert not store.sources.spend("virustotal", NOON + 59, Limits(3, 500))
        assert store.sources.spent("virustotal", NOON + 59) == Spent(3, 3)
        assert store.sources.spent("virustotal", NOON + 62) == Spent(0, 3)
        assert store.sources.spend("other", NOON, Limits(1, 1))


def spend_often(url: str) -> int:
    with Store.open(url) as store:
        return sum(store.sources.spend("virustotal", NOON + number, Limits(7, 500)) for number in range(20))


@pytest.mark.slow
def test_processes_that_share_a_store_share_the_budget(url: str) -> None:
    """A fleet with one key would otherwise be four times over it, and be refused by the service."""
    Store.open(url).close()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        counted = list(pool.map(spend_often, [url] * 2))
    assert sum(counted) == 7


def test_a_row_that_another_process_changed_meanwhile_is_read_again(store: Store, url: str) -> None:
    """On databases that let two write at once, the later of them must see the earlier's question."""
    assert store.sources.spend("virustotal", NOON, Limits(2, 500))
    read = sources._account
    stale: list[object] = []

    def late(*arguments: object) -> object:
        found = read(*arguments)  # type: ignore[arg-type]
        if not stale:
            stale.append(found)
            return Account(), 0  # as read before the other process wrote
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "_account", late)
        assert store.sources.spend("virustotal", NOON, Limits(2, 500))
    assert store.sources.spent("virustotal", NOON) == Spent(2, 2)


def test_a_source_tells_since_when_it_fails_and_when_it_last_answered(store: Store) -> None:
    store.sources.note_source("virustotal", "ok", "it answers", 10.0)
    store.sources.note_source("virustotal", "ok", "it answers", 20.0)
    store.sources.note_source("virustotal", "unreachable", "no way there", 30.0)
    store.sources.note_source("virustotal", "unreachable", "the name is not found", 40.0)
    store.sources.note_source("another", "off", "no key", 5.0)
    assert store.sources.states() == [
        SourceState("another", "off", "no key", 5.0),
        SourceState("virustotal", "unreachable", "the name is not found", 30.0, 20.0),
    ]
    store.sources.note_source("virustotal", "ok", "it answers", 50.0)
    assert store.sources.states()[1] == SourceState("virustotal", "ok", "it answers", 50.0, 50.0)


def test_whether_a_source_ever_said_something(store: Store) -> None:
    assert not store.sources.has_facts("virustotal")
    store.sources.remember_fact("virustotal", "a.example", None, 1.0)
    assert store.sources.has_facts("virustotal")
    assert not store.sources.has_facts("registration")
