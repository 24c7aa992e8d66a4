"""Failure: what ends a command, as one message on stderr, and the settings that every command reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sekisho.settings import Settings

UNDONE = 1
"""Something could not be done."""
USAGE = 2
"""Wrong usage, or a setting that cannot be used; click's own code for it."""
SEVERE = 3
"""`check`: a link is as severe as --fail-on says."""


class Failure(click.ClickException):
    """Ends the command; the message is for a person and says what to do."""

    exit_code = UNDONE

    def show(self, file: IO[Any] | None = None) -> None:
        """``sekisho: message``."""
        click.echo(f"sekisho: {self.format_message()}", file=file, err=file is None)


class UsageFailure(Failure):
    """The command line or a setting is wrong."""

    exit_code = USAGE


@contextmanager
def failing(
    *errors: type[Exception], usage: type[Exception] | tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Ends the command with the message of these errors, or of those of `usage` as wrong usage.

    An error with several `problems` (RuleError) gets a line for each.
    """
    try:
        yield
    except errors as error:
        problems: tuple[str, ...] = getattr(error, "problems", (str(error),))
        raise Failure("\nsekisho: ".join(problems)) from error
    except usage as error:
        raise UsageFailure(str(error)) from error


def settings_of(ctx: click.Context, **flags: object) -> "Settings":
    """The settings for this command: its own flags and those before it. Raises Failure."""
    from sekisho.settings import SettingsError, load_settings

    before: dict[str, Any] = ctx.find_object(dict) or {}
    config: Path | None = before.get("config")
    with failing(usage=SettingsError):
        return load_settings({"state": before.get("state"), **flags}, config)
