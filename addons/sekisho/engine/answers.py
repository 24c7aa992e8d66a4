"""Answers: what is known of a host and a device when a form is held, and what the person said.

The reading half runs on the proxy's loop, the writing half in the portal's threads. A store that
cannot be read gives the careful answer: a host that nobody knows, and nothing that may be sent.
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from sekisho.engine.engine import RECORD_TIMEOUT, Engine
from sekisho.engine.held_forms import HeldForm
from sekisho.forms.secrets import NEW_FOR
from sekisho.link import Link
from sekisho.policy import familiarity
from sekisho.store import Release, StoreError
from sekisho.verdict import Level, Reason

logger = logging.getLogger(__name__)

_MOST_OLD = 20_000
REMEMBERED = {Level.PASS: 30 * 86_400.0, Level.CAUTION: 86_400.0}
"""Level of the host → seconds for which a yes is remembered; after a warning as long as it stays open."""


class Answers:
    """Reads and writes what the household knows and said."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._old: set[str] = set()

    async def known_for(self, links: Sequence[Link]) -> float | None:
        """Seconds since the household first saw the youngest of these names; None where one is new."""
        ages = [await self._known_for(link) for link in links]
        known = [age for age in ages if age is not None]
        return min(known) if known and len(known) == len(ages) else None

    async def is_released(self, links: Sequence[Link], client: str) -> bool:
        """Whether this device may send secrets to all of these names."""
        store, now = self.engine.store, self.engine.clock()
        if store is None:
            return False
        try:
            async with asyncio.timeout(RECORD_TIMEOUT):
                for link in links:
                    if not await asyncio.to_thread(store.is_released, link.host, client, now):
                        return False
        except (StoreError, TimeoutError) as error:
            logger.error("what may be sent to %s cannot be read, so it is asked: %s", links[0].host, error)
            return False
        return True

    def release(self, form: HeldForm) -> None:
        """Remember a yes, for this device and host. Called in a thread; raises StoreError."""
        if self.engine.store is None:
            raise StoreError(self.engine.missing)
        now = self.engine.clock()
        gone_on = any(found.reason is Reason.GO_ON for found in form.verdict.evidence)
        seconds = (
            self.engine.settings.go_on_minutes * 60.0
            if gone_on
            else REMEMBERED.get(form.verdict.level, REMEMBERED[Level.CAUTION])
        )
        self.engine.store.add_release(Release(form.link.host, form.client, now, now + seconds, "form page"))

    def refuse(self, form: HeldForm) -> None:
        """Remember a no: the host does not become familiar by itself. Called in a thread; never raises."""
        engine = self.engine
        found = familiarity.name_of(form.link, engine.rulebook())
        if engine.store is None or found is None:
            return
        try:
            engine.store.memory.change([(found[0], partial(familiarity.held, at=engine.clock()))])
        except StoreError as error:
            logger.error("that a form to %s was refused could not be kept: %s", form.link.host, error)

    async def _known_for(self, link: Link) -> float | None:
        engine = self.engine
        found = familiarity.name_of(link, engine.rulebook())
        if engine.store is None or found is None:
            return None
        name = found[0]
        if name in self._old:
            return NEW_FOR
        try:
            async with asyncio.timeout(RECORD_TIMEOUT):
                known = await asyncio.to_thread(engine.store.memory.known_domain, name)
        except (StoreError, TimeoutError) as error:
            logger.error("since when %s is known cannot be read: %s", name, error)
            return None
        if known is None:
            return None
        age = engine.clock() - known.first_at
        if age >= NEW_FOR:
            if len(self._old) >= _MOST_OLD:
                self._old.clear()
            self._old.add(name)
        return age
