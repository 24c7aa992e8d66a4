from dataclasses import replace

from sekisho.link import host_link
from sekisho.store import GO_ON, Decision, Store, Visit
from sekisho.verdict import Level, Verdict

from .conftest import read_row, run_python

DAY = Decision("allow", "a.example", 100.0, "sekisho allow", until=200.0)


def test_a_decision_comes_back_whole_with_a_number(store: Store) -> None:
    kept = store.decisions.add(replace(DAY, exact=True, client="192.168.1.5"))
    assert kept.id is not None
    assert store.decisions.in_force(150.0) == [kept]


def test_decisions_that_are_over_do_not_come_back(store: Store) -> None:
    """An allow "for a day" that stays is a hole that nobody remembers."""
    store.decisions.add(DAY)
    assert store.decisions.in_force(199.0)
    assert store.decisions.in_force(200.0) == []


def test_ending_keeps_the_row_and_says_who_ended_it(store: Store, url: str) -> None:
    """The family's history is never deleted."""
    kept = store.decisions.add(DAY)
    (ended,) = store.decisions.end_on("a.example", by="sekisho unblock", at=150.0)
    assert ended == replace(kept, ended_at=150.0, ended_by="sekisho unblock")
    assert store.decisions.in_force(150.0) == []
    assert read_row(url, "SELECT host, ended_at, ended_by FROM decisions") == (
        "a.example",
        150.0,
        "sekisho unblock",
    )
    assert store.decisions.end_on("a.example", by="again", at=160.0) == []


def test_ending_touches_just_the_host_and_the_kind(store: Store) -> None:
    store.decisions.add(replace(DAY, kind="block"))
    store.decisions.add(replace(DAY, exact=True))
    store.decisions.add(replace(DAY, host="b.a.example"))
    store.decisions.add(replace(DAY, host="example"))
    assert [d.kind for d in store.decisions.end_on("a.example", by="x", at=150.0, kind="block")] == ["block"]
    assert [d.exact for d in store.decisions.end_on("a.example", by="x", at=150.0)] == [True]
    assert {d.host for d in store.decisions.in_force(150.0)} == {"b.a.example", "example"}


def test_one_decision_is_ended_and_its_neighbours_stay(store: Store) -> None:
    """Two devices may be let through to one host; to take one back must not shut out the other."""
    kept = [
        store.decisions.add(
            Decision("allow", "a.example", 1.0, "desk", exact=True, client=client, until=100.0)
        )
        for client in ("192.168.1.5", "192.168.1.6")
    ]
    assert kept[0].id
    ended = store.decisions.end(kept[0].id, by="desk, phone", at=50.0)
    assert ended
    assert (ended.ended_at, ended.ended_by) == (50.0, "desk, phone")
    assert store.decisions.end(kept[0].id, by="again", at=60.0) is None
    assert store.decisions.end(99, by="again", at=60.0) is None
    assert store.decisions.in_force(50.0) == [kept[1]]


def test_a_newer_word_stays_when_the_older_ones_end(store: Store) -> None:
    store.decisions.add(DAY)
    wide = store.decisions.add(replace(DAY, exact=True))
    new = store.decisions.add(replace(DAY, kind="block", exact=True))
    ended = store.decisions.end_on("a.example", by="x", at=150.0, exact=True, but=new.id)
    assert [d.id for d in ended] == [wide.id]
    assert [d.kind for d in store.decisions.in_force(150.0)] == ["allow", "block"]


def test_what_expired_is_not_ended_by_somebody_later(store: Store) -> None:
    store.decisions.add(DAY)
    assert store.decisions.end_on("a.example", by="x", at=250.0) == []


def test_the_counter_tells_of_another_process(store: Store, url: str) -> None:
    """Without it, `sekisho block` on the command line would not reach the running proxy."""
    before = store.decisions.change_counter()
    script = f"""
        from sekisho.store import Store, Decision
        with Store.open({url!r}) as store:
            store.decisions.add(Decision("block", "a.example", 1.0, "x"))
    """
    run_python(script)
    added = store.decisions.change_counter()
    store.decisions.end_on("a.example", by="x", at=2.0)
    ended = store.decisions.change_counter()
    assert before < added < ended
    store.visits.record([Visit("a.example", Level.PASS, 1.0, "127.0.0.1")])
    store.verdicts.record(host_link("fake.example"), Verdict(Level.WARN), 1.0)
    assert store.decisions.change_counter() == ended


def test_going_on_is_kept_with_its_client(store: Store) -> None:
    kept = store.decisions.add(
        Decision("allow", "a.example", 1.0, GO_ON, exact=True, client="::1", until=601.0)
    )
    assert store.decisions.in_force(2.0)[0].is_go_on
    assert store.decisions.in_force(2.0) == [kept]
