"""Behind the portal's pages: an answer counts when the page says so, and the family is told at once."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sekisho.engine.asks import answer_ask, ask_family
from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.notify.events import event_message
from sekisho.notify.messages import Writer
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decisions
from sekisho.portal.login import SetUp
from sekisho.proxy.portal_app import PER_DEVICE, PortalActions, portal_context, tell_typed
from sekisho.records.asks import Answer
from sekisho.records.domains import TYPED
from sekisho.rulebook.aftercare import Harm
from sekisho.rulebook.model import Rulebook
from sekisho.settings import Settings
from sekisho.store import Decision, Limits, Store, StoreError, Visit
from sekisho.verdict import Evidence, Level, Reason, Verdict

from .conftest import FAKE

NOW = 1_795_479_120.0
MOTHER = "192.168.1.20"
LINK = host_link(FAKE)


def on_loop[T](engine: Engine, work: Callable[[], T]) -> T:
    """Run it in a thread, as the portal does, while the household's loop runs."""

    async def together() -> T:
        engine.current.started()
        return await asyncio.to_thread(work)

    return asyncio.run(together())


def level(engine: Engine, client: str = MOTHER) -> Level:
    return engine.judge.verdict(LINK, client, is_click=True).level


@pytest.mark.parametrize(
    ("answer", "mother", "father"),
    [
        ("once", Level.PASS, Level.WARN),
        ("1d", Level.PASS, Level.PASS),
        ("always", Level.PASS, Level.PASS),
        ("block", Level.BLOCK, Level.BLOCK),
    ],
)
def test_an_answer_counts_when_it_returns(
    engine: Engine, answer: Answer, mother: Level, father: Level
) -> None:
    actions = PortalActions(engine)
    asked = actions.ask(LINK, MOTHER, Verdict(Level.WARN), None)
    assert level(engine) is Level.WARN
    outcome = on_loop(engine, lambda: engine.family.answer_ask(asked.id, answer, "desk"))
    assert outcome.kind == "accepted"
    assert (level(engine), level(engine, "192.168.1.21")) == (mother, father)
    assert on_loop(engine, lambda: engine.family.answer_ask(asked.id, "always", "desk")).kind == "answered"
    assert level(engine) is mother


def test_an_answer_that_came_by_another_way_is_in_force_before_the_page_moves_on(engine: Engine) -> None:
    actions = PortalActions(engine)
    asked = actions.ask(LINK, MOTHER, Verdict(Level.WARN), None)
    other = PortalActions(engine)
    assert engine.current.store
    answer_ask(engine.current.store, asked.id, "once", by="ntfy", now=engine.clock())
    assert level(engine) is Level.WARN
    found = on_loop(engine, lambda: other.find(asked.id))
    assert found is not None
    assert found.answer == "once"
    assert level(engine) is Level.PASS


def test_asking_and_telling_nudge_the_messenger(engine: Engine) -> None:
    nudges: list[int] = []

    engine.family.nudge = lambda: nudges.append(1)
    actions = PortalActions(engine)
    actions.ask(LINK, MOTHER, Verdict(Level.WARN), "/login")
    actions.tell(LINK, "password", MOTHER)
    actions.tell(None, "card", MOTHER)
    assert len(nudges) == 3
    assert engine.current.store
    events = engine.current.store.events.all()
    assert [(event.kind, event.host, event.detail) for event in events] == [
        (TYPED, "", "card"),
        (TYPED, FAKE, "password"),
    ]


def test_without_a_store_it_is_an_error_that_pages_know(engine: Engine) -> None:
    engine.current.store = None
    actions = PortalActions(engine)
    with pytest.raises(StoreError):
        actions.ask(LINK, MOTHER, Verdict(Level.WARN), None)
    with pytest.raises(StoreError):
        actions.find("x")
    with pytest.raises(StoreError):
        actions.tell(None, "card", MOTHER)


@pytest.fixture
def idle_engine(tmp_path: Path) -> Engine:
    """Not started: no rules, no store."""
    settings = Settings.model_validate({"state": tmp_path, "virustotal": {"key": "abc", "per_day": 7}})
    return Engine(settings, clock=lambda: NOW)


