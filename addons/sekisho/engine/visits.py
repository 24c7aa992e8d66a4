"""Visits: what is kept of each judged request, and when. Never a path, never a familiar site.

The verdict on a click is in the store before the click is let through (`keep`); visits and what follows from them
for a domain's history wait here and are written together, once a second (`write`).
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from cachetools import LRUCache

from sekisho.engine.current import STORE_TIMEOUT, Current, UnavailableError
from sekisho.link import Link
from sekisho.policy import familiarity
from sekisho.records.domains import DomainClick
from sekisho.store import StoreError, Visit
from sekisho.verdict import Reason, Verdict

logger = logging.getLogger(__name__)

_MOST_WAITING = 10_000
_MOST_KEPT = 20_000
_FAMILIAR_EVERY = 86_400.0
"""Seconds between two notes that a domain that became familiar is still in use."""


class Visits:
    """What waits to be written. Used from one event loop."""

    def __init__(
        self,
        current: Current,
        registered_at: Callable[[Link], float | None],
        clock: Callable[[], float],
    ) -> None:
        self._current = current
        self._registered_at = registered_at
        self._clock = clock
        self._visits: list[Visit] = []
        self._clicks: list[DomainClick] = []
        self._familiar: list[str] = []
        self._familiar_at: dict[str, float] = {}
        self._listed: set[str] = set()
        self._verdicts: dict[str, tuple[Link, Verdict]] = {}
        self._kept: LRUCache[str, Verdict] = LRUCache(_MOST_KEPT)
        self._writing = asyncio.Lock()

    async def keep(self, link: Link, verdict: Verdict) -> None:
        """Keep a verdict before anything acts on it; returns when the store has it.

        A verdict that this process kept before is not written again. Raises StoreError, TimeoutError, or
        UnavailableError where there is no store.
        """
        before = self._kept.get(link.host)
        if before is not None and (before is verdict or _gist(before) == _gist(verdict)):
            return
        store, now = self._current.store, self._clock()
        if store is None:
            raise UnavailableError(self._current.missing)
        async with asyncio.timeout(STORE_TIMEOUT):
            await asyncio.to_thread(store.verdicts.record, link, verdict, now)
        self._kept[link.host] = verdict

    def note(self, link: Link, verdict: Verdict, client: str, *, is_click: bool) -> None:
        """Note a visit and its verdict; `write` writes them soon."""
        if len(self._visits) >= _MOST_WAITING:
            return
        now = self._clock()
        self._verdicts[link.host] = (link, verdict)
        self._visits.append(
            Visit(link.host, verdict.level, now, client, link.scheme, "click" if is_click else "resource")
        )
        policy = self._current.policy
        if is_click and policy is not None:
            registered_at = self._registered_at(link)
            click = familiarity.domain_click(link, verdict, now, None, policy.rulebook, registered_at)
            if click:
                self._clicks.append(click)

    def note_familiar(self, link: Link, verdict: Verdict) -> None:
        """A familiar connection is relayed. Nothing is kept of it, but for a domain that became familiar to the
        household the time, once a day: one that is not used any more lapses.
        """
        now = self._clock()
        if verdict.decisive is not None and verdict.decisive.reason is Reason.HOUSEHOLD:
            if now - self._familiar_at.get(link.domain, 0.0) > _FAMILIAR_EVERY:
                self._familiar_at[link.domain] = now
                self._familiar.append(link.domain)
            return
        policy = self._current.policy
        for found in policy.listed(link, None) if policy else ():
            if link.domain not in self._listed:
                self._listed.add(link.domain)
                logger.info("%s lists %s, which is well known; it stays open", found.named, link.domain)

    def lists_changed(self) -> None:
        """Report again which well-known hosts the lists name."""
        self._listed.clear()

    async def write(self) -> None:
        """Write what waits, in three transactions; what cannot be written waits on.

        When it returns, nothing that was noted before is still being written by somebody else.
        """
        async with self._writing:
            await self._write()

    async def _write(self) -> None:
        store = self._current.store
        if store is None or not (self._visits or self._familiar):
            return
        visits, self._visits = self._visits, []
        clicks, self._clicks = self._clicks, []
        names, self._familiar = self._familiar, []
        verdicts, self._verdicts = self._verdicts, {}
        try:
            for link, verdict in verdicts.values():
                await self.keep(link, verdict)
            await asyncio.to_thread(store.visits.record, visits)
            visits = []
            await asyncio.to_thread(store.known_domains.note_clicks, clicks, familiarity.after_click)
            clicks = []
            changes = [(name, partial(familiarity.passed, at=self._familiar_at[name])) for name in names]
            await asyncio.to_thread(store.known_domains.change, changes)
        except (StoreError, TimeoutError, UnavailableError) as error:
            logger.error("%d visits could not be written, will try again: %s", len(visits), error)
            self._visits = [*visits, *self._visits][:_MOST_WAITING]
            self._clicks = [*clicks, *self._clicks][:_MOST_WAITING]
            self._familiar = [*names, *self._familiar]
            self._verdicts = verdicts | self._verdicts


def _gist(verdict: Verdict) -> tuple[object, ...]:
    return verdict.level, [(e.reason, e.source, e.trick, e.brand) for e in verdict.evidence]
