"""What is in force changes for the next request, and what is missing is an error that names it."""

import asyncio

import pytest

from sekisho.engine.current import Current, UnavailableError
from sekisho.engine.engine import Engine
from sekisho.link import Link, host_link
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decisions
from sekisho.records.visits import Decision
from sekisho.store import Store, StoreError
from sekisho.verdict import Evidence, Level

from ..proxy.conftest import CLEAN, FAKE, NOW, rulebook
from .conftest import CLIENT


def level(engine: Engine, host: str = FAKE) -> Level:
    return engine.judge.verdict(host_link(host), CLIENT, is_click=True).level


def allow(store: Store | None) -> None:
    assert store is not None
    store.decisions.add(Decision("allow", FAKE, NOW, "desk"))


def test_what_is_missing_is_named() -> None:
    current = Current(lambda: NOW)
    for missing in (current.require_policy, current.rulebook):
        with pytest.raises(UnavailableError, match="still starting"):
            missing()
    for without_store in (current.require_store, current.require_writable, current.decided):
        with pytest.raises(StoreError, match="still starting"):
            without_store()
    with pytest.raises(StoreError, match="still starting"):
        asyncio.run(current.read_decisions())


def test_a_decision_is_not_taken_where_nobody_would_put_it_in_force(engine: Engine) -> None:
    assert engine.current.require_store() is engine.current.store
    with pytest.raises(StoreError):
        engine.current.require_writable()


def test_lists_and_familiar_domains_outlive_a_change_of_the_rules(engine: Engine) -> None:
    """Else an edit of a rule would make the household's domains unfamiliar, and its lists unread."""
    current = engine.current

    def one(link: Link, path: str | None) -> tuple[Evidence, ...]:
        return ()

    def other(link: Link, path: str | None) -> tuple[Evidence, ...]:
        return ()

    current.policy = None
    current.set_lists(one)
    current.set_household(frozenset({CLEAN}))
    current.install(Policy(rulebook(), Decisions(())))
    assert current.require_policy().listed is one
    assert engine.is_familiar(host_link(CLEAN), CLIENT)
    current.set_household(frozenset())
    assert not engine.is_familiar(host_link(CLEAN), CLIENT)
    current.set_lists(other)
    assert current.require_policy().listed is other


def test_a_decision_counts_when_the_thread_that_took_it_goes_on(engine: Engine) -> None:
    async def run() -> None:
        engine.current.started()
        assert engine.current.require_writable() is engine.current.store
        allow(engine.current.store)
        assert level(engine) is Level.WARN
        await asyncio.to_thread(engine.current.decided)

    asyncio.run(run())
    assert level(engine) is Level.PASS


def test_decisions_without_rules_are_an_error_and_not_forgotten(engine: Engine) -> None:
    allow(engine.current.store)
    policy, engine.current.policy = engine.current.policy, None
    with pytest.raises(UnavailableError):
        asyncio.run(engine.current.read_decisions())
    engine.current.policy = policy
    asyncio.run(engine.current.read_decisions())
    assert level(engine) is Level.PASS
