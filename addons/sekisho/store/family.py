"""Family: the part of the Store that knows people, devices and asks. Reached as `Store.family`.

Each method is one transaction and may be called from any thread; failures are StoreErrors, as the
Store's own. The rules stand in `sekisho.policy.asking`; the use of both together in `sekisho.engine.asks`.
"""

from collections.abc import Collection

from sekisho.store import asks, people
from sekisho.store.asked import Answer, Ask, Decide, Device, MayAsk, Outcome, Person
from sekisho.store.memory import Transaction


class Family:
    """Who lives here, what they asked, and who was told of it."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add_person(self, name: str, at: float) -> Person:
        """Somebody new. Raises ValueError for an empty name, or one that is taken."""
        with self._transaction("durable") as connection:
            return people.add_person(connection, name, at)

    def remove_person(self, person_id: int) -> bool:
        """Their devices stay, and are nobody's; False where there is no such person."""
        with self._transaction("durable") as connection:
            return people.remove_person(connection, person_id)

    def people(self) -> list[Person]:
        """Everybody, by name."""
        with self._transaction("read") as connection:
            return people.list_people(connection)

    def name_device(self, client: str, name: str, person_id: int | None, at: float) -> Device:
        """Give a device a name, and say whose it is. Raises ValueError for no name or no such person."""
        with self._transaction("durable") as connection:
            return people.name_device(connection, client, name, person_id, at)

    def forget_device(self, client: str) -> bool:
        """False where it had no name."""
        with self._transaction("durable") as connection:
            return people.forget_device(connection, client)

    def devices(self) -> list[Device]:
        """Every device with a name, by address."""
        with self._transaction("read") as connection:
            return people.list_devices(connection)

    def device(self, client: str) -> Device | None:
        """The device with this address, where it has a name."""
        with self._transaction("read") as connection:
            return people.find_device(connection, client)

    def seen(self, since: float, limit: int = 200) -> list[tuple[str, float]]:
        """(address, last visit) of every device that came by since then, the latest first."""
        with self._transaction("read") as connection:
            return people.seen(connection, since, limit)

    def make_ask(self, ask: Ask, may: MayAsk) -> tuple[Ask, bool]:
        """Keep an ask, on the disk, and say that it is new; or give the one that is open already.

        Whatever `may` raises goes up, and nothing was kept. The ask comes back with `who` filled in.
        """
        with self._transaction("durable") as connection:
            return asks.make(connection, ask, may)

    def ask(self, ask_id: str) -> Ask | None:
        """The ask with just this id."""
        with self._transaction("read") as connection:
            return asks.read(connection, ask_id)

    def asks(self, limit: int = 50) -> list[Ask]:
        """The newest first, whatever became of them."""
        with self._transaction("read") as connection:
            return asks.newest(connection, limit)

    def open_asks(self, now: float) -> list[Ask]:
        """Those that wait for an answer, the oldest first."""
        with self._transaction("read") as connection:
            return asks.open_at(connection, now)

    def answered_since(self, at: float) -> list[Ask]:
        """Those that were answered at this time or later, the oldest answer first."""
        with self._transaction("read") as connection:
            return asks.answered_since(connection, at)

    def answer(
        self, ask_id: str, given: Answer, *, by: str, at: float, decide: Decide, nonce: str = ""
    ) -> Outcome:
        """Answer an ask where it is still open; answer and decision are on the disk together, or neither."""
        with self._transaction("durable") as connection:
            return asks.answer(connection, ask_id, given, by=by, at=at, nonce=nonce, decide=decide)

    def note_told(self, kind: str, subject: str, target: str, at: float) -> None:
        """A target took the message about an ``ask`` or an ``event``, or the ``answer`` to an ask."""
        with self._transaction("durable") as connection:
            asks.note_told(connection, kind, subject, target, at)
            if kind == "ask":
                asks.mark_told(connection, subject, at)

    def told(self, kind: str, subjects: Collection[str]) -> set[tuple[str, str]]:
        """Which target was told of which of these: pairs of (subject, target)."""
        with self._transaction("read") as connection:
            return asks.told(connection, kind, subjects)

    def prune(self, before: float, now: float) -> int:
        """Forget asks and tellings of before then, and the path of every ask that is over."""
        with self._transaction("write") as connection:
            return asks.prune(connection, before, now)
