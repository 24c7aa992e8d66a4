"""A start without a connection says so once, not once for each list."""

from sekisho.providers.feeds.spec import FeedSpec, Form
from sekisho.providers.feeds.state import FeedState
from sekisho.providers.feeds.unfetched import unfetched_line
from sekisho.providers.feeds.update import FeedOutcome, Result


def outcome(name: str, error: str = "", *, good: float = 0.0, result: Result = Result.FAILED) -> FeedOutcome:
    spec = FeedSpec(
        name, f"The list {name}, whole", url="https://feeds.example/x", form=Form.DOMAINS, hours=1
    )
    return FeedOutcome(spec, result, FeedState(good=good, error=error))


def test_lists_that_failed_for_one_reason_stand_in_one_line() -> None:
    found = [outcome("one", "no connection", good=9.0), outcome("two", "no connection", good=9.0)]
    assert (
        unfetched_line(found)
        == "2 lists could not be fetched: one, two (no connection); the last good ones are used"
    )


def test_each_reason_is_named_with_its_lists() -> None:
    found = [
        outcome("one", "offline"),
        outcome("two", "it is no text", good=9.0),
        outcome("three", "offline"),
    ]
    assert (
        unfetched_line(found) == "3 lists could not be fetched: one, three (offline); two (it is no text); "
        "the last good ones are used"
    )


def test_nobody_is_promised_an_earlier_list_where_there_is_none() -> None:
    assert (
        unfetched_line([outcome("one", "offline")])
        == "1 list could not be fetched: one (offline); there is none to use yet"
    )


def test_what_went_well_or_is_not_due_gives_no_line() -> None:
    well = outcome("one", result=Result.SAME)
    waiting = outcome("two", "offline", result=Result.NOT_DUE)
    assert unfetched_line([well, waiting]) == ""
