"""``sekisho virustotal key``: take VirusTotal's key, try it, and keep it where nobody else reads it.

The key is never an argument, since arguments stand in the shell's history and in the list of
processes: it is typed without an echo, or comes by a pipe. It is tried before it is kept, and a key
that VirusTotal refuses leaves the old one in its place.
"""

import asyncio

import click

from sekisho.cli.arguments import read_secret
from sekisho.cli.failure import Failure, UsageFailure, settings_of
from sekisho.settings import Settings
from sekisho.settings.keyfile import KEY_NAME, remove_key, write_key
from sekisho.settings.load import origin_of
from sekisho.settings.virustotal import clean_key

TRY_SECONDS = 15.0
"""How long a person at a terminal waits for the server."""


@click.group()
def virustotal() -> None:
    """Set the key with which VirusTotal is asked about unfamiliar domains.

    A free account has one: https://www.virustotal.com/gui/my-apikey. Without a key nobody is asked.
    """


@virustotal.command()
@click.option("--remove", is_flag=True, help="Take the key away: VirusTotal is not asked any more.")
@click.pass_context
def key(ctx: click.Context, remove: bool) -> None:
    """Keep a key in the state folder; it is asked for, or read from a pipe.

    It is tried at once, by a question that names no domain. A proxy that runs uses it from the next
    click on.
    """
    settings = settings_of(ctx)
    try:
        if remove:
            gone = remove_key(settings.state)
            click.echo(f"took the key away ({settings.state / KEY_NAME})" if gone else "there was no key")
        else:
            _take(settings)
    except OSError as error:
        raise Failure(
            f"{settings.state / KEY_NAME} cannot be written ({error.strerror}): check who owns the folder, "
            "or give another one by --state"
        ) from error
    if settings.virustotal.key.get_secret_value():
        click.echo(f"but another key is used in its place: that of {origin_of('virustotal.key', settings)}")


def _take(settings: Settings) -> None:
    try:
        given = clean_key(read_secret("Key"))
    except ValueError as error:
        raise UsageFailure(f"that is no key: {error}") from None
    if not given:
        raise UsageFailure("no key was given; `sekisho virustotal key --remove` takes the old one away")
    sentence = try_key(given, settings.virustotal.host)
    path = write_key(settings.state, given)
    click.echo(f"{sentence}; kept in {path}")


def try_key(given: str, host: str, seconds: float = TRY_SECONDS) -> str:
    """What VirusTotal says to a key, in words. Raises Failure where it refuses it."""
    from sekisho.providers.virustotal.client import Client, Quota, Reply
    from sekisho.providers.virustotal.states import SENTENCES, State

    async def ask() -> tuple[Reply, Quota | None]:
        client = Client(given, host, timeout=seconds)
        try:
            return await client.quota()
        finally:
            await client.close()

    reply, quota = asyncio.run(ask())
    if reply.state is State.WRONG_KEY:
        sentence = reply.sentence or "VirusTotal refuses this key: copy it again from its page"
        raise Failure(f"{sentence}. It was not kept, and an older one stays")
    if reply.state is State.OK:
        used = f"; {quota.used_today} of {quota.allowed_a_day} questions of today are used" if quota else ""
        return f"the key works{used}"
    if reply.state is State.QUOTA:
        return "the key works, but its quota is used up for now"
    return f"the key could not be tried ({reply.sentence or SENTENCES[reply.state]})"
