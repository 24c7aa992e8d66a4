"""Rechecks: checks the known domains of the household again, and reports those that have turned bad.

Every few minutes the due ones are asked, the most urgent first, each some seconds after the other so
that the provider is free for a click. What cannot be asked (no budget left, an outage) stays due.
A domain that was let through and is bad now gets its verdict at once, its live tunnels are closed
(`turned_bad`), and an event names the devices that visited it. The caller supplies the function
`ask`. Used from one event loop; the store is called in threads.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from sekisho.link import Link, host_link
from sekisho.policy import familiarity
from sekisho.records.domains import Change, Event, KnownDomain
from sekisho.store import Store, StoreError
from sekisho.verdict import Level, Verdict

logger = logging.getLogger(__name__)

PERIOD = 120.0
"""Seconds between two rounds."""
SPACING = 20.0
"""Seconds between two questions of a round: three a minute, of the four that VirusTotal gives away."""
ASK_SECONDS = 60.0
"""The longest that one answer is waited for."""
AT_ONCE = 60
"""Questions in one round."""
_MOST_DUE = 3000
"""Due known_domains that are sorted by urgency."""
_WRITE_EVERY = 30
"""Answers: a kill loses no more of them, and they are asked again."""
_NOTHING_FOUND = Verdict(Level.PASS)
_FAILURES = 3
"""So many in a row are an outage: the round ends."""


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What one question brought."""

    state: Literal["answered", "over budget", "failed"]
    """``answered``: everything that is set up was asked or needs no asking; the verdict counts."""
    verdict: Verdict = _NOTHING_FOUND
    """Of ``answered``; what all checks find now, that of the outside included."""
    asked_outside: bool = False
    """An outside source answered, from its memory of today or anew, if only that it knows nothing."""
    registered_at: float | None = None
    """When the name was registered, where that is known."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    answered: int = 0
    failed: int = 0
    over_budget: bool = False
    bad: tuple[str, ...] = ()
    """Domains that turned bad."""


Ask = Callable[[Link], Awaitable[CheckAnswer]]


class Rechecks:
    """The runner. `familiar` is the household's set of familiar domains, ready to be read for each request."""

    def __init__(
        self,
        store: Store,
        ask: Ask,
        turned_bad: Callable[[str, Verdict], None],
        *,
        outside: Callable[[], bool],
        familiar_changed: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.familiar: frozenset[str] = frozenset()
        self._store = store
        self._ask = ask
        self._turned_bad = turned_bad
        self._outside = outside
        self._familiar_changed = familiar_changed
        self._clock = clock
        self._sleep = sleep

    async def run(self) -> None:
        """Rounds for ever; whatever goes wrong in one is logged, and the next one tries again."""
        while True:
            try:
                await self.settle()
                await self.round()
            except StoreError as error:
                logger.error("nothing was looked at again: %s", error)
            except Exception:
                logger.exception("looking again at known domains failed; the next round tries again")
            await self._sleep(PERIOD)

    async def settle(self) -> None:
        """Make familiar what has earned it, let lapse what has not, and read the set anew."""
        now, outside = self._clock(), self._outside()
        rows = await asyncio.to_thread(self._store.known_domains.unsettled, familiarity.bounds(now))
        due = [row.name for row in rows if familiarity.settled(row, now, outside=outside) != row]
        if due:
            settle = partial(familiarity.settled, now=now, outside=outside)
            after = await asyncio.to_thread(
                self._store.known_domains.change, [(name, settle) for name in due]
            )
            for name, row in after.items():
                word = "is familiar to the household now" if row.familiar_at else "is not familiar any more"
                logger.info("%s %s", name, word)
        familiar = await asyncio.to_thread(self._store.known_domains.familiar_to_household, now)
        if familiar != self.familiar:
            self.familiar = familiar
            self._familiar_changed()

    async def round(self) -> Round:
        """Ask what is due, as far as the budget goes; raises StoreError."""
        now = self._clock()
        due = await asyncio.to_thread(self._store.known_domains.due_checks, now, _MOST_DUE)
        due.sort(key=lambda known: familiarity.urgency(known, now))
        done, changes, in_a_row = Round(), list[tuple[str, Change]](), 0
        try:
            for number, known in enumerate(due[:AT_ONCE]):
                if number:
                    await self._sleep(SPACING)
                answer = await self._answer(known)
                if answer.state == "over budget":
                    return replace(done, over_budget=True)
                if answer.state == "failed":
                    changes.append((known.name, partial(familiarity.put_off, at=self._clock())))
                    in_a_row += 1
                    done = replace(done, failed=done.failed + 1)
                    if in_a_row >= _FAILURES:
                        return done
                    continue
                in_a_row = 0
                if answer.verdict.level >= Level.WARN and known.level < Level.WARN:
                    # Before the answer is noted: after a crash between the two it is asked, and told, again.
                    await self.found_bad(known.name, answer.verdict)
                    done = replace(done, bad=(*done.bad, known.name))
                changes.append((known.name, self._change(answer)))
                done = replace(done, answered=done.answered + 1)
                if len(changes) >= _WRITE_EVERY:
                    changes = await self._write(changes)
            return done
        finally:
            await self._write(changes)

    async def found_bad(self, name: str, verdict: Verdict) -> Event | None:
        """A domain is bad, whoever found it (a re-check, a late answer, a feed): close, remember, notify.

        Gives the event, or None where nobody of the household had been let through. Raises StoreError where
        it cannot be kept; the tunnels are closed all the same.
        """
        now = self._clock()
        if name in self.familiar:
            self.familiar -= {name}
            self._familiar_changed()
        self._turned_bad(name, verdict)
        event = await asyncio.to_thread(self._store.events.turn_bad, name, verdict, now)
        turned = partial(familiarity.turned, level=verdict.level, at=now)
        await asyncio.to_thread(self._store.known_domains.change, [(name, turned)])
        if event:
            logger.warning("%s turned bad; %d devices had been there", name, len(event.people))
        return event

    async def _answer(self, known: KnownDomain) -> CheckAnswer:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                return await self._ask(host_link(known.name))
        except Exception as error:
            logger.warning("%s could not be looked at again: %s", known.name, type(error).__name__)
            return CheckAnswer("failed")

    def _change(self, answer: CheckAnswer) -> Change:
        check = familiarity.Check(
            at=self._clock(),
            level=answer.verdict.level,
            raised=familiarity.raises(answer.verdict),
            asked_outside=answer.asked_outside,
            registered_at=answer.registered_at,
        )
        return partial(familiarity.checked, check=check, outside=self._outside())

    async def _write(self, changes: Sequence[tuple[str, Change]]) -> list[tuple[str, Change]]:
        if changes:
            await asyncio.to_thread(self._store.known_domains.change, changes)
        return []
