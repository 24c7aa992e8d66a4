"""Memory: the cache of answers about names, in memory and in the store.

A failure that belongs to a *name* is cached for hours; a failure of a *server* says nothing about the name, and
`rate_limit` keeps it.
"""

import logging
from collections.abc import Callable

from cachetools import TLRUCache

from sekisho.providers.records import Records
from sekisho.providers.registration.answer import (
    DAY,
    Registration,
    State,
    registration_from_dict,
    registration_to_dict,
)

logger = logging.getLogger(__name__)

HOUR = 3600.0
FRESH = {
    State.KNOWN: 90 * DAY,  # a name may lapse and be registered anew
    State.UNDATED: 12 * HOUR,
    State.UNREGISTERED: HOUR,  # a name of today may reach the registry's answers late
    State.UNREADABLE: 6 * HOUR,
    State.UNSERVED: 6 * HOUR,
}
"""How long an answer about a name is remembered, in seconds; states that are not here are not."""
_MAX_HERE = 4096


class Memory:
    """The memory of one process. Used from one event loop."""

    def __init__(self, records: Records, clock: Callable[[], float]) -> None:
        self._records = records
        self._clock = clock
        self._here: TLRUCache[str, tuple[Registration, float]] = TLRUCache(
            _MAX_HERE, lambda domain, kept, now: now + kept[1], timer=clock
        )
        """Domain → what is known, and the seconds for which it counts."""

    def recall(self, domain: str) -> Registration | None:
        """What this process remembers and may still say; at once."""
        kept = self._here.get(domain)
        return kept[0] if kept else None

    async def read(self, domain: str) -> Registration | None:
        """What the store remembers, however old; None where that is nothing, or cannot be read now."""
        fact = await self._records.fact(domain)
        try:
            return registration_from_dict(domain, fact.value, fact.at) if fact else None
        except ValueError as error:
            logger.warning("what another version kept of %s cannot be read: %s", domain, error)
            return None

    def fresh_for(self, registration: Registration) -> float:
        """Seconds for which it may still be used; 0 or less where it is too old."""
        age = abs(self._clock() - registration.asked_at)  # the clock may have been wrong then
        return FRESH.get(registration.state, 0.0) - age

    def keep_here(self, registration: Registration, seconds: float) -> None:
        """Remember it in this process alone."""
        self._here[registration.domain] = registration, seconds

    def keep(self, registration: Registration) -> None:
        """Remember it here and in the store."""
        self.keep_here(registration, FRESH[registration.state])
        self._records.remember(registration.domain, registration_to_dict(registration), registration.asked_at)
