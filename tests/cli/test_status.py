import io
import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result
from rich.console import Console

from sekisho.cli.status import read_status, show
from sekisho.providers.feeds.state import FeedState, Part, write_state
from sekisho.providers.virustotal.states import SENTENCES, State
from sekisho.records.domains import STORE_DAMAGED, DomainClick, KnownDomain
from sekisho.settings import Settings
from sekisho.store import Limits, Store, Visit
from sekisho.verdict import Evidence, Level, Reason, Verdict

Cli = Callable[..., Result]
DAY = 86_400.0


@pytest.fixture
def busy(state: Path) -> float:
    """A house with a familiar domain, a due one, today's clicks, and a host that turned bad."""
    now = time.time()
    known = KnownDomain(
        "known.example", now, now, 1, 3, 3, False, now, clean_at=now - DAY, familiar_at=now - DAY
    )
    due = KnownDomain("due.example", now, now, 1, 1, 1, False, now, next_check_at=now - 5)
    rows = {row.name: row for row in (known, due)}
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        store.visits.record(
            [
                Visit("a.example", Level.PASS, now, "192.168.1.5"),
                Visit("a.example", Level.WARN, now, "192.168.1.5"),
                Visit("a.example", Level.PASS, now - 2 * DAY, "192.168.1.5"),
                Visit("x.example", Level.WARN, now, "192.168.1.5", kind="resource"),
            ]
        )
        clicks = [DomainClick(name, now, 1, Level.PASS, False, False) for name in rows]
        store.known_domains.note_clicks(clicks, lambda _, click: rows[click.name])
        found = Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines")
        store.events.turn_bad("a.example", Verdict(Level.WARN, (found,)), now)
        sentence = store.events.raise_event(STORE_DAMAGED, "", now, Level.PASS, "old news")
        store.events.mark_notified(sentence.id, now)
    return now


