"""Ends: ``until 2026-12-31``, behind an entry of a list, as people write and read it.

A day counts to its last minute, in the local time of this computer; ``2026-12-31 18:00`` names the
minute. The year stands first, so that no country reads another day. Pure but for the time zone: whether
an end has passed is asked with the time passed in.
"""

import re
from datetime import UTC, datetime, timedelta

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?")
_WORD = re.compile(r"(?P<before>.*\S)\s+until(?:\s+(?P<end>.*))?", re.IGNORECASE)
LAST_YEAR = 2099
"""Whoever means longer means for good; and packed lists hold ends in 32 bits."""


def split_end(text: str) -> tuple[str, float | None]:
    """(what stands before ``until …``, the end); a text without the word is itself and None.

    Raises ValueError, with what to write, where no date stands behind the word.
    """
    found = _WORD.fullmatch(text) if "ntil" in text.lower() else None
    return (found["before"], parse_end(found["end"] or "")) if found else (text, None)


def parse_end(text: str) -> float:
    """The first moment that no longer counts, in seconds since 1970. Raises ValueError with the remedy."""
    found = _DAY.fullmatch(text.strip())
    if not found:
        shown = f"until {text.strip()[:40]}" if text.strip() else "until"
        raise ValueError(f"{shown!r} names no day; write until 2026-12-31, or until 2026-12-31 18:00")
    year, month, day, hour, minute = (int(part or 0) for part in found.groups())
    if year > LAST_YEAR:
        raise ValueError(f"until {text.strip()} is more than a lifetime away; leave it out to mean for good")
    try:
        moment = datetime(year, month, day, hour, minute)  # noqa: DTZ001 - local time
        return (moment + timedelta(days=not found[4])).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError(
            f"until {text.strip()} is no day of the calendar; write until 2026-12-31, or until 2026-12-31 18:00"
        ) from None


def end_text(end: float) -> str:
    """``2026-12-31``, or ``2026-12-31 18:00`` where it is not the end of a day; `parse_end` reads it."""
    moment = datetime.fromtimestamp(end, UTC).astimezone()
    if (moment.hour, moment.minute) == (0, 0):
        return f"{moment - timedelta(hours=12):%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M}"
