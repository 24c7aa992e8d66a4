"""Arguments: what several commands read from the command line in the same way.

Hosts; durations as people type them: ``10m``, ``2h``, ``1d``, ``1w``; moments in local time: ``2h`` (ago),
``2026-11-24``, ``2026-11-24 18:30``. A date alone is a whole day: ``--since`` begins with it and ``--until`` ends
after it. And secrets, which are typed without an echo or come by a pipe.
"""

import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

import click

from sekisho.cli.failure import failing
from sekisho.link import LinkError, parse_link


class Parsed[T](click.ParamType[T]):
    """A value that a function reads from text; it raises ValueError with the remedy."""

    def __init__(self, name: str, parse: Callable[[str], T]) -> None:
        """`name` as click's messages call it."""
        self.name = name
        self._parse = parse

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> T:
        """Ends the command as wrong usage where it cannot be read. What is no text was read before."""
        try:
            return self._parse(value) if isinstance(value, str) else value  # type: ignore[return-value]
        except ValueError as error:
            self.fail(str(error), param, ctx)


def host_of(text: str) -> str:
    """The canonical host of a host or a URL. Raises UsageFailure."""
    with failing(usage=LinkError):
        return parse_link(text).host


def read_secret(prompt: str, *, confirm: bool = False) -> str:
    """A line from a terminal, without an echo, or from a pipe; empty where nothing was given.

    confirm: it is asked for twice, and again until there is one.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline(4096).rstrip("\r\n")
    options = {"confirmation_prompt": True} if confirm else {"default": "", "show_default": False}
    return str(click.prompt(prompt, hide_input=True, **options))


_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
LONGEST = timedelta(days=3660)
"""Ten years; whoever means longer means for good."""


def parse_duration(text: str) -> timedelta:
    """A number and a unit. Raises ValueError with the remedy for anything else, for nothing and for ages."""
    found = re.fullmatch(r"([0-9]{1,7})\s*([mhdw])", text.strip().lower())
    if not found:
        raise ValueError(f"{text!r} is no duration; write a number and m, h, d or w: 10m, 2h, 1d, 1w")
    duration = int(found[1]) * _UNITS[found[2]]
    if not duration:
        raise ValueError(f"{text!r} is no time at all; write 10m, 2h, 1d or 1w")
    if duration > LONGEST:
        raise ValueError(f"{text!r} is more than ten years; leave it out to mean for good")
    return duration


DURATION = Parsed("duration", parse_duration)
"""A duration on the command line."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a person meant: a moment, or a day; seconds since 1970."""

    first: float
    end: float
    """The first moment behind it; the same as `first` for a moment."""


def parse_when(text: str, now: float) -> Span:
    """Raises ValueError with the remedy."""
    text = text.strip()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        return Span(_midnight(day), _midnight(day + timedelta(days=1)))
    try:
        # A time without a zone is local.
        moment = datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        try:
            moment = now - parse_duration(text).total_seconds()
        except ValueError:
            raise ValueError(
                f"{text!r} is no time; write how long ago (2h, 1d, 1w), a day (2026-11-24) "
                "or a time (2026-11-24T18:30)"
            ) from None
    return Span(moment, moment)


def _midnight(day: date) -> float:
    try:
        return datetime.combine(day, time_of_day()).astimezone().timestamp()
    except (OverflowError, OSError) as error:
        raise ValueError(f"the year {day.year} is out of reach") from error


WHEN = Parsed("time", lambda text: parse_when(text, time.time()))
"""A moment or a day on the command line."""
