"""Held forms: requests that were stopped with a secret in them, kept until the person answers.

The page on the site's own origin links to ``sekisho.internal/f/<id>`` (how ids and form tokens work: `pending`).
The request is kept here, in memory only and for some minutes; no page shows it. A *yes* makes the form ready for
one minute: `take` returns it once, to the same device, for the same address. After that, and after a *no*, it is
removed. The request is opaque here (the proxy's own value).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sekisho.engine.pending import Pending
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
class _Content:
    """What a form was about to send, until it is sent or refused."""

    sent: Any
    size: int
    agent: str


class Forms(Pending[HeldForm]):
    """The forms that are held now. Safe to use from threads."""

    def __init__(self, *, random_name: Callable[[], str] | None = None, lifetime: float = LIFETIME) -> None:
        super().__init__(random_name=random_name, lifetime=lifetime, most=MOST_HELD)
        self._contents: dict[str, _Content] = {}
        """Id → content, the oldest first; of the forms that can still be sent."""
        self._notices: dict[tuple[str, str], str] = {}

    @property
    def size(self) -> int:
        """Bytes that are held."""
        with self._lock:
            return sum(content.size for content in self._contents.values())

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
            if why is not HoldReason.FORM:
                self._notices[client, link.host] = form.id
            self._keep(form)
            if content is not None:
                self._contents[form.id] = _Content(content, size, agent)
                self._limit_content(client)
        return form

    def answer(self, form_id: str, token: str, client: str, now: float, *, send: bool) -> HeldForm | None:
        """Take the answer, with the form's token; None where the token is wrong or the form gone.

        The state says what it came to: a second yes finds the form ready still or sent, and changes nothing.
        """
        with self._lock:
            form = self._answerable(form_id, token, client, now)
            if form is None or form.state is not State.ASKED:
                return form
            self._notices.pop((client, form.link.host), None)
            if not send:
                self._contents.pop(form_id, None)
            return self._change(replace(form, state=State.READY if send else State.DROPPED, answered=now))

    def take(self, url: str, client: str, agent: str, now: float) -> Any | None:
        """What may now be sent to this address by this browser: given out once, else None."""
        with self._lock:
            for form, content in self._ready(client, now):
                if (form.url, content.agent) == (url, agent):
                    del self._contents[form.id]
                    self._change(replace(form, state=State.SENT))
                    return content.sent
        return None

    def is_ready(self, host: str, client: str, now: float) -> bool:
        """Something of this device goes up to this host when its browser comes back."""
        with self._lock:
            return any(form.link.host == host for form, _ in self._ready(client, now))

    def notice(self, host: str, client: str, now: float) -> HeldForm | None:
        """What a page's program of this host was kept from sending; given out once."""
        with self._lock:
            form_id = self._notices.pop((client, host), None)
            return self._fresh(form_id, client, now) if form_id else None

    def _ready(self, client: str, now: float) -> list[tuple[HeldForm, _Content]]:
        """This client's forms that were answered with yes a moment ago, and their content."""
        held = [(self._kept[form_id][0], content) for form_id, content in self._contents.items()]
        return [
            (form, content)
            for form, content in held
            if form.client == client and form.state is State.READY and 0 <= now - form.answered < READY_FOR
        ]

    def _limit_content(self, client: str) -> None:
        """Remove the oldest forms while their content is more than one client, or all of them, may have held."""
        while True:
            mine = [form_id for form_id in self._contents if self._kept[form_id][0].client == client]
            own = sum(self._contents[form_id].size for form_id in mine)
            if len(mine) > MOST_OF_CLIENT or own > BYTES_OF_CLIENT:
                self._remove(mine[0])
            elif sum(content.size for content in self._contents.values()) > BYTES_IN_ALL:
                self._remove(next(iter(self._contents)))
            else:
                return

    def _remove(self, key: str) -> None:
        form = self._kept[key][0]
        super()._remove(key)
        self._contents.pop(key, None)
        notice = form.client, form.link.host
        if self._notices.get(notice) == key:
            del self._notices[notice]
