"""Memory: what was found out about names, here and in the store, and how the servers are doing.

Reading is bounded and writing waits for nobody: a store that hangs or fails costs the memory, never the
look-up. What is wrong with a *name's* answer is remembered for hours; what is wrong with a *server* is
nothing to hold against a name, and `rate_limit` knows it.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable

from sekisho.providers.registration.answer import NoAnswerError, Registration, State
from sekisho.providers.registration.facts import (
    SOURCE,
    Facts,
    SourceNotes,
    registration_from_dict,
    registration_to_dict,
)

logger = logging.getLogger(__name__)

HOUR, DAY = 3600.0, 86_400.0
FRESH = {
    State.KNOWN: 90 * DAY,  # a name may lapse and be registered anew
    State.UNDATED: 12 * HOUR,
    State.UNREGISTERED: HOUR,  # a name of today may reach the registry's answers late
    State.UNREADABLE: 6 * HOUR,
    State.UNSERVED: 6 * HOUR,
}
"""How long an answer about a name is remembered, in seconds; states that are not here are not."""
STORE_SECONDS = 3.0
NOTE_AGAIN = 300.0
"""Seconds after which the same news of a source are written again."""
_MAX_HERE = 4096
_OK = "ok"


class Memory:
    """The memory of one process. Used from one event loop."""

    def __init__(self, facts: Facts, notes: SourceNotes, clock: Callable[[], float]) -> None:
        self._facts = facts
        self._notes = notes
        self._clock = clock
        self._here: OrderedDict[str, tuple[Registration, float]] = OrderedDict()
        self._noted: dict[str, tuple[str, str, float]] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def recall(self, domain: str) -> Registration | None:
        """What this process remembers and may still say; at once."""
        registration, until = self._here.get(domain, (None, 0.0))
        return registration if self._clock() < until else None

    async def read(self, domain: str) -> Registration | None:
        """What the store remembers, however old; None where that is nothing, or cannot be read now."""
        try:
            async with asyncio.timeout(STORE_SECONDS):
                fact = await asyncio.to_thread(self._facts.fact, SOURCE, domain)
            return registration_from_dict(domain, fact.value, fact.at) if fact else None
        except Exception as error:  # a store has errors of its own kind, which this room does not know
            logger.warning("what is known of %s could not be read: %s", domain, error or type(error).__name__)
            return None

    def fresh_for(self, registration: Registration) -> float:
        """Seconds for which it may still be said; 0 or less where it is too old."""
        age = abs(self._clock() - registration.asked_at)  # the clock may have been wrong then
        return FRESH.get(registration.state, 0.0) - age

    def keep_here(self, registration: Registration, seconds: float) -> None:
        """Remember it in this process alone."""
        self._here[registration.domain] = (registration, self._clock() + seconds)
        self._here.move_to_end(registration.domain)
        if len(self._here) > _MAX_HERE:
            self._here.popitem(last=False)

    def keep(self, registration: Registration) -> None:
        """Remember it here and in the store."""
        self.keep_here(registration, FRESH[registration.state])
        fact = registration_to_dict(registration)
        self._write(self._facts.remember_fact, SOURCE, registration.domain, fact, registration.asked_at)

    def note_ok(self, source: str, told: str) -> None:
        """A server of this source answered."""
        self._note(source, _OK, told)

    def note_trouble(self, source: str, trouble: NoAnswerError) -> None:
        """A server of this source did not answer as it should."""
        self._note(source, trouble.state.value, str(trouble))

    async def finish(self) -> None:
        """Wait a moment for what is still being written."""
        if self._writing:
            await asyncio.wait(self._writing, timeout=STORE_SECONDS)

    def _note(self, source: str, state: str, told: str) -> None:
        now = self._clock()
        before = self._noted.get(source)
        if (
            before
            and before[0] == state
            and (state == _OK or before[1] == told)
            and abs(now - before[2]) < NOTE_AGAIN
        ):
            return
        self._noted[source] = (state, told, now)
        self._write(self._notes.note_source, source, state, told, now)

    def _write(self, write: Callable[..., None], *values: object) -> None:
        async def act() -> None:
            try:
                await asyncio.to_thread(write, *values)
            except Exception as error:  # as in `read`
                logger.warning("news of %s could not be kept: %s", values[0], error or type(error).__name__)

        task = asyncio.create_task(act())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
