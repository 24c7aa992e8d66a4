"""``sekisho desk password``: set the password of the family's desk anew, whoever knew the old one."""

import sys

import click

from sekisho.cli.failure import UsageFailure, failing, settings_of
from sekisho.portal.password import LEAST, PasswordError, set_password


@click.group()
def desk() -> None:
    """The family's desk, http://sekisho.internal/desk: set its password."""


@desk.command()
@click.pass_context
def password(ctx: click.Context) -> None:
    """Set the password; it is asked for, or read from a pipe. Everybody who is logged in is logged out.

    A proxy that runs follows at once.
    """
    settings = settings_of(ctx)
    try:
        with failing(PasswordError):
            path = set_password(settings.state, _read())
    except ValueError as error:
        raise UsageFailure(f"{error}; the old password stays, if there was one") from None
    click.echo(f"set, and everybody is logged out; only a hash is kept, in {path}")


def _read() -> str:
    if sys.stdin.isatty():
        prompt = f"New password ({LEAST} characters or more)"
        return str(click.prompt(prompt, hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline(4096).rstrip("\r\n")
