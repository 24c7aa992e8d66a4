"""The state of a feed survives a restart, and damage to it costs a download, no more."""

import json
from pathlib import Path

import pytest

from sekisho.providers.feeds.state import FeedState, Part, read_state, state_path, write_state

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
