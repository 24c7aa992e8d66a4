from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sekisho.records.asks import Answer, Ask, Decide, Outcome
from sekisho.store import Decision, Store, StoreError
from sekisho.verdict import Evidence, Level, Reason

FOUND = Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "imitates", imitates="example.com", at=9.0)
PHONE = "192.168.1.5"


def ask(
    number: int = 1, host: str = "a.example", at: float = 10.0, client: str = PHONE, path: str | None = None
) -> Ask:
    return Ask(f"ask{number}", client, host, Level.WARN, (FOUND,), at, at + 100, path=path)


def free(_: Sequence[float], __: Sequence[float]) -> None:
    """No limit."""


def allow(kept: Ask) -> Decision:
    return Decision("allow", kept.host, 20.0, "test")


def answered(
    store: Store, given: Answer = "1d", at: float = 20.0, nonce: str = "", decide: Decide = allow
) -> Outcome:
    return store.asks.answer("ask1", given, by="desk", at=at, nonce=nonce, decide=decide)


def test_an_ask_is_kept_as_it_was_made(store: Store) -> None:
    mother = store.devices.add_person("Mother", 1.0)
    store.devices.name(PHONE, "phone", mother.id, 1.0)
    kept, new = store.asks.make(ask(path="/login"), free)
    assert new
    assert (kept.who, kept.evidence, kept.path) == ("Mother (phone)", (FOUND,), "/login")
    assert store.asks.find("ask1") == kept
    assert store.asks.open_asks(50.0) == [kept]
    assert store.asks.find("ask") is None


def test_one_open_ask_for_a_device_and_a_host(store: Store) -> None:
    """Who presses the button five times does not ring five times."""
    first, _ = store.asks.make(ask(1), free)
    assert store.asks.make(ask(2), free) == (first, False)
    assert store.asks.make(ask(3, client="192.168.1.6"), free)[1]
    assert store.asks.make(ask(4, host="b.example"), free)[1]
    assert store.asks.make(ask(5, at=111.0), free)[1]  # the first one is over


def test_twenty_presses_at_once_make_one_ask(store: Store) -> None:
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda number: store.asks.make(ask(number), free), range(20)))
    assert [new for _, new in made].count(True) == 1
    assert len({kept.id for kept, _ in made}) == 1


def test_who_refuses_sees_the_last_day_and_nothing_is_kept(store: Store) -> None:
    store.asks.make(ask(1), free)
    store.asks.make(ask(2, at=90_000.0, client="192.168.1.6"), free)
    store.asks.make(ask(3, at=90_001.0, host="b.example"), free)
    seen: list[Sequence[float]] = []

    def refuse(mine: Sequence[float], all_: Sequence[float]) -> None:
        seen.extend((mine, all_))
        raise ValueError("too many")

    with pytest.raises(ValueError, match="too many"):
        store.asks.make(ask(4, at=90_002.0, host="c.example"), refuse)
    assert [sorted(times) for times in seen] == [[90_001.0], [90_000.0, 90_001.0]]
    assert store.asks.find("ask4") is None


def test_the_first_answer_wins_and_makes_one_decision(store: Store) -> None:
    store.asks.make(ask(path="/login"), free)
    first = answered(store)
    assert first.kind == "accepted"
    assert first.ask
    assert (first.ask.answer, first.ask.answered_by, first.ask.answered_at) == ("1d", "desk", 20.0)
    assert (first.ask.path, first.ask.decision_id) == (None, 1)  # the path is forgotten with the answer
    later = answered(store, "block", 21.0)
    assert (later.kind, later.ask) == ("answered", first.ask)
    assert [decision.kind for decision in store.decisions.in_force(22.0)] == ["allow"]
    assert store.asks.open_asks(22.0) == []
    assert store.asks.answered_since(20.0) == [first.ask]
    assert store.asks.make(ask(2, at=30.0), free)[1]


