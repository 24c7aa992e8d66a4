"""Backoff: how long to wait after failures in a row, exponential and capped, or as a server asks. Pure."""

from datetime import UTC
from email.utils import parsedate_to_datetime


def backoff(failures: int, first: float, longest: float) -> float:
    """Seconds to wait after so many failures in a row: `first`, then twice as long each time, at most `longest`.

    No failure is no wait.
    """
    if failures < 1:
        return 0.0
    return min(longest, first * 2.0 ** min(failures - 1, 60))


def parse_retry_after(text: str | None, now: float) -> float | None:
    """Seconds of a Retry-After header: a number, or a date (`now` is seconds since 1970 UTC).

    None where there is none, or none that can be read.
    """
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
        return max((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now, 0.0)
    except (ValueError, TypeError, OverflowError):
        return None
