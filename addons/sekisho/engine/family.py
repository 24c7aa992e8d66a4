"""Family: decisions that people make on the portal's pages, in force at once. Called in the portal's threads.

When a method returns, the decision is in the store and the next request is judged by it.
"""

from collections.abc import Callable

from sekisho.engine.asks import answer_ask
from sekisho.engine.current import Current
from sekisho.engine.tickets import Ticket
from sekisho.policy.decisions import go_on
from sekisho.records.asks import Answer, Outcome


class Family:
    """Decisions of the persons at their devices, and of those who decide."""

    def __init__(self, current: Current, go_on_minutes: int, clock: Callable[[], float]) -> None:
        self.nudge: Callable[[], None] = lambda: None
        """Sends the family at once what waits, from any thread; set by whoever runs the messages."""
        self._current = current
        self._go_on_minutes = go_on_minutes
        self._clock = clock

    def go_on(self, ticket: Ticket) -> None:
        """Open a warned host to the one client that chose so, for a few minutes. Raises StoreError."""
        store = self._current.require_writable()
        store.decisions.add(go_on(ticket.link, ticket.client, self._clock(), self._go_on_minutes))
        self._current.decided()

    def answer_ask(self, ask_id: str, answer: Answer, by: str) -> Outcome:
        """Answer an ask; an accepted answer counts for the next request. Raises StoreError."""
        outcome = answer_ask(self._current.require_writable(), ask_id, answer, by=by, now=self._clock())
        if outcome.kind == "accepted":
            self._current.decided()
            self.nudge()
        return outcome
