from sekisho.providers.registration.answer import ANSWERED, NoAnswerError, State


def test_an_error_is_its_sentence_and_says_how_long_to_wait() -> None:
    error = NoAnswerError(State.RATE_LIMITED, "rdap.example was asked too often", 60.0)
    assert (str(error), error.state, error.retry_after) == (
        "rdap.example was asked too often",
        "rate-limited",
        60.0,
    )


def test_a_registry_that_does_not_know_a_name_is_a_registry_that_works() -> None:
    """Else a family that meets many new names would leave a good server alone for an hour."""
    assert State.UNREGISTERED in ANSWERED
    assert not ANSWERED & {State.UNREACHABLE, State.REFUSED, State.UNREADABLE, State.RATE_LIMITED}
