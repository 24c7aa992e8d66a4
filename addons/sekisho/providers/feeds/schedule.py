"""Schedule: when a feed is asked for again. Pure: time and chance are passed in."""

from sekisho.backoff import backoff
from sekisho.providers.feeds.spec import FeedSpec
from sekisho.providers.feeds.state import FeedState

JITTER = 0.1
"""A period is up to a tenth shorter or longer, so that many houses do not ask in the same second."""
FIRST_RETRY = 300.0
"""Seconds after the first failure; doubled after each further one, never more than the period."""


def next_try(spec: FeedSpec, failures: int, now: float, chance: float) -> float:
    """When to ask again, after so many failures in a row; `chance` is from 0 to 1."""
    wait = spec.hours * 3600.0
    if failures:
        wait = backoff(failures, FIRST_RETRY, wait)
    return now + wait * (1 + JITTER * (2 * chance - 1))


def is_due(spec: FeedSpec, state: FeedState, now: float) -> bool:
    """The feed was never asked for, or its time has come, or the clock has been set back."""
    longest = spec.hours * 3600.0 * (1 + JITTER)
    return state.next_try <= now or state.next_try > now + longest
