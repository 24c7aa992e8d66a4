"""Rows of the desk: each names the right device, in the right order, and no name turns its neighbours around."""

from sekisho.portal.desk_rows import (
    ask_rows,
    decision_rows,
    device_rows,
    line_rows,
    person_rows,
    place_rows,
)
from sekisho.portal.finding import find
from sekisho.records.asks import Ask, Device, Person
from sekisho.records.sources import SourceState
from sekisho.records.visits import GO_ON, Decision
from sekisho.rulebook.model import ListEntry
from sekisho.verdict import Level

from .conftest import NOW, STORY, STORY_EVIDENCE

MOTHER = Device("192.168.1.5", "phone", 1, 1.0, "Mother")
NAMES = {"192.168.1.5": "Mother (phone)"}


def ask(name: str, **more: object) -> Ask:
    kept = {"client": "192.168.1.5", "host": STORY.host, "level": Level.WARN, "evidence": (STORY_EVIDENCE,)}
    return Ask(**{"id": name, "at": NOW, "expires": NOW + 9, **kept, **more})  # type: ignore[arg-type]


def test_an_ask_bears_the_name_of_today_else_the_one_of_then_else_the_address() -> None:
    asks = [ask("a", who="Old"), ask("b", client="10.0.0.1", who="Old"), ask("c", client="10.0.0.1")]
    rows, over = ask_rows(asks, NAMES, NOW, "en", lambda host, found: find(STORY, found, None, "en"))
    assert [row.who for row in rows] == ["Mother (phone)", "Old", "10.0.0.1"]
    assert over == []


def test_only_open_asks_are_explained() -> None:
    done = ask("d", answered_at=NOW + 1, answered_by="ntfy", answer="block")
    rows, over = ask_rows(
        [ask("a"), done, ask("e", expires=NOW)],
        {},
        NOW,
        "en",
        lambda host, found: find(STORY, found, None, "en"),
    )
    assert [row.finding is not None for row in (*rows, *over)] == [True, False, False]
    assert [(row.state, row.answer) for row in over] == [("answered", "block"), ("expired", "")]


def test_the_newest_decision_stands_first_with_whom_it_is_for() -> None:
    old = Decision("block", "xn--80ak6aa92e.com", 1.0, "sekisho block", id=1)
    new = Decision("allow", "a.example", 2.0, GO_ON, exact=True, client="192.168.1.5", until=9.0, id=2)
    rows = decision_rows([old, new], NAMES, "en")
    assert [(row.key, row.who, row.went_on, bool(row.until)) for row in rows] == [
        ("2", "Mother (phone)", True, True),
        ("1", "", False, False),
    ]
    assert rows[1].host == "аррӏе.com"


def test_a_line_that_is_over_is_not_in_force() -> None:
    entries = [ListEntry("a.example", True, ""), ListEntry("b.example", False, "", 5.0)]
    assert [row.key for row in line_rows("block", entries, 4.0, "en")] == ["=a.example", "b.example"]
    assert [row.key for row in line_rows("block", entries, 5.0, "en")] == ["=a.example"]


def test_devices_are_told_once_the_latest_first_and_this_one_is_marked() -> None:
    seen = [("10.0.0.9", 50.0), ("192.168.1.5", 40.0)]
    away = Device("192.168.1.7", "tablet", None, 1.0)
    rows = device_rows(seen, [MOTHER, away], "192.168.1.5", "en")
    assert [(row.client, row.called, bool(row.last), row.here) for row in rows] == [
        ("10.0.0.9", "", True, False),
        ("192.168.1.5", "Mother (phone)", True, True),
        ("192.168.1.7", "tablet", False, False),
    ]


def test_names_cannot_turn_the_page_around() -> None:
    assert person_rows([Person(1, "a\u202eb c", 1.0)]) == [(1, "a\ufffdb c")]
    by = decision_rows([Decision("block", "a.example", 1.0, "desk, \u202ex", id=1)], {}, "en")[0].by
    assert by == "desk, \ufffdx"


def test_a_place_that_failed_says_what_to_do_and_one_never_tried_says_so() -> None:
    states = [
        SourceState("ntfy", "refused", "check the token", 5.0, None),
        SourceState("x", "ok", "fine", 5.0, 5.0),
    ]
    rows = place_rows(["ntfy", "x", "new"], states, "en")
    assert [(row.state, row.message) for row in rows] == [
        ("refused", "check the token"),
        ("ok", ""),
        ("untried", ""),
    ]
