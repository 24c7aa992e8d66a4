"""Monitor: checks known domains of the household again; closes what is open to one that turned bad, and notifies.

A domain turns bad by a re-check, by an answer that came after its click, or by a downloaded list that names it now.
Used from the proxy's event loop only.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from sekisho.engine.current import UnavailableError
from sekisho.engine.engine import Engine
from sekisho.engine.listed import find_listed
from sekisho.engine.rechecks import CheckAnswer, Rechecks
from sekisho.link import Link, host_link
from sekisho.policy import familiarity
from sekisho.policy.checks import wants_outside
from sekisho.providers import Provider
from sekisho.providers.provider import Opinion
from sekisho.providers.reputation import MOST
from sekisho.store import Store, StoreError
from sekisho.verdict import Level, Reason, Verdict

logger = logging.getLogger(__name__)


class Monitor:
    """Watches the known domains of one engine. `rechecks` is None while there is no store."""

    def __init__(
        self,
        engine: Engine,
        changed: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        """`changed` closes the tunnels that would not be opened any more; `spawn` runs a task in the background."""
        self.rechecks: Rechecks | None = None
        self._engine = engine
        self._changed = changed
        self._spawn = spawn

    async def run(self, store: Store) -> None:
        """Ask again about known domains of this store, for ever."""
        await self._recall(store)
        self.rechecks = Rechecks(
            store,
            self.ask_again,
            lambda name, verdict: self._changed(),
            outside=self._is_vouched_for,
            familiar_changed=self._familiar_changed,
            clock=self._engine.clock,
        )
        await self.rechecks.run()

    async def ask_again(self, link: Link) -> CheckAnswer:
        """What all checks find about a known domain today."""
        verdict = self._engine.judge.verdict(link, "", is_click=True)
        decisive = verdict.decisive
        if not wants_outside(verdict) and decisive and decisive.reason is not Reason.HOUSEHOLD:
            return CheckAnswer("answered", verdict)
        opinion = await self._engine.judge.ask_one(link, click=False)
        if opinion and self._is_vouched_for():
            if opinion.over_budget:
                return CheckAnswer("over budget")
            if not opinion.answered:
                return CheckAnswer("failed")
        return CheckAnswer(
            "answered",
            self._engine.judge.verdict(link, "", is_click=True),
            asked_outside=opinion is not None and bool(opinion.answered),
            registered_at=opinion.registered_at if opinion else None,
        )

    async def found_bad(self, name: str, verdict: Verdict) -> None:
        """Close what is open to a domain that turned bad, and raise an event for the devices that visited it."""
        self._changed()
        if self.rechecks is None:
            return
        try:
            await self._engine.visits.write()  # or who came a moment ago would not be named in the event
            await self.rechecks.found_bad(name, verdict)
        except StoreError as error:
            logger.error("that %s turned bad could not be kept: %s", name, error)

    def level_rose(self, name: str, opinion: Opinion) -> None:
        """An answer came after its click had gone on, and it is worse than what was known."""
        if opinion.level >= Level.WARN:
            self._spawn(self.found_bad(name, Verdict(opinion.level, opinion.evidence)))

    def lists_changed(self, provider: Provider) -> None:
        """A local list of a provider changed: what it names now is judged by it from the next request on."""
        self._engine.visits.lists_changed()
        self._changed()
        self._spawn(self._tell_of_listed())

    async def _tell_of_listed(self) -> None:
        """Known domains that a list names now."""
        store, policy, now = self._engine.current.store, self._engine.current.policy, self._engine.clock()
        if store is None or policy is None or self.rechecks is None:
            return

        def judge(link: Link) -> Verdict:
            return policy.judge(link, now=now)

        try:
            for name, verdict in await asyncio.to_thread(find_listed, store.known_domains, judge):
                await self.found_bad(name, verdict)
        except StoreError as error:
            logger.error("known domains could not be compared with the new lists: %s", error)

    async def _recall(self, store: Store) -> None:
        """What a provider held to be bad before the start is bad for every request, before anybody clicks it."""
        engine, reputation = self._engine, self._engine.judge.reputation
        if reputation is None:
            return
        try:
            known = await asyncio.to_thread(store.verdicts.severe, MOST)
            rulebook = engine.current.rulebook()
        except (StoreError, UnavailableError) as error:
            logger.error("what was known to be dangerous could not be read: %s", error)
            return
        for host, verdict in known:
            evidence = tuple(item for item in verdict.evidence if item.reason in reputation.recalls)
            found = familiarity.name_of(host_link(host), rulebook) if evidence else None
            if found:
                reputation.recall(found[0], evidence)

    def _is_vouched_for(self) -> bool:
        """A provider is set up that says whether names are dangerous."""
        return self._engine.judge.reputation is not None and self._engine.judge.reputation.vouches

    def _familiar_changed(self) -> None:
        if self.rechecks:
            self._engine.current.set_household(self.rechecks.familiar)
            self._changed()
