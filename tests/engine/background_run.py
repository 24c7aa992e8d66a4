"""The background tasks over an engine of the tests, with a VirusTotal of our own; waits are cut to nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from sekisho.engine import background as module
from sekisho.engine.background import Background
from sekisho.engine.engine import Engine
from sekisho.providers.feeds import Feeds
from sekisho.providers.feeds import provider as feeds_module
from sekisho.settings import FeedSettings, RegistrationSettings, Settings, VirusTotalSettings

from ..providers.virustotal_server import VirusTotalServer

__all__ = ["Run", "no_waiting", "run", "server", "settings", "until"]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STORE_SECONDS", "AGE_SECONDS"):
        monkeypatch.setattr(module, name, 0.02)
    for name in ("MAP_SECONDS", "FETCH_SECONDS"):
        monkeypatch.setattr(feeds_module, name, 0.02)
    # The tests put lists in place themselves; a fetch at the same moment would write over them.
    monkeypatch.setattr(Feeds, "due", lambda *_: [])


@pytest.fixture
def server() -> Iterator[VirusTotalServer]:
    with VirusTotalServer() as started:
        yield started


@pytest.fixture
def settings(tmp_path: Path, server: VirusTotalServer) -> Settings:
    return Settings(
        state=tmp_path / "state",
        feeds=FeedSettings(
            off=("phishing-database", "phishing-database-new", "polkadot-js", "scamblocklist")
        ),
        registration=RegistrationSettings(on=False),
        virustotal=VirusTotalSettings(key=SecretStr(server.key), host=server.base, per_minute=100),
    )


class Run:
    """Background tasks over an engine, and how often tunnels were judged again."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.closed = 0
        self.background = Background(engine, self._changed)

    def _changed(self) -> None:
        self.closed += 1

    def act[T](self, act: Callable[[], Awaitable[T]]) -> T:
        async def together() -> T:
            await self.background.running()
            try:
                async with asyncio.timeout(20):
                    return await act()
            finally:
                await self.background.done()

        return asyncio.run(together())


@pytest.fixture
def run(engine: Engine) -> Run:
    return Run(engine)


async def until(true: Callable[[], object]) -> None:
    while not true():  # noqa: ASYNC110  # the tests' own time-out ends it
        await asyncio.sleep(0.01)
