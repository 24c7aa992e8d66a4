"""The password from the terminal: the way in for whoever forgot it, and the way to throw everybody out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.portal.login import Sessions
from sekisho.portal.password import PASSWORD_NAME, is_password, mark_of, set_password

Cli = Callable[..., Result]


def test_a_piped_password_is_set_and_everybody_is_logged_out(cli: Cli, state: Path) -> None:
    set_password(state, "an old password")
    sessions = Sessions(state, lambda: mark_of(state))
    name = sessions.begin(1.0)
    result = cli("desk", "password", stdin="うちの柴犬はハナ\n")
    assert result.exit_code == 0
    assert (
        result.output
        == f"set, and everybody is logged out; only a hash is kept, in {state / PASSWORD_NAME}\n"
    )
    assert is_password(state, "うちの柴犬はハナ")
    assert not sessions.is_open(name, 2.0)


@pytest.mark.slow
@pytest.mark.parametrize("given", ["", "\n", "short\n", "x" * 300 + "\n"])
def test_a_bad_one_is_wrong_usage_and_the_old_one_stays(cli: Cli, state: Path, given: str) -> None:
    set_password(state, "an old password")
    result = cli("desk", "password", stdin=given)
    assert result.exit_code == 2
    assert "characters" in result.stderr
    assert "the old password stays" in result.stderr
    assert is_password(state, "an old password")


def test_a_damaged_file_is_mended(cli: Cli, state: Path) -> None:
    state.mkdir()
    (state / PASSWORD_NAME).write_text("nonsense")
    assert cli("desk", "password", stdin="a new password\n").exit_code == 0
    assert is_password(state, "a new password")


def test_a_folder_that_cannot_be_written_is_one_message(cli: Cli, state: Path) -> None:
    state.write_text("a file in its place")
    result = cli("desk", "password", stdin="a new password\n")
    assert result.exit_code == 1
    assert result.stderr.startswith("sekisho: ")
    assert str(state / PASSWORD_NAME) in result.stderr
