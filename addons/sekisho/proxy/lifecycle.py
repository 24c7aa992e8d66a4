"""Lifecycle: starts the engine's background tasks with mitmproxy, and ends them before it ends."""

import logging
from collections.abc import Awaitable, Callable

from sekisho.engine.background import Background
from sekisho.engine.engine import Engine
from sekisho.notify.messenger import Messenger
from sekisho.store import Store

logger = logging.getLogger(__name__)


class Lifecycle:
    """The engine's start and end. `changed` is called when what is known has changed: open connections are judged
    again.
    """

    def __init__(self, engine: Engine, changed: Callable[[], None]) -> None:
        self.engine = engine
        self.background = Background(engine, changed, self._exchange_messages)
        engine.reload.changed = changed

    async def running(self) -> None:
        """Begin. Returns when the first click can be judged."""
        await _each(self.background.running, self.engine.reload.running, self.engine.pages.start)

    async def done(self) -> None:
        """Stop; what waits is written before the store is closed."""
        await _each(self.background.done, self.engine.pages.close, self.engine.reload.done)

    async def _exchange_messages(self, store: Store) -> None:
        """Send messages to the family and take its answers, for ever."""
        engine = self.engine
        messenger = Messenger(store, engine.settings, engine.current.read_decisions, clock=engine.clock)
        engine.family.nudge = messenger.nudge
        try:
            await messenger.run()
        finally:
            engine.family.nudge = lambda: None


async def _each(*steps: Callable[[], Awaitable[None]]) -> None:
    """All steps in their order; one that fails keeps no other from its turn."""
    for step in steps:
        try:
            await step()
        except Exception:
            logger.exception("a part of sekisho could not be started or ended")
