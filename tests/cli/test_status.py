import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.store import Store, Visit
from sekisho.store.remembered import STORE_DAMAGED, Acquaintance, Encounter
from sekisho.verdict import Evidence, Level, Reason, Verdict

Cli = Callable[..., Result]
DAY = 86_400.0


@dataclass
class State:
    source: str
    state: str
    told: str
    since: float
    last_good_at: float | None


@pytest.fixture
def busy(state: Path) -> float:
    """A house with a familiar domain, a due one, today's clicks, and a host that turned bad."""
    now = time.time()
    known = Acquaintance(
        "known.example", now, now, 1, 3, 3, False, now, clean_at=now - DAY, familiar_at=now - DAY
    )
    due = Acquaintance("due.example", now, now, 1, 1, 1, False, now, next_check_at=now - 5)
    rows = {row.name: row for row in (known, due)}
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        store.record_visits(
            [
                Visit("a.example", Level.PASS, now, "192.168.1.5"),
                Visit("a.example", Level.WARN, now, "192.168.1.5"),
                Visit("a.example", Level.PASS, now - 2 * DAY, "192.168.1.5"),
                Visit("x.example", Level.WARN, now, "192.168.1.5", kind="resource"),
            ]
        )
        clicks = [Encounter(name, now, 1, Level.PASS, False, False) for name in rows]
        store.memory.note_clicks(clicks, lambda _, click: rows[click.name])
        found = Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines")
        store.memory.turn_bad("a.example", Verdict(Level.WARN, (found,)), now)
        told = store.memory.raise_event(STORE_DAMAGED, "", now, Level.PASS, "old news")
        store.memory.mark_told(told.id, now)
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
    assert (found["sources"], found["feeds"]) == ([], [])
    assert found["budget"] == {"in_minute": 0, "in_day": 0}


@pytest.mark.usefixtures("busy")
def test_a_person_reads_first_what_is_bad(cli: Cli) -> None:
    result = cli("status")
    assert result.exit_code == 0
    first, *lines = result.stdout.splitlines()
    assert "a.example is bad now (3 engines); who was there: 192.168.1.5" in first
    text = "\n".join(lines)
    for words in ("1 pass, 0 caution, 1 warn, 0 block", "known.example", "brands.toml", "MB"):
        assert words in text


@pytest.mark.usefixtures("busy")
def test_sources_and_budgets_are_told_where_there_are_any(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who look after a house must see that VirusTotal has refused the key since Tuesday."""
    states = [State("virustotal", "wrong key", "put in a new key", 1.0, None)]
    monkeypatch.setattr(Store, "source_states", lambda _: states, raising=False)
    monkeypatch.setattr(Store, "spent", lambda _, source, at: {"minute": 1, "day": 7}, raising=False)
    found = json.loads(cli("status", "--json").stdout)
    assert found["sources"][0]["since"] == "1970-01-01T00:00:01+00:00"
    assert found["budget"] == {"minute": 1, "day": 7}
    shown = cli("status").stdout
    assert "put in a new key" in shown
    assert "minute 1, day 7" in shown


def test_feeds_are_read_from_their_files(cli: Cli, state: Path) -> None:
    folder = state / "feeds"
    folder.mkdir(parents=True)
    (folder / "good.json").write_text('{"state": "ok", "last_good_at": 1.0, "told": "900 names"}')
    (folder / "torn.json").write_text('{"state": ')
    (folder / "names.bin").write_bytes(b"\0")
    good, torn = json.loads(cli("status", "--json").stdout)["feeds"]
    assert (good["source"], good["state"], good["last_good_at"]) == (
        "good",
        "ok",
        "1970-01-01T00:00:01+00:00",
    )
    assert (torn["source"], torn["state"]) == ("torn", "unreadable")
    assert "900 names" in cli("status").stdout


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
    assert "was damaged and is kept as sekisho.db.damaged-" in cli("status").stdout.replace("\n", " ")
