"""Reload: once a second, look whether the rules or the family's decisions changed, and write visits.

Reading happens in a thread; the new policy is swapped in between two requests. What cannot be
read at the start is tried again each second, and until then the Guard answers every click: the proxy
comes up, says what is wrong, and never judges with half of the rules.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from sekisho.engine.engine import Engine
from sekisho.policy.checks import Policy
from sekisho.rulebook import RulebookFiles, RuleError
from sekisho.store import DamagedStoreError, Store, StoreError

logger = logging.getLogger(__name__)

PERIOD = 1.0
"""Seconds between two looks: a good edit takes effect within 2 s, what a person expects of "at once"."""


class Reload:
    """Brings the engine up to date, for as long as the proxy runs."""

    def __init__(self, engine: Engine, changed: Callable[[], None] = lambda: None) -> None:
        self.engine = engine
        self._changed = changed
        self._files: RulebookFiles | None = None
        self._counter: int | None = None
        self._told = ""
        self._task: asyncio.Task[None] | None = None

    async def running(self) -> None:
        """Begin, with a first look where none was made before the proxy listened."""
        self.engine.started()
        if self.engine.policy is None:
            await self.look()
        self._task = asyncio.create_task(self._go_on())

    async def done(self) -> None:
        """Stop, and write what still waits."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.engine.write_visits()
        if self.engine.store:
            await asyncio.to_thread(self.engine.store.close)

    async def look(self) -> None:
        """One round: rules, store, decisions."""
        try:
            await self._look()
        except (RuleError, StoreError, OSError) as error:
            self._say(str(error))
            if isinstance(error, DamagedStoreError) and self.engine.store:
                # Closed, so that the next look keeps the damaged file aside and begins a new one.
                damaged, self.engine.store = self.engine.store, None
                await asyncio.to_thread(damaged.close)
            if self.engine.policy is None:
                self.engine.missing = str(error)

    async def _look(self) -> None:
        engine, settings = self.engine, self.engine.settings
        old = engine.policy
        rules_changed = False
        if self._files is None:
            self._files = await asyncio.to_thread(RulebookFiles, settings.rules, settings.state)
            rules_changed = True
        elif await asyncio.to_thread(self._files.refresh):
            rules_changed = old is None or self._files.current is not old.rulebook
        if engine.store is None:
            engine.store = await asyncio.to_thread(partial(Store.open, settings.store_url, rescue=True))
        counter = await asyncio.to_thread(engine.store.change_counter)
        decisions = None
        if counter != self._counter:
            decisions = await engine.decisions()
        if rules_changed or old is None:
            kept = decisions or (old.decisions if old else None)
            people = settings.household
            fresh = await asyncio.to_thread(
                Policy, self._files.current, kept, home=people.home, readable=people.readable
            )
            engine.install(fresh)
            engine.rules_read = engine.clock()
        elif decisions is not None:
            engine.install(old.with_decisions(decisions))
        self._counter = counter
        self._told = ""
        if old is not None and engine.policy is not old:
            self._changed()

    def _say(self, text: str) -> None:
        if text != self._told:
            self._told = text
            logger.error("%s", text)

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            try:
                await self.look()
                await self.engine.write_visits()
            except Exception:
                # The loop must outlive whatever goes wrong in one round; the last good state stays.
                logger.exception("looking for changed rules failed; the last good ones stay")
