"""Sources in the database: what outside sources answered, how often they were asked, and how they are.

A budget must hold for several processes at once, on databases that let them write at once too: `spend`
swaps a source's one row only where nobody else changed it since it was read (its version), and reads
again otherwise.
"""

from typing import Any

from sqlalchemy import Connection, select, update

from sekisho.records.sources import GOOD, Account, Fact, Limits, SourceState, Spent
from sekisho.records.visits import StoreError
from sekisho.store.database import TableGroup, insert_new
from sekisho.store.schema import HOST_LENGTH, SENTENCE_LENGTH, facts, source_states, spendings

ATTEMPTS = 20
"""How often `spend` tries before it gives up; each failure means that another process got its turn."""


class Sources(TableGroup):
    """Facts, budgets and states of outside sources."""

    def remember_fact(self, source: str, subject: str, value: Any, at: float) -> None:
        """Keep what a source answered (plain JSON) about a domain; an older answer never replaces a newer."""
        key = {"source": source, "subject": subject[:HOST_LENGTH]}
        with self._database.transaction("write") as connection:
            if insert_new(connection, facts, {**key, "value": value, "at": at}):
                return
            here = (facts.c.source == source, facts.c.subject == key["subject"], facts.c.at <= at)
            connection.execute(update(facts).where(*here).values(value=value, at=at))

    def fact(self, source: str, subject: str) -> Fact | None:
        """The last answer of a source about a domain."""
        here = (facts.c.source == source, facts.c.subject == subject[:HOST_LENGTH])
        rows = self._database.rows(select(facts).where(*here))
        return Fact(**rows[0]._asdict()) if rows else None

    def has_facts(self, source: str) -> bool:
        """Whether any answer of a source is kept."""
        return bool(self._database.rows(select(facts.c.subject).where(facts.c.source == source).limit(1)))

    def spend(self, source: str, at: float, limits: Limits) -> bool:
        """Count one question to a source, for all processes; False, and not counted, over a limit.

        Raises StoreError where other processes were quicker each time.
        """
        with self._database.transaction("write") as connection:
            for _ in range(ATTEMPTS):
                account, version = _account(connection, source)
                after = account.spend(at, limits)
                if after is None:
                    return False
                if _swap(connection, source, after, version):
                    return True
            raise StoreError(f"too many processes ask {source} at once; try again")

    def spent(self, source: str, at: float) -> Spent:
        """How many questions a source was asked in the last minute and on this UTC day."""
        with self._database.transaction("read") as connection:
            account, _ = _account(connection, source)
        return account.at(at).spent

    def note_source(self, source: str, state: str, sentence: str, at: float) -> None:
        """Note how a source is: its state and a sentence.

        `since` moves only when the state changes, `last_good_at` only when it is GOOD.
        """
        fresh: dict[str, Any] = {"state": state, "told": sentence[:SENTENCE_LENGTH]}
        if state == GOOD:
            fresh["last_good_at"] = at
        with self._database.transaction("write") as connection:
            if insert_new(connection, source_states, {"source": source, "since": at, **fresh}):
                return
            here = source_states.c.source == source
            if connection.execute(select(source_states.c.state).where(here)).scalar_one() != state:
                fresh["since"] = at
            connection.execute(update(source_states).where(here).values(**fresh))

    def states(self) -> list[SourceState]:
        """Every source that was ever noted, by name."""
        rows = self._database.rows(select(source_states).order_by(source_states.c.source))
        return [SourceState(*row) for row in rows]


def _account(connection: Connection, source: str) -> tuple[Account, int | None]:
    row = connection.execute(select(spendings).where(spendings.c.source == source)).one_or_none()
    if row is None:
        return Account(), None
    return Account(tuple(row.recent), row.day, row.in_day), row.version


def _swap(connection: Connection, source: str, after: Account, version: int | None) -> bool:
    """Write an account in place of the version that was read (None: there was none); False where it changed."""
    fresh = {"recent": list(after.recent), "day": after.day, "in_day": after.in_day}
    if version is None:
        return insert_new(connection, spendings, {"source": source, "version": 1, **fresh})
    mine = (spendings.c.source == source, spendings.c.version == version)
    statement = update(spendings).where(*mine).values(version=version + 1, **fresh)
    return connection.execute(statement).rowcount > 0
