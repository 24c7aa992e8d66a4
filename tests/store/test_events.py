import pytest

from sekisho.records.domains import STORE_DAMAGED, TURNED_BAD, Presence
from sekisho.store import Store, StoreError, Visit
from sekisho.verdict import Evidence, Level, Reason, Verdict

FOUND = Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "two engines", at=9.0)
BAD = Verdict(Level.WARN, (FOUND,))


def test_an_event_names_who_was_there_and_when(store: Store) -> None:
    """ "I only clicked, am I safe?" needs to know who clicked, how often, and when."""
    store.visits.record(
        [
            Visit("a.example", Level.PASS, 5.0, "192.168.1.5"),
            Visit("www.a.example", Level.CAUTION, 3.0, "192.168.1.6"),
            Visit("www.a.example", Level.PASS, 7.0, "192.168.1.6", kind="resource"),
            Visit("www.a.example", Level.WARN, 4.0, "192.168.1.7"),
            Visit("xa.example", Level.PASS, 4.0, "192.168.1.8"),
        ]
    )
    event = store.events.turn_bad("a.example", BAD, 9.0)
    assert event
    assert event.people == (Presence("192.168.1.6", 3.0, 7.0, 2), Presence("192.168.1.5", 5.0, 5.0, 1))
    assert (event.kind, event.host, event.at, event.level, event.evidence) == (
        TURNED_BAD,
        "a.example",
        9.0,
        Level.WARN,
        (FOUND,),
    )
    assert store.events.all() == [event]


def test_nobody_there_is_nothing_to_tell(store: Store) -> None:
    assert store.events.turn_bad("a.example", BAD, 9.0) is None
    assert store.events.all() == []
    store.visits.record([Visit("a.example", Level.WARN, 10.0, "c")])
    assert store.visits.log(limit=1)[0].verdict_level is Level.WARN


def test_the_same_people_are_not_told_of_twice(store: Store) -> None:
    store.visits.record([Visit("a.example", Level.PASS, 5.0, "c")])
    assert store.events.turn_bad("a.example", BAD, 9.0)
    assert store.events.turn_bad("a.example", BAD, 12.0) is None
    store.visits.record([Visit("a.example", Level.CAUTION, 15.0, "d")])
    event = store.events.turn_bad("a.example", BAD, 20.0)
    assert event
    assert [person.client for person in event.people] == ["d"]


def test_an_event_waits_until_somebody_was_told(store: Store) -> None:
    event = store.events.raise_event(STORE_DAMAGED, "", 1.0, Level.PASS, "it was damaged")
    store.events.raise_event(STORE_DAMAGED, "", 2.0, Level.PASS, "again")
    assert store.events.mark_notified(event.id, 5.0)
    assert not store.events.mark_notified(event.id, 6.0)
    assert [(e.detail, e.told_at) for e in store.events.all()] == [
        ("again", None),
        ("it was damaged", 5.0),
    ]
    assert [e.detail for e in store.events.all(pending_only=True)] == ["again"]


def test_a_failure_names_the_store(url: str, store: Store) -> None:
    with (
        Store.open(url, read_only=True) as reader,
        pytest.raises(StoreError, match=r"sekisho\.db.*cannot be written"),
    ):
        reader.events.turn_bad("a.example", BAD, 1.0)
