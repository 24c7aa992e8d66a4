"""A household that can be notified: a store, an ntfy stand-in, and the texts of the buttons."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.engine.asks import ask_family
from sekisho.link import host_link
from sekisho.notify.keys import Keys
from sekisho.records.asks import Ask
from sekisho.store import Store
from sekisho.verdict import Evidence, Level, Reason, Verdict

from .ntfy_server import NtfyServer

BAD = Verdict(
    Level.WARN, (Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "x", imitates="example.com", at=1.0),)
)
PHONE = "192.168.1.5"


class Household:
    """One store, one clock, one ntfy server."""

    def __init__(self, store: Store, server: NtfyServer, now: float) -> None:
        self.store = store
        self.server = server
        self.now = now
        self.keys = Keys("ab" * 32, "the-topic-of-the-family", "the-topic-for-replies")
        self.answers = 0
        """How often the decisions were read anew."""

    def clock(self) -> float:
        return self.now

    def ask(self, host: str = "a.example") -> Ask:
        return ask_family(self.store, host_link(host), PHONE, BAD, self.now)[0]

    async def answered(self) -> None:
        self.answers += 1

    def state(self, source: str) -> str | None:
        return next((s.state for s in self.store.sources.states() if s.source == source), None)


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Household]:
    import time

    with Store.open(f"sqlite:///{tmp_path}/s.db") as store, NtfyServer() as server:
        yield Household(store, server, time.time())
