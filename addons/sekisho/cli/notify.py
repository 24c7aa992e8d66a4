"""``sekisho notify``: set up ntfy, and try whether messages arrive.

Of an address only its kind is shown. The topic is shown by ``setup``, since the family's phones must subscribe
to it; the reply topic, the token and the signing secret never are.
"""

import asyncio
import io
from collections.abc import Sequence
from urllib.parse import urlsplit

import click

from sekisho.cli.failure import UNDONE, Failure, settings_of
from sekisho.family.notify.buttons import published
from sekisho.family.notify.keys import KEYS_NAME, Keys, KeysError, keys_of, set_up
from sekisho.family.notify.messages import Message, Teller
from sekisho.family.notify.ntfy import Ntfy, NtfyError
from sekisho.family.notify.post import post
from sekisho.family.notify.targets import NTFY_NAME, REPLIES_NAME, targets_of
from sekisho.settings import Settings

OPEN_SECONDS = 15.0
"""How long a person at a terminal waits for the subscription."""


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
    try:
        keys, made = set_up(settings)
    except KeysError as error:
        raise Failure(str(error)) from error
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
    try:
        keys = keys_of(settings)
    except KeysError as error:
        raise Failure(str(error)) from error
    if not settings.notify.urls and keys is None:
        raise Failure(
            'nobody is told yet: write [notify] urls = ["mailto://…"] into the settings, or run '
            "`sekisho notify setup` for ntfy"
        )
    outcomes = asyncio.run(try_all(settings, keys))
    for name, state, told in outcomes:
        click.echo(f"{name}: {state}" if state == "ok" else f"{name}: {state}: {told}")
    if any(state != "ok" for _, state, _ in outcomes):
        ctx.exit(UNDONE)


async def try_all(settings: Settings, keys: Keys | None) -> list[tuple[str, str, str]]:
    """(name, state, sentence) of each place, ntfy and its replies last."""
    message = Teller(settings.notify.language, {}).test()
    targets = [target for target in targets_of(settings.notify.urls) if target.url]
    work = [post([(target.url, [message]) for target in targets if target.url])] if targets else []
    sent, by_ntfy = await asyncio.gather(
        asyncio.gather(*work), _try_ntfy(settings, keys, message) if keys else _nothing()
    )
    outcomes = [
        (target.name, one.state, one.told)
        for target, one in zip(targets, sent[0] if sent else [], strict=True)
    ]
    return [*outcomes, *by_ntfy]


async def _try_ntfy(settings: Settings, keys: Keys, message: Message) -> Sequence[tuple[str, str, str]]:
    outcomes = []
    async with Ntfy(settings.ntfy.server, settings.ntfy.token) as ntfy:
        try:
            await ntfy.publish(published(keys.topic, message))
            outcomes.append((NTFY_NAME, "ok", ""))
        except NtfyError as error:
            outcomes.append((NTFY_NAME, error.state, str(error)))
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                async for _ in ntfy.receive(keys.reply_topic, 0):
                    break
            outcomes.append((REPLIES_NAME, "ok", ""))
        except NtfyError as error:
            outcomes.append((REPLIES_NAME, error.state, str(error)))
        except TimeoutError:
            outcomes.append((REPLIES_NAME, "too slow", "the server did not answer in time"))
    return outcomes


async def _nothing() -> Sequence[tuple[str, str, str]]:
    return ()


def _qr_code(text: str) -> str:
    import segno

    out = io.StringIO()
    segno.make(text, error="m").terminal(out=out, compact=True)
    return out.getvalue()
