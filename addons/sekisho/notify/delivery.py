"""Delivery: one round reads the messages that a target has not accepted yet, and sends each to each target once.

The store keeps what was sent to which target, so a target that was down gets everything when it is up again,
after a restart too, and the others get nothing twice. (A kill between a message and the note of it sends that
one message again.) After a failure a target is not tried for a time that doubles. An ask that is answered or
over is not sent any more. An event is done when every target accepted it, or when one did
and the others have failed for three days. The kinds of `KINDS` read from the store what there is to send.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import SecretStr

from sekisho.backoff import backoff
from sekisho.notify.asks import ANSWER, ASK
from sekisho.notify.events import EVENT
from sekisho.notify.keys import Keys
from sekisho.notify.messages import AnyKind, Message, Parcel, Writer
from sekisho.notify.ntfy import Ntfy, NtfyError
from sekisho.notify.post import Sent, post
from sekisho.notify.replies import FIRST, SECOND, answer_buttons, published, sign
from sekisho.notify.targets import Target
from sekisho.notify.words import Language
from sekisho.records.asks import Answer, Ask, names_of
from sekisho.store import Store

logger = logging.getLogger(__name__)

KINDS: tuple[AnyKind, ...] = (ASK, ANSWER, EVENT)
"""Every kind of message, in the order in which they are sent."""

FIRST_PAUSE = 30.0
"""Seconds after the first failure; doubled after each further one."""
LONGEST_PAUSE = 900.0
GIVE_UP = 3 * 86_400.0
_AT_ONCE = 10

Post = Callable[[Sequence[tuple[SecretStr, Sequence[Message]]]], Awaitable[list[Sent]]]
Taken = tuple[str, str, str]
"""(kind, subject, key of the target)."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be sent at one moment, and what was sent where."""

    items: Mapping[str, Sequence[Any]]
    """Of each kind."""
    taken: frozenset[Taken]
    names: Mapping[str, str]
    """Client address → what the family calls the device."""

    def subjects(self) -> set[str]:
        """What all of it is about."""
        return {kind.subject(item) for kind in KINDS for item in self.items[kind.name]}


