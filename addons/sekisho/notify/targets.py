"""Targets: the places where the family is told, each with a name that shows nothing secret. Pure.

A place of apprise is named by the kind of its address and its number in the settings: ``notify 2 (tgram)``.
What stands behind ``://`` may be a password or a token already in the place of the host. Whether a place
was told of something is kept under a digest of its address, so that another order in the settings tells
nobody twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from pydantic import SecretStr

NTFY_NAME = "ntfy"
REPLIES_NAME = "ntfy replies"


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
        address = url.get_secret_value()
        kind = address.partition("://")[0].lower()[:20]
        key = _key(address)
        found.setdefault(key, Target(f"notify {number} ({kind})", key, url))
    if ntfy_topic:
        key = _key(f"ntfy {ntfy_topic}")
        found[key] = Target(NTFY_NAME, key)
    return list(found.values())


def _key(address: str) -> str:
    return sha256(address.encode()).hexdigest()[:16]
