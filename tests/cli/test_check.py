import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.cli.check import exit_code
from sekisho.verdict import Level

Cli = Callable[..., Result]
STORY = "https://rec0very-supp0rt-micr0s0ft.org/"


def answers(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_storys_link_is_warned_of_and_the_real_one_passes(cli: Cli, state: Path) -> None:
    result = cli("check", "--offline", "--jsonl", "-", stdin=f"{STORY}\nhttps://www.microsoft.com/\n")
    assert result.exit_code == 0
    fake, real = answers(result)
    assert (fake["url"], fake["host"], fake["level"], fake["familiar"]) == (STORY, STORY[8:-1], "warn", False)
    assert isinstance(fake["reasons"], list)
    assert fake["reasons"][0]["brand"] == "microsoft"
    assert fake["reasons"][0].keys() == {"reason", "brand", "detail", "source"}
    assert (real["level"], real["familiar"]) == ("pass", True)
    assert not state.exists(), "a check leaves nothing behind"


def test_an_unusable_line_has_an_error_and_the_run_goes_on(cli: Cli) -> None:
    result = cli("check", "--jsonl", "-", stdin=b"\nmailto:x@y\r\n\xff\xff/\nwww.microsoft.com")
    assert result.exit_code == 0
    assert [(a["level"], "error" in a) for a in answers(result)] == [(None, True)] * 3 + [("pass", False)]


def test_arguments_and_the_pipe_are_answered_in_their_order(cli: Cli) -> None:
    result = cli("check", "--jsonl", "a.example.net", "-", "c.example.net", stdin="b.example.net\n")
    assert [a["host"] for a in answers(result)] == ["a.example.net", "b.example.net", "c.example.net"]


def test_the_terminal_shows_the_fake_above_the_real(cli: Cli) -> None:
    result = cli("check", STORY, "mailto:x", "www.microsoft.com")
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["warn", "rec0very-supp0rt-micr0s0ft.org"]
    assert any("microsoft.com" in line and "the real one" in line for line in lines)
    assert "?        mailto:x" in lines


@pytest.mark.parametrize(
    ("worst", "unread", "fail_on", "code"),
    [
        (Level.PASS, 0, "warn", 0),
        (Level.CAUTION, 0, "warn", 0),
        (Level.WARN, 0, "warn", 3),
        (Level.BLOCK, 0, "warn", 3),
        (Level.CAUTION, 0, "caution", 3),
        (Level.WARN, 0, "block", 0),
        (Level.BLOCK, 9, "never", 0),
        (Level.PASS, 1, "block", 3),
        (None, 1, "warn", 3),
        (None, 0, "warn", 0),
    ],
)
def test_a_script_can_go_on_for_harmless_links_only(
    worst: Level | None, unread: int, fail_on: str, code: int
) -> None:
    """What could not be read counts as the worst: an error never opens the gate."""
    assert exit_code(worst, unread, fail_on) == code


def test_the_code_follows_the_flag(cli: Cli) -> None:
    assert cli("check", "--jsonl", STORY).exit_code == 0
    assert cli("check", "--jsonl", "--fail-on", "warn", STORY).exit_code == 3
    assert cli("check", "--fail-on", "never", STORY).exit_code == 0
    assert cli("check", "www.microsoft.com").exit_code == 0
    assert cli("check").exit_code == 2


def test_why_adds_what_was_tried(cli: Cli) -> None:
    result = cli("check", "--jsonl", "--why", STORY, "mailto:x", "www.microsoft.com")
    fake, unread, real = answers(result)
    assert isinstance(fake["tried"], list)
    assert {"check", "trick", "circumstance"} == {one["kind"] for one in fake["tried"]}
    assert "tried" not in unread
    assert (fake["untried"], real["untried"]) == (None, "microsoft.com belongs to Microsoft")
    shown = cli("check", "--why", STORY).stdout
    assert shown.startswith(cli("check", STORY).stdout), "the usual answer comes first"
    assert "combosquat" in shown


def test_the_familys_word_counts(cli: Cli) -> None:
    assert cli("block", "example.net").exit_code == 0
    assert cli("allow", "--for", "1d", STORY).exit_code == 0
    result = cli("check", "--jsonl", "www.example.net", STORY)
    assert [a["level"] for a in answers(result)] == ["block", "pass"]


def test_rules_that_cannot_be_read_give_no_answer(cli: Cli, rules: Path) -> None:
    """A verdict without the brands would be a false all-clear."""
    (rules / "brands.toml").write_text("[x\n")
    result = cli("check", "--jsonl", STORY)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "brands.toml" in result.stderr


def environment(rules: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SEKISHO_")}
    return {**clean, "PYTHONPATH": os.pathsep.join(sys.path), "SEKISHO_RULES": str(rules)}


def test_a_reader_that_leaves_is_no_error(rules: Path, state: Path) -> None:
    """`sekisho check - | head -1` must end quietly."""
    command = [sys.executable, "-m", "sekisho.cli", "--state", str(state), "check", "--jsonl", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(rules)
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(b"www.example.net\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["level"] == "pass", "answered while the pipe is open"
        process.stdout.close()
        try:
            process.stdin.write(b"www.example.net\n" * 5000)
            process.stdin.close()
        except BrokenPipeError:
            pass
        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_bytes_on_the_command_line_that_are_no_text_are_an_error_object(rules: Path, state: Path) -> None:
    command = [sys.executable, "-m", "sekisho.cli", "--state", str(state), "check", "--jsonl"]
    command.append(os.fsdecode(b"\xff\xfe.example"))
    done = subprocess.run(command, capture_output=True, env=environment(rules), check=True)
    assert json.loads(done.stdout)["level"] is None
    assert done.stderr == b""
