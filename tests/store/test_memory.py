from dataclasses import replace

import pytest

from sekisho.store import Store, StoreError
from sekisho.store.remembered import CLEAN_FOR, DomainClick, KnownDomain
from sekisho.verdict import Level, Verdict

KNOWN = KnownDomain("a.example", 1.0, 2.0, 700_000, 3, 9, False, 1.0, clean_at=100.0, familiar_at=50.0)
CLICK = DomainClick("a.example", 1.0, 1, Level.PASS, False, False)


def test_familiar_to_the_household_ends_by_time_alone(store: Store) -> None:
    """Where nothing looks again any more (no key, a broken runner), trust must run out by itself."""
    store.memory.note_clicks([CLICK], lambda _, __: KNOWN)
    assert store.memory.familiar_to_household(100.0 + CLEAN_FOR - 1) == {"a.example"}
    assert store.memory.familiar_to_household(100.0 + CLEAN_FOR) == frozenset()
    assert store.memory.familiar(100.0 + CLEAN_FOR) == []


@pytest.mark.parametrize("change", [{"familiar_at": None}, {"raised_at": 60.0}, {"clean_at": None}])
def test_who_is_not_familiar_is_not_in_the_set(store: Store, change: dict[str, float | None]) -> None:
    store.memory.note_clicks([CLICK], lambda _, __: replace(KNOWN, **change))  # type: ignore[arg-type]
    assert store.memory.familiar_to_household(101.0) == frozenset()


def test_nothing_to_write_opens_no_transaction(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.memory, "_transaction", None)
    store.memory.note_clicks([], lambda _, __: KNOWN)
    assert store.memory.change([]) == {}


def test_a_failure_names_the_store(url: str, store: Store) -> None:
    with (
        Store.open(url, read_only=True) as reader,
        pytest.raises(StoreError, match=r"sekisho\.db.*cannot be written"),
    ):
        reader.memory.turn_bad("a.example", Verdict(Level.WARN), 1.0)
