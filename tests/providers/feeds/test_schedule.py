"""A source is asked neither too often nor, after a bad day, never again."""

from hypothesis import given
from hypothesis import strategies as st

from sekisho.providers.feeds.schedule import is_due, next_try
from sekisho.providers.feeds.spec import FeedSpec, Form
from sekisho.providers.feeds.state import FeedState

DAILY = FeedSpec("a", "A", "https://lists.example/", Form.DOMAINS, hours=24)
HOUR = 3600.0


def test_a_period_and_its_jitter() -> None:
    assert next_try(DAILY, 0, 1000.0, 0.5) == 1000 + 24 * HOUR
    assert next_try(DAILY, 0, 1000.0, 0.0) == 1000 + 24 * HOUR * 0.9
    assert next_try(DAILY, 0, 1000.0, 1.0) == 1000 + 24 * HOUR * 1.1


def test_failures_back_off() -> None:
    waits = [next_try(DAILY, failures, 0.0, 0.5) for failures in (1, 2, 3, 8, 9, 10_000)]
    assert waits == [300, 600, 1200, 38400, 76800, 24 * HOUR]


def test_what_was_never_asked_is_due() -> None:
    assert is_due(DAILY, FeedState(), 1000.0)


def test_due_when_its_time_has_come() -> None:
    state = FeedState(next_try=5000.0)
    assert not is_due(DAILY, state, 4999.0)
    assert is_due(DAILY, state, 5000.0)


def test_a_clock_that_was_wrong_does_not_stop_a_feed_for_years() -> None:
    assert is_due(DAILY, FeedState(next_try=4_000_000_000.0), 1_700_000_000.0)


@given(st.integers(0, 100), st.floats(0, 4e9), st.floats(0, 1))
def test_a_next_try_always_comes(failures: int, now: float, chance: float) -> None:
    again = next_try(DAILY, failures, now, chance)
    assert again > now
    assert not is_due(DAILY, FeedState(next_try=again), now)
    assert is_due(DAILY, FeedState(next_try=again), again)
