"""Memory: the part of the Store that remembers over time. Reached as `Store.memory`.

Each method is one transaction and may be called from any thread; failures are StoreErrors, as the
Store's own. What the rows mean, and what follows from them, is decided in `sekisho.memory`.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from sekisho.link import host_link
from sekisho.store import events, history, known_domains, pruning
from sekisho.store.pruning import Horizons
from sekisho.store.remembered import (
    CLEAN_FOR,
    TURNED_BAD,
    TYPED,
    Bounds,
    Change,
    DomainClick,
    Event,
    KnownDomain,
    Meet,
    PastVerdict,
    Presence,
)
from sekisho.verdict import Level, Verdict

Transaction = Callable[[str], AbstractContextManager[Connection]]
"""Opens a transaction that is for ``read``, ``write`` or ``durable`` (on the disk when it ends)."""


class Memory:
    """Known domains, events, past verdicts, and what is forgotten."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def note_clicks(self, batch: Sequence[DomainClick], meet: Meet) -> None:
        """Write clicks, the oldest first; `meet` (`policy.met`) says what each makes of an known_domain."""
        if not batch:
            return
        with self._transaction("write") as connection:
            known_domains.note(connection, batch, meet)

    def known_domain(self, name: str) -> KnownDomain | None:
        """What is remembered of one domain."""
        with self._transaction("read") as connection:
            return known_domains.read(connection, [name]).get(name)

    def due_checks(self, now: float, limit: int) -> list[KnownDomain]:
        """Known domains whose re-check is due, the longest waiting first."""
        with self._transaction("read") as connection:
            return known_domains.due(connection, now, limit)

    def names_below(self, level: Level, after: str, limit: int) -> list[str]:
        """Names of those with a better level that are looked at again, in order, from the first behind `after`."""
        with self._transaction("read") as connection:
            return known_domains.names_below(connection, level, after, limit)

    def count_due(self, now: float) -> int:
        """How many wait for a re-check."""
        with self._transaction("read") as connection:
            return known_domains.count_due(connection, now)

    def change(self, changes: Sequence[tuple[str, Change]]) -> dict[str, KnownDomain]:
        """Let each function make something new of its known_domain; gives them as they are now, by name."""
        if not changes:
            return {}
        with self._transaction("write") as connection:
            return known_domains.change(connection, changes)

    def unsettled(self, bounds: Bounds) -> list[KnownDomain]:
        """Familiar ones that may have to lapse, and those that may become familiar."""
        with self._transaction("read") as connection:
            return known_domains.unsettled(connection, bounds)

    def familiar(self, now: float) -> list[KnownDomain]:
        """Those that are familiar to the household, by name; not one whose last clean re-check is too old."""
        with self._transaction("read") as connection:
            return known_domains.familiar(connection, now - CLEAN_FOR)

    def familiar_to_household(self, now: float) -> frozenset[str]:
        """Their registrable domains: a small set, for the proxy to keep in memory."""
        with self._transaction("read") as connection:
            return known_domains.familiar_names(connection, now - CLEAN_FOR)

    def turn_bad(self, name: str, verdict: Verdict, at: float) -> Event | None:
        """Give a bad verdict to a domain and its known hosts, and write an event for those who were there.

        Who was there: every device that was let through since the last such event. Gives None where
        nobody was. On the disk when it returns.
        """
        with self._transaction("durable") as connection:
            since = events.last_at(connection, TURNED_BAD, name)
            people = events.people_at(connection, name, below=Level.WARN, since=since, until=at)
            history.worsen_verdicts(connection, name, verdict, at)
            history.keep_verdict(connection, host_link(name), verdict, at)
            if not people:
                return None
            return events.write(
                connection,
                TURNED_BAD,
                name,
                at=at,
                level=verdict.level,
                evidence=verdict.evidence,
                people=people,
            )

    def raise_event(self, kind: str, host: str, at: float, level: Level, detail: str) -> Event:
        """Write an event that has no people, with one English sentence. On the disk when it returns."""
        with self._transaction("durable") as connection:
            return events.write(connection, kind, host, at=at, level=level, detail=detail)

    def tell_typed(self, host: str, client: str, what: str, at: float, *, since: float, most: int) -> bool:
        """Write that a device typed something at a host, but where it wrote so much since then already.

        On the disk when it returns; False where it was too much.
        """
        with self._transaction("durable") as connection:
            if events.count_of(connection, TYPED, client, since) >= most:
                return False
            people = (Presence(client, at, at, 1),)
            events.write(connection, TYPED, host, at=at, level=Level.WARN, people=people, detail=what)
            return True

    def events(self, *, untold_only: bool = False, limit: int = 200) -> list[Event]:
        """What the family must be told, or was told; the newest first."""
        with self._transaction("read") as connection:
            return events.read(connection, untold_only=untold_only, limit=limit)

    def mark_told(self, key: int, at: float) -> bool:
        """The family was told; False where it was before. On the disk when it returns: nobody is told twice."""
        with self._transaction("durable") as connection:
            return events.mark_told(connection, key, at)

    def severe_verdicts(self, limit: int) -> list[tuple[str, Verdict]]:
        """(host, verdict) of the hosts that are held to be dangerous, what was found last first."""
        with self._transaction("read") as connection:
            return history.severe_verdicts(connection, limit)

    def past_verdicts(self, host: str) -> list[PastVerdict]:
        """What was held of a host before its current verdict, the oldest first."""
        with self._transaction("read") as connection:
            return history.past_verdicts(connection, host)

    def counts_since(self, at: float) -> dict[tuple[str, Level], int]:
        """Visits since then, by kind (``click``, ``resource``) and level."""
        with self._transaction("read") as connection:
            return pruning.counts_since(connection, at)

    def prune(self, horizons: Horizons, *, offset: float, oldest_day: int, most: int = 2000) -> int:
        """Forget one bite of what is too old, at most some thousand rows; 0 where nothing is left to forget."""
        steps: tuple[Callable[[Connection], int], ...] = (
            lambda connection: pruning.prune_visits(connection, horizons, offset, most),
            lambda connection: pruning.prune_verdicts(connection, horizons, most),
            lambda connection: pruning.prune_known_domains(connection, horizons, most),
            lambda connection: pruning.prune_facts(connection, horizons),
            lambda connection: pruning.prune_told(connection, horizons, oldest_day),
        )
        gone = 0
        for step in steps:
            with self._transaction("write") as connection:
                gone += step(connection)
        return gone

    def forget(self, host: str | None) -> dict[str, int]:
        """Forget a host with its subdomains, or every host (None); how many rows of each table went.

        Decisions stay. The bytes may still be in the file: see `Store.compact`.
        """
        with self._transaction("durable") as connection:
            return pruning.forget(connection, host)
