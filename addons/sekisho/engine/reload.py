"""Reload: once a second, checks whether the rules or the family's decisions changed, and writes visits.

Reading happens in a thread; the new policy takes effect between two requests. What cannot be read at the
start is tried again each second, and until then the Guard answers every click: the proxy starts, logs what
is wrong, and never judges with half of the rules.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from sekisho.engine.current import Current
from sekisho.engine.visits import Visits
from sekisho.link import forget_hosts
from sekisho.policy.checks import Policy
from sekisho.rulebook import RulebookFiles, RuleError
from sekisho.settings import Settings
from sekisho.store import DamagedStoreError, Store, StoreError

logger = logging.getLogger(__name__)

PERIOD = 1.0
"""Seconds between two checks: a good edit takes effect within 2 s, what a person expects of "at once"."""


class Reload:
    """Brings what is in force up to date, for as long as the proxy runs."""

    def __init__(
        self,
        current: Current,
        visits: Visits,
        settings: Settings,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.changed = changed
        """Called after each change of what is in force but the first."""
        self._current = current
        self._visits = visits
        self._settings = settings
        self._files: RulebookFiles | None = None
        self._counter: int | None = None
        self._sentence = ""
        self._task: asyncio.Task[None] | None = None

    async def running(self) -> None:
        """Begin, with a first look where none was made before the proxy listened."""
        self._current.started()
        if self._current.policy is None:
            await self.refresh()
        self._task = asyncio.create_task(self._go_on())

    async def done(self) -> None:
        """Stop, and write what still waits."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._visits.write()
        if self._current.store:
            await asyncio.to_thread(self._current.store.close)

    async def refresh(self) -> None:
        """One round: rules, store, decisions."""
        try:
            await self._refresh()
        except (RuleError, StoreError, OSError) as error:
            self._say(str(error))
            if isinstance(error, DamagedStoreError) and self._current.store:
                # Closed, so that the next look keeps the damaged file aside and begins a new one.
                damaged, self._current.store = self._current.store, None
                await asyncio.to_thread(damaged.close)
            if self._current.policy is None:
                self._current.missing = str(error)

    async def _refresh(self) -> None:
        current, settings = self._current, self._settings
        old = current.policy
        if self._files is None:
            self._files = await asyncio.to_thread(RulebookFiles, settings.rules, settings.state)
        else:
            await asyncio.to_thread(self._files.refresh)
        if current.store is None:
            current.store = await asyncio.to_thread(partial(Store.open, settings.store_url, rescue=True))
        counter = await asyncio.to_thread(current.store.decisions.change_counter)
        decisions = None
        if counter != self._counter:
            decisions = await current.decisions()
        # Compared with what is in force: what was read in a round that failed later counts in the next one.
        if old is None or self._files.current is not old.rulebook:
            kept = decisions or (old.decisions if old else None)
            people = settings.household
            forget_hosts()  # those of the rules; what the policy takes fits into their place
            fresh = await asyncio.to_thread(
                Policy, self._files.current, kept, home=people.home, readable=people.readable
            )
            current.install(fresh)
            current.rules_read = current.clock()
        elif decisions is not None:
            current.install(old.with_decisions(decisions))
        self._counter = counter
        self._sentence = ""
        if old is not None and current.policy is not old:
            self.changed()

    def _say(self, text: str) -> None:
        if text != self._sentence:
            self._sentence = text
            logger.error("%s", text)

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            try:
                await self.refresh()
                await self._visits.write()
            except Exception:
                # The loop must outlive whatever goes wrong in one round; the last good state stays.
                logger.exception("looking for changed rules failed; the last good ones stay")
