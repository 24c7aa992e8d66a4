"""Decisions in the database. They are on the disk before a call returns; rows end and are never deleted."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from sekisho.records.visits import Decision
from sekisho.store.database import TableGroup, insert_numbered
from sekisho.store.schema import decisions


class Decisions(TableGroup):
    """What the family decided about hosts."""

    def add(self, decision: Decision) -> Decision:
        """Keep a decision, and give it back with its id."""
        with self._database.transaction("durable") as connection:
            return insert_decision(connection, decision)

    def restore(self, saved: Sequence[Decision]) -> None:
        """Keep decisions of another database with the ids that they had there."""
        if saved:
            with self._database.transaction("durable") as connection:
                connection.execute(insert(decisions), [asdict(decision) for decision in saved])

    def in_force(self, now: float) -> list[Decision]:
        """Every decision in force, the oldest first."""
        rows = self._database.rows(select(decisions).where(*_in_force(now)).order_by(decisions.c.id))
        return [Decision(**row._asdict()) for row in rows]

    def end_on(
        self,
        host: str,
        *,
        by: str,
        at: float,
        kind: str | None = None,
        exact: bool | None = None,
        but: int | None = None,
    ) -> list[Decision]:
        """End the decisions on just this host that are in force; the rows stay. Gives back what was ended.

        `kind` (``allow`` or ``block``) and `exact` narrow it, and None means both; `but` is the id of
        one that stays.
        """
        narrower = ((decisions.c.kind, kind), (decisions.c.exact, exact))
        wanted = [column == value for column, value in narrower if value is not None]
        if but is not None:
            wanted.append(decisions.c.id != but)
        return self._end(decisions.c.host == host, *wanted, by=by, at=at)

    def end(self, key: int, *, by: str, at: float) -> Decision | None:
        """End the one decision with this id; None where it is not in force."""
        ended = self._end(decisions.c.id == key, by=by, at=at)
        return ended[0] if ended else None

    def change_counter(self) -> int:
        """A number that grows whenever any process adds or ends a decision; cheap enough to ask each second.

        Rows are never deleted, so the count of rows and of ended rows grows with each change. (The
        highest id would not do: two transactions may commit in another order than they took ids.)
        """
        counted = select(func.count(decisions.c.id), func.count(decisions.c.ended_at))
        return sum(self._database.rows(counted)[0])

    def _end(self, *wanted: ColumnElement[bool], by: str, at: float) -> list[Decision]:
        query = select(decisions).where(*_in_force(at), *wanted).order_by(decisions.c.id)
        with self._database.transaction("durable") as connection:
            rows = connection.execute(query).all()
            if rows:
                connection.execute(
                    update(decisions)
                    .where(decisions.c.id.in_([row.id for row in rows]), decisions.c.ended_at.is_(None))
                    .values(ended_at=at, ended_by=by)
                )
        return [Decision(**{**row._asdict(), "ended_at": at, "ended_by": by}) for row in rows]


def insert_decision(connection: Connection, decision: Decision) -> Decision:
    """Write a decision in the caller's transaction; gives it with its id."""
    row = asdict(decision)
    del row["id"]
    number = insert_numbered(connection, decisions, row, f"the decision on {decision.host}")
    return replace(decision, id=number)


def _in_force(now: float) -> list[ColumnElement[bool]]:
    return [decisions.c.ended_at.is_(None), or_(decisions.c.until.is_(None), decisions.c.until > now)]
