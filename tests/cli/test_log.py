import csv
import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.link import host_link
from sekisho.providers.registration import Registration
from sekisho.providers.registration import State as Known
from sekisho.providers.registration import find_evidence as find_age
from sekisho.providers.virustotal.report import DomainReport
from sekisho.providers.virustotal.report import find_evidence as find_report
from sekisho.store import Store, Visit
from sekisho.verdict import Evidence, Level, Reason, Verdict

Cli = Callable[..., Result]


@pytest.fixture
def visited(state: Path) -> None:
    now = time.time()
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        found = Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "it imitates [bold]Amazon")
        store.verdicts.record(host_link("fake.example"), Verdict(Level.WARN, (found,)), now)
        store.visits.record(
            [
                Visit("old.example", Level.PASS, now - 90000, "192.168.1.5"),
                Visit("xn--r8jz45g.example", Level.PASS, now - 60, "192.168.1.5"),
                Visit("fake.example", Level.WARN, now, "192.168.1.6", "http", "resource"),
            ]
        )


@pytest.mark.usefixtures("visited")
def test_the_newest_visit_comes_first_with_its_reason(cli: Cli) -> None:
    result = cli("log")
    assert result.exit_code == 0
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["time", "level", "host", "client", "why"]
    assert [line.split()[3] for line in lines] == ["fake.example", "例え.example", "old.example"]
    assert lines[0].split()[2:5:2] == ["warn", "192.168.1.6"]
    assert lines[0].endswith("it imitates [bold]Amazon")


@pytest.mark.usefixtures("visited")
@pytest.mark.parametrize(
    ("flags", "hosts"),
    [
        (("--limit", "1"), ["fake.example"]),
        (("--level", "warn"), ["fake.example"]),
        (("--since", "1d"), ["fake.example", "xn--r8jz45g.example"]),
        (("--host", "https://例え.example/x"), ["xn--r8jz45g.example"]),
        (("--client", "192.168.1.6"), ["fake.example"]),
        (("--client", "[::ffff:0:1]"), []),
        (("--until", "1d"), ["old.example"]),
        (("--since", "2d", "--until", "1h"), ["old.example"]),
        (("--since", "2020-01-01", "--until", "2020-12-31"), []),
    ],
)
def test_the_log_can_be_narrowed_and_read_by_programs(
    cli: Cli, flags: tuple[str, ...], hosts: list[str]
) -> None:
    result = cli("log", "--jsonl", *flags)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["host"] for line in lines] == hosts
    if not lines:
        return
    assert set(lines[0]) == {"at", "level", "host", "client", "kind", "scheme", "why", "reasons"}
    assert lines[0]["at"].endswith("+00:00")


def test_a_house_without_visits_says_so_and_stays_as_it_is(cli: Cli, state: Path) -> None:
    result = cli("log")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no visits\n")
    assert not state.exists()


def test_a_damaged_store_is_one_message(cli: Cli, state: Path) -> None:
    state.mkdir()
    (state / "sekisho.db").write_bytes(b"nonsense " * 999)
    result = cli("log")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"sekisho: the store {state}/sekisho.db failed: the file is damaged")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "flags",
    [
        ("--since", "soon"),
        ("--until", "2026-99-01"),
        ("--since", "1h", "--until", "2h"),
        ("--level", "bad"),
        ("--limit", "0"),
        ("--host", "mailto:x"),
        ("--client", "grandma"),
        ("--csv", "--jsonl"),
    ],
)
def test_wrong_flags_are_wrong_usage(cli: Cli, flags: tuple[str, ...]) -> None:
    assert cli("log", *flags).exit_code == 2


@pytest.mark.usefixtures("visited")
def test_a_spreadsheet_gets_all_columns_and_no_formula(cli: Cli, state: Path) -> None:
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        found = Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", '=cmd("x"), it says')
        store.verdicts.record(host_link("fake.example"), Verdict(Level.WARN, (found,)), time.time())
    result = cli("log", "--csv", "--limit", "1")
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert list(row) == ["at", "level", "host", "client", "kind", "scheme", "why"]
    assert (row["host"], row["level"], row["scheme"]) == ("fake.example", "warn", "http")
    assert row["why"] == """'=cmd("x"), it says"""
    assert row["at"].endswith("+00:00")


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        (
            find_report(DomainReport("a.example", 3, engines=("A", "B", "C")), 1_795_514_400.0)[0],
            "3 engines of VirusTotal hold a.example to be malicious (A, B and C); asked 2026-11-24 10:00 UTC",
        ),
        (
            find_age(
                Registration("a.example", 1_795_255_200.0, "rdap.example", 0.0, Known.KNOWN), 1_795_514_400.0
            ),
            "a.example was registered 3 days ago (2026-11-21), says rdap.example",
        ),
    ],
)
def test_what_others_said_reads_well(cli: Cli, state: Path, evidence: Evidence, why: str) -> None:
    now = time.time()
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        store.visits.record([Visit("a.example", evidence.level, now, "192.168.1.5")])
        store.verdicts.record(host_link("a.example"), Verdict(evidence.level, (evidence,)), now)
    assert why in cli("log").stdout
    (line,) = [json.loads(line) for line in cli("log", "--jsonl").stdout.splitlines()]
    assert (line["why"], line["reasons"][0]["reason"]) == (why, evidence.reason)
