"""Listening: receives the replies of buttons, by one outgoing subscription, for as long as the proxy runs.

It connects again with a growing pause, and requests what it missed: everything since the oldest ask that is
still open (ntfy keeps messages for twelve hours). A reply that could not be written is received again in the
same way, and one that was applied is not applied twice. A refused reply is logged without its text.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from cachetools import LRUCache

from sekisho.engine.asks import answer_ask
from sekisho.notify.asks import late_message
from sekisho.notify.keys import Keys
from sekisho.notify.messages import Writer
from sekisho.notify.ntfy import Ntfy, NtfyError, Received
from sekisho.notify.replies import BadReplyError, ExpiredReplyError, published, read_reply
from sekisho.notify.targets import NTFY_NAME, REPLIES_NAME
from sekisho.notify.words import Language
from sekisho.records.asks import Ask
from sekisho.store import Store, StoreError

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
"""Seconds between two attempts at most: an answer is heard a minute after the internet is back."""
SLACK = 600.0
"""Seconds by which the server's clock and ours may differ."""
_MOST_REMEMBERED = 2000
_LOGGED_EACH = 10
_LOGGED_THEN = 100


class Listening:
    """Hears replies and applies them. `answered` reads the family's decisions anew."""

    def __init__(
        self,
        store: Store,
        language: Language,
        *,
        ntfy: Ntfy,
        keys: Keys,
        answered: Callable[[], Awaitable[None]],
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._language = language
        self._ntfy = ntfy
        self._keys = keys
        self._answered = answered
        self._clock = clock
        self._sleep = sleep
        self._heard: LRUCache[str, None] = LRUCache(_MOST_REMEMBERED)
        self._late: LRUCache[str, None] = LRUCache(_MOST_REMEMBERED)
        self._refused = 0
        self._failures = 0
        self._state = ""

    async def run(self) -> None:
        """Listen for ever; whatever goes wrong is logged, and the next attempt comes soon."""
        while True:
            try:
                await self._listen()
            except NtfyError as error:
                self._failures += 1
                # A server that ends a subscription now and then is well; one that does not answer again is not.
                if self._failures > 1:
                    await self._note(error.state, str(error))
            except StoreError as error:
                self._failures += 1
                logger.error("a reply waits until the store can be written: %s", error)
            except Exception:
                self._failures += 1
                logger.exception("listening for replies failed; it begins again")
            await self._sleep(min(LONGEST_PAUSE, 2.0 ** min(self._failures, 6) / 2))

    async def _listen(self) -> None:
        since = await asyncio.to_thread(self._since)
        async for received in self._ntfy.receive(self._keys.reply_topic, since):
            if self._failures or not self._state:
                self._failures = 0
                await self._note("ok", "it listens for replies")
            if received and received.id not in self._heard:
                await self.hear(received)
                self._heard[received.id] = None

    async def hear(self, received: Received) -> None:
        """Apply one message of the reply topic, or refuse it. Raises StoreError: it must be heard again."""
        if received.topic != self._keys.reply_topic:
            self._refuse("it came by another topic")
            return
        now = self._clock()
        try:
            reply = read_reply(
                received.text, secret=self._keys.signing, topic=self._keys.reply_topic, now=now
            )
        except ExpiredReplyError as error:
            self._refuse(str(error))
            ask = await asyncio.to_thread(self._store.asks.find, error.reply.ask_id)
            await self._notify_late(ask)
            return
        except BadReplyError as error:
            self._refuse(str(error))
            return
        outcome = await asyncio.to_thread(
            answer_ask, self._store, reply.ask_id, reply.answer, by=NTFY_NAME, now=now, nonce=reply.nonce
        )
        if outcome.kind == "accepted":
            try:
                await self._answered()
            except Exception as error:
                # The decision is in the store, which the proxy reads each second.
                logger.warning("the new decision is read with the next look: %s", error)
        elif outcome.kind == "replayed":
            self._refuse("it was used before")
        elif outcome.kind == "unknown":
            self._refuse("it is to no ask that was made here")
        else:
            await self._notify_late(outcome.ask)

    async def _notify_late(self, ask: Ask | None) -> None:
        """Notify whoever pressed a button too late, once for each ask."""
        if ask is None or ask.id in self._late:
            return
        self._late[ask.id] = None
        message = late_message(Writer(self._language, {}), ask)
        try:
            await self._ntfy.publish(published(self._keys.topic, message))
        except NtfyError as error:
            logger.info("who answered too late could not be told: %s", error)

    def _refuse(self, why: str) -> None:
        """Everybody who knows the reply topic could fill the log."""
        self._refused += 1
        if self._refused <= _LOGGED_EACH or self._refused % _LOGGED_THEN == 0:
            logger.warning("a message on the reply topic was refused (%d so far): %s", self._refused, why)

    def _since(self) -> int:
        now = self._clock()
        open_asks = self._store.asks.open_asks(now)
        return int(min([now, *(ask.at for ask in open_asks)]) - SLACK)

    async def _note(self, state: str, message: str) -> None:
        if state != self._state:
            self._state = state
            (logger.info if state == "ok" else logger.warning)("%s: %s", REPLIES_NAME, message)
        await asyncio.to_thread(self._store.sources.note_source, REPLIES_NAME, state, message, self._clock())
