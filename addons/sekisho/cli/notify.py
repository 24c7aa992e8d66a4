"""``sekisho notify``: set up ntfy, and try whether messages arrive.

Of an address only its kind is shown. The topic is shown by ``setup``, since the family's phones must subscribe
to it; the reply topic, the token and the signing secret never are.
"""

import asyncio
import io
from urllib.parse import urlsplit

import click

from sekisho.cli.failure import UNDONE, Failure, failing, settings_of
from sekisho.notify.keys import KEYS_NAME, KeysError, keys_of, set_up
from sekisho.notify.targets import try_all


@click.group()
def notify() -> None:
    """Set up how the family is told, and try it.

    Addresses stand in the settings, one line each: [notify] urls = ["mailto://…", "tgram://…"], as apprise
    writes them. ntfy, with buttons that answer, needs only `sekisho notify setup`.
    """


@notify.command()
@click.pass_context
def setup(ctx: click.Context) -> None:
    """Make unguessable ntfy topics where there are none, and show how a phone subscribes.

    Whoever knows the topic reads the family's messages and can answer them. A proxy that runs uses it within
    seconds.
    """
    settings = settings_of(ctx)
    with failing(KeysError):
        keys, made = set_up(settings)
    server = settings.ntfy.server
    address = f"{server}/{keys.topic}"
    click.echo(f"{'made' if made else 'kept'} in {settings.state / KEYS_NAME}, for this account only")
    click.echo("Subscribe each phone of those who answer (ntfy app: +, or scan):")
    click.echo(f"  server  {server}\n  topic   {keys.topic}\n  or open {address}")
    click.echo(_qr_code(address))
    click.echo("Show this to nobody else: whoever knows the topic can answer for the family.")
    if urlsplit(server).hostname == "ntfy.sh":
        click.echo('Messages pass through ntfy.sh; [ntfy] server = "https://…" names a server of your own.')
    click.echo("Then try it: sekisho notify test")


@notify.command()
@click.pass_context
def test(ctx: click.Context) -> None:
    """Send a test message to each place of the settings, and say of each whether it took it.

    The exit code is 1 where one did not.
    """
    settings = settings_of(ctx)
    with failing(KeysError):
        keys = keys_of(settings)
    if not settings.notify.urls and keys is None:
        raise Failure(
            'nobody is told yet: write [notify] urls = ["mailto://…"] into the settings, or run '
            "`sekisho notify setup` for ntfy"
        )
    outcomes = asyncio.run(try_all(settings, keys))
    for name, state, reason in outcomes:
        click.echo(f"{name}: {state}" if state == "ok" else f"{name}: {state}: {reason}")
    if any(state != "ok" for _, state, _ in outcomes):
        ctx.exit(UNDONE)


def _qr_code(text: str) -> str:
    import segno

    out = io.StringIO()
    segno.make(text, error="m").terminal(out=out, compact=True)
    return out.getvalue()
