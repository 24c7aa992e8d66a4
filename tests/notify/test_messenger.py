import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sekisho.notify.keys import set_up
from sekisho.notify.messenger import KEPT, Messenger
from sekisho.settings import Settings
from sekisho.store import Store, StoreError

from .conftest import Household
from .receivers import Webhook


def settings_of(household: Household, folder: Path, urls: tuple[str, ...] = ()) -> Settings:
    return Settings.model_validate(
        {
            "state": folder,
            "ntfy": {"server": household.server.base},
            "notify": {"urls": urls, "language": "en"},
        }
    )


async def running(
    household: Household, settings: Settings, work: Callable[[Messenger], Awaitable[object]], **options: Any
) -> None:
    periods = {"period": 0.05, "keys_period": 0.05, **options}
    messenger = Messenger(household.store, settings, household.answered, clock=household.clock, **periods)
    task = asyncio.create_task(messenger.run())
    try:
        async with asyncio.timeout(20):
            await work(messenger)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], object]) -> None:
    while not true():  # noqa: ASYNC110  # what it looks at is a store, which knows no events
        await asyncio.sleep(0.02)


def test_from_the_ask_to_the_answer_of_a_child_far_away(household: Household, tmp_path: Path) -> None:
    """The whole way: ask, phone, button, decision; no port is open at home."""
    settings = settings_of(household, tmp_path)
    keys, _ = set_up(settings)

    async def work(_: Messenger) -> None:
        ask = await asyncio.to_thread(household.ask)
        message = await asyncio.to_thread(household.server.wait_for, keys.topic)
        await asyncio.to_thread(household.server.press, message, "1 day")
        await until(lambda: household.answers)
        kept = household.store.asks.find(ask.id)
        assert kept
        assert kept.answer == "1d"
        sentence = await asyncio.to_thread(household.server.wait_for, keys.topic, 3)
        assert sentence["title"] == "Answered"

    asyncio.run(running(household, settings, work))
    assert [decision.by for decision in household.store.decisions.in_force(household.now)] == ["ntfy"]
    assert household.state("ntfy") == household.state("ntfy replies") == "ok"


def test_a_nudge_tells_at_once(household: Household, tmp_path: Path) -> None:
    """A parent stands before the page: nobody waits for the next look."""
    settings = settings_of(household, tmp_path)
    keys, _ = set_up(settings)

    async def work(messenger: Messenger) -> None:
        await asyncio.to_thread(household.server.wait_for_subscriptions)
        await until(lambda: household.state("ntfy replies"))
        await asyncio.to_thread(household.ask)
        await asyncio.to_thread(messenger.nudge)
        await asyncio.to_thread(household.server.wait_for, keys.topic)

    asyncio.run(running(household, settings, work, period=600.0))
    Messenger(household.store, settings, household.answered).nudge()  # not running: nothing to wake


def test_what_is_set_up_while_it_runs_is_used(household: Household, tmp_path: Path) -> None:
    settings = settings_of(household, tmp_path)

    async def work(_: Messenger) -> None:
        await asyncio.to_thread(household.ask)
        await asyncio.sleep(0.2)
        assert household.server.messages == []
        keys, _made = await asyncio.to_thread(set_up, settings)
        await asyncio.to_thread(household.server.wait_for, keys.topic)

    asyncio.run(running(household, settings, work))


def test_apprise_is_told_by_its_own_process(household: Household, tmp_path: Path) -> None:
    with Webhook() as webhook:

        async def work(_: Messenger) -> None:
            await asyncio.to_thread(household.ask)
            await until(lambda: household.state("notify 1 (json)") == "ok")

        asyncio.run(running(household, settings_of(household, tmp_path, (webhook.url,)), work))
        assert [got["title"] for got in webhook.got] == ["The device 192.168.1.5 asks you something"]


def test_a_place_that_was_taken_out_is_off_and_not_failing(household: Household, tmp_path: Path) -> None:
    for source in ("notify 1 (json)", "ntfy", "ntfy replies", "virustotal"):
        household.store.sources.note_source(source, "unreachable", "x", 1.0)

    async def work(_: Messenger) -> None:
        await until(lambda: household.state("ntfy replies") == "off")

    asyncio.run(running(household, settings_of(household, tmp_path), work))
    assert (household.state("notify 1 (json)"), household.state("ntfy")) == ("off", "off")
    assert household.state("virustotal") == "unreachable"


def test_old_asks_are_forgotten(household: Household, tmp_path: Path) -> None:
    household.ask()
    household.now += KEPT + 100_000

    async def work(_: Messenger) -> None:
        await until(lambda: not household.store.asks.newest())

    asyncio.run(running(household, settings_of(household, tmp_path), work))


def test_the_runner_outlives_what_goes_wrong(
    household: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_of(household, tmp_path)
    keys, _ = set_up(settings)
    genuine = household.store.asks.open_asks
    calls = 0

    def breaks(now: float) -> object:
        nonlocal calls
        calls += 1
        if calls in (1, 2):
            raise StoreError("the store is busy")
        if calls in (3, 4):
            raise ZeroDivisionError
        return genuine(now)

    monkeypatch.setattr(household.store.asks, "open_asks", breaks)

    async def work(_: Messenger) -> None:
        await asyncio.to_thread(household.ask)
        await asyncio.to_thread(household.server.wait_for, keys.topic)

    asyncio.run(running(household, settings, work))
    assert "the store is busy" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_damaged_key_file_is_told_once_and_mail_still_goes(
    household: Household, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (tmp_path / "notify.json").write_text("{")
    with Webhook() as webhook:

        async def work(_: Messenger) -> None:
            await asyncio.to_thread(household.ask)
            await until(lambda: webhook.got)

        asyncio.run(running(household, settings_of(household, tmp_path, (webhook.url,)), work))
    assert caplog.text.count("notify.json is damaged") == 1
    assert isinstance(household.store, Store)
