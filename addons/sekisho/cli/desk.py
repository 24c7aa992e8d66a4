"""``sekisho desk password``: set the password of the family's desk anew, whoever knew the old one."""

import click

from sekisho.cli.arguments import read_secret
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
            given = read_secret(f"New password ({LEAST} characters or more)", confirm=True)
            path = set_password(settings.state, given)
    except ValueError as error:
        raise UsageFailure(f"{error}; the old password stays, if there was one") from None
    click.echo(f"set, and everybody is logged out; only a hash is kept, in {path}")