def test_states_budget_and_untold_events(idle_engine: Engine) -> None:
    with Store.open(idle_engine.settings.store_url) as store:
        idle_engine.current.store = store
        store.sources.note_source("virustotal", "wrong key", "put in another", NOW)
        assert store.sources.spend("virustotal", NOW, Limits(4, 7))
        store.visits.record([Visit("a.example", Level.PASS, NOW - 60, "192.168.1.5")])
        bad = Verdict(Level.WARN, (Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines"),))
        event = store.events.turn_bad("a.example", bad, NOW)
        ask_family(store, host_link("b.example"), "192.168.1.5", bad, NOW)
        found = PortalActions(idle_engine).summary()
        assert found.waiting == 1
        assert [one.state for one in found.conditions if one.source == "virustotal"] == ["wrong key"]
        assert [item.host for item in found.events] == ["a.example"]
        assert found.asked
        assert found.limits
        assert (found.asked.in_day, found.limits.per_day, found.unread) == (1, 7, False)
        assert event
        store.events.mark_notified(event.id, NOW)
        assert PortalActions(idle_engine).summary().events == ()


def test_without_a_store_the_rest_is_told(idle_engine: Engine) -> None:
    found = PortalActions(idle_engine).summary()
    assert (found.unread, found.asked, found.events) == (True, None, ())
    assert found.conditions


def test_a_store_that_fails_is_told_and_not_raised(
    idle_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Store) -> None:
        raise StoreError("the disk is full")

    with Store.open(idle_engine.settings.store_url) as store:
        idle_engine.current.store = store
        monkeypatch.setattr(type(store.sources), "states", fails)
        assert PortalActions(idle_engine).summary().unread


def test_the_pages_get_the_rules_and_decisions_in_force(idle_engine: Engine) -> None:
    """A decision at the desk is weighed against what counts now."""
    actions = PortalActions(idle_engine)
    for missing in (actions.store, actions.household):
        with pytest.raises(StoreError, match="still starting"):
            missing()
    with Store.open(idle_engine.settings.store_url) as store:
        idle_engine.current.store = store
        with pytest.raises(StoreError, match="still starting"):
            actions.household()
        idle_engine.current.policy = Policy(Rulebook(), Decisions(()))
        idle_engine.current.household = frozenset({"heron.example"})
        kept = store.decisions.add(Decision("block", "a.example", NOW, "x"))
        found = actions.household()
        assert (found.decisions, found.familiar) == ((kept,), frozenset({"heron.example"}))
        assert found.rulebook is idle_engine.current.policy.rulebook
        assert actions.store() is store


def test_the_pages_open_what_the_settings_say(idle_engine: Engine) -> None:
    """The context hands every page what this engine was set up with."""
    idle_engine.settings = Settings.model_validate(
        {"state": idle_engine.settings.state, "go_on_minutes": 7, "household": {"regions": ["jp"]}}
    )
    context = portal_context(idle_engine, lambda: Path("ca.pem"), SetUp("ABCD-2345"))
    assert (context.go_on_seconds, tuple(context.regions), context.ca_file()) == (
        420.0,
        ("jp",),
        Path("ca.pem"),
    )
    assert (context.tickets, context.forms) == (idle_engine.tickets, idle_engine.forms)
    assert context.rules_read() is None
    assert context.desk
    assert context.desk.set_up.code == "ABCD-2345"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/sekisho.db") as opened:
        yield opened


def test_it_is_an_event_that_waits_to_be_told(store: Store) -> None:
    assert tell_typed(store, "fake.example", "192.168.1.20", "password", 1000.0)
    (event,) = store.events.all(pending_only=True)
    assert (event.kind, event.host, event.detail, event.at) == (TYPED, "fake.example", "password", 1000.0)
    assert [person.client for person in event.people] == ["192.168.1.20"]


def test_one_device_tells_so_often_and_no_other_is_kept_from_it(store: Store) -> None:
    sentence = [tell_typed(store, "", "192.168.1.20", "card", 1000.0 + n) for n in range(PER_DEVICE + 2)]
    assert sentence == [True] * PER_DEVICE + [False, False]
    assert tell_typed(store, "", "192.168.1.21", "card", 1020.0)
    assert tell_typed(store, "", "192.168.1.20", "card", 1000.0 + 3601)


@pytest.mark.parametrize("harm", Harm)
def test_every_harm_has_its_message_in_both_languages(store: Store, harm: Harm) -> None:
    tell_typed(store, "fake.example", "192.168.1.20", harm.value, 1000.0)
    (event,) = store.events.all()
    names = {"192.168.1.20": "母 (スマホ)"}
    said = {"ja": event_message(Writer("ja", names), event), "en": event_message(Writer("en", names), event)}
    for message in said.values():
        assert "母 (スマホ)" in message.title
        assert "fake[.]example" in message.body
    assert said["ja"].title != said["en"].title
    assert ("only clicked" in said["en"].body) is (harm is Harm.CLICKED)
