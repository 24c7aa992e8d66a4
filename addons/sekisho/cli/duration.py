"""Durations as people type them: ``10m``, ``2h``, ``1d``, ``1w``. Pure."""

import re
from datetime import timedelta

from sekisho.cli.arguments import Parsed

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
