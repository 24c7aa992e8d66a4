"""Background: the tasks that run beside the requests for as long as the proxy does, independently of each other.

Providers renew their lists and deliver late answers; `Monitor` checks known domains again; `retention` removes old
rows from the store. No request waits for a task, and an error inside a task does not end it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from sekisho.engine.engine import Engine
from sekisho.engine.monitor import Monitor
from sekisho.engine.retention import age, is_due
from sekisho.providers import Context, make_providers
from sekisho.providers.reputation import Reputation
from sekisho.store import Store, StoreError

logger = logging.getLogger(__name__)

STORE_SECONDS = 5.0
"""Between two checks whether the engine has another store."""
AGE_SECONDS = 3600.0
"""Between two checks whether the store is to age, which it does once a day."""
ENDED = "a background task ended; it begins anew with the next store, or when sekisho restarts"


class Background:
    """The background tasks, from start to stop. Used from the proxy's event loop only."""

    def __init__(
        self, engine: Engine, changed: Callable[[], None], *tasks: Callable[[Store], Awaitable[None]]
    ) -> None:
        """`changed` closes the tunnels that would not be opened any more; `tasks` run beside those of the engine,
        each as long as the engine has a store, which it is given.
        """
        self._with_store = tasks
        self.engine = engine
        self.monitor = Monitor(engine, changed, self._spawn)
        self._tasks: set[asyncio.Task[None]] = set()

    async def running(self) -> None:
        """Begin; asks nobody before there is something to ask about."""
        engine = self.engine
        providers = make_providers(
            Context(
                engine.settings,
                find_store=lambda: engine.current.store.sources if engine.current.store else None,
                find_rulebook=lambda: engine.current.policy.rulebook if engine.current.policy else None,
                clock=engine.clock,
            )
        )
        engine.judge.reputation = Reputation(
            providers,
            rose=self.monitor.level_rose,
            listed=self.monitor.lists_changed,
            clock=engine.clock,
        )
        engine.current.set_lists(engine.judge.reputation.listed_as)
        for provider in providers:
            self._spawn(_logged(provider.start, f"{provider.name} could not be started"))
        self._spawn(with_store(engine, self.monitor.run))
        for task in self._with_store:
            self._spawn(with_store(engine, task))
        self._spawn(age_daily(engine))

    async def done(self) -> None:
        """Stop. Comes before the store is closed."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.engine.judge.reputation:
            await self.engine.judge.reputation.close()

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def with_store(engine: Engine, work: Callable[[Store], Awaitable[None]]) -> None:
    """Run `work` as long as the engine has this store, then anew with the next: a damaged one is replaced meanwhile."""
    while True:
        if store := engine.current.store:
            task = asyncio.create_task(_logged(partial(work, store), ENDED))
            try:
                while engine.current.store is store:  # noqa: ASYNC110  # swapped by another addon, which knows no events
                    await asyncio.sleep(STORE_SECONDS)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(STORE_SECONDS)


async def age_daily(engine: Engine) -> None:
    """Have the store forget what is too old, once a day, for ever."""
    aged_at: float | None = None
    while True:
        await asyncio.sleep(AGE_SECONDS)
        now, store = engine.clock(), engine.current.store
        if store is None or not is_due(aged_at, now):
            continue
        try:
            await asyncio.to_thread(age, store, now)
            aged_at = now
        except StoreError as error:
            logger.error("the store could not forget what is old: %s", error)


async def _logged(work: Callable[[], Awaitable[None]], failed: str) -> None:
    try:
        await work()
    except Exception:
        logger.exception("%s", failed)