@pytest.mark.usefixtures("busy")
def test_what_waits_is_told_to_programs(cli: Cli, state: Path) -> None:
    result = cli("status", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["today"] == {"pass": 1, "caution": 0, "warn": 1, "block": 0}
    assert (found["refused"], found["due"]) == (1, 1)
    assert [entry["domain"] for entry in found["familiar"]] == ["known.example"]
    (event,) = found["events"]
    assert (event["host"], event["why"], event["clients"]) == ("a.example", "3 engines", ["192.168.1.5"])
    assert event["at"].endswith("+00:00")
    assert found["store_bytes"] >= (state / "sekisho.db").stat().st_size
    assert set(found["rules"]) == {"brands.toml", "familiar.txt"}
    assert found["budget"] == {"in_minute": 0, "per_minute": 4, "in_day": 0, "per_day": 500}


@pytest.mark.usefixtures("busy")
def test_a_person_reads_first_what_is_bad(cli: Cli) -> None:
    result = cli("status")
    assert result.exit_code == 0
    first, *lines = result.stdout.splitlines()
    assert "a.example is bad now (3 engines); who was there: 192.168.1.5" in first
    text = "\n".join(lines)
    for words in ("1 pass, 0 caution, 1 warn, 0 block", "known.example", "brands.toml", "MB"):
        assert words in text


def kept(state: Path) -> Store:
    return Store.open(f"sqlite:///{state}/sekisho.db")


def test_sources_and_budget_are_told_with_what_to_do(
    cli: Cli, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who look after a house must see that VirusTotal has refused the key since Tuesday."""
    monkeypatch.setenv("SEKISHO_VIRUSTOTAL__KEY", "abc")
    monkeypatch.setenv("SEKISHO_REGISTRATION__ON", "true")
    now = time.time()
    with kept(state) as store:
        store.sources.note_source("virustotal", "ok", "VirusTotal answers", now - DAY)
        store.sources.note_source("virustotal", "wrong key", SENTENCES[State.WRONG_KEY], now - 60)
        store.sources.note_source("jprs", "unreachable", "whois.example does not answer", now)
        for at in (now - 3600, now, now, now):
            assert store.sources.spend("virustotal", at, Limits(9, 500))
    found = json.loads(cli("status", "--json").stdout)
    virustotal, rdap, servers, jprs = found["sources"]
    assert (virustotal["state"], virustotal["is_quiet"]) == ("wrong key", False)
    assert datetime.fromisoformat(virustotal["since"]).timestamp() == int(now - 60)
    assert datetime.fromisoformat(virustotal["last_good_at"]).timestamp() == int(now - DAY)
    assert [one["state"] for one in (rdap, servers, jprs)] == ["not asked yet"] * 2 + ["unreachable"]
    budget = found["budget"]
    assert (budget["in_minute"], budget["per_minute"], budget["per_day"]) == (3, 4, 500)
    lines = [" ".join(line.split()) for line in cli("status").stdout.splitlines()]
    at = next(number for number, line in enumerate(lines) if line.startswith("VirusTotal wrong key 20"))
    assert "nobody is asked until `sekisho virustotal key` takes another; asked 3 of 4 this" in lines[at + 1]
    assert f"{budget['in_day']} of 500 today (UTC)" in lines[at + 1]
    assert any("whois.example does not answer; names are judged without" in line for line in lines)


FEEDS = """\
[good]
name = "Good List"
url = "https://lists.example/good"
format = "domains"
licence = "MIT"
terms = "MIT"
on = true

[torn]
name = "Torn List"
url = "https://lists.example/torn"
format = "domains"
licence = "MIT"
terms = "MIT"
on = true

[spare]
name = "Spare List"
url = "https://lists.example/spare"
format = "domains"
licence = "none"
terms = "ask"
"""


def test_lists_are_told_with_their_state(cli: Cli, state: Path, rules: Path) -> None:
    (rules / "feeds.toml").write_text(FEEDS)
    (state / "feeds").mkdir(parents=True)
    write_state(state / "feeds", "good", FeedState(tried=9, good=1.0, parts=(Part("u", "f", 900),)))
    write_state(state / "feeds", "torn", FeedState(tried=9, error="lists.example is away"))
    (state / "lists" / "block").mkdir(parents=True)
    (state / "lists" / "block" / "ads.txt").write_text("ads.example\n")
    found = json.loads(cli("status", "--json").stdout)
    good, torn, spare = found["feeds"]
    assert (good["state"], good["entries"], good["last_good_at"]) == ("ok", 900, "1970-01-01T00:00:01+00:00")
    assert (torn["state"], torn["is_quiet"], spare["state"]) == ("failed", False, "off")
    assert "block/ads" in found["lists"]
    shown = cli("status").stdout
    assert "900 entries" in shown
    assert "could not be fetched: lists.example is away; there is none yet, so it warns of nothing" in shown
    assert "lists not in use  Spare List (" in shown
    assert "your block/ads" in shown


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, tmp_path: Path) -> None:
    found = read_status(Settings(state=tmp_path), 0.0)
    out = io.StringIO()
    show(found, Console(file=out, width=width, force_terminal=True, color_system=None, highlight=False))
    lines = out.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    text = " ".join(out.getvalue().split())
    assert "it is not asked, since there is no key; `sekisho virustotal key` takes one" in text
    assert "asked 0 of 4" not in text, "there is nothing to count without a key"


def test_into_a_pipe_each_sentence_is_one_line_without_colour(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    shown = cli("status").stdout
    assert "  it is not asked, since there is no key; `sekisho virustotal key` takes one" in shown
    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) < 200, "nothing is filled up with blanks"


def test_a_new_house_has_a_status_and_stays_as_it_is(cli: Cli, state: Path) -> None:
    result = cli("status")
    assert result.exit_code == 0
    assert "none yet" in result.stdout
    assert not state.exists()


def test_a_damaged_store_is_said_loudly(cli: Cli, state: Path) -> None:
    state.mkdir()
    (state / "sekisho.db").write_bytes(b"nonsense " * 999)
    result = cli("status")
    assert result.exit_code == 1
    assert "the file is damaged" in result.stderr
    (state / "sekisho.db").unlink()
    (state / "sekisho.db").write_bytes(b"nonsense " * 999)
    Store.open(f"sqlite:///{state}/sekisho.db", rescue=True).close()
    assert "was damaged and is kept as sekisho.db.damaged-" in cli("status").stdout
