"""What is not started, or not ended, is clicks that nobody judges, messages that nobody gets, visits that are lost."""

import asyncio
from collections.abc import Callable

import pytest

from sekisho.engine.background import Background
from sekisho.engine.engine import Engine
from sekisho.engine.pages import Pages
from sekisho.engine.reload import Reload
from sekisho.link import host_link
from sekisho.proxy.lifecycle import Lifecycle
from sekisho.store import Store
from sekisho.verdict import Level, Verdict

from .conftest import CLEAN

STEPS = [
    (Background, "running"),
    (Reload, "running"),
    (Pages, "start"),
    (Background, "done"),
    (Pages, "close"),
    (Reload, "done"),
]
"""In the order in which they are done."""


def nothing() -> None:
    """Nobody has to judge again."""


def note(steps: list[str], part: type, name: str, failing: str) -> Callable[..., object]:
    async def step(_: object) -> None:
        steps.append(f"{part.__name__}.{name}")
        if steps[-1] == failing:
            raise RuntimeError("broken on purpose")

    return step


@pytest.mark.parametrize("failing", ["", *(f"{part.__name__}.{name}" for part, name in STEPS)])
def test_every_part_is_started_and_ended_in_its_order_whatever_fails(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failing: str
) -> None:
    """Rules before the processes that judge by them; what waits is written before the store is closed."""
    steps: list[str] = []
    for part, name in STEPS:
        monkeypatch.setattr(part, name, note(steps, part, name, failing))
    lifecycle = Lifecycle(engine, nothing)
    asyncio.run(lifecycle.running())
    asyncio.run(lifecycle.done())
    assert steps == [f"{part.__name__}.{name}" for part, name in STEPS]
    assert caplog.text.count("could not be started or ended") == bool(failing)


def test_messages_are_exchanged_while_the_proxy_runs(engine: Engine) -> None:
    async def act() -> bool:
        engine.current.started()
        lifecycle = Lifecycle(engine, nothing)
        assert engine.current.store
        before = engine.family.nudge
        task = asyncio.create_task(lifecycle._exchange_messages(engine.current.store))
        await asyncio.sleep(0)
        during = engine.family.nudge
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return during is not before and engine.family.nudge is not during

    assert asyncio.run(act())


def test_a_reload_has_open_connections_judged_again(engine: Engine) -> None:
    changes: list[int] = []
    Lifecycle(engine, lambda: changes.append(1))
    engine.reload.changed()
    assert len(changes) == 1


def test_the_last_visits_are_written_before_the_store_is_closed(engine: Engine) -> None:
    lifecycle = Lifecycle(engine, nothing)
    engine.visits.note(host_link(CLEAN), Verdict(Level.PASS), "192.168.1.20", is_click=True)
    asyncio.run(lifecycle.done())
    store = Store.open(engine.settings.store_url)
    try:
        assert [line.host for line in store.visits.log(limit=9)] == [CLEAN]
    finally:
        store.close()
