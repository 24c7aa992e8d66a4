import pytest

from sekisho.providers.registration.answer import NoAnswerError, State
from sekisho.providers.registration.rate_limit import RateLimit

DOWN = NoAnswerError(State.UNREACHABLE, "a.example did not answer")


def rests(rate_limit: RateLimit, server: str, now: float) -> bool:
    try:
        rate_limit.check(server, now)
    except NoAnswerError:
        return True
    return False


def test_questions_to_one_server_keep_a_gap_and_others_do_not_wait() -> None:
    rate_limit = RateLimit(gap=2.0)
    assert [rate_limit.take_turn("a.example", 100.0, 30.0) for _ in range(3)] == [0.0, 2.0, 4.0]
    assert rate_limit.take_turn("b.example", 100.0, 30.0) == 0.0
    assert rate_limit.take_turn("a.example", 200.0, 30.0) == 0.0


def test_a_queue_that_is_too_long_takes_nobody_more() -> None:
    rate_limit = RateLimit(gap=10.0)
    assert [rate_limit.take_turn("a.example", 0.0, 30.0) for _ in range(5)] == [0.0, 10.0, 20.0, 30.0, None]


def test_a_server_that_fails_is_left_alone_for_longer_each_time() -> None:
    rate_limit = RateLimit()
    now = 0.0
    lengths = []
    for _ in range(9):
        rate_limit.went_wrong("a.example", DOWN, now)
        length = 1.0
        while rests(rate_limit, "a.example", now + length):
            length += 1.0
        lengths.append(length)
        now += length
    assert lengths == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert not rests(rate_limit, "b.example", now)


def test_a_server_that_answers_again_is_forgiven() -> None:
    rate_limit = RateLimit()
    for _ in range(5):
        rate_limit.went_wrong("a.example", DOWN, 0.0)
    rate_limit.went_well("a.example")
    assert not rests(rate_limit, "a.example", 1.0)
    rate_limit.went_wrong("a.example", DOWN, 10.0)
    assert rests(rate_limit, "a.example", 39.0)
    assert not rests(rate_limit, "a.example", 40.0)


@pytest.mark.parametrize(("asked", "rest"), [(120.0, 120.0), (0.0, 1.0), (1e9, 86_400.0)])
def test_a_server_that_says_how_long_is_believed_within_a_day(asked: float, rest: float) -> None:
    rate_limit = RateLimit()
    rate_limit.went_wrong("a.example", NoAnswerError(State.RATE_LIMITED, "too often", asked), 0.0)
    with pytest.raises(NoAnswerError, match="too often") as error:
        rate_limit.check("a.example", rest - 0.5)
    assert error.value.state is State.RATE_LIMITED
    rate_limit.check("a.example", rest)


def test_an_answer_that_makes_no_sense_is_no_reason_for_a_rest() -> None:
    """One strange name must not cost the age of all others under its suffix."""
    rate_limit = RateLimit()
    rate_limit.went_wrong("a.example", NoAnswerError(State.UNREADABLE, "no JSON"), 0.0)
    rate_limit.check("a.example", 0.0)
