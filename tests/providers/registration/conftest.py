"""Registries on 127.0.0.1, a store in memory, and a clock that stands still."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from sekisho.providers.registration.registrations import Registrations
from sekisho.store import Fact, Limits

from .servers import LIST_PATH, WebServer, WhoisServer, list_answer, web_server, whois_server

NOW = 1_795_514_400.0  # 2026-11-24T10:00:00Z


class Clock:
    """Seconds since 1970 UTC, until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


class Kept:
    """A record store in memory."""

    def __init__(self) -> None:
        self.facts: dict[tuple[str, str], tuple[dict[str, Any], float]] = {}
        self.notes: list[tuple[str, str, str, float]] = []
        self.fails: Exception | None = None

    def fact(self, source: str, subject: str) -> Fact | None:
        if self.fails:
            raise self.fails
        kept = self.facts.get((source, subject))
        return Fact(source, subject, *kept) if kept else None

    def remember_fact(self, source: str, subject: str, value: dict[str, Any], at: float) -> None:
        if self.fails:
            raise self.fails
        self.facts[source, subject] = (value, at)

    def has_facts(self, source: str) -> bool:
        return any(name == source for name, _ in self.facts)

    def spend(self, source: str, at: float, limits: Limits) -> bool:
        raise AssertionError("each registry has its own limit; nothing is counted in the store")

    def note_source(self, source: str, state: str, sentence: str, at: float) -> None:
        if self.fails:
            raise self.fails
        self.notes.append((source, state, sentence, at))

    def state_of(self, source: str) -> str:
        """The state that was noted last."""
        return next(state for name, state, _, _ in reversed(self.notes) if name == source)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def web() -> Iterator[WebServer]:
    """IANA's list and the registry of .org and .com, which is empty."""
    with web_server() as server:
        bases = {"org": f"{server.url}/org/", "com": f"{server.url}/com"}
        server.answers[LIST_PATH] = list_answer(bases, ETag='"1"')
        yield server


@pytest.fixture
def jprs() -> Iterator[WhoisServer]:
    with whois_server() as server:
        yield server


Opened = Callable[..., AbstractAsyncContextManager[Registrations]]


@pytest.fixture
def opened(web: WebServer, jprs: WhoisServer, kept: Kept, clock: Clock, tmp_path: Path) -> Opened:
    """Registrations that ask these servers, closed at the end."""

    @asynccontextmanager
    async def open_them(seconds: float = 5.0, gap: float = 0.0) -> AsyncIterator[Registrations]:
        registrations = Registrations(
            lambda: kept,
            folder=tmp_path,
            bootstrap=f"{web.url}{LIST_PATH}",
            whois=("127.0.0.1", jprs.port),
            clock=clock,
            seconds=seconds,
            gap=gap,
        )
        try:
            yield registrations
        finally:
            await registrations.close()

    return open_them
