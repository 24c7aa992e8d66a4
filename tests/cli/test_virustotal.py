import os
import pty
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from ..providers.virustotal_server import VirusTotalServer

Cli = Callable[..., Result]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> Iterator[VirusTotalServer]:
    """The stand-in, named by the environment; `cli` has cleared that before."""
    with VirusTotalServer() as running:
        monkeypatch.setenv("SEKISHO_VIRUSTOTAL__HOST", running.base)
        yield running


def kept(state: Path) -> str:
    return (state / "virustotal.key").read_text()


def test_a_good_key_is_tried_and_kept_for_this_account(
    cli: Cli, state: Path, server: VirusTotalServer
) -> None:
    result = cli("virustotal", "key", stdin=f"{server.key}\n")
    assert (result.exit_code, result.output) == (
        0,
        f"the key works; 3 of 500 questions of today are used; kept in {state / 'virustotal.key'}\n",
    )
    assert kept(state) == f"{server.key}\n"
    assert stat.S_IMODE((state / "virustotal.key").stat().st_mode) == 0o600
    assert [asked.path for asked in server.requests] == [f"/api/v3/users/{server.key}/overall_quotas"]


def test_a_refused_key_is_told_and_the_old_one_stays(cli: Cli, state: Path, server: VirusTotalServer) -> None:
    cli("virustotal", "key", stdin=server.key)
    result = cli("virustotal", "key", stdin="wrong\n")
    assert result.exit_code == 1
    assert result.stderr.startswith("sekisho: VirusTotal refuses this key: copy it again")
    assert kept(state) == f"{server.key}\n"


def test_without_a_connection_the_key_is_kept_all_the_same(
    cli: Cli, state: Path, server: VirusTotalServer
) -> None:
    """Whoever sets up a box before its line works must not have to come back."""
    server.stop()
    result = cli("virustotal", "key", stdin=server.key)
    assert result.exit_code == 0
    assert result.output.startswith("the key could not be tried (VirusTotal cannot be reached; check")
    assert kept(state) == f"{server.key}\n"


def test_a_key_whose_quota_is_used_up_is_a_good_key(cli: Cli, state: Path, server: VirusTotalServer) -> None:
    server.behave("quotas", "quota")
    assert cli("virustotal", "key", stdin=server.key).output.startswith(
        "the key works, but its quota is used up"
    )
    assert kept(state) == f"{server.key}\n"


@pytest.mark.parametrize(("given", "sentence"), [("two words", "that is no key"), ("", "no key was given")])
def test_what_is_no_key_is_wrong_usage(
    cli: Cli, state: Path, server: VirusTotalServer, given: str, sentence: str
) -> None:
    result = cli("virustotal", "key", stdin=given)
    assert (result.exit_code, result.stderr.startswith(f"sekisho: {sentence}")) == (2, True)
    assert "two words" not in result.stderr
    assert not state.exists()
    assert server.requests == []


def test_a_key_can_be_taken_away(cli: Cli, state: Path, server: VirusTotalServer) -> None:
    cli("virustotal", "key", stdin=server.key)
    assert cli("virustotal", "key", "--remove").output == f"took the key away ({state / 'virustotal.key'})\n"
    assert cli("virustotal", "key", "--remove").output == "there was no key\n"
    assert list(state.iterdir()) == []


def test_a_key_that_counts_before_it_is_told(
    cli: Cli, state: Path, server: VirusTotalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the family wonders why its new key changes nothing."""
    state.mkdir()
    (state / "sekisho.toml").write_text("[virustotal]\nkey = 'abc'\n")
    (state / "sekisho.toml").chmod(0o600)
    sentence = "another key is used in its place: that of"
    result = cli("virustotal", "key", stdin=server.key)
    assert f"{sentence} {state / 'sekisho.toml'}: virustotal.key\n" in result.output
    monkeypatch.setenv("SEKISHO_VIRUSTOTAL__KEY", "abc")
    assert f"{sentence} SEKISHO_VIRUSTOTAL__KEY\n" in cli("virustotal", "key", "--remove").output


def test_a_folder_that_cannot_be_written_is_told(cli: Cli, state: Path, server: VirusTotalServer) -> None:
    state.write_text("a file in the folder's place")
    result = cli("virustotal", "key", stdin=server.key)
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert server.key not in result.output


@pytest.mark.slow
def test_a_typed_key_is_not_shown(state: Path, server: VirusTotalServer) -> None:
    """Somebody may look over the shoulder, or at the terminal's history."""
    ours, theirs = pty.openpty()
    environment = {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SEKISHO_VIRUSTOTAL__HOST": server.base,
        "TERM": "dumb",
    }
    command = [sys.executable, "-m", "sekisho.cli", "--state", str(state), "virustotal", "key"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    ) as running:
        os.close(theirs)
        shown = b""
        while not shown.endswith(b"Key: "):
            shown += os.read(ours, 1024)
        os.write(ours, f"{server.key}\n".encode())
        try:
            while piece := os.read(ours, 1024):
                shown += piece
        except OSError:  # Linux: the other side is closed
            pass
        assert running.wait(20) == 0
    os.close(ours)
    assert b"the key works" in shown
    assert server.key.encode() not in shown
