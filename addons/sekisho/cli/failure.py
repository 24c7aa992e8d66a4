"""Failure: what ends a command, as one message on stderr, and the settings that every command reads."""

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


def settings_of(ctx: click.Context, **flags: object) -> "Settings":
    """The settings for this command: its own flags and those before it. Raises Failure."""
    from sekisho.settings import SettingsError, load_settings

    before: dict[str, Any] = ctx.find_object(dict) or {}
    config: Path | None = before.get("config")
    try:
        return load_settings({"state": before.get("state"), **flags}, config)
    except SettingsError as error:
        raise UsageFailure(str(error)) from error
