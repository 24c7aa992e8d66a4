"""`sekisho check` asks like a click: once a name, a domain only, within its wait; and says who did not answer."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.store import Store

from ..providers.registration.servers import LIST_PATH, WebServer, domain_answer, list_answer, web_server
from ..providers.virustotal_server import Step, VirusTotalServer

Cli = Callable[..., Result]
STORY = "rec0very-supp0rt-micr0s0ft.org"


@pytest.fixture
def virustotal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirusTotalServer]:
    """The stand-in, with its key; `cli` has cleared the environment before."""
    with VirusTotalServer() as running:
        monkeypatch.setenv("SEKISHO_VIRUSTOTAL__HOST", running.base)
        monkeypatch.setenv("SEKISHO_VIRUSTOTAL__KEY", running.key)
        yield running


@pytest.fixture
def registry(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """IANA's list and the registry of .org."""
    with web_server() as server:
        server.answers[LIST_PATH] = list_answer({"org": f"{server.url}/org/"})
        monkeypatch.setenv("SEKISHO_REGISTRATION__ON", "true")
        monkeypatch.setenv("SEKISHO_REGISTRATION__BOOTSTRAP", f"{server.url}{LIST_PATH}")
        monkeypatch.setenv("SEKISHO_REGISTRATION__WHOIS", f"127.0.0.1:{server.port}")
        yield server


def levels(result: Result) -> list[str]:
    return [json.loads(line)["level"] for line in result.stdout.splitlines()]


def test_two_engines_warn_of_a_link_that_nothing_else_speaks_against(
    cli: Cli, state: Path, virustotal: VirusTotalServer
) -> None:
    virustotal.behave("otter.org", "bad")
    result = cli("check", "https://www.otter.org/a/secret?path=1")
    assert result.exit_code == 3
    assert "3 engines of VirusTotal hold otter.org to be malicious" in result.stdout
    assert result.stderr == ""
    assert [asked.path for asked in virustotal.requests] == ["/api/v3/domains/otter.org"]
    assert not state.exists(), "a check leaves nothing behind where there is no house"


def test_a_name_is_asked_about_once_and_a_decided_one_never(cli: Cli, virustotal: VirusTotalServer) -> None:
    for name in ("otter.org", "heron.org"):
        virustotal.behave(name, "clean")
    links = [
        "otter.org",
        "www.otter.org/x",
        "heron.org",
        STORY,
        "www.microsoft.com",
        "192.0.2.7",
        "nas.home.arpa",
    ]
    result = cli("check", "--jsonl", *links)
    assert levels(result)[:5] == ["pass", "pass", "pass", "warn", "pass"]
    assert sorted(asked.path.rpartition("/")[2] for asked in virustotal.requests) == [
        "heron.org",
        "otter.org",
    ]


def test_offline_and_the_pipe_ask_nobody(cli: Cli, virustotal: VirusTotalServer, registry: WebServer) -> None:
    cli("check", "--offline", "otter.org")
    cli("check", "--jsonl", "-", stdin="otter.org\n")
    assert virustotal.requests == []
    assert registry.heard == []


def test_the_budget_is_counted_in_the_store_and_answers_are_kept_there(
    cli: Cli, state: Path, virustotal: VirusTotalServer
) -> None:
    Store.open(f"sqlite:///{state}/sekisho.db").close()
    virustotal.behave("otter.org", "bad")
    for _ in range(2):
        assert cli("check", "otter.org").exit_code == 3
    assert virustotal.asked("otter.org") == 1
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        fact = store.sources.fact("virustotal", "otter.org")
        assert fact
        assert store.sources.spent("virustotal", fact.at).in_minute == 1


def test_over_the_budget_nobody_is_asked_and_it_is_told(
    cli: Cli, virustotal: VirusTotalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEKISHO_VIRUSTOTAL__PER_MINUTE", "1")
    for name in ("otter.org", "heron.org"):
        virustotal.behave(name, "clean")
    result = cli("check", "--jsonl", "otter.org", "heron.org")
    assert sorted(levels(result)) == ["caution", "pass"]
    assert len(virustotal.requests) == 1
    assert result.stderr.count("\n") == 1
    assert "that VirusTotal may be asked are used up (1 a minute" in result.stderr


@pytest.mark.parametrize(
    ("step", "words", "level"),
    [
        ("outage", "VirusTotal has trouble of its own", "caution"),
        ("wrong key", "VirusTotal refuses the key", "pass"),
        (Step("bad", held=True), "VirusTotal did not answer within 0.2 s", "caution"),
    ],
    ids=["outage", "wrong key", "too slow"],
)
def test_a_source_that_fails_is_one_line_on_standard_error(
    cli: Cli,
    virustotal: VirusTotalServer,
    monkeypatch: pytest.MonkeyPatch,
    step: str | Step,
    words: str,
    level: str,
) -> None:
    """Who reads "pass" must know that it is not the whole answer."""
    monkeypatch.setenv("SEKISHO_VIRUSTOTAL__WAIT", "0.2" if isinstance(step, Step) else "10")
    virustotal.behave("otter.org", step)
    result = cli("check", "--jsonl", "otter.org")
    virustotal.release()
    assert result.exit_code == 0
    assert levels(result) == [level]
    assert result.stderr.startswith(f"sekisho: {words}")
    assert result.stderr.count("\n") == 1


def test_a_name_of_three_days_is_a_caution_and_why_shows_who_said_so(cli: Cli, registry: WebServer) -> None:
    born = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    registry.answers["/org/domain/otter.org"] = domain_answer("otter.org", born)
    result = cli("check", "--why", "--fail-on", "caution", "https://www.otter.org/a/secret")
    assert result.exit_code == 3
    assert "otter.org was registered 3 days ago" in result.stdout
    (line,) = [line for line in result.stdout.splitlines() if line.split()[:1] == ["outside"]]
    assert "was registered 3 days ago" in line
    assert not any("secret" in line for line in registry.heard)


def test_a_registry_that_cannot_be_reached_is_told(
    cli: Cli, registry: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEKISHO_REGISTRATION__BOOTSTRAP", "http://127.0.0.1:9/none")
    result = cli("check", "--jsonl", "otter.org")
    assert levels(result) == ["pass"]
    assert result.stderr.count("\n") == 1
    assert "the list of RDAP servers" in result.stderr
    assert "how old the name is, is not known" in result.stderr
