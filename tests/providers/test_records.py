"""A store that fails or hangs costs a record, never an answer; without one a run keeps within the limits."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable

import pytest

from sekisho.providers import records as module
from sekisho.providers.records import MemoryStore, Records
from sekisho.store import Fact, Limits

NOW = 1_795_514_400.0  # 2026-11-24T10:00:00Z


class Kept(MemoryStore):
    """A store that tells what was noted, and fails or hangs where a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[tuple[str, str, str]] = []
        self.before: Callable[[], object] = lambda: None

    def fact(self, source: str, subject: str) -> Fact | None:
        self.before()
        return super().fact(source, subject)

    def remember_fact(self, source: str, subject: str, value: object, at: float) -> None:
        self.before()
        super().remember_fact(source, subject, value, at)

    def note_source(self, source: str, state: str, sentence: str, at: float) -> None:
        self.before()
        self.notes.append((source, state, sentence))


class Run:
    """The records of one provider, and a clock that stands still."""

    def __init__(self, kept: Kept | None) -> None:
        self.kept = kept
        self.now = NOW

    def act(self, act: Callable[[Records], Awaitable[None]]) -> None:
        async def go() -> None:
            records = Records("registration", lambda: self.kept, lambda: self.now)
            await act(records)
            await records.finish()

        asyncio.run(go())


def test_an_answer_is_kept_for_the_next_run() -> None:
    kept = Kept()

    async def first(records: Records) -> None:
        assert await records.fact("a.example") is None
        records.remember("a.example", {"x": 1}, 5.0)

    async def second(records: Records) -> None:
        assert await records.fact("a.example") == Fact("registration", "a.example", {"x": 1}, 5.0)

    Run(kept).act(first)
    Run(kept).act(second)


def test_a_store_that_fails_costs_the_record_only(caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept()

    def fail() -> None:
        raise RuntimeError("the store is locked")

    async def act(records: Records) -> None:
        kept.before = fail
        assert await records.fact("a.example") is None
        records.remember("a.example", 1, NOW)
        records.note("rdap", "ok", "rdap.example answers")
        await records.finish()
        kept.before = lambda: None
        records.note("rdap", "ok", "rdap.example answers")

    with caplog.at_level(logging.WARNING):
        Run(kept).act(act)
    assert caplog.text.count("the store is locked") == 3
    assert "a.example" not in caplog.text
    assert kept.notes == [("rdap", "ok", "rdap.example answers")], "it is noted when the store works again"


def test_without_a_store_nothing_is_kept_and_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """At each start there is none for a moment."""
    run, kept = Run(None), Kept()

    async def act(records: Records) -> None:
        assert await records.fact("a.example") is None
        records.remember("a.example", 1, NOW)
        records.note("virustotal", "off", "there is no key")
        await records.finish()
        run.kept = kept
        records.note("virustotal", "off", "there is no key")

    run.act(act)
    assert caplog.text == ""
    assert kept.notes == [("virustotal", "off", "there is no key")]


def test_a_store_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STORE_SECONDS", 0.05)
    release = threading.Event()
    kept = Kept()
    kept.before = lambda: release.wait(5)

    async def act(records: Records) -> None:
        assert await records.fact("a.example") is None
        records.note("rdap", "ok", "rdap.example answers")
        await records.finish()
        assert not release.is_set()
        release.set()

    Run(kept).act(act)


def test_news_of_a_source_are_written_when_they_are_news() -> None:
    """A row for each look-up would only wear the disk."""
    kept = Kept()
    run = Run(kept)

    async def act(records: Records) -> None:
        records.note("rdap", "ok", "a.example answers")
        records.note("rdap", "ok", "b.example answers")
        records.note("rdap", "unreachable", "rdap.example did not answer")
        records.note("rdap", "unreachable", "rdap.example did not answer")
        records.note("rdap", "unreachable", "other.example did not answer")
        await records.finish()
        run.now += module.NOTE_AGAIN + 1
        records.note("jprs", "ok", "whois.example answers")
        records.note("rdap", "ok", "b.example answers")

    run.act(act)
    assert sorted(kept.notes) == [
        ("jprs", "ok", "whois.example answers"),
        ("rdap", "ok", "a.example answers"),
        ("rdap", "ok", "b.example answers"),
        ("rdap", "unreachable", "other.example did not answer"),
        ("rdap", "unreachable", "rdap.example did not answer"),
    ]


def test_what_was_said_is_remembered_for_the_run() -> None:
    kept = MemoryStore()
    assert kept.fact("virustotal", "a.example") is None
    kept.remember_fact("virustotal", "a.example", {"x": 1}, 5.0)
    kept.remember_fact("virustotal", "a.example", {"x": 2}, 6.0)
    fact = kept.fact("virustotal", "a.example")
    assert fact
    assert (fact.value, fact.at) == ({"x": 2}, 6.0)
    kept.note_source("virustotal", "ok", "it answers", 6.0)


def test_the_limits_hold_for_each_source() -> None:
    kept = MemoryStore()
    limits = Limits(2, 3)
    assert [kept.spend("virustotal", 100.0, limits) for _ in range(3)] == [True, True, False]
    assert kept.spend("another", 100.0, limits)
    assert [kept.spend("virustotal", 300.0, limits) for _ in range(2)] == [True, False]


def test_whether_a_source_ever_said_something() -> None:
    kept = MemoryStore()
    assert not kept.has_facts("virustotal")
    kept.remember_fact("virustotal", "a.example", None, 1.0)
    assert kept.has_facts("virustotal")
    assert not kept.has_facts("registration")
