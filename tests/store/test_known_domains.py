from dataclasses import replace

import pytest

from sekisho.records.domains import CLEAN_FOR, Bounds, DomainClick, KnownDomain
from sekisho.store import Store
from sekisho.verdict import Level

KNOWN = KnownDomain(
    "a.example", 1.0, 2.0, 700_000, 3, 9, False, 1.0, stage=2, next_check_at=50.0, level=Level.CAUTION
)
BOUNDS = Bounds(days=3, registered_before=10.0, clean_since=20.0, seen_since=1.5)
RIPE = replace(KNOWN, registered_at=5.0, clean_at=30.0)
FAMILIAR = replace(RIPE, familiar_at=40.0)
TRUSTED = replace(KNOWN, clean_at=100.0, familiar_at=50.0)
CLICK = DomainClick("a.example", 1.0, 1, Level.PASS, False, False)


def keep(store: Store, *known: KnownDomain) -> None:
    """Write them as they are."""
    by_name = {one.name: one for one in known}
    clicks = [DomainClick(name, 1.0, 1, Level.PASS, False, False) for name in by_name]
    store.known_domains.note_clicks(clicks, lambda _, click: by_name[click.name])


def test_a_known_domain_comes_back_whole(store: Store) -> None:
    full = KnownDomain(
        "a.example",
        1.0,
        2.0,
        3,
        4,
        5,
        True,
        6.0,
        7,
        8.0,
        9.0,
        Level.WARN,
        10.0,
        11.0,
        12.0,
        13.0,
        14.0,
        15.0,
        16.0,
    )
    keep(store, full)
    assert store.known_domains.known_domain("a.example") == full
    assert store.known_domains.known_domain("b.example") is None


def test_clicks_of_one_batch_are_counted_one_after_the_other(store: Store) -> None:
    """Three tabs in one second are three visits of one known_domain, not one."""
    before: list[int | None] = []

    def on_click(known: KnownDomain | None, click: DomainClick) -> KnownDomain:
        before.append(known.visits if known else None)
        return replace(
            known or replace(KNOWN, name=click.name, visits=0), visits=(known.visits if known else 0) + 1
        )

    clicks = [DomainClick("a.example", float(n), 1, Level.PASS, False, False) for n in range(3)]
    store.known_domains.note_clicks(clicks, on_click)
    store.known_domains.note_clicks(clicks[:1], on_click)
    assert before == [None, 1, 2, 3]


def test_who_was_refused_at_once_is_not_written(store: Store) -> None:
    store.known_domains.note_clicks(
        [DomainClick("a.example", 1.0, 1, Level.WARN, True, False)], lambda _, __: None
    )
    assert store.known_domains.known_domain("a.example") is None


def test_a_change_of_somebody_who_was_forgotten_brings_nothing_back(store: Store) -> None:
    """The answer of a re-check arrives after `sekisho forget`."""
    keep(store, KNOWN)
    store.pruning.forget("a.example")
    assert store.known_domains.change([("a.example", lambda known: replace(known, stage=3))]) == {}
    assert store.known_domains.known_domain("a.example") is None


def test_due_are_those_whose_time_has_come(store: Store) -> None:
    keep(
        store,
        KNOWN,
        replace(KNOWN, name="b.example", next_check_at=40.0),
        replace(KNOWN, name="c.example", next_check_at=50.1),
        replace(KNOWN, name="d.example", next_check_at=None),
    )
    assert [known.name for known in store.known_domains.due_checks(50.0, 9)] == ["b.example", "a.example"]
    assert [known.name for known in store.known_domains.due_checks(50.0, 1)] == ["b.example"]
    assert store.known_domains.count_due(50.0) == 2


def test_unsettled_are_those_that_may_lapse_or_become_familiar(store: Store) -> None:
    """One row that is left out here stays tunnelled for ever, or is never trusted."""
    rows = {
        "ripe": RIPE,
        "too few days": replace(RIPE, days=2),
        "raised": replace(RIPE, raised_at=9.0),
        "shared": replace(RIPE, shared=True),
        "young": replace(RIPE, registered_at=11.0),
        "age unknown": replace(RIPE, registered_at=None),
        "long not clean": replace(RIPE, clean_at=20.0),
        "long not seen": replace(RIPE, last_at=1.0),
        "familiar": FAMILIAR,
        "familiar, raised": replace(FAMILIAR, raised_at=9.0),
        "familiar, long not clean": replace(FAMILIAR, clean_at=20.0),
        "familiar, long not seen": replace(FAMILIAR, last_at=1.0),
        "familiar, shared": replace(FAMILIAR, shared=True),
    }
    keep(store, *(replace(row, name=name) for name, row in rows.items()))
    assert {known.name for known in store.known_domains.unsettled(BOUNDS)} == {
        "ripe",
        "familiar, raised",
        "familiar, long not clean",
        "familiar, long not seen",
        "familiar, shared",
    }


def test_the_rows_that_are_asked_for_often_are_found_by_an_index(store: Store) -> None:
    """A year's known_domains read from end to end at each round would hold up the clicks."""
    wanted = (
        "next_check_at <= 5",
        "familiar_at > 0 AND clean_at > 5",
        "days >= 3 AND familiar_at IS NULL AND clean_at > 5",
    )
    with store.database.transaction("read") as connection:
        for where in wanted:
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN SELECT * FROM known_domains WHERE {where}"
            ).all()
            assert "USING INDEX" in str(plan), where


def test_names_are_read_page_by_page(store: Store) -> None:
    """None may be left out between two pages: who clicked it would not be told that it is listed now."""
    keep(
        store,
        replace(KNOWN, name="c.example"),
        KNOWN,
        replace(KNOWN, name="b.example"),
        replace(KNOWN, name="bad.example", level=Level.WARN),
        replace(KNOWN, name="forgotten.example", next_check_at=None),
    )
    assert store.known_domains.names_below(Level.WARN, "", 2) == ["a.example", "b.example"]
    assert store.known_domains.names_below(Level.WARN, "b.example", 2) == ["c.example"]
    assert store.known_domains.names_below(Level.WARN, "c.example", 2) == []


def test_familiar_to_the_household_ends_by_time_alone(store: Store) -> None:
    """Where nothing looks again any more (no key, a broken runner), trust must run out by itself."""
    store.known_domains.note_clicks([CLICK], lambda _, __: TRUSTED)
    assert store.known_domains.familiar_to_household(100.0 + CLEAN_FOR - 1) == {"a.example"}
    assert store.known_domains.familiar_to_household(100.0 + CLEAN_FOR) == frozenset()
    assert store.known_domains.familiar(100.0 + CLEAN_FOR) == []


@pytest.mark.parametrize("change", [{"familiar_at": None}, {"raised_at": 60.0}, {"clean_at": None}])
def test_who_is_not_familiar_is_not_in_the_set(store: Store, change: dict[str, float | None]) -> None:
    store.known_domains.note_clicks([CLICK], lambda _, __: replace(TRUSTED, **change))  # type: ignore[arg-type]
    assert store.known_domains.familiar_to_household(101.0) == frozenset()


def test_nothing_to_write_opens_no_transaction(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.known_domains, "_database", None)
    store.known_domains.note_clicks([], lambda _, __: TRUSTED)
    assert store.known_domains.change([]) == {}