def test_two_who_answer_at_once_are_one_answer(store: Store) -> None:
    store.asks.make(ask(), free)
    with ThreadPoolExecutor(8) as pool:
        kinds = [outcome.kind for outcome in pool.map(lambda _: answered(store), range(8))]
    assert sorted(kinds) == ["accepted", *["answered"] * 7]
    assert len(store.decisions.in_force(21.0)) == 1


def test_a_reply_that_comes_twice_is_told_from_a_second_answer(store: Store) -> None:
    store.asks.make(ask(), free)
    assert answered(store, nonce="n1").kind == "accepted"
    assert answered(store, nonce="n1").kind == "replayed"
    assert answered(store, nonce="n2").kind == "answered"


def test_an_answer_that_comes_too_late_decides_nothing(store: Store) -> None:
    store.asks.make(ask(), free)
    assert answered(store, at=110.0).kind == "expired"
    assert store.asks.answer("x", "1d", by="desk", at=20.0, decide=allow).kind == "unknown"
    assert store.decisions.in_force(111.0) == []


def test_an_answer_whose_decision_fails_is_no_answer(store: Store) -> None:
    """Otherwise the page would say "open it" and the host stays shut for ever."""
    store.asks.make(ask(), free)

    def breaks(_: Ask) -> Decision:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answered(store, decide=breaks)
    assert len(store.asks.open_asks(21.0)) == 1


def test_a_word_for_the_household_takes_the_place_of_older_ones(store: Store) -> None:
    store.decisions.add(Decision("block", "a.example", 1.0, "old", exact=True))
    store.decisions.add(Decision("block", "b.example", 1.0, "old"))
    store.asks.make(ask(), free)
    answered(store)
    assert {(d.host, d.kind) for d in store.decisions.in_force(21.0)} == {
        ("a.example", "allow"),
        ("b.example", "block"),
    }


def test_a_word_for_one_device_leaves_those_for_the_household(store: Store) -> None:
    store.decisions.add(Decision("block", "a.example", 1.0, "old"))
    store.asks.make(ask(), free)
    answered(store, decide=lambda kept: Decision("allow", kept.host, 20.0, "x", client=PHONE, until=99.0))
    assert {d.kind for d in store.decisions.in_force(21.0)} == {"allow", "block"}


def test_who_was_told_is_noted_once(store: Store) -> None:
    store.asks.make(ask(), free)
    for at in (12.0, 13.0):
        store.asks.note_delivery("ask", "ask1", "mail", at)
    store.asks.note_delivery("event", "ask1", "mail", 14.0)
    assert store.asks.deliveries("ask", ["ask1", "other"]) == {("ask1", "mail")}
    assert store.asks.deliveries("ask", []) == set()
    kept = store.asks.find("ask1")
    assert kept
    assert kept.told_at == 12.0


def test_old_asks_are_forgotten_and_paths_with_their_ask(store: Store) -> None:
    store.asks.make(ask(1, path="/secret"), free)
    store.asks.make(ask(2, at=500.0, path="/open"), free)
    store.asks.note_delivery("ask", "ask1", "mail", 10.0)
    assert store.asks.prune(0.0, 200.0) == 0
    assert [kept.path for kept in store.asks.newest()] == ["/open", None]
    assert store.asks.prune(300.0, 310.0) == 2
    assert [kept.id for kept in store.asks.newest()] == ["ask2"]


def test_what_the_family_said_is_there_after_a_restart(url: str) -> None:
    with Store.open(url) as store:
        store.devices.add_person("Mother", 1.0)
        store.asks.make(Ask("i", "c", "a.example", Level.WARN, (), 1.0, 9.0), lambda *_: None)
    with Store.open(url, read_only=True) as store:
        assert [person.name for person in store.devices.people()] == ["Mother"]
        assert [ask.host for ask in store.asks.open_asks(2.0)] == ["a.example"]


def test_a_store_that_cannot_be_used_says_so(store: Store, tmp_path: Path) -> None:
    store.close()
    (tmp_path / "sekisho.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=r"sekisho\.db"):
        store.asks.open_asks(1.0)
