"""A wrong argument ends with what to write instead, in every command in the same way."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.cli.arguments import DURATION, LONGEST, WHEN, Parsed, Span, host_of, parse_duration, parse_when
from sekisho.cli.failure import UsageFailure


def test_text_is_read_and_what_was_read_stays() -> None:
    """click converts a default a second time."""
    number = Parsed("number", int)
    assert number.convert("12", None, None) == number.convert(12, None, None) == 12
    assert number.name == "number"


def test_what_cannot_be_read_is_wrong_usage_with_the_remedy() -> None:
    def parse(text: str) -> int:
        raise ValueError(f"{text!r} is none; write 5")

    with pytest.raises(click.BadParameter, match="'x' is none; write 5"):
        Parsed("number", parse).convert("x", None, None)


def test_a_host_is_read_from_a_url_too() -> None:
    assert host_of("https://Shop.EXAMPLE:8443/a?b") == host_of("shop.example") == "shop.example"


def test_what_is_no_host_is_wrong_usage() -> None:
    with pytest.raises(UsageFailure):
        host_of("mailto:a@b.example")


unhurried = settings(deadline=None)  # a busy machine is no failure


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("10m", timedelta(minutes=10)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("1w", timedelta(days=7)),
        (" 3 D ", timedelta(days=3)),
        ("3660d", LONGEST),
    ],
)
def test_a_duration_is_as_long_as_it_says(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no duration"),
        ("1", "no duration"),
        ("d", "no duration"),
        ("-1d", "no duration"),
        ("1.5d", "no duration"),
        ("1y", "no duration"),
        ("1d2h", "no duration"),
        ("١d", "no duration"),
        ("0m", "no time at all"),
        ("3661d", "ten years"),
        ("9999999w", "ten years"),
        ("99999999w", "no duration"),
    ],
)
def test_what_could_mean_too_much_is_refused(text: str, sentence: str) -> None:
    """`--for 1` must not be guessed: a minute or a day are two very different holes."""
    with pytest.raises(ValueError, match=sentence):
        parse_duration(text)


@unhurried
@given(st.text(max_size=20))
def test_any_text_is_a_positive_duration_or_refused(text: str) -> None:
    try:
        duration = parse_duration(text)
    except ValueError:
        return
    assert timedelta() < duration <= LONGEST


def test_the_command_line_says_which_duration_to_write() -> None:
    convert = DURATION.convert
    assert convert(timedelta(1), None, None) == convert("1d", None, None) == timedelta(days=1)
    with pytest.raises(click.BadParameter, match="10m, 2h, 1d, 1w"):
        convert("soon", None, None)


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


def test_the_command_line_says_which_time_to_write() -> None:
    with pytest.raises(click.BadParameter, match="is no time"):
        WHEN.convert("soon", None, None)
    assert WHEN.convert(Span(1.0, 2.0), None, None) == Span(1.0, 2.0)
