"""Ends: what a person writes behind an entry means one moment, or is refused with what to write."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.rulebook.ends import end_text, parse_end, split_end


@pytest.fixture(autouse=True)
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer in Japan: nine hours before UTC, no summer time."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    os.environ.pop("TZ", None)
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026-12-31", datetime(2026, 12, 31, 15, tzinfo=UTC)),  # midnight in Japan
        (" 2026-1-5 ", datetime(2026, 1, 5, 15, tzinfo=UTC)),
        ("2026-12-31 18:00", datetime(2026, 12, 31, 9, tzinfo=UTC)),
        ("2026-12-31T08:05", datetime(2026, 12, 30, 23, 5, tzinfo=UTC)),
    ],
)
def test_a_day_counts_to_its_last_minute_where_the_computer_is(text: str, end: datetime) -> None:
    assert parse_end(text) == end.timestamp()
    assert parse_end(end_text(end.timestamp())) == end.timestamp()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "'until' names no day; write until 2026-12-31"),
        ("tomorrow", "'until tomorrow' names no day"),
        ("31.12.2026", "names no day"),
        ("12/31/2026", "names no day"),
        ("2026-02-30", "no day of the calendar"),
        ("2026-13-01", "no day of the calendar"),
        ("2026-12-31 25:00", "no day of the calendar"),
        ("9999-12-31", "leave it out to mean for good"),
    ],
)
def test_a_bad_date_is_refused_with_what_to_write(text: str, sentence: str) -> None:
    """Taken for something else, a site would stay open for years, or shut tonight."""
    with pytest.raises(ValueError, match=sentence):
        parse_end(text)


def test_the_end_stands_behind_the_entry() -> None:
    assert split_end("example.org  until 2026-12-31") == ("example.org", parse_end("2026-12-31"))
    assert split_end("example.org\tUNTIL 2026-12-31") == ("example.org", parse_end("2026-12-31"))
    for text in ("example.org", "until.example", "until", "=until"):
        assert split_end(text) == (text, None)


@given(st.text())
def test_any_text_is_a_day_or_a_problem(text: str) -> None:
    try:
        end = parse_end(text)
    except ValueError:
        return
    assert parse_end(end_text(end)) == end
