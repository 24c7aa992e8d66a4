"""The state of a feed survives a restart, and damage to it costs a download, no more.

A feed is asked for neither too often nor, after a bad day, never again.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.providers.feeds.spec import FeedSpec, Form
from sekisho.providers.feeds.state import (
    FeedState,
    Part,
    is_due,
    next_try,
    read_state,
    state_path,
    write_state,
)

STATE = FeedState(
    tried=3.0,
    good=2.0,
    next_try=4.0,
    failures=1,
    error="it is empty",
    made_by="x",
    parts=(Part("https://lists.example/a", "a-1.hosts", 7, '"e"', "then", 2.0), Part("u", "a-2.hosts", 5)),
)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_state(tmp_path, "a", STATE)
    assert read_state(tmp_path, "a") == STATE
    assert STATE.count == 12
    assert list(tmp_path.iterdir()) == [state_path(tmp_path, "a")]


def test_a_feed_that_was_never_asked(tmp_path: Path) -> None:
    assert read_state(tmp_path, "a") == FeedState()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tried", "soon"),
        ("parts", 3),
        ("parts", [{}]),
        ("parts", [{"url": "", "file": 3, "count": 1}]),
        ("x", 1),
    ],
)
def test_a_damaged_file_is_as_none(tmp_path: Path, key: str, value: object) -> None:
    write_state(tmp_path, "a", STATE)
    fields = json.loads(state_path(tmp_path, "a").read_text())
    fields[key] = value
    state_path(tmp_path, "a").write_text(json.dumps(fields))
    assert read_state(tmp_path, "a") == FeedState()


def test_a_state_that_points_elsewhere_is_as_none(tmp_path: Path) -> None:
    write_state(tmp_path, "a", FeedState(parts=(Part("u", "../a.hosts", 1),)))
    assert read_state(tmp_path, "a") == FeedState()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"null"])
def test_what_is_no_state_is_as_none(tmp_path: Path, content: bytes) -> None:
    state_path(tmp_path, "a").write_bytes(content)
    assert read_state(tmp_path, "a") == FeedState()


DAILY = FeedSpec("a", "A", "https://lists.example/", Form.DOMAINS, hours=24)
HOUR = 3600.0


def test_a_period_and_its_jitter() -> None:
    assert next_try(DAILY, 0, 1000.0, 0.5) == 1000 + 24 * HOUR
    assert next_try(DAILY, 0, 1000.0, 0.0) == 1000 + 24 * HOUR * 0.9
    assert next_try(DAILY, 0, 1000.0, 1.0) == 1000 + 24 * HOUR * 1.1


def test_failures_back_off() -> None:
    waits = [next_try(DAILY, failures, 0.0, 0.5) for failures in (1, 2, 3, 8, 9, 10_000)]
    assert waits == [300, 600, 1200, 38400, 76800, 24 * HOUR]


def test_what_was_never_asked_is_due() -> None:
    assert is_due(DAILY, FeedState(), 1000.0)


def test_due_when_its_time_has_come() -> None:
    state = FeedState(next_try=5000.0)
    assert not is_due(DAILY, state, 4999.0)
    assert is_due(DAILY, state, 5000.0)


def test_a_clock_that_was_wrong_does_not_stop_a_feed_for_years() -> None:
    assert is_due(DAILY, FeedState(next_try=4_000_000_000.0), 1_700_000_000.0)


@given(st.integers(0, 100), st.floats(0, 4e9), st.floats(0, 1))
def test_a_next_try_always_comes(failures: int, now: float, chance: float) -> None:
    again = next_try(DAILY, failures, now, chance)
    assert again > now
    assert not is_due(DAILY, FeedState(next_try=again), now)
    assert is_due(DAILY, FeedState(next_try=again), again)
