import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sekisho.providers.records import Records
from sekisho.providers.registration import memory as memory_module
from sekisho.providers.registration.answer import DAY, SOURCE, Registration, State
from sekisho.providers.registration.memory import HOUR, Memory

from .conftest import NOW, Clock, Kept

OLD = Registration("example.org", NOW - 5000 * DAY, "rdap.example", NOW, State.KNOWN)
UNKNOWN = Registration("example.org", None, "rdap.example", NOW, State.UNREGISTERED)


def run(kept: Kept | None, clock: Clock, act: Callable[[Memory], Awaitable[None]]) -> None:
    async def go() -> None:
        records = Records(SOURCE, lambda: kept, clock)
        await act(Memory(records, clock))
        await records.finish()

    asyncio.run(go())


def test_what_is_kept_is_said_at_once_and_after_a_restart(kept: Kept, clock: Clock) -> None:
    async def act(memory: Memory) -> None:
        assert memory.recall("example.org") is None
        memory.keep(OLD)
        assert memory.recall("example.org") == OLD

    run(kept, clock, act)

    async def after(memory: Memory) -> None:
        assert memory.recall("example.org") is None
        assert await memory.read("example.org") == OLD

    run(kept, clock, after)


@pytest.mark.parametrize(("registration", "seconds"), [(OLD, 90 * DAY), (UNKNOWN, HOUR)])
def test_a_day_of_registration_lives_for_months_and_anything_else_for_hours(
    kept: Kept, clock: Clock, registration: Registration, seconds: float
) -> None:
    """A name that the registry does not know yet is just the one to ask about again."""

    async def act(memory: Memory) -> None:
        memory.keep(registration)
        clock.now += seconds - 1
        assert memory.recall("example.org") == registration
        assert memory.fresh_for(registration) > 0
        clock.now += 1
        assert memory.recall("example.org") is None
        assert memory.fresh_for(registration) <= 0

    run(kept, clock, act)


def test_what_is_wrong_with_a_server_is_not_held_against_a_name(kept: Kept, clock: Clock) -> None:
    async def act(memory: Memory) -> None:
        down = Registration("example.org", None, "rdap.example", NOW, State.UNREACHABLE)
        assert memory.fresh_for(down) <= 0

    run(kept, clock, act)


def test_an_answer_from_a_wrong_clock_is_too_old(kept: Kept, clock: Clock) -> None:
    """A small box without a battery starts in 1970 and learns the time a minute later."""

    async def act(memory: Memory) -> None:
        ahead = Registration("example.org", None, "rdap.example", NOW + 900 * DAY, State.UNREADABLE)
        assert memory.fresh_for(ahead) < 0

    run(kept, clock, act)


def test_the_memory_of_a_process_has_an_end(
    kept: Kept, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_module, "_MAX_HERE", 2)

    async def act(memory: Memory) -> None:
        for name in ("a.org", "b.org", "c.org"):
            memory.keep_here(Registration(name, None, "", NOW, State.UNSERVED), HOUR)
        assert [memory.recall(name) is None for name in ("a.org", "b.org", "c.org")] == [True, False, False]

    run(kept, clock, act)


def test_a_foreign_fact_is_no_memory(kept: Kept, clock: Clock) -> None:
    kept.facts["registration", "example.org"] = ({"state": "who knows"}, NOW)

    async def act(memory: Memory) -> None:
        assert await memory.read("example.org") is None

    run(kept, clock, act)


def test_without_a_store_or_with_one_that_fails_it_remembers_here(kept: Kept, clock: Clock) -> None:
    """A proxy whose store is damaged still knows what it asked a minute ago."""
    kept.fails = RuntimeError("the store is locked")

    async def act(memory: Memory) -> None:
        memory.keep(OLD)
        assert memory.recall("example.org") == OLD
        assert await memory.read("example.org") is None

    run(kept, clock, act)
    run(None, clock, act)
