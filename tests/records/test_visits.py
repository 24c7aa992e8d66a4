from dataclasses import replace

import pytest

from sekisho.records.visits import utc_minute
from sekisho.store import GO_ON, Decision, LogLine
from sekisho.verdict import Evidence, Level, Reason

BLOCK = Decision("block", "a.example", 100.0, "sekisho block")
FOUND = Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "it imitates Amazon")


def test_a_decision_ends_at_its_last_moment_and_not_before() -> None:
    """ "For a day" must neither end early nor stay open for ever."""
    day = replace(BLOCK, until=200.0)
    assert day.in_force(199.9)
    assert not day.in_force(200.0)


def test_a_decision_that_was_taken_back_does_not_hold() -> None:
    assert BLOCK.in_force(1e12)
    assert not replace(BLOCK, ended_at=150.0, ended_by="sekisho unblock").in_force(120.0)


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        (BLOCK, "block a.example and its subdomains (sekisho block)"),
        (replace(BLOCK, exact=True, client="192.168.1.5"), "block a.example for 192.168.1.5 (sekisho block)"),
        (
            replace(BLOCK, until=86400.0),
            "block a.example and its subdomains until 1970-01-02 00:00 UTC (sekisho block)",
        ),
    ],
)
def test_a_decision_tells_all_that_it_covers(decision: Decision, sentence: str) -> None:
    assert decision.summary == sentence


def test_a_decision_is_named_by_its_number() -> None:
    assert replace(BLOCK, id=12).source == "decision 12"
    assert BLOCK.source == "decision"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "permit"},
        {"host": ""},
        {"by": GO_ON},
        {"kind": "allow", "by": GO_ON, "client": "192.168.1.5"},
        {"kind": "allow", "by": GO_ON, "until": 300.0},
        {"kind": "block", "by": GO_ON, "until": 300.0, "client": "192.168.1.5"},
    ],
)
def test_what_would_open_too_much_is_no_decision(wrong: dict[str, object]) -> None:
    """Going on without a client or an end would open the host to everybody, for ever."""
    with pytest.raises(ValueError, match=r"decision|going on"):
        replace(BLOCK, **wrong)  # type: ignore[arg-type]


def test_the_log_says_when_the_host_was_judged_anew() -> None:
    """A visit that passed, with today's warning beside it, would otherwise look like a broken gate."""
    line = LogLine(1.0, Level.PASS, "a.example", "127.0.0.1", "https", "click", (FOUND,), Level.WARN)
    assert line.why == "since then warn: it imitates Amazon"
    assert replace(line, level=Level.WARN).why == "it imitates Amazon"
    assert replace(line, evidence=()).why == ""


@pytest.mark.parametrize("at", [0.0, 1e18, -1e18, float("inf")])
def test_no_time_in_a_database_breaks_a_message(at: float) -> None:
    assert "1970" in utc_minute(at)
