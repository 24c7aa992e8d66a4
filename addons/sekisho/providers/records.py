"""RecordStore: what providers need of a store; `Records`, by which one of them uses it; `MemoryStore` for a run without
one.

Reading is bounded in time, and a store that hangs or fails costs the record, never an answer.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol

from sekisho.records.sources import GOOD, Account, Fact, Limits

logger = logging.getLogger(__name__)

STORE_SECONDS = 3.0
"""That a record is waited for."""
NOTE_AGAIN = 60.0
"""Seconds after which it is noted again that a source is as it was; a row for each answer would wear the disk."""


class RecordStore(Protocol):
    """What is needed of `Store`. Its methods block, and raise StoreError where it fails: call them in threads."""

    def fact(self, source: str, subject: str) -> Fact | None:
        """What a provider last answered about a domain; None where there is nothing."""

    def has_facts(self, source: str) -> bool:
        """Whether a provider ever answered anything."""

    def remember_fact(self, source: str, subject: str, value: Any, at: float) -> None:
        """Keep a value of plain JSON in place of the one before; `at` is seconds since 1970 UTC."""

    def spend(self, source: str, at: float, limits: Limits) -> bool:
        """Count one question; False, and nothing counted, where a limit is reached."""

    def note_source(self, source: str, state: str, sentence: str, at: float) -> None:
        """Note how a source is, for `sekisho status`: a word of at most 20 characters, and one sentence."""


class Records:
    """The records of one provider. Used from one event loop; the store is called in threads."""

    def __init__(
        self, provider: str, find_store: Callable[[], RecordStore | None], clock: Callable[[], float]
    ) -> None:
        """`find_store` gives the store in use; None while there is none."""
        self._provider = provider
        self._find_store = find_store
        self._clock = clock
        self._noted: dict[str, tuple[str, str, float]] = {}
        """Source → state, sentence, and when both were noted."""
        self._writing: set[asyncio.Task[None]] = set()

    async def fact(self, subject: str) -> Fact | None:
        """What was answered last about a domain; None where that is nothing, or cannot be read now."""
        store = self._find_store()
        if store is None:
            return None
        try:
            async with asyncio.timeout(STORE_SECONDS):
                return await asyncio.to_thread(store.fact, self._provider, subject)
        except Exception as error:  # a store may have errors of its own kind
            logger.warning(
                "what %s knows could not be read: %s", self._provider, error or type(error).__name__
            )
            return None

    def remember(self, subject: str, value: Any, at: float) -> "asyncio.Task[None]":
        """Keep an answer in the background: plain JSON, and when it was given."""
        return self._write(
            self._provider, lambda store: store.remember_fact(self._provider, subject, value, at)
        )

    def note(self, source: str, state: str, sentence: str) -> None:
        """Note in the background how one source of this provider is, where that is news."""
        now = self._clock()
        before = self._noted.get(source)
        if (
            before
            and before[0] == state
            and (state == GOOD or before[1] == sentence)
            and abs(now - before[2]) < NOTE_AGAIN
        ):
            return
        self._noted[source] = (state, sentence, now)
        self._write(source, lambda store: store.note_source(source, state, sentence, now))

    async def finish(self) -> None:
        """Wait a moment for what is still being written."""
        if self._writing:
            await asyncio.wait(self._writing, timeout=STORE_SECONDS)

    def _write(self, source: str, write: Callable[[RecordStore], None]) -> "asyncio.Task[None]":
        async def act() -> None:
            store = self._find_store()
            try:
                if store is not None:
                    await asyncio.to_thread(write, store)
                    return
            except Exception as error:  # as in `fact`
                logger.warning("news of %s could not be kept: %s", source, error or type(error).__name__)
            self._noted.pop(source, None)  # so that it is noted when the store works again

        task = asyncio.create_task(act())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return task


class MemoryStore:
    """A record store in memory; gone when the run ends. Safe to call from several threads."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, str], Fact] = {}
        self._accounts: dict[str, Account] = {}
        self._lock = threading.Lock()

    def fact(self, source: str, subject: str) -> Fact | None:
        """What was remembered last."""
        return self._facts.get((source, subject))

    def has_facts(self, source: str) -> bool:
        """Whether a source ever answered."""
        return any(known == source for known, _ in self._facts)

    def remember_fact(self, source: str, subject: str, value: Any, at: float) -> None:
        """Keep a value in place of the one before."""
        self._facts[source, subject] = Fact(source, subject, value, at)

    def spend(self, source: str, at: float, limits: Limits) -> bool:
        """Count one question; False, and nothing counted, where a limit is reached."""
        with self._lock:
            after = self._accounts.get(source, Account()).spend(at, limits)
            if after is None:
                return False
            self._accounts[source] = after
            return True

    def note_source(self, source: str, state: str, sentence: str, at: float) -> None:
        """Nobody reads it when the run has ended."""
