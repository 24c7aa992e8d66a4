"""Telling: one round looks for what nobody was told of yet, and tells it at each place, once.

What was told where is kept in the store, so a place that was down gets everything when it is up again,
after a restart too, and the others get nothing twice. (A kill between a message and the note of it tells that
one message again.) A place that fails is left alone for a while that doubles. An ask that is answered
or over needs no telling any more. An event counts as told when every place took it, or when one did
and the others have failed for three days.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pydantic import SecretStr

from sekisho.backoff import backoff
from sekisho.notify.buttons import FIRST, SECOND, answer_buttons, published
from sekisho.notify.keys import Keys
from sekisho.notify.messages import Message, Teller
from sekisho.notify.ntfy import Ntfy, NtfyError
from sekisho.notify.post import Sent, post
from sekisho.notify.replies import sign
from sekisho.notify.targets import Target
from sekisho.notify.words import Language
from sekisho.store import Store
from sekisho.store.ask_records import Answer, Ask, names_of
from sekisho.store.domain_records import TURNED_BAD, Event

logger = logging.getLogger(__name__)

FIRST_PAUSE = 30.0
"""Seconds after the first failure; doubled after each further one."""
LONGEST_PAUSE = 900.0
GIVE_UP = 3 * 86_400.0
MANY = 3
"""More sites than this that turned bad are told in one message."""
_ANSWERS_OF = 3600.0
"""Seconds in which the others hear of an answer."""
_AT_ONCE = 10

Post = Callable[[Sequence[tuple[SecretStr, Sequence[Message]]]], Awaitable[list[Sent]]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message, and what it is about."""

    kind: str
    """``ask``, ``event`` or ``answer``."""
    subjects: tuple[str, ...]
    message: Message
    ask: Ask | None = None
    """Gets buttons where there are any."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be told at one moment, and what was told where."""

    asks: Sequence[Ask]
    answered: Sequence[Ask]
    events: Sequence[Event]
    """The oldest first."""
    told: frozenset[tuple[str, str, str]]
    """(kind, subject, key of the target)."""
    names: Mapping[str, str]


