import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.engine.asks import answer_ask, ask_family
from sekisho.link import host_link
from sekisho.policy.asking import TooManyAsksError
from sekisho.store import Store
from sekisho.verdict import Evidence, Level, Reason, Verdict

NOW = 1_000_000.0
BAD = Verdict(Level.WARN, (Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "imitates", at=NOW),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/s.db") as opened:
        yield opened


def test_asking_and_answering_is_logged_with_who(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Who opened that site, and when? The log must know."""
    caplog.set_level(logging.INFO)
    ask, new = ask_family(store, host_link("a.example"), "192.168.1.5", BAD, NOW, path="/private")
    assert new
    assert len(ask.id) >= 22
    outcome = answer_ask(store, ask.id, "1d", by="desk (Hanako)", now=NOW + 60)
    assert outcome.kind == "accepted"
    assert [d.summary for d in store.decisions.in_force(NOW + 60)] == [
        "allow a.example and its subdomains until 1970-01-13 13:47 UTC (desk (Hanako))"
    ]
    answer_ask(store, ask.id, "block", by="ntfy", now=NOW + 61)
    for words in (
        "192.168.1.5 (no name) asks the family about a.example",
        "desk (Hanako) answered 1d to 192.168.1.5 about a.example",
        "ntfy answered block about a.example, but desk (Hanako) had answered 1d before",
    ):
        assert words in caplog.text
    assert "private" not in caplog.text


def test_late_and_strange_answers_are_logged(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ask, _ = ask_family(store, host_link("a.example"), "c", BAD, NOW)
    assert answer_ask(store, ask.id, "1d", by="ntfy", now=ask.expires).kind == "expired"
    assert answer_ask(store, "other", "1d", by="ntfy", now=NOW).kind == "unknown"
    assert "too late" in caplog.text
    assert "no ask that was made here" in caplog.text
    assert store.decisions.in_force(NOW) == []


def test_a_hundred_asks_in_a_minute_are_a_few(store: Store) -> None:
    refused = 0
    for number in range(100):
        try:
            ask_family(store, host_link(f"h{number}.example"), "192.168.1.5", BAD, NOW + number * 0.6)
        except TooManyAsksError:
            refused += 1
    assert refused == 95
    assert len(store.asks.newest(limit=200)) == 5
    assert not ask_family(store, host_link("h0.example"), "192.168.1.5", BAD, NOW + 61)[1]
