"""What the desk is given must be what the store holds, and a store in trouble must not take the page away."""

from pathlib import Path

import pytest

from sekisho.engine.asks import ask_family
from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decisions
from sekisho.proxy.portal_app import read_house, room_of
from sekisho.rulebook.model import Rulebook
from sekisho.settings import Settings
from sekisho.store import Decision, Limits, Store, StoreError, Visit
from sekisho.verdict import Evidence, Level, Reason, Verdict

NOW = 1_795_479_120.0


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    settings = Settings.model_validate({"state": tmp_path, "virustotal": {"key": "abc", "per_day": 7}})
    return Engine(settings, clock=lambda: NOW)


def test_states_budget_and_untold_events(engine: Engine) -> None:
    with Store.open(engine.settings.store_url) as store:
        engine.current.store = store
        store.sources.note_source("virustotal", "wrong key", "put in another", NOW)
        assert store.sources.spend("virustotal", NOW, Limits(4, 7))
        store.visits.record([Visit("a.example", Level.PASS, NOW - 60, "192.168.1.5")])
        bad = Verdict(Level.WARN, (Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines"),))
        event = store.events.turn_bad("a.example", bad, NOW)
        ask_family(store, host_link("b.example"), "192.168.1.5", bad, NOW)
        found = read_house(engine)
        assert found.waiting == 1
        assert [one.state for one in found.conditions if one.source == "virustotal"] == ["wrong key"]
        assert [item.host for item in found.events] == ["a.example"]
        assert found.asked
        assert found.limits
        assert (found.asked.in_day, found.limits.per_day, found.unread) == (1, 7, False)
        assert event
        store.events.mark_notified(event.id, NOW)
        assert read_house(engine).events == ()


def test_without_a_store_the_rest_is_told(engine: Engine) -> None:
    found = read_house(engine)
    assert (found.unread, found.asked, found.events) == (True, None, ())
    assert found.conditions


def test_a_store_that_fails_is_told_and_not_raised(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Store) -> None:
        raise StoreError("the disk is full")

    with Store.open(engine.settings.store_url) as store:
        engine.current.store = store
        monkeypatch.setattr(type(store.sources), "states", fails)
        assert read_house(engine).unread


def test_the_pages_get_the_rules_and_decisions_in_force(engine: Engine) -> None:
    """A decision at the desk is weighed against what counts now."""
    room = room_of(engine)
    for missing in (room.store, room.household):
        with pytest.raises(StoreError, match="still starting"):
            missing()
    with Store.open(engine.settings.store_url) as store:
        engine.current.store = store
        with pytest.raises(StoreError, match="still starting"):
            room.household()
        engine.current.policy = Policy(Rulebook(), Decisions(()))
        engine.current.household = frozenset({"heron.example"})
        kept = store.decisions.add(Decision("block", "a.example", NOW, "x"))
        found = room.household()
        assert (found.decisions, found.familiar) == ((kept,), frozenset({"heron.example"}))
        assert found.rulebook is engine.current.policy.rulebook
        assert room.store() is store
