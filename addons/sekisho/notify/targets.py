"""Targets: where messages are sent, each with a name that shows nothing secret; and a test of them.

A target of apprise is named by the kind of its address and its number in the settings: ``notify 2 (tgram)``.
The part behind ``://`` may be a password or a token instead of a host. The store keeps what a target
accepted under a digest of its address, so that another order in the settings sends nothing twice.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

from pydantic import SecretStr

from sekisho.notify.keys import Keys, KeysError, keys_of
from sekisho.notify.messages import Message, Writer
from sekisho.notify.ntfy import Ntfy, NtfyError
from sekisho.notify.post import post
from sekisho.notify.replies import published
from sekisho.settings import Settings

NTFY_NAME = "ntfy"
REPLIES_NAME = "ntfy replies"
OPEN_SECONDS = 15.0
"""How long a person waits for a message to be taken, and for the subscription."""
_SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "mailto": "mail",
        "mailtos": "mail",
        "line": "LINE",
        "tgram": "Telegram",
        "pover": "Pushover",
        "discord": "Discord",
        "slack": "Slack",
        "signal": "Signal",
        "signals": "Signal",
        "whatsapp": "WhatsApp",
    }
)
"""Kind of an apprise address → the name that people know."""

Outcome = tuple[str, str, str]
"""(name of the place, state, sentence) of a test."""


@dataclass(frozen=True, slots=True)
class Target:
    """One place."""

    name: str
    """For people, in states and logs."""
    key: str
    """For the store: 16 characters, the same for the same address."""
    url: SecretStr | None = None
    """Apprise's address; None is ntfy."""


def targets_of(urls: Sequence[SecretStr], *, ntfy_topic: str = "") -> list[Target]:
    """The places of the settings in their order, ntfy last, each address once."""
    found: dict[str, Target] = {}
    for number, url in enumerate(urls, 1):
        key = _key(url.get_secret_value())
        found.setdefault(key, Target(f"notify {number} ({_kind(url)})", key, url))
    if ntfy_topic:
        key = _key(f"ntfy {ntfy_topic}")
        found[key] = Target(NTFY_NAME, key)
    return list(found.values())


def services_of(settings: Settings) -> list[str]:
    """Where the family is notified, as people call it; nothing secret is in it."""
    try:
        keys = keys_of(settings)
    except KeysError:
        keys = None
    targets = targets_of(settings.notify.urls, ntfy_topic=keys.topic if keys else "")
    kinds = [_kind(target.url) if target.url else NTFY_NAME for target in targets]
    return list(dict.fromkeys(_SERVICES.get(kind, kind) for kind in kinds))


async def try_all(settings: Settings, keys: Keys | None) -> list[Outcome]:
    """(name, state, sentence) of each place, ntfy and its replies last."""
    message = Writer(settings.notify.language, {}).message("test")
    outcomes = await asyncio.gather(_try_post(settings, message), _try_ntfy(settings, keys, message))
    return [one for of_way in outcomes for one in of_way]


async def _try_post(settings: Settings, message: Message) -> list[Outcome]:
    targets = [(target.name, target.url) for target in targets_of(settings.notify.urls) if target.url]
    sent = await post([(url, [message]) for _, url in targets]) if targets else []
    return [(name, one.state, one.message) for (name, _), one in zip(targets, sent, strict=True)]


async def _try_ntfy(settings: Settings, keys: Keys | None, message: Message) -> list[Outcome]:
    if keys is None:
        return []
    async with Ntfy(settings.ntfy.server, settings.ntfy.token) as ntfy:
        return [
            await _outcome(NTFY_NAME, ntfy.publish(published(keys.topic, message))),
            await _outcome(REPLIES_NAME, anext(ntfy.receive(keys.reply_topic, 0))),
        ]


async def _outcome(name: str, trial: Awaitable[object]) -> Outcome:
    """What comes of a trial of ntfy within `OPEN_SECONDS`."""
    try:
        await asyncio.wait_for(trial, OPEN_SECONDS)
    except NtfyError as error:
        return name, error.state, str(error)
    except TimeoutError:
        return name, "too slow", "the server did not answer in time"
    return name, "ok", ""


def _kind(url: SecretStr) -> str:
    return url.get_secret_value().partition("://")[0].lower()[:20]


def _key(address: str) -> str:
    return sha256(address.encode()).hexdigest()[:16]
