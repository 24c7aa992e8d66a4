import pytest

from sekisho.providers.virustotal.pauses import DAY, FIRST, LONGEST, Pause
from sekisho.providers.virustotal.states import State

NOON = 20_000 * DAY + DAY / 2


def fail(pause: Pause, state: State, times: int, now: float = NOON) -> tuple[Pause, float]:
    """The pause after several answers, each asked for when the one before is over; and that time."""
    for _ in range(times):
        now = max(now, pause.until)
        pause = pause.after(state, now)
    return pause, now


@pytest.mark.parametrize("state", [State.SERVER_ERROR, State.UNREADABLE, State.TOO_SLOW, State.UNREACHABLE])
def test_trouble_pauses_longer_each_time(state: State) -> None:
    """During an outage not every click may wait for nothing."""
    lengths = []
    for times in range(1, 9):
        pause, now = fail(Pause(), state, times)
        lengths.append(pause.until - now)
        assert pause.holds(now)
        assert not pause.holds(pause.until)
    assert lengths == [FIRST, 30, 60, 120, 240, 480, LONGEST, LONGEST]


def test_an_answer_ends_an_outage() -> None:
    pause, now = fail(Pause(), State.UNREACHABLE, 5)
    assert not pause.after(State.OK, now + 1).holds(now + 1)
    assert pause.after(State.NOT_FOUND, now + 1) == Pause()


def test_questions_that_fail_together_are_one_failure() -> None:
    """Four tabs that were under way when the line broke must not mean four steps of waiting."""
    pause = Pause().after(State.UNREACHABLE, NOON)
    assert pause.after(State.UNREACHABLE, NOON + 1) == pause
    quota = Pause().after(State.QUOTA, NOON)
    assert quota.after(State.QUOTA, NOON + 1).in_a_row == 1


def test_a_quota_is_waited_for_as_long_as_the_server_says() -> None:
    assert Pause().after(State.QUOTA, NOON, 17.0).until == NOON + 17
    assert Pause().after(State.QUOTA, NOON, 1e9).until == NOON + DAY
    assert Pause().after(State.QUOTA, NOON, 0.0).until == NOON + 1


def test_without_a_word_it_is_the_minutes_quota_and_then_the_days() -> None:
    pause, now = fail(Pause(), State.QUOTA, 1)
    assert pause.until == now + 60
    pause, now = fail(Pause(), State.QUOTA, 2)
    assert pause.until == now + 60
    pause, now = fail(Pause(), State.QUOTA, 3)
    assert pause.until == 20_001 * DAY
    assert pause.holds(20_001 * DAY - 1)
    assert not pause.holds(20_001 * DAY)


def test_an_older_answer_does_not_end_a_quota() -> None:
    pause = Pause().after(State.QUOTA, NOON)
    assert pause.after(State.OK, NOON + 1) == pause
    assert pause.after(State.OK, NOON + 61) == Pause()


def test_a_refused_key_is_not_tried_again() -> None:
    pause = Pause().after(State.WRONG_KEY, NOON)
    assert pause.holds(NOON + 1000 * DAY)
    assert pause.holds(NOON - DAY)
    assert pause.after(State.OK, NOON + 1) == pause


def test_a_clock_that_is_set_back_does_not_make_a_pause_last_for_ever() -> None:
    pause = Pause().after(State.UNREACHABLE, NOON + 365 * DAY)
    assert not pause.holds(NOON)
