from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from sekisho.store import Decision, Store
from sekisho.store.asked import Answer, Ask, Decide, Outcome
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
    return store.family.answer("ask1", given, by="desk", at=at, nonce=nonce, decide=decide)


def test_an_ask_is_kept_as_it_was_made(store: Store) -> None:
    mother = store.family.add_person("Mother", 1.0)
    store.family.name_device(PHONE, "phone", mother.id, 1.0)
    kept, new = store.family.make_ask(ask(path="/login"), free)
    assert new
    assert (kept.who, kept.evidence, kept.path) == ("Mother (phone)", (FOUND,), "/login")
    assert store.family.ask("ask1") == kept
    assert store.family.open_asks(50.0) == [kept]
    assert store.family.ask("ask") is None


def test_one_open_ask_for_a_device_and_a_host(store: Store) -> None:
    """Who presses the button five times does not ring five times."""
    first, _ = store.family.make_ask(ask(1), free)
    assert store.family.make_ask(ask(2), free) == (first, False)
    assert store.family.make_ask(ask(3, client="192.168.1.6"), free)[1]
    assert store.family.make_ask(ask(4, host="b.example"), free)[1]
    assert store.family.make_ask(ask(5, at=111.0), free)[1]  # the first one is over


def test_twenty_presses_at_once_make_one_ask(store: Store) -> None:
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda number: store.family.make_ask(ask(number), free), range(20)))
    assert [new for _, new in made].count(True) == 1
    assert len({kept.id for kept, _ in made}) == 1


def test_who_refuses_sees_the_last_day_and_nothing_is_kept(store: Store) -> None:
    store.family.make_ask(ask(1), free)
    store.family.make_ask(ask(2, at=90_000.0, client="192.168.1.6"), free)
    store.family.make_ask(ask(3, at=90_001.0, host="b.example"), free)
    seen: list[Sequence[float]] = []

    def refuse(mine: Sequence[float], all_: Sequence[float]) -> None:
        seen.extend((mine, all_))
        raise ValueError("too many")

    with pytest.raises(ValueError, match="too many"):
        store.family.make_ask(ask(4, at=90_002.0, host="c.example"), refuse)
    assert [sorted(times) for times in seen] == [[90_001.0], [90_000.0, 90_001.0]]
    assert store.family.ask("ask4") is None


def test_the_first_answer_wins_and_makes_one_decision(store: Store) -> None:
    store.family.make_ask(ask(path="/login"), free)
    first = answered(store)
    assert first.kind == "accepted"
    assert first.ask
    assert (first.ask.answer, first.ask.answered_by, first.ask.answered_at) == ("1d", "desk", 20.0)
    assert (first.ask.path, first.ask.decision_id) == (None, 1)  # the path is forgotten with the answer
    later = answered(store, "block", 21.0)
    assert (later.kind, later.ask) == ("answered", first.ask)
    assert [decision.kind for decision in store.decisions(22.0)] == ["allow"]
    assert store.family.open_asks(22.0) == []
    assert store.family.answered_since(20.0) == [first.ask]
    assert store.family.make_ask(ask(2, at=30.0), free)[1]


def test_two_who_answer_at_once_are_one_answer(store: Store) -> None:
    store.family.make_ask(ask(), free)
    with ThreadPoolExecutor(8) as pool:
        kinds = [outcome.kind for outcome in pool.map(lambda _: answered(store), range(8))]
    assert sorted(kinds) == ["accepted", *["answered"] * 7]
    assert len(store.decisions(21.0)) == 1


def test_a_reply_that_comes_twice_is_told_from_a_second_answer(store: Store) -> None:
    store.family.make_ask(ask(), free)
    assert answered(store, nonce="n1").kind == "accepted"
    assert answered(store, nonce="n1").kind == "replayed"
    assert answered(store, nonce="n2").kind == "answered"


def test_an_answer_that_comes_too_late_decides_nothing(store: Store) -> None:
    store.family.make_ask(ask(), free)
    assert answered(store, at=110.0).kind == "expired"
    assert store.family.answer("x", "1d", by="desk", at=20.0, decide=allow).kind == "unknown"
    assert store.decisions(111.0) == []


def test_an_answer_whose_decision_fails_is_no_answer(store: Store) -> None:
    """Otherwise the page would say "open it" and the host stays shut for ever."""
    store.family.make_ask(ask(), free)

    def breaks(_: Ask) -> Decision:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answered(store, decide=breaks)
    assert len(store.family.open_asks(21.0)) == 1


def test_a_word_for_the_household_takes_the_place_of_older_ones(store: Store) -> None:
    store.add_decision(Decision("block", "a.example", 1.0, "old", exact=True))
    store.add_decision(Decision("block", "b.example", 1.0, "old"))
    store.family.make_ask(ask(), free)
    answered(store)
    assert {(d.host, d.kind) for d in store.decisions(21.0)} == {
        ("a.example", "allow"),
        ("b.example", "block"),
    }


def test_a_word_for_one_device_leaves_those_for_the_household(store: Store) -> None:
    store.add_decision(Decision("block", "a.example", 1.0, "old"))
    store.family.make_ask(ask(), free)
    answered(store, decide=lambda kept: Decision("allow", kept.host, 20.0, "x", client=PHONE, until=99.0))
    assert {d.kind for d in store.decisions(21.0)} == {"allow", "block"}


def test_who_was_told_is_noted_once(store: Store) -> None:
    store.family.make_ask(ask(), free)
    for at in (12.0, 13.0):
        store.family.note_told("ask", "ask1", "mail", at)
    store.family.note_told("event", "ask1", "mail", 14.0)
    assert store.family.told("ask", ["ask1", "other"]) == {("ask1", "mail")}
    assert store.family.told("ask", []) == set()
    kept = store.family.ask("ask1")
    assert kept
    assert kept.told_at == 12.0


def test_old_asks_are_forgotten_and_paths_with_their_ask(store: Store) -> None:
    store.family.make_ask(ask(1, path="/secret"), free)
    store.family.make_ask(ask(2, at=500.0, path="/open"), free)
    store.family.note_told("ask", "ask1", "mail", 10.0)
    assert store.family.prune(0.0, 200.0) == 0
    assert [kept.path for kept in store.family.asks()] == ["/open", None]
    assert store.family.prune(300.0, 310.0) == 2
    assert [kept.id for kept in store.family.asks()] == ["ask2"]