class Delivery:
    """Sends to the targets. Used from one event loop; the store is called in threads."""

    def __init__(
        self,
        store: Store,
        targets: Sequence[Target],
        language: Language,
        *,
        ntfy: Ntfy,
        keys: Keys | None,
        clock: Callable[[], float],
        post: Post = post,
    ) -> None:
        self._store = store
        self._targets = targets
        self._language = language
        self._ntfy = ntfy
        self._keys = keys
        self._clock = clock
        self._post = post
        self._failures: dict[str, int] = {}
        self._paused: dict[str, float] = {}
        self._states: dict[str, str] = {}
        # A store that takes no notes (a full disk) must not make us send the same thing every two seconds.
        self._taken_here: set[Taken] = set()

    async def round(self) -> None:
        """Send what waits, where it may be sent now. Raises StoreError."""
        if not self._targets:
            return
        now = self._clock()
        waiting = await asyncio.to_thread(self._waiting, now)
        if unnoted := self._taken_here - waiting.taken:
            await asyncio.to_thread(self._note_all, unnoted, waiting.subjects())
        work = [
            (target, parcels)
            for target in self._targets
            if self._paused.get(target.key, 0.0) <= now and (parcels := self._parcels(target, waiting))
        ]
        by_ntfy = [(target, parcels) for target, parcels in work if target.url is None]
        by_post = [(target, parcels) for target, parcels in work if target.url is not None]
        sending = [self._send_by_post(by_post), *(self._send_by_ntfy(*one) for one in by_ntfy)]
        for outcome in await asyncio.gather(*sending, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
        for kind in KINDS:
            if kind.done and waiting.items[kind.name]:
                await asyncio.to_thread(self._settle, kind, waiting.items[kind.name])

    def _waiting(self, now: float) -> Waiting:
        items = {kind.name: kind.waiting(self._store, now) for kind in KINDS}
        taken: set[Taken] = set()
        for kind in KINDS:
            subjects = [kind.subject(item) for item in items[kind.name]]
            for name in {kind.name, kind.after} - {""}:
                taken |= {(name, *pair) for pair in self._store.asks.deliveries(name, subjects)}
        return Waiting(items, frozenset(taken), names_of(self._store.devices.all()))

    def _parcels(self, target: Target, waiting: Waiting) -> list[Parcel]:
        """What this target did not take yet."""
        writer = Writer(self._language, waiting.names)
        everywhere = waiting.taken | self._taken_here
        taken = frozenset((kind, subject) for kind, subject, key in everywhere if key == target.key)
        parcels = [
            parcel
            for kind in KINDS
            for parcel in kind.parcels(writer, waiting.items[kind.name], taken, buttons=target.url is None)
        ]
        return parcels[:_AT_ONCE]

    async def _send_by_post(self, work: Sequence[tuple[Target, list[Parcel]]]) -> None:
        if not work:
            return
        sent = await self._post(
            [(target.url, [parcel.message for parcel in parcels]) for target, parcels in work if target.url]
        )
        for (target, parcels), outcome in zip(work, sent, strict=True):
            for parcel in parcels[: outcome.count]:
                self._remember(target, parcel)
        for (target, parcels), outcome in zip(work, sent, strict=True):
            for parcel in parcels[: outcome.count]:
                await self._note(target, parcel)
            await self._note_state(target, outcome.state, outcome.message)

    async def _send_by_ntfy(self, target: Target, parcels: Sequence[Parcel]) -> None:
        if self._keys is None:
            return
        try:
            for parcel in parcels:
                buttons = self._buttons(parcel.ask, FIRST) if parcel.ask else []
                await self._ntfy.publish(published(self._keys.topic, parcel.message, buttons))
                await self._note(target, parcel)
                if parcel.ask and parcel.more:
                    buttons = self._buttons(parcel.ask, SECOND)
                    await self._ntfy.publish(published(self._keys.topic, parcel.more, buttons))
        except NtfyError as error:
            await self._note_state(target, error.state, str(error))
        else:
            await self._note_state(target, "ok", "the last message was taken")

    def _buttons(self, ask: Ask, answers: Sequence[Answer]) -> list[dict[str, object]]:
        if self._keys is None:
            return []
        signed = partial(
            sign,
            ask.id,
            expires=ask.expires,
            secret=self._keys.signing,
            topic=self._keys.reply_topic,
            random_name=lambda: secrets.token_urlsafe(16),
        )
        return answer_buttons(
            answers,
            signed,
            server=self._ntfy.server,
            reply_topic=self._keys.reply_topic,
            language=self._language,
        )

    def _remember(self, target: Target, parcel: Parcel) -> None:
        self._taken_here |= {(parcel.kind, subject, target.key) for subject in parcel.subjects}

    async def _note(self, target: Target, parcel: Parcel) -> None:
        now = self._clock()
        self._remember(target, parcel)
        for subject in parcel.subjects:
            await asyncio.to_thread(self._store.asks.note_delivery, parcel.kind, subject, target.key, now)

    def _note_all(self, unnoted: set[Taken], subjects: set[str]) -> None:
        """Note again what the store did not take; what is not of interest any more is forgotten."""
        now = self._clock()
        for kind, subject, key in unnoted:
            if subject in subjects:
                self._store.asks.note_delivery(kind, subject, key, now)
            else:
                self._taken_here.discard((kind, subject, key))

    async def _note_state(self, target: Target, state: str, message: str) -> None:
        now = self._clock()
        if state == "ok":
            self._failures.pop(target.key, None)
            self._paused.pop(target.key, None)
        else:
            failures = self._failures[target.key] = self._failures.get(target.key, 0) + 1
            self._paused[target.key] = now + backoff(failures, FIRST_PAUSE, LONGEST_PAUSE)
        if self._states.get(target.key) != state:
            self._states[target.key] = state
            if state == "ok":
                logger.info("%s takes messages", target.name)
            else:
                logger.warning("%s: %s; messages wait, and are sent again", target.name, message)
        await asyncio.to_thread(self._store.sources.note_source, target.name, state, message, now)

    def _settle(self, kind: AnyKind, items: Sequence[Any]) -> None:
        """What every target took is done, and what one did while the others have failed for long."""
        now = self._clock()
        taken = self._store.asks.deliveries(kind.name, [kind.subject(item) for item in items])
        keys = {target.key for target in self._targets}
        for item in items:
            took = {key for subject, key in taken if subject == kind.subject(item)} & keys
            if kind.done and (took == keys or (took and now - kind.since(item) > GIVE_UP)):
                kind.done(self._store, item, now)
