"""Pending: values that wait for one person's answer on a page of the portal, in memory only.

A page on a blocked origin can hold no secret, because the hostile site can read its own origin. So it links to
``sekisho.internal/…/<id>``; the id is the key here, and the one-time form token is only on the portal's page. Each
value belongs to one client and expires. Time and randomness are passed in; all methods are safe to use from threads.
"""

import secrets
from collections.abc import Callable
from hmac import compare_digest
from threading import Lock
from typing import Protocol


class Answerable(Protocol):
    """What can be kept: a frozen value that a page is about."""

    @property
    def id(self) -> str:
        """Unguessable name, as it stands in the page's address."""

    @property
    def client(self) -> str:
        """Address of the device that it belongs to; no other may see or answer it."""

    @property
    def issued(self) -> float:
        """Seconds since 1970 UTC."""


class Pending[T: Answerable]:
    """The values that can be answered now; a subclass says what an answer does. The oldest is removed first."""

    def __init__(self, *, random_name: Callable[[], str] | None, lifetime: float, most: int) -> None:
        """lifetime: seconds until a value expires. most: how many are kept. random_name: None is 24 random bytes."""
        self._random_name = random_name or (lambda: secrets.token_urlsafe(24))
        self._lifetime = lifetime
        self._most = most
        self._lock = Lock()
        self._kept: dict[str, tuple[T, str]] = {}
        """Id → (value, form token), the oldest first."""

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: str, client: str, now: float) -> T | None:
        """The value, for the client that it was issued to and while it is fresh; else None."""
        with self._lock:
            return self._fresh(key, client, now)

    def token(self, value: T, now: float) -> str:
        """The secret that the value's form must bring back. Raises KeyError where the value is gone."""
        with self._lock:
            if self._fresh(value.id, value.client, now) is None:
                raise KeyError("it has expired, or was never issued")
            return self._kept[value.id][1]

    def accepts(self, value: T, token: str, now: float) -> bool:
        """Whether a form brought back the value's own token, while it is fresh."""
        with self._lock:
            return self._answerable(value.id, token, value.client, now) is not None

    # The rest is for subclasses, which hold the lock.

    def _keep(self, value: T) -> None:
        """Keep a new value under a new token, in place of what expired and of the oldest where there are too many."""
        while self._kept:
            oldest = next(iter(self._kept.values()))[0]
            if value.issued - oldest.issued < self._lifetime and len(self._kept) < self._most:
                break
            self._remove(oldest.id)
        self._kept[value.id] = (value, self._random_name())

    def _fresh(self, key: str, client: str, now: float) -> T | None:
        value = self._kept[key][0] if key in self._kept else None
        if value is None or value.client != client or now - value.issued >= self._lifetime:
            return None
        return value

    def _answerable(self, key: str, token: str, client: str, now: float) -> T | None:
        """The value, where it is fresh and the token is its own."""
        value = self._fresh(key, client, now)
        return value if value is not None and same_secret(self._kept[key][1], token) else None

    def _change(self, value: T) -> T:
        """Keep this in place of the value with the same id."""
        self._kept[value.id] = (value, self._kept[value.id][1])
        return value

    def _remove(self, key: str) -> None:
        del self._kept[key]


def same_secret(secret: str, given: str) -> bool:
    """Whether what somebody sent is the secret, compared in a time that does not depend on where they differ."""
    return compare_digest(secret.encode(), given.encode("utf-8", "replace"))
