from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sekisho.cli.failure import Failure, UsageFailure, settings_of


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
