from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sekisho.cli.failure import Failure, UsageFailure, failing, settings_of
from sekisho.rulebook import RuleError


def ends(failure: Failure) -> tuple[int, str, str]:
    @click.command()
    def command() -> None:
        raise failure

    result = CliRunner().invoke(command)
    return result.exit_code, result.stdout, result.stderr


def test_a_failure_is_one_message_on_stderr() -> None:
    """Whoever pipes the output into a program must not find the message in it."""
    assert ends(Failure("it is so")) == (1, "", "sekisho: it is so\n")
    assert ends(UsageFailure("it is so")) == (2, "", "sekisho: it is so\n")


def test_the_options_before_the_command_and_its_own_come_together(tmp_path: Path) -> None:
    context = click.Context(click.Command("run"), obj={"state": tmp_path, "config": None})
    settings = settings_of(context, port="9000")
    assert (settings.state, settings.port) == (tmp_path, 9000)


def test_a_setting_that_cannot_be_used_is_wrong_usage(tmp_path: Path) -> None:
    context = click.Context(click.Command("run"), obj={"state": tmp_path, "config": None})
    with pytest.raises(UsageFailure, match="--port: 'x'"):
        settings_of(context, port="x")


def test_named_errors_end_the_command_with_their_message() -> None:
    with pytest.raises(Failure, match="no room") as undone, failing(OSError, usage=ValueError):
        raise OSError("no room")
    with pytest.raises(UsageFailure, match="no such list"), failing(OSError, usage=ValueError):
        raise ValueError("no such list")
    assert undone.value.exit_code == 1
    with pytest.raises(KeyError), failing(OSError):
        raise KeyError("a mistake of ours is no failure of the command")


def test_each_mistake_in_the_rules_has_a_line() -> None:
    with pytest.raises(Failure) as undone, failing(RuleError, usage=ValueError):
        raise RuleError(("a.toml:1: x", "a.toml:2: y"))
    assert undone.value.message == "a.toml:1: x\nsekisho: a.toml:2: y"
