from dataclasses import replace

import pytest

from sekisho.link import host_link
from sekisho.store import Store, database
from sekisho.store.verdicts import MOST_KEPT
from sekisho.verdict import Evidence, Level, Reason, Verdict

from .conftest import read_row

LINK = host_link("a.example")
CLEAN = Verdict(Level.PASS)


def found(level: Level, reason: Reason = Reason.VIRUSTOTAL, source: str = "virustotal") -> Verdict:
    return Verdict(level, (Evidence(reason, level, source, "two engines"),))


def test_clean_in_the_morning_and_bad_by_evening_is_told(store: Store) -> None:
    """ "It was fine when I clicked" is what every victim says, and it is true."""
    store.verdicts.record(LINK, CLEAN, 10.0)
    store.verdicts.record(LINK, CLEAN, 20.0)
    store.verdicts.record(LINK, found(Level.WARN), 90.0)
    (past,) = store.verdicts.past("a.example")
    assert (past.level, past.evidence, past.at, past.last_at, past.replaced_at) == (
        Level.PASS,
        (),
        10.0,
        20.0,
        90.0,
    )


@pytest.mark.parametrize(
    ("second", "kept"),
    [
        (found(Level.WARN), 0),
        (found(Level.WARN, source="another file"), 0),
        (found(Level.WARN, Reason.FEED), 1),
        (found(Level.BLOCK), 1),
        (CLEAN, 1),
    ],
)
def test_only_another_level_or_reason_is_a_change(store: Store, second: Verdict, kept: int) -> None:
    store.verdicts.record(LINK, found(Level.WARN), 1.0)
    store.verdicts.record(LINK, second, 2.0)
    assert len(store.verdicts.past("a.example")) == kept


def test_a_host_that_goes_back_and_forth_keeps_its_beginning(store: Store) -> None:
    """A hostile site could otherwise push out of the log how it began, or fill the disk."""
    for turn in range(2 * MOST_KEPT + 9):
        store.verdicts.record(LINK, found(Level.WARN) if turn % 2 else CLEAN, float(turn))
    past = store.verdicts.past("a.example")
    assert len(past) == MOST_KEPT
    assert [verdict.at for verdict in past[:2]] == [0.0, 29.0]
    assert past[-1].at == 2 * MOST_KEPT + 7


def test_a_bad_domain_makes_its_known_hosts_bad_and_leaves_worse_ones(store: Store) -> None:
    for host, verdict in (
        ("www.a.example", CLEAN),
        ("login.a.example", found(Level.BLOCK)),
        ("xa.example", CLEAN),
    ):
        store.verdicts.record(host_link(host), verdict, 1.0)
    store.events.turn_bad("a.example", found(Level.WARN), 5.0)
    assert [verdict.level for verdict in store.verdicts.past("www.a.example")] == [Level.PASS]
    assert store.verdicts.past("login.a.example") == []
    assert store.verdicts.past("xa.example") == []


@pytest.mark.parametrize("quick", [True, False])
def test_a_known_host_is_not_a_new_one(store: Store, monkeypatch: pytest.MonkeyPatch, quick: bool) -> None:
    """With the one statement of SQLite and PostgreSQL, and on databases that have no such statement."""
    if not quick:
        monkeypatch.setattr(database, "_conflict_free_insert", lambda *_: None)
    store.verdicts.record(LINK, found(Level.WARN), 1.0)
    store.verdicts.record(LINK, CLEAN, 2.0)
    store.verdicts.record(host_link("b.example"), CLEAN, 3.0)
    (past,) = store.verdicts.past("a.example")
    assert (past.level, past.at, past.replaced_at) == (Level.WARN, 1.0, 2.0)
    assert store.verdicts.past("b.example") == []


def test_dangerous_hosts_are_read_the_newest_first(store: Store) -> None:
    for at, (host, verdict) in enumerate(
        [("a.example", found(Level.WARN)), ("b.example", CLEAN), ("c.example", found(Level.BLOCK))]
    ):
        store.verdicts.record(host_link(host), verdict, float(at))
    severe = store.verdicts.severe(10)
    assert [(host, verdict.level) for host, verdict in severe] == [
        ("c.example", Level.BLOCK),
        ("a.example", Level.WARN),
    ]
    assert severe[1][1] == found(Level.WARN)
    assert len(store.verdicts.severe(1)) == 1


def test_the_same_finding_moves_only_its_last_time(store: Store, url: str) -> None:
    store.verdicts.record(LINK, found(Level.WARN), 10.0)
    store.verdicts.record(LINK, Verdict(Level.WARN, (replace(found(Level.WARN).evidence[0], at=50.0),)), 50.0)
    assert read_row(url, "SELECT at, last_at FROM verdicts") == (10.0, 50.0)


def test_another_finding_takes_the_place_of_the_first(store: Store, url: str) -> None:
    store.verdicts.record(LINK, Verdict(Level.PASS), 10.0)
    store.verdicts.record(LINK, found(Level.WARN), 50.0)
    assert read_row(url, "SELECT count(*), level, at, last_at, domain FROM verdicts") == (
        1,
        2,
        50.0,
        50.0,
        LINK.domain,
    )
