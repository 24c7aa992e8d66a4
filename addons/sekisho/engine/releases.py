"""Releases: since when a host is known here, and to which hosts a device may send its secrets.

The reading half runs on the engine's loop, the writing half in the portal's threads. A store that cannot be read
gives the careful answer: the host is not known, and nothing may be sent.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial

from cachetools import LRUCache

from sekisho.engine.current import STORE_TIMEOUT, Current
from sekisho.engine.held_forms import HeldForm
from sekisho.forms.secrets import NEW_FOR
from sekisho.link import Link
from sekisho.policy import familiarity
from sekisho.store import Release, StoreError
from sekisho.verdict import Level, Reason

logger = logging.getLogger(__name__)

_MOST_OLD = 20_000
TTL = {Level.PASS: 30 * 86_400.0, Level.CAUTION: 86_400.0}
"""Level of the host → seconds for which a yes is kept; after a warning as long as it stays open."""


class Releases:
    """What the household knows of a host, and what a person answered when a form was held."""

    def __init__(self, current: Current, go_on_seconds: float, clock: Callable[[], float]) -> None:
        """`go_on_seconds`: how long a host stays open past its warning."""
        self._current = current
        self._go_on_seconds = go_on_seconds
        self._clock = clock
        self._old: LRUCache[str, None] = LRUCache(_MOST_OLD)
        """Names that are known for longer than `NEW_FOR`: nothing that is read again changes that."""

    async def known_for(self, links: Sequence[Link]) -> float | None:
        """Seconds since the household first saw the youngest of these names; None where one is new."""
        ages = [await self._known_for(link) for link in links]
        known = [age for age in ages if age is not None]
        return min(known) if known and len(known) == len(ages) else None

    async def is_released(self, links: Sequence[Link], client: str) -> bool:
        """Whether this device may send secrets to all of these names."""
        store, now = self._current.store, self._clock()
        if store is None:
            return False
        try:
            async with asyncio.timeout(STORE_TIMEOUT):
                for link in links:
                    if not await asyncio.to_thread(store.releases.is_released, link.host, client, now):
                        return False
        except (StoreError, TimeoutError) as error:
            logger.error("what may be sent to %s cannot be read, so it is asked: %s", links[0].host, error)
            return False
        return True

    def release(self, form: HeldForm) -> None:
        """Remember a yes, for this device and host. Called in a thread; raises StoreError."""
        store, now = self._current.require_store(), self._clock()
        gone_on = any(found.reason is Reason.GO_ON for found in form.verdict.evidence)
        seconds = self._go_on_seconds if gone_on else TTL.get(form.verdict.level, TTL[Level.CAUTION])
        store.releases.add(Release(form.link.host, form.client, now, now + seconds, "form page"))

    def refuse(self, form: HeldForm) -> None:
        """Remember a no: the host does not become familiar by itself. Called in a thread; never raises."""
        store = self._current.store
        found = familiarity.name_of(form.link, self._current.rulebook())
        if store is None or found is None:
            return
        try:
            store.known_domains.change([(found[0], partial(familiarity.held, at=self._clock()))])
        except StoreError as error:
            logger.error("that a form to %s was refused could not be kept: %s", form.link.host, error)

    async def _known_for(self, link: Link) -> float | None:
        store = self._current.store
        found = familiarity.name_of(link, self._current.rulebook())
        if store is None or found is None:
            return None
        name = found[0]
        if name in self._old:
            return NEW_FOR
        try:
            async with asyncio.timeout(STORE_TIMEOUT):
                known = await asyncio.to_thread(store.known_domains.known_domain, name)
        except (StoreError, TimeoutError) as error:
            logger.error("since when %s is known cannot be read: %s", name, error)
            return None
        if known is None:
            return None
        age = self._clock() - known.first_at
        if age >= NEW_FOR:
            self._old[name] = None
        return age
