"""What no request waits for must begin with the proxy, outlive its own errors, and end with it."""

import asyncio
import logging
from pathlib import Path

import pytest

from sekisho.engine import background as module
from sekisho.engine.background import Background, with_store
from sekisho.engine.engine import Engine
from sekisho.store import Store

from .background_run import Run, no_waiting, run, server, settings, until

__all__ = ["no_waiting", "run", "server", "settings"]


def test_a_store_that_comes_later_or_is_replaced_is_used(engine: Engine, tmp_path: Path) -> None:
    """A damaged store is put aside while the proxy runs; nobody may write to the old file."""
    first, engine.current.store = engine.current.store, None
    run = Run(engine)

    async def act() -> None:
        await asyncio.sleep(0.05)
        assert run.background.monitor.rechecks is None
        engine.current.store = first
        await until(lambda: run.background.monitor.rechecks is not None)
        old = run.background.monitor.rechecks
        with Store.open(f"sqlite:///{tmp_path}/new.db") as second:
            engine.current.store = second
            await until(lambda: run.background.monitor.rechecks is not old)
            engine.current.store, newer = first, run.background.monitor.rechecks
            await until(lambda: run.background.monitor.rechecks is not newer)
            await asyncio.sleep(0.3)  # a thread that still reads would open the closed store again

    run.act(act)


def test_what_goes_wrong_in_a_task_is_logged_and_the_next_store_gets_a_new_one(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Else one bad row would end the messages to the family until somebody restarts the proxy."""
    stores: list[Store] = []

    async def fails(store: Store) -> None:
        stores.append(store)
        raise KeyError("a row of another version")

    async def act() -> None:
        running = asyncio.create_task(with_store(engine, fails))
        await until(lambda: stores)
        with Store.open(f"sqlite:///{tmp_path}/new.db") as second:
            engine.current.store = second
            await until(lambda: len(stores) == 2)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    with caplog.at_level(logging.ERROR):
        asyncio.run(act())
    assert caplog.text.count("a background task ended") == 2


def test_a_further_task_runs_as_long_as_there_is_a_store(engine: Engine) -> None:
    """The messages to the family are one: with the store of yesterday they would be sent again."""
    stores: list[Store | None] = []

    async def task(store: Store) -> None:
        stores.append(store)
        try:
            await asyncio.Event().wait()
        finally:
            stores.append(None)

    async def act() -> None:
        background = Background(engine, lambda: None, task)
        await background.running()
        await until(lambda: stores == [engine.current.store])
        engine.current.store = None
        await until(lambda: stores[1:] == [None])
        await background.done()

    asyncio.run(act())


def test_a_store_is_aged_once_a_day(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    aged: list[float] = []
    monkeypatch.setattr(module, "age", lambda store, now: aged.append(now))

    async def act() -> None:
        await until(lambda: aged)
        await asyncio.sleep(0.1)

    run.act(act)
    assert len(aged) == 1
