from datetime import timedelta

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.cli.duration import DURATION, LONGEST, parse_duration

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


def test_the_command_line_says_what_to_write() -> None:
    convert = DURATION.convert
    assert convert(timedelta(1), None, None) == convert("1d", None, None) == timedelta(days=1)
    with pytest.raises(click.BadParameter, match="10m, 2h, 1d, 1w"):
        convert("soon", None, None)