class Telling:
    """Tells the targets. Used from one event loop; the store is called in threads."""

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
        random_name: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        self._store = store
        self._targets = targets
        self._language = language
        self._ntfy = ntfy
        self._keys = keys
        self._clock = clock
        self._post = post
        self._random_name = random_name
        self._failures: dict[str, int] = {}
        self._paused: dict[str, float] = {}
        self._states: dict[str, str] = {}
        # A store that takes no notes (a full disk) must not make us tell the same thing every two seconds.
        self._told_here: set[tuple[str, str, str]] = set()

    async def round(self) -> None:
        """Tell what waits, where it may be told now. Raises StoreError."""
        if not self._targets:
            return
        now = self._clock()
        waiting = await asyncio.to_thread(self._waiting, now)
        if unnoted := self._told_here - waiting.told:
            await asyncio.to_thread(self._note_all, unnoted, waiting)
        work = [
            (target, parcels)
            for target in self._targets
            if self._paused.get(target.key, 0.0) <= now and (parcels := self._parcels(target, waiting))
        ]
        by_ntfy = [(target, parcels) for target, parcels in work if target.url is None]
        by_post = [(target, parcels) for target, parcels in work if target.url is not None]
        telling = [self._tell_by_post(by_post), *(self._tell_by_ntfy(*one) for one in by_ntfy)]
        for outcome in await asyncio.gather(*telling, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
        if waiting.events:
            await asyncio.to_thread(self._settle, waiting.events)

    def _waiting(self, now: float) -> Waiting:
        store = self._store
        asks = store.asks.open_asks(now)
        answered = store.asks.answered_since(now - _ANSWERS_OF)
        events = self._store.events.all(pending_only=True)[::-1]
        subjects = {
            "ask": [ask.id for ask in [*asks, *answered]],
            "answer": [ask.id for ask in answered],
            "event": [str(event.id) for event in events],
        }
        told = frozenset(
            (kind, *pair) for kind, ids in subjects.items() for pair in store.asks.deliveries(kind, ids)
        )
        names = names_of(store.devices.all())
        return Waiting(asks, answered, events, told, names)

    def _parcels(self, target: Target, waiting: Waiting) -> list[Parcel]:
        """What this target was not told of yet, asks first."""
        teller = Teller(self._language, waiting.names)
        everywhere = waiting.told | self._told_here
        told = {(kind, subject) for kind, subject, key in everywhere if key == target.key}
        buttons = target.url is None
        parcels = [
            Parcel("ask", (ask.id,), teller.ask(ask, buttons=buttons), ask)
            for ask in waiting.asks
            if ("ask", ask.id) not in told
        ]
        if buttons:
            parcels += [
                Parcel("answer", (ask.id,), teller.answered(ask))
                for ask in waiting.answered
                if ("ask", ask.id) in told and ("answer", ask.id) not in told
            ]
        events = [event for event in waiting.events if ("event", str(event.id)) not in told]
        bad = [event for event in events if event.kind == TURNED_BAD]
        if len(bad) > MANY:
            parcels.append(Parcel("event", tuple(str(event.id) for event in bad), teller.events(bad)))
            events = [event for event in events if event.kind != TURNED_BAD]
        parcels += [Parcel("event", (str(event.id),), teller.event(event)) for event in events]
        return parcels[:_AT_ONCE]

    async def _tell_by_post(self, work: Sequence[tuple[Target, list[Parcel]]]) -> None:
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
            await self._note_state(target, outcome.state, outcome.told)

    async def _tell_by_ntfy(self, target: Target, parcels: Sequence[Parcel]) -> None:
        if self._keys is None:
            return
        try:
            for parcel in parcels:
                buttons = self._buttons(parcel.ask, FIRST) if parcel.ask else []
                await self._ntfy.publish(published(self._keys.topic, parcel.message, buttons))
                await self._note(target, parcel)
                if parcel.ask:
                    more = Teller(self._language, {}).more_answers(parcel.ask)
                    await self._ntfy.publish(
                        published(self._keys.topic, more, self._buttons(parcel.ask, SECOND))
                    )
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
            random_name=self._random_name,
        )
        return answer_buttons(
            answers,
            signed,
            server=self._ntfy.server,
            reply_topic=self._keys.reply_topic,
            language=self._language,
        )

    def _remember(self, target: Target, parcel: Parcel) -> None:
        self._told_here |= {(parcel.kind, subject, target.key) for subject in parcel.subjects}

    async def _note(self, target: Target, parcel: Parcel) -> None:
        now = self._clock()
        self._remember(target, parcel)
        for subject in parcel.subjects:
            await asyncio.to_thread(self._store.asks.note_delivery, parcel.kind, subject, target.key, now)

    def _note_all(self, unnoted: set[tuple[str, str, str]], waiting: Waiting) -> None:
        """Note again what the store did not take; what is not of interest any more is forgotten."""
        now = self._clock()
        alive = {ask.id for ask in [*waiting.asks, *waiting.answered]} | {str(e.id) for e in waiting.events}
        for kind, subject, key in unnoted:
            if subject in alive:
                self._store.asks.note_delivery(kind, subject, key, now)
            else:
                self._told_here.discard((kind, subject, key))

    async def _note_state(self, target: Target, state: str, told: str) -> None:
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
                logger.warning("%s: %s; messages wait, and are sent again", target.name, told)
        await asyncio.to_thread(self._store.sources.note_source, target.name, state, told, now)

    def _settle(self, events: Sequence[Event]) -> None:
        """Mark as told what every target took, or one did and the others have failed for long."""
        now = self._clock()
        told = self._store.asks.deliveries("event", [str(event.id) for event in events])
        keys = {target.key for target in self._targets}
        for event in events:
            took = {key for subject, key in told if subject == str(event.id)} & keys
            if took == keys or (took and now - event.at > GIVE_UP):
                self._store.events.mark_notified(event.id, now)
