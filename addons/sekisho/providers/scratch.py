"""Scratch: what sources need of a store, for a run that has none. In memory; gone when the run ends."""

import threading
from typing import Any

from sekisho.store.source_records import Account, Fact, Limits


class Scratch:
    """As `Sources` of the same methods. Safe to call from several threads."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, str], Fact] = {}
        self._accounts: dict[str, Account] = {}
        self._lock = threading.Lock()

    def fact(self, source: str, subject: str) -> Fact | None:
        """What was remembered last."""
        return self._facts.get((source, subject))

    def has_facts(self, source: str) -> bool:
        """Whether a source ever said something."""
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

    def note_source(self, source: str, state: str, told: str, at: float) -> None:
        """Nobody reads it when the run has ended."""
