"""Current: the rules, the store and the policy that are in force at this moment.

`policy` is None while the rules or the decisions cannot be read. Then nothing can be judged: a caller gets
`UnavailableError`, and the proxy answers with a page. No other part keeps a policy: a reload replaces it here,
between two requests.
"""

import asyncio
from collections.abc import Callable

from sekisho.policy.checks import Lookup, Policy
from sekisho.policy.decisions import Decisions
from sekisho.rulebook.model import Rulebook
from sekisho.store import Store, StoreError

STORE_TIMEOUT = 3.0
"""Seconds that a click waits for the store: three times the store's own busy time-out."""


class UnavailableError(RuntimeError):
    """Nothing can be judged now; the message says what is missing."""


class Current:
    """What is in force. Used from the engine's event loop; `decided` from the portal's threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.policy: Policy | None = None
        self.store: Store | None = None
        self.missing = "still starting"
        """Why `policy` or `store` is None, for the log and the page."""
        self.rules_read: float | None = None
        """When the rules in force were read."""
        self._listed: Lookup | None = None
        self.household: frozenset[str] = frozenset()
        """Domains that became familiar to the household."""
        self._loop: asyncio.AbstractEventLoop | None = None

    def require_policy(self) -> Policy:
        """The policy in force; raises UnavailableError."""
        if self.policy is None:
            raise UnavailableError(self.missing)
        return self.policy

    def require_store(self) -> Store:
        """The store; raises StoreError where there is none."""
        if self.store is None:
            raise StoreError(self.missing)
        return self.store

    def require_writable(self) -> Store:
        """The store, where a decision would be put in force at once; raises StoreError."""
        if self._loop is None:
            raise StoreError(self.missing)
        return self.require_store()

    def rulebook(self) -> Rulebook:
        """The rules in force; raises UnavailableError."""
        return self.require_policy().rulebook

    def install(self, policy: Policy) -> None:
        """Judge by this policy from the next request on."""
        policy = policy.with_household(self.household)
        self.policy = policy.with_lists(self._listed) if self._listed else policy

    def set_lists(self, listed: Lookup) -> None:
        """Judge by these downloaded lists from the next request on."""
        self._listed = listed
        if self.policy is not None:
            self.policy = self.policy.with_lists(listed)

    def set_household(self, household: frozenset[str]) -> None:
        """Let these domains be familiar from the next request on."""
        self.household = household
        if self.policy is not None:
            self.policy = self.policy.with_household(household)

    async def decisions(self) -> Decisions:
        """What the family decided until now; raises StoreError."""
        return Decisions(await asyncio.to_thread(self.require_store().decisions.in_force, self.clock()))

    async def read_decisions(self) -> None:
        """Judge by what the family decided until now. Raises StoreError or UnavailableError."""
        decisions = await self.decisions()
        self.install(self.require_policy().with_decisions(decisions))

    def started(self) -> None:
        """Remember the loop, for what the portal's threads must do on it."""
        self._loop = asyncio.get_running_loop()

    def decided(self) -> None:
        """Judge by the family's decisions of now. Called in a thread that has just changed them."""
        if self._loop is None:
            raise StoreError(self.missing)
        asyncio.run_coroutine_threadsafe(self.read_decisions(), self._loop).result(STORE_TIMEOUT)
