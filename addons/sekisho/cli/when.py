"""Moments as people type them: ``2h`` (ago), ``2026-11-24``, ``2026-11-24 18:30``. Local time.

A date alone is a whole day: ``--since`` begins with it and ``--until`` ends after it.
"""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

from sekisho.cli.arguments import Parsed
from sekisho.cli.duration import parse_duration


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
