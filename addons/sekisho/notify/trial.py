"""Trial: a test message to every place where the family is told, and what came of it."""

import asyncio
from collections.abc import Sequence

from sekisho.notify.buttons import published
from sekisho.notify.keys import Keys
from sekisho.notify.messages import Message, Teller
from sekisho.notify.ntfy import Ntfy, NtfyError
from sekisho.notify.post import post
from sekisho.notify.targets import NTFY_NAME, REPLIES_NAME, targets_of
from sekisho.settings import Settings

OPEN_SECONDS = 15.0
"""How long a person waits for the subscription."""


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
