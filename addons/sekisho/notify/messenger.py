"""Messenger: runs delivery and listening for as long as the proxy runs.

It reads the store every two seconds, so the code that makes an ask or an event (a page, a re-check, another
process) does not depend on it; `nudge` makes it read at once. Where nothing is set up it only waits for
`sekisho notify setup`. Whatever goes wrong in one round is logged, and the next one tries again.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable

from sekisho.notify.delivery import Delivery, Post
from sekisho.notify.keys import Keys, KeysError, keys_of
from sekisho.notify.listening import Listening
from sekisho.notify.ntfy import Ntfy
from sekisho.notify.post import post
from sekisho.notify.targets import NTFY_NAME, REPLIES_NAME, Target, targets_of
from sekisho.settings import Settings
from sekisho.store import Store, StoreError

logger = logging.getLogger(__name__)

PERIOD = 2.0
"""Seconds between two rounds of delivery."""
KEYS_PERIOD = 5.0
"""Seconds between two checks whether ntfy was set up."""
FORGET_PERIOD = 3600.0
KEPT = 365 * 86_400.0
"""Seconds that asks, and who was notified, are kept; as long as warnings."""


class Messenger:
    """The runner. `answered` reads the family's decisions anew, so that an answer counts at once."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        answered: Callable[[], Awaitable[None]],
        *,
        clock: Callable[[], float] = time.time,
        post: Post = post,
        period: float = PERIOD,
        keys_period: float = KEYS_PERIOD,
    ) -> None:
        self._store = store
        self._settings = settings
        self._answered = answered
        self._clock = clock
        self._post = post
        self._period = period
        self._keys_period = keys_period
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._logged_keys = ""

    def nudge(self) -> None:
        """Read the store at once. May be called from any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Work for ever; cancel it to stop."""
        self._loop = asyncio.get_running_loop()
        while True:
            keys = await self._keys()
            try:
                async with Ntfy(self._settings.ntfy.server, self._settings.ntfy.token) as ntfy:
                    await self._work(ntfy, keys)
            except Exception:
                logger.exception("telling the family failed; it begins again")
                await asyncio.sleep(self._keys_period)

    async def _work(self, ntfy: Ntfy, keys: Keys | None) -> None:
        """Until ntfy is set up otherwise."""
        targets = targets_of(self._settings.notify.urls, ntfy_topic=keys.topic if keys else "")
        await self._note_gone(targets)
        work = [self._deliver(ntfy, keys, targets), self._forget(), self._until_other(keys)]
        if keys:
            listening = Listening(
                self._store,
                self._settings.notify.language,
                ntfy=ntfy,
                keys=keys,
                answered=self._answered,
                clock=self._clock,
            )
            work.append(listening.run())
        tasks = [asyncio.ensure_future(one) for one in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, ntfy: Ntfy, keys: Keys | None, targets: list[Target]) -> None:
        delivery = Delivery(
            self._store,
            targets,
            self._settings.notify.language,
            ntfy=ntfy,
            keys=keys,
            clock=self._clock,
            post=self._post,
        )
        while True:
            self._wake.clear()
            try:
                await delivery.round()
            except StoreError as error:
                logger.error("nobody could be told: %s", error)
            except Exception:
                logger.exception("telling the family failed; the next look tries again")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._period):
                    await self._wake.wait()

    async def _forget(self) -> None:
        """Forget old asks, and the path of every ask that is over."""
        while True:
            now = self._clock()
            try:
                await asyncio.to_thread(self._store.asks.prune, now - KEPT, now)
            except StoreError as error:
                logger.error("old asks could not be forgotten: %s", error)
            await asyncio.sleep(FORGET_PERIOD)

    async def _until_other(self, keys: Keys | None) -> None:
        while await self._keys() == keys:  # noqa: ASYNC110  # a file of another process knows no events
            await asyncio.sleep(self._keys_period)

    async def _keys(self) -> Keys | None:
        try:
            return await asyncio.to_thread(keys_of, self._settings)
        except KeysError as error:
            if str(error) != self._logged_keys:
                self._logged_keys = str(error)
                logger.error("ntfy is not used: %s", error)
            return None

    async def _note_gone(self, targets: list[Target]) -> None:
        """A place that was taken out of the settings is not one that fails."""
        names = {target.name for target in targets}
        if NTFY_NAME in names:
            names.add(REPLIES_NAME)
        try:
            for state in await asyncio.to_thread(self._store.sources.states):
                ours = state.source in (NTFY_NAME, REPLIES_NAME) or state.source.startswith("notify ")
                if ours and state.source not in names and state.state != "off":
                    reason = "it is not in the settings any more"
                    await asyncio.to_thread(
                        self._store.sources.note_source, state.source, "off", reason, self._clock()
                    )
        except StoreError as error:
            logger.error("the states of notifications could not be read: %s", error)
