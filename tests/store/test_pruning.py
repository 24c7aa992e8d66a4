from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from sekisho.link import host_link
from sekisho.records.asks import Ask
from sekisho.records.domains import STORE_DAMAGED, DomainClick, KnownDomain
from sekisho.store import Decision, Store, Visit
from sekisho.store.pruning import Horizons
from sekisho.store.schema import visit_days
from sekisho.verdict import Level, Verdict

DAY = 86_400.0
NOTHING = Horizons(0, 0, 0, 0, 0, 0, 0, 0)
KNOWN = KnownDomain("a.example", 1.0, 2.0, 700_000, 3, 9, False, 1.0)


def prune(store: Store, offset: float = 0.0, oldest_day: int = 0, most: int = 100, **horizons: float) -> int:
    return store.pruning.prune(replace(NOTHING, **horizons), offset=offset, oldest_day=oldest_day, most=most)


def counted(store: Store) -> set[tuple[object, ...]]:
    with store.database.transaction("read") as connection:
        return {tuple(row) for row in connection.execute(sa.select(visit_days))}


@pytest.mark.parametrize(
    ("horizons", "left"),
    [
        ({}, {"let", "let-new", "warned", "part"}),
        ({"visits": 5.0}, {"let-new", "warned", "part"}),
        ({"warned": 5.0}, {"let", "let-new", "part"}),
        ({"resources": 5.0}, {"let", "let-new", "warned"}),
    ],
)
def test_each_kind_of_visit_has_its_time(store: Store, horizons: dict[str, float], left: set[str]) -> None:
    store.visits.record(
        [
            Visit("let", Level.CAUTION, 1.0, "c"),
            Visit("let-new", Level.PASS, 9.0, "c"),
            Visit("warned", Level.WARN, 1.0, "c"),
            Visit("part", Level.WARN, 1.0, "c", kind="resource"),
        ]
    )
    store.pruning.prune(replace(NOTHING, **horizons), offset=0.0, oldest_day=0)
    assert {line.host for line in store.visits.log(limit=9)} == left


def test_old_visits_become_counts_of_their_local_day(store: Store) -> None:
    """The report of a year needs numbers, not who went where."""
    first = date(1970, 1, 1).toordinal()
    store.visits.record([Visit("a.example", Level.PASS, at, "c") for at in (1.0, 2.0, DAY - 1, DAY + 1)])
    assert prune(store, offset=3600.0, most=2, visits=9 * DAY) == 2
    assert prune(store, offset=3600.0, most=9, visits=9 * DAY) == 2
    assert counted(store) == {(first, "c", 0, "click", 2), (first + 1, "c", 0, "click", 2)}
    assert prune(store, oldest_day=first + 1) == 1
    assert {row[0] for row in counted(store)} == {first + 1}


def test_a_verdict_stays_while_a_visit_is_left(store: Store) -> None:
    for host in ("a.example", "b.example"):
        store.verdicts.record(host_link(host), Verdict(Level.CAUTION), 1.0)
        store.verdicts.record(host_link(host), Verdict(Level.WARN), 2.0)
    store.visits.record([Visit("b.example", Level.PASS, 9.0, "c")])
    assert prune(store, verdicts=5.0) == 1
    assert store.verdicts.past("a.example") == []
    assert len(store.verdicts.past("b.example")) == 1


def test_who_is_familiar_is_not_forgotten_by_age(store: Store) -> None:
    rows = {"a.example": KNOWN, "b.example": replace(KNOWN, name="b.example", familiar_at=1.0)}
    clicks = [DomainClick(name, 1.0, 1, Level.PASS, False, False) for name in rows]
    store.known_domains.note_clicks(clicks, lambda _, click: rows[click.name])
    assert prune(store, known_domains=5.0) == 1
    assert store.known_domains.known_domain("a.example") is None
    assert store.known_domains.known_domain("b.example")


def test_old_answers_of_sources_are_forgotten(store: Store) -> None:
    store.sources.remember_fact("x", "old.example", 1, 1.0)
    store.sources.remember_fact("x", "new.example", 1, 9.0)
    assert prune(store, facts=5.0) == 1
    assert store.sources.fact("x", "old.example") is None
    assert store.sources.fact("x", "new.example") is not None


def test_an_event_that_nobody_was_told_of_stays(store: Store) -> None:
    sentence = store.events.raise_event(STORE_DAMAGED, "", 1.0, Level.PASS, "told")
    store.events.raise_event(STORE_DAMAGED, "", 1.0, Level.PASS, "untold")
    store.events.mark_notified(sentence.id, 2.0)
    assert prune(store, events=5.0) == 1
    assert [event.detail for event in store.events.all()] == ["untold"]


def fill(store: Store) -> None:
    store.sources.remember_fact("x", "a.example", 1, 1.0)
    store.sources.remember_fact("x", "xa.example", 1, 1.0)
    store.decisions.add(Decision("block", "a.example", 1.0, "x"))
    for host in ("a.example", "www.a.example", "xa.example"):
        store.visits.record([Visit(host, Level.PASS, 1.0, "c")])
        for level in (Level.PASS, Level.WARN):
            store.verdicts.record(host_link(host), Verdict(level), 2.0)
    store.events.turn_bad("a.example", Verdict(Level.BLOCK), 3.0)
    store.asks.make(Ask("i", "c", "www.a.example", Level.WARN, (), 1.0, 9.0), lambda *_: None)
    store.known_domains.note_clicks(
        [DomainClick("a.example", 1.0, 1, Level.PASS, False, False)], lambda _, __: KNOWN
    )


def test_forgetting_takes_a_host_with_its_subdomains_from_every_table(store: Store) -> None:
    """ "Forget it" that leaves one table is a promise broken."""
    fill(store)
    assert store.pruning.forget("a.example") == {
        "visits": 2,
        "verdicts": 2,
        "verdict_changes": 4,
        "known_domains": 1,
        "events": 1,
        "asks": 1,
        "facts": 1,
    }
    assert [line.host for line in store.visits.log(limit=9)] == ["xa.example"]
    assert len(store.verdicts.past("xa.example")) == 1
    assert [decision.host for decision in store.decisions.in_force(2.0)] == ["a.example"]


def test_forgetting_all_leaves_the_decisions_alone(store: Store) -> None:
    fill(store)
    store.pruning.forget(None)
    with store.database.transaction("read") as connection:
        tables = sa.inspect(connection).get_table_names()
        filled = {
            name for name in tables if connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar()
        }
    assert filled == {"decisions", "migrations"}


def test_today_is_counted_by_kind_and_level(store: Store) -> None:
    store.visits.record(
        [
            Visit("a.example", Level.PASS, 4.0, "c"),
            Visit("a.example", Level.PASS, 5.0, "c"),
            Visit("a.example", Level.WARN, 6.0, "c"),
            Visit("a.example", Level.WARN, 6.0, "c", kind="resource"),
        ]
    )
    assert store.visits.counts_since(5.0) == {
        ("click", Level.PASS): 1,
        ("click", Level.WARN): 1,
        ("resource", Level.WARN): 1,
    }
