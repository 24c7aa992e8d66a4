from collections.abc import Iterator
from datetime import UTC, date, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from sekisho.engine import retention as ageing
from sekisho.engine.retention import DAY, Days, age, is_due
from sekisho.store import Decision, Store, Visit
from sekisho.store.schema import visit_days
from sekisho.verdict import Level

NOW = 20_000 * DAY + 100.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/s.db") as opened:
        yield opened


def visit(days: float, level: Level = Level.PASS, kind: str = "click") -> Visit:
    return Visit(f"d{days}.example", level, NOW - days * DAY, "c", "https", kind)  # type: ignore[arg-type]


def test_each_kind_of_visit_is_kept_as_long_as_it_is_of_use(store: Store) -> None:
    part = [visit(29, Level.WARN, "resource"), visit(31, Level.WARN, "resource")]
    warned = [visit(364, Level.WARN), visit(366, Level.WARN)]
    store.visits.record([visit(89), visit(91), *part, *warned])
    store.decisions.add(Decision("block", "a.example", 1.0, "x"))
    done = age(store, NOW, UTC)
    assert (done.gone, done.share) == (3, 1.0)
    assert [line.host for line in store.visits.log(limit=9)] == ["d29.example", "d89.example", "d364.example"]
    assert len(store.decisions.in_force(NOW)) == 1


def test_counts_stand_under_the_family_s_own_day(store: Store) -> None:
    store.visits.record([visit(100)])
    age(store, NOW, timezone(timedelta(hours=-5)))
    with store.database.transaction("read") as connection:
        (row,) = connection.execute(sa.select(visit_days))
    assert date.fromordinal(row.day) == date(1970, 1, 1) + timedelta(days=20_000 - 100 - 1)


def test_a_store_that_is_too_large_keeps_everything_shorter(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hostile page with a thousand host names a minute must not fill the family's disk."""
    store.visits.record([visit(number % 80) for number in range(20_000)])
    before = store.size()
    assert before
    monkeypatch.setattr(ageing, "LIMIT", before // 2)
    done = age(store, NOW, UTC)
    assert done.share < 1
    assert done.size is not None
    assert done.size <= before // 2
    assert 1000 < len(store.visits.log(limit=20_000)) < 20_000


def test_it_ends_even_where_nothing_more_can_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ageing, "LIMIT", 1)
    assert age(store, NOW, UTC).share == 1 / 16


def test_the_times_can_be_given(store: Store) -> None:
    store.visits.record([visit(2)])
    assert age(store, NOW, UTC, days=Days(visits=1)).gone == 1


def test_once_a_day_and_after_a_clock_that_was_set_back() -> None:
    assert is_due(None, NOW)
    assert not is_due(NOW, NOW + DAY - 1)
    assert is_due(NOW, NOW + DAY)
    assert is_due(NOW, NOW - 1)
