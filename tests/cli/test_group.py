import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sekisho import __version__
from sekisho.cli import group, main

Cli = Callable[..., Result]


COMMANDS = (
    *("run", "check", "block", "allow", "unblock", "disallow", "import", "export", "update", "log"),
    *("virustotal", "status", "forget", "asks", "notify", "desk"),
)


def test_the_version_is_told(cli: Cli) -> None:
    assert cli("--version").output == f"sekisho, version {__version__}\n"


def test_help_names_every_command_and_exit_code(cli: Cli) -> None:
    result = cli("--help")
    assert result.exit_code == 0
    for word in (*COMMANDS, "--state", "--config", "SEKISHO_"):
        assert word in result.output
    for code in "0123":
        assert f"\n    {code}  " in result.output or f"\n  {code}  " in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help(cli: Cli, command: str) -> None:
    result = cli(command, "--help")
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: sekisho {command} ")


def test_an_unknown_command_is_wrong_usage(cli: Cli) -> None:
    result = cli("chek")
    assert result.exit_code == 2
    assert "No such command 'chek'" in result.stderr


def test_the_version_waits_for_nothing_heavy() -> None:
    """A third of a second for `--version` is what databases and validators cost to import."""
    script = (
        "import sys, sekisho.cli\n"
        "heavy = {'sqlalchemy', 'pydantic', 'mitmproxy', 'rich', 'tldextract', 'flask'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={"PYTHONPATH": ":".join(sys.path)})


def test_a_mistake_of_ours_is_one_line_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A family cannot read a traceback; the line is enough to report it."""

    def breaks(**_: object) -> None:
        raise KeyError("a\nb")

    monkeypatch.setattr(group.sekisho, "main", breaks)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    sentence = capsys.readouterr().err
    assert sentence.startswith("sekisho: a mistake in this program, please report it: KeyError: ")
    assert "test_group.py:" in sentence
    assert sentence.count("\n") == 1


def test_a_terminal_without_japanese_is_no_reason_to_fail(rules: Path, state: Path) -> None:
    """A service's log is often plain ASCII; the verdict must be told there all the same."""
    environment = {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONIOENCODING": "ascii",
        "SEKISHO_RULES": str(rules),
    }
    command = [sys.executable, "-m", "sekisho.cli", "--state", str(state), "check", "例え.example"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.split()[1:] == [rb"\u4f8b\u3048.example", b"(xn--r8jz45g.example)"]
