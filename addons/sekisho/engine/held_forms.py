"""Forms that are held: what the portal remembers between "you are about to send your password" and the answer.

As with tickets, the page on the site's own origin holds no secret: it links to ``sekisho.internal/f/<id>``,
and the form's token stands only there. What was about to be sent is kept here, in memory only and for some
minutes; no page shows it. A *yes* makes the form ready for one minute: `take` gives it out once, to the
same device, for the very address that it was going to. After that, and after a *no*, it is gone.

Time and randomness are passed in. What is held is opaque to this room (the proxy's own request).
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from hmac import compare_digest
from threading import Lock
from typing import Any

from sekisho.link import Link
from sekisho.policy.action import HoldReason
from sekisho.verdict import Secret, Verdict

LIFETIME = 600.0
"""Seconds that a form waits for its answer."""
READY_FOR = 60.0
"""Seconds in which the browser must come back for a form that may be sent."""
MOST_HELD = 1_000
MOST_OF_CLIENT = 8
"""Forms with content that are held for one device; its oldest goes first."""
BYTES_OF_CLIENT = 32 * 1024 * 1024
BYTES_IN_ALL = 64 * 1024 * 1024


class State(StrEnum):
    """How far a form is."""

    ASKED = "asked"
    READY = "ready"
    """The answer was yes; it goes up when the browser comes back."""
    SENT = "sent"
    DROPPED = "dropped"
    """The answer was no."""


@dataclass(frozen=True, slots=True)
class HeldForm:
    """One thing that was about to be sent, as the pages need it. Nothing of its content."""

    id: str
    link: Link
    url: str
    """Where a form was going; of what a page's program sent, the page."""
    client: str
    """Address of the device; no other may answer."""
    verdict: Verdict
    found: tuple[Secret, ...]
    why: HoldReason
    issued: float
    """Seconds since 1970 UTC."""
    new_here: bool = False
    """The household has known the host for less than a day."""
    state: State = State.ASKED
    answered: float = 0.0


@dataclass(slots=True)
class _Kept:
    form: HeldForm
    token: str
    content: Any
    size: int
    agent: str


class Forms:
    """The forms that are held now. Safe to use from threads."""

    def __init__(
        self,
        *,
        random_name: Callable[[], str] = lambda: secrets.token_urlsafe(24),
        lifetime: float = LIFETIME,
    ) -> None:
        self._random_name = random_name
        self._lifetime = lifetime
        self._lock = Lock()
        self._held: OrderedDict[str, _Kept] = OrderedDict()
        self._notices: dict[tuple[str, str], str] = {}

    def __len__(self) -> int:
        return len(self._held)

    @property
    def size(self) -> int:
        """Bytes that are held."""
        with self._lock:
            return sum(kept.size for kept in self._held.values())

    def hold(
        self,
        *,
        link: Link,
        url: str,
        client: str,
        verdict: Verdict,
        found: tuple[Secret, ...],
        why: HoldReason,
        now: float,
        content: Any = None,
        size: int = 0,
        agent: str = "",
        new_here: bool = False,
    ) -> HeldForm:
        """Keep what was stopped. `content` of `size` bytes is given back by `take`; `agent` the browser's name."""
        form = HeldForm(self._random_name(), link, url, client, verdict, found, why, now, new_here)
        with self._lock:
            self._drop_old(now)
            if why is not HoldReason.FORM:
                self._notices.pop((client, link.host), None)
                self._notices[client, link.host] = form.id
            self._held[form.id] = _Kept(form, self._random_name(), content, size, agent)
            self._make_room(client)
        return form

    def look(self, form_id: str, client: str, now: float) -> HeldForm | None:
        """The form, for the device that it was stopped on, while it is fresh."""
        with self._lock:
            kept = self._fresh(form_id, client, now)
        return kept.form if kept else None

    def token(self, form: HeldForm, now: float) -> str:
        """The secret that the answer must bring back. Raises KeyError where the form is gone."""
        with self._lock:
            kept = self._fresh(form.id, form.client, now)
        if kept is None:
            raise KeyError("no such form any more")
        return kept.token

    def answer(self, form_id: str, token: str, client: str, now: float, *, send: bool) -> HeldForm | None:
        """Take the answer, with the form's token; None where the token is wrong or the form gone.

        The state says what it came to: a second yes finds the form ready still or sent, and changes nothing.
        """
        with self._lock:
            kept = self._fresh(form_id, client, now)
            if kept is None or not compare_digest(kept.token.encode(), token.encode("utf-8", "replace")):
                return None
            if kept.form.state is State.ASKED:
                state = State.READY if send else State.DROPPED
                kept.form = replace(kept.form, state=state, answered=now)
                self._notices.pop((client, kept.form.link.host), None)
                if not send:
                    kept.content, kept.size = None, 0
            return kept.form

    def take(self, url: str, client: str, agent: str, now: float) -> Any | None:
        """What may now be sent to this address by this browser: given out once, else None."""
        with self._lock:
            for kept in self._held.values():
                form = kept.form
                if (
                    form.state is State.READY
                    and kept.content is not None
                    and (form.url, form.client, kept.agent) == (url, client, agent)
                    and 0 <= now - form.answered < READY_FOR
                ):
                    content, kept.content, kept.size = kept.content, None, 0
                    kept.form = replace(form, state=State.SENT)
                    return content
        return None

    def is_ready(self, host: str, client: str, now: float) -> bool:
        """Something of this device goes up to this host when its browser comes back."""
        with self._lock:
            return any(
                kept.content is not None
                and kept.form.state is State.READY
                and (kept.form.link.host, kept.form.client) == (host, client)
                and 0 <= now - kept.form.answered < READY_FOR
                for kept in self._held.values()
            )

    def notice(self, host: str, client: str, now: float) -> HeldForm | None:
        """What a page's program of this host was kept from sending; told once."""
        with self._lock:
            form_id = self._notices.pop((client, host), None)
            kept = self._fresh(form_id, client, now) if form_id else None
        return kept.form if kept else None

    def _fresh(self, form_id: str, client: str, now: float) -> _Kept | None:
        kept = self._held.get(form_id)
        if kept is None or kept.form.client != client or now - kept.form.issued >= self._lifetime:
            return None
        return kept

    def _drop_old(self, now: float) -> None:
        for form_id, kept in list(self._held.items()):
            if now - kept.form.issued < self._lifetime:
                break
            self._remove(form_id)

    def _make_room(self, client: str) -> None:
        while True:
            mine = [
                form_id for form_id, kept in self._held.items() if kept.form.client == client and kept.size
            ]
            own = sum(self._held[form_id].size for form_id in mine)
            every = sum(kept.size for kept in self._held.values())
            if len(mine) > MOST_OF_CLIENT or own > BYTES_OF_CLIENT:
                self._remove(mine[0])
            elif every > BYTES_IN_ALL or len(self._held) > MOST_HELD:
                self._remove(next(iter(self._held)))
            else:
                return

    def _remove(self, form_id: str) -> None:
        kept = self._held.pop(form_id)
        key = (kept.form.client, kept.form.link.host)
        if self._notices.get(key) == form_id:
            del self._notices[key]
