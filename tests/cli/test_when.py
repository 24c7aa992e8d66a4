import time
from collections.abc import Iterator
from datetime import UTC, datetime

import click
import pytest

from sekisho.cli.when import WHEN, Span, parse_when

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC).timestamp()


@pytest.fixture(autouse=True)
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A day is the day of the person at the terminal."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def utc(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2h", NOW - 7200, NOW - 7200),
        ("2026-11-24", utc(2026, 11, 23, 15), utc(2026, 11, 24, 15)),
        (" 2026-11-24T18:30 ", utc(2026, 11, 24, 9, 30), utc(2026, 11, 24, 9, 30)),
        ("2026-11-24 18:30", utc(2026, 11, 24, 9, 30), utc(2026, 11, 24, 9, 30)),
        ("2026-11-24T18:30+00:00", utc(2026, 11, 24, 18, 30), utc(2026, 11, 24, 18, 30)),
    ],
)
def test_times_are_read_as_they_are_meant(text: str, first: float, end: float) -> None:
    assert parse_when(text, NOW) == Span(first, end)


@pytest.mark.parametrize("text", ["", "yesterday", "24.11.2026", "2026-13-01", "2x", "99999-01-01"])
def test_what_cannot_be_read_is_told_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"2h, 1d, 1w.*2026-11-24"):
        parse_when(text, NOW)


def test_the_command_line_says_what_to_write() -> None:
    with pytest.raises(click.BadParameter, match="is no time"):
        WHEN.convert("soon", None, None)
    assert WHEN.convert(Span(1.0, 2.0), None, None) == Span(1.0, 2.0)
