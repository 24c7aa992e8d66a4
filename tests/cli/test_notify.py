import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from ..notify.ntfy_server import NtfyServer
from ..notify.receivers import Webhook

Cli = Callable[..., Result]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> Iterator[NtfyServer]:
    """The stand-in, named by the environment; `cli` has cleared that before."""
    with NtfyServer() as running:
        monkeypatch.setenv("SEKISHO_NTFY__SERVER", running.base)
        yield running


def test_setup_makes_topics_and_shows_the_one_to_subscribe_to(
    cli: Cli, state: Path, server: NtfyServer
) -> None:
    first = cli("notify", "setup")
    kept = json.loads((state / "notify.json").read_text())
    assert first.exit_code == 0
    assert f"made in {state / 'notify.json'}" in first.output
    assert f"{server.base}/{kept['topic']}" in first.output
    assert "█" in first.output or "▀" in first.output
    assert kept["reply_topic"] not in first.output
    assert kept["secret"] not in first.output
    again = cli("notify", "setup")
    assert f"kept in {state / 'notify.json'}" in again.output
    assert kept["topic"] in again.output


def test_each_place_says_whether_it_took_the_message(
    cli: Cli, state: Path, server: NtfyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("notify", "setup")
    kept = json.loads((state / "notify.json").read_text())
    with Webhook() as webhook, Webhook() as refusing:
        refusing.status = 403
        monkeypatch.setenv("SEKISHO_NOTIFY__URLS", f"{webhook.url} {refusing.url} nosuch://hidden-word")
        result = cli("notify", "test")
        assert result.exit_code == 1
        lines = result.output.splitlines()
        assert lines[0] == "notify 1 (json): ok"
        assert lines[1].startswith("notify 2 (json): refused: ")
        assert lines[1].endswith("(HTTP 403)")
        assert lines[2].startswith("notify 3 (nosuch): not understood: ")
        assert lines[3:] == ["ntfy: ok", "ntfy replies: ok"]
        assert [got["title"] for got in webhook.got] == ["sekisho のテスト"]
    assert [message["title"] for message in server.of(kept["topic"])] == ["sekisho のテスト"]
    for secret in ("hidden", kept["topic"], kept["reply_topic"], kept["secret"]):
        assert secret not in result.output


def test_all_well_is_exit_code_nought(cli: Cli, server: NtfyServer) -> None:
    cli("notify", "setup")
    assert (cli("notify", "test").exit_code, len(server.messages)) == (0, 1)


def test_a_token_that_is_refused_is_told(
    cli: Cli, server: NtfyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("notify", "setup")
    server.token = "tk_right"
    monkeypatch.setenv("SEKISHO_NTFY__TOKEN", "tk_hidden")
    result = cli("notify", "test")
    assert result.exit_code == 1
    assert result.output.count("wrong token: the server does not let us in") == 2
    assert "hidden" not in result.output


def test_nothing_set_up_says_what_to_do(cli: Cli, state: Path) -> None:
    result = cli("notify", "test")
    assert result.exit_code == 1
    assert "sekisho notify setup" in result.stderr
    assert not state.exists()


def test_a_damaged_file_is_told(cli: Cli, state: Path) -> None:
    state.mkdir()
    (state / "notify.json").write_text("{")
    for command in ("setup", "test"):
        result = cli("notify", command)
        assert (result.exit_code, "notify.json is damaged" in result.stderr) == (1, True)
