"""Rows of the desk: each names the right device, in the right order, and no name turns its neighbours around."""

import re
from typing import Any

from sekisho.portal.desk_rows import ask_rows, decision_rows, device_rows, line_rows, place_rows
from sekisho.portal.finding import Finding, find
from sekisho.portal.render import render
from sekisho.records.asks import Ask, Device, Person
from sekisho.records.sources import SourceState
from sekisho.records.visits import GO_ON, Decision
from sekisho.rulebook.model import ListEntry
from sekisho.verdict import Level, Verdict

from .conftest import NOW, STORY, STORY_EVIDENCE, text_of

MOTHER = Device("192.168.1.5", "phone", 1, 1.0, "Mother")
NAMES = {"192.168.1.5": "Mother (phone)"}
EMPTY: dict[str, dict[str, Any]] = {
    "desk_decisions.html": {"rows": (), "names": {}, "lines": (), "more": 0, "durations": (), "host": ""},
    "desk_people.html": {"people": (), "devices": (), "here": ""},
    "desk_notify.html": {"outcomes": (), "places": ()},
}


def ask(name: str, **more: object) -> Ask:
    kept = {"client": "192.168.1.5", "host": STORY.host, "level": Level.WARN, "evidence": (STORY_EVIDENCE,)}
    return Ask(**{"id": name, "at": NOW, "expires": NOW + 9, **kept, **more})  # type: ignore[arg-type]


def page(name: str, **values: Any) -> str:
    """A page of the desk in English."""
    usual = {"standing": "", "active": "", "token": "", "done": "", "problem": "", "why": "", "detail": ""}
    return render(name, "en", **{**usual, **EMPTY.get(name, {}), **values})


def test_an_ask_bears_the_name_of_today_else_the_one_of_then_else_the_address() -> None:
    asks = [ask("a", who="Old"), ask("b", client="10.0.0.1", who="Old"), ask("c", client="10.0.0.1")]
    waiting, over = ask_rows(asks, NOW, lambda host, found: find(STORY, found, None, "en"))
    shown = page("desk_asks.html", waiting=waiting, over=over, names=NAMES)
    assert re.findall("<h2>(.*) wants to open", shown) == ["Mother (phone)", "Old", "10.0.0.1"]
    assert over == []


def test_only_open_asks_are_explained() -> None:
    done = ask("d", answered_at=NOW + 1, answered_by="ntfy", answer="block")
    explained = []

    def finding(host: str, found: Verdict) -> Finding:
        explained.append(host)
        return find(STORY, found, None, "en")

    waiting, over = ask_rows([ask("a"), done, ask("e", expires=NOW)], NOW, finding)
    assert ([one.id for one, _ in waiting], explained) == (["a"], [STORY.host])
    assert [one.id for one in over] == ["d", "e"]
    shown = text_of(page("desk_asks.html", waiting=waiting, over=over, names={}))
    assert "Answer: keep it closed. By ntfy" in shown
    assert "Nobody answered in time." in shown


def test_the_newest_decision_stands_first_with_whom_it_is_for() -> None:
    old = Decision("block", "xn--80ak6aa92e.com", 1.0, "sekisho block", id=1)
    new = Decision("allow", "a.example", 2.0, GO_ON, exact=True, client="192.168.1.5", until=9.0, id=2)
    shown = page("desk_decisions.html", rows=decision_rows([old, new]), names=NAMES)
    first, second = (text_of(item) for item in shown.split('<section class="item">')[1:])
    assert "only for Mother (phone)" in first
    assert "went on past a warning" in first
    assert "until somebody takes it back" not in first
    assert "only for" not in second
    assert "until somebody takes it back" in second
    assert "аррӏе.com" in second
    assert re.findall('name="decision" value="(.*?)"', shown) == ["2", "1"]


def test_a_line_that_is_over_is_not_in_force() -> None:
    entries = [ListEntry("a.example", True, ""), ListEntry("b.example", False, "", 5.0)]
    assert [entry.name for _, entry in line_rows("block", entries, 4.0)] == ["a.example", "b.example"]
    lines = line_rows("block", entries, 5.0)
    assert re.findall('name="line" value="(.*?)"', page("desk_decisions.html", lines=lines)) == ["=a.example"]


def test_devices_are_told_once_the_latest_first_and_this_one_is_marked() -> None:
    seen = [("10.0.0.9", 50.0), ("192.168.1.5", 40.0)]
    away = Device("192.168.1.7", "tablet", None, 1.0)
    rows = device_rows(seen, [MOTHER, away])
    assert rows == [
        ("10.0.0.9", None, 50.0),
        ("192.168.1.5", MOTHER, 40.0),
        ("192.168.1.7", away, None),
    ]
    shown = page("desk_people.html", devices=rows, here="192.168.1.5")
    assert [text_of(name) for name in re.findall("<h3>(.*)</h3>", shown)] == [
        "10.0.0.9",
        "192.168.1.5 · Mother (phone) (this device)",
        "192.168.1.7 · tablet",
    ]
    assert shown.count("Last here on") == 2


def test_names_cannot_turn_the_page_around() -> None:
    """Of a person, a device, an ask, a decision and a place."""
    turned = ask("a", who="a\u202eb", client="\u202e", path="/\u202e", answered_by="\u202e", answered_at=NOW)
    device = Device("\u202e", "a", None, 1.0, "a\u202eb")
    waiting, _ = ask_rows([ask("b", who="\u202e")], NOW, lambda host, found: find(STORY, found, None, "en"))
    decision = Decision("block", "a.example", 1.0, "desk, \u202ex", client="\u202e", id=1)
    for shown in (
        page("desk_people.html", people=[Person(1, "a\u202eb c", 1.0)]),
        page("desk_people.html", devices=[("\u202e", device, 1.0)]),
        page("desk_decisions.html", rows=[decision]),
        page("desk_decisions.html", lines=[("block", ListEntry("a.example", True, ""))], rows=[decision]),
        page("desk_asks.html", waiting=waiting, over=[turned], names={}),
        page("desk_notify.html", places=[("\u202e", SourceState("x", "bad", "\u202e", 5.0, None))]),
    ):
        assert "\u202e" not in shown
        assert "\ufffd" in shown


def test_a_place_that_failed_says_what_to_do_and_one_never_tried_says_so() -> None:
    states = [
        SourceState("ntfy", "refused", "check the token", 5.0, None),
        SourceState("x", "ok", "fine", 5.0, 5.0),
    ]
    shown = page("desk_notify.html", places=place_rows(["ntfy", "x", "new"], states))
    failed, works, untried = (text_of(part) for part in shown.split("<dt>")[1:])
    assert "refused: check the token" in failed
    assert "It works." in works
    assert "fine" not in works
    assert "Nothing was sent yet." in untried
