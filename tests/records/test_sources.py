from hypothesis import given
from hypothesis import strategies as st

from sekisho.records.sources import DAY, Account, Limits, Spent

LIMITS = Limits(4, 500)
NOON = 20_000 * DAY + DAY / 2


def test_a_limit_of_the_minute_holds_over_its_turn() -> None:
    """A service counts as it likes; four at 59 s and four at 61 s would be eight in two seconds."""
    account = Account()
    for second in (59.0, 59.1, 59.2, 59.3):
        account = account.spend(NOON + second, LIMITS) or account
    assert account.spent == Spent(4, 4)
    assert account.spend(NOON + 61.5, LIMITS) is None
    assert account.spend(NOON + 120.05, LIMITS) is not None


def test_a_limit_of_the_day_ends_at_midnight_utc() -> None:
    account = Account(day=20_000, in_day=500)
    assert account.spend(NOON, LIMITS) is None
    tomorrow = account.spend(20_001 * DAY + 1.0, LIMITS)
    assert tomorrow is not None
    assert tomorrow.spent == Spent(1, 1)


def test_a_machine_whose_clock_is_a_little_late_does_not_begin_the_day_anew() -> None:
    """Two proxies at midnight would otherwise give each other a fresh budget with each question."""
    account = Account(day=20_001, in_day=500)
    assert account.spend(20_001 * DAY - 1.0, LIMITS) is None


def test_a_clock_that_was_set_right_does_not_stop_the_questions() -> None:
    account = Account((NOON + 9 * DAY,) * 4, 20_009, 500)
    assert account.spend(NOON, LIMITS) == Account((NOON,), 20_000, 1)


def test_rechecks_leave_the_last_of_a_minute_and_half_of_a_day() -> None:
    """A mother who clicks must not find the budget used up by what nobody waits for."""
    assert LIMITS.for_rechecks == Limits(3, 250)
    assert Limits(1, 1).for_rechecks == Limits(1, 1)


@given(st.lists(st.floats(0, 400), max_size=60), st.integers(1, 6), st.integers(1, 20))
def test_no_sixty_seconds_hold_more_than_the_limit(steps: list[float], minute: int, day: int) -> None:
    account, limits, asked = Account(), Limits(minute, day), []
    for at in sorted(steps):
        if after := account.spend(at, limits):
            account = after
            asked.append(at)
    for at in asked:
        assert sum(at <= other < at + 60 for other in asked) <= minute
    assert len(asked) <= day
