"""What is not started, or not ended, is messages that nobody gets and visits that are lost."""

import asyncio
import logging

import pytest

from sekisho.engine.engine import Engine
from sekisho.proxy.lifecycle import Lifecycle


def test_messages_are_exchanged_while_the_proxy_runs(engine: Engine) -> None:
    async def act() -> bool:
        engine.current.started()
        lifecycle = Lifecycle(engine, lambda: None)
        assert engine.current.store
        before = engine.family.nudge
        task = asyncio.create_task(lifecycle._exchange_messages(engine.current.store))
        await asyncio.sleep(0)
        during = engine.family.nudge
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return during is not before and engine.family.nudge is not during

    assert asyncio.run(act())


def test_a_part_that_fails_keeps_no_other_from_its_turn(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    turns: list[str] = []
    lifecycle = Lifecycle(engine, lambda: None)

    async def fails() -> None:
        raise RuntimeError("broken on purpose")

    async def starts() -> None:
        turns.append("start")

    async def ends() -> None:
        turns.append("end")

    for part, begin, end in (
        (lifecycle.background, "running", "done"),
        (engine.reload, "running", "done"),
        (engine.pages, "start", "close"),
    ):
        monkeypatch.setattr(part, begin, starts)
        monkeypatch.setattr(part, end, ends)
    monkeypatch.setattr(lifecycle.background, "running", fails)
    monkeypatch.setattr(lifecycle.background, "done", fails)
    with caplog.at_level(logging.ERROR):
        asyncio.run(lifecycle.running())
        asyncio.run(lifecycle.done())
    assert turns == ["start", "start", "end", "end"]
    assert caplog.text.count("a part of sekisho could not be") == 2
