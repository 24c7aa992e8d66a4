"""Outside: the statements behind `Store.fact`, `Store.spend` and `Store.note_source`.

Functions on an open connection, which belongs to the caller's transaction. A budget must hold for
several processes at once, on databases that let them write at once too: `spend` swaps a source's one
row only where nobody else changed it since it was read (its version), and reads again otherwise.
"""

from typing import Any

from sqlalchemy import Connection, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from sekisho.store.knowledge import GOOD, Account, Fact, Limits, SourceState, Spent
from sekisho.store.records import StoreError
from sekisho.store.schema import HOST_LENGTH, TOLD_LENGTH, facts, source_states, spendings

ATTEMPTS = 20
"""How often `spend` tries before it gives up; each failure means that another process got its turn."""


def remember_fact(connection: Connection, source: str, subject: str, value: Any, at: float) -> None:
    """Keep what a source said, in place of what it said before; an older answer never replaces a newer."""
    key = {"source": source, "subject": subject[:HOST_LENGTH]}
    if _inserted(connection, facts, **key, value=value, at=at):
        return
    here = (facts.c.source == source, facts.c.subject == key["subject"], facts.c.at <= at)
    connection.execute(update(facts).where(*here).values(value=value, at=at))


def fact(connection: Connection, source: str, subject: str) -> Fact | None:
    """What a source last said about a subject."""
    here = (facts.c.source == source, facts.c.subject == subject[:HOST_LENGTH])
    row = connection.execute(select(facts).where(*here)).one_or_none()
    return Fact(**row._asdict()) if row else None


def has_facts(connection: Connection, source: str) -> bool:
    """Whether anything is kept that a source said."""
    kept = select(facts.c.subject).where(facts.c.source == source).limit(1)
    return connection.execute(kept).first() is not None


def spend(connection: Connection, source: str, at: float, limits: Limits) -> bool:
    """Count one question to a source; False, and nothing counted, where a limit is reached.

    Raises StoreError where other processes were quicker each time.
    """
    for _ in range(ATTEMPTS):
        account, version = _account(connection, source)
        after = account.spend(at, limits)
        if after is None:
            return False
        fresh = {"recent": list(after.recent), "day": after.day, "in_day": after.in_day}
        if version is None:
            if _inserted(connection, spendings, source=source, version=1, **fresh):
                return True
            continue
        mine = (spendings.c.source == source, spendings.c.version == version)
        if connection.execute(update(spendings).where(*mine).values(version=version + 1, **fresh)).rowcount:
            return True
    raise StoreError(f"too many processes ask {source} at once; try again")


def spent(connection: Connection, source: str, at: float) -> Spent:
    """How much of a source's limits is used at this time."""
    account, _ = _account(connection, source)
    return account.at(at).spent


def note_source(connection: Connection, source: str, state: str, told: str, at: float) -> None:
    """Note how a source is now. `since` moves only when the state changes, `last_good_at` only when it is GOOD."""
    fresh: dict[str, Any] = {"state": state, "told": told[:TOLD_LENGTH]}
    if state == GOOD:
        fresh["last_good_at"] = at
    if _inserted(connection, source_states, source=source, since=at, **fresh):
        return
    here = source_states.c.source == source
    before = connection.execute(select(source_states.c.state).where(here)).scalar_one()
    if before != state:
        fresh["since"] = at
    connection.execute(update(source_states).where(here).values(**fresh))


def states(connection: Connection) -> list[SourceState]:
    """Every source that was ever noted, by name."""
    rows = connection.execute(select(source_states).order_by(source_states.c.source)).all()
    return [SourceState(**row._asdict()) for row in rows]


def _account(connection: Connection, source: str) -> tuple[Account, int | None]:
    row = connection.execute(select(spendings).where(spendings.c.source == source)).one_or_none()
    if row is None:
        return Account(), None
    return Account(tuple(row.recent), row.day, row.in_day), row.version


def _inserted(connection: Connection, table: Table, **row: Any) -> bool:
    """False where there is a row with this key already."""
    key = [column == row[column.name] for column in table.primary_key]
    if connection.execute(select(*table.primary_key).where(*key)).one_or_none():
        return False
    try:
        with connection.begin_nested():
            connection.execute(insert(table).values(**row))
    except IntegrityError:  # another process was first (not with SQLite, where a writer is alone)
        return False
    return True
