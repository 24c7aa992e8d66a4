"""Backoff: how long to wait after failures in a row. Exponential, capped. Pure."""


def backoff(failures: int, first: float, longest: float) -> float:
    """Seconds to wait after so many failures in a row: `first`, then twice as long each time, at most `longest`.

    No failure is no wait.
    """
    if failures < 1:
        return 0.0
    return min(longest, first * 2.0 ** min(failures - 1, 60))
