"""Asks in the database, and which message went to whom. Changes are on the disk before a call returns.

There is one open ask for a device and a host: a unique key enforces it (`open_key`, empty once the ask is
answered or over), for databases that let several write at once. An answer counts where it is the one that
changes the row from open to answered; every later one finds it answered. The rules stand in
`sekisho.policy.asking`; the use of both together in `sekisho.engine.asks`.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, select, update

from sekisho.records.asks import Answer, Ask, CheckRate, Decide, Outcome
from sekisho.records.visits import Decision, StoreError
from sekisho.store.database import TableGroup, insert_new
from sekisho.store.decisions import insert_decision
from sekisho.store.devices import find_device
from sekisho.store.schema import BY_LENGTH, CLIENT_LENGTH, HOST_LENGTH, asks, decisions, tellings
from sekisho.store.verdicts import read_evidence
from sekisho.verdict import Level, evidence_to_dict

DAY = 86_400.0


class Asks(TableGroup):
    """Requests to the family to open a host."""

    def make(self, ask: Ask, check_rate: CheckRate) -> tuple[Ask, bool]:
        """Keep an ask, and True for a new one; or give the one that is open already for its device and host.

        Whatever `check_rate` raises goes up, and nothing was kept. The ask comes back with `who` filled in.
        """
        ask = replace(ask, client=ask.client[:CLIENT_LENGTH], host=ask.host[:HOST_LENGTH])
        key = f"{ask.client} {ask.host}"
        over = asks.c.open_key == key, asks.c.expires <= ask.at
        with self._database.transaction("durable") as connection:
            connection.execute(update(asks).where(*over).values(open_key=None, path=None))
            if found := _find(connection, asks.c.open_key == key):
                return found, False
            recent = connection.execute(
                select(asks.c.client, asks.c.at).where(asks.c.at > ask.at - DAY)
            ).all()
            check_rate([row.at for row in recent if row.client == ask.client], [row.at for row in recent])
            device = find_device(connection, ask.client)
            ask = replace(ask, who=device.label if device else "")
            row = {
                "id": ask.id,
                "open_key": key,
                "client": ask.client,
                "who": ask.who,
                "host": ask.host,
                "level": int(ask.level),
                "evidence": [evidence_to_dict(item) for item in ask.evidence],
                "path": ask.path,
                "at": ask.at,
                "expires": ask.expires,
                "nonce": "",
            }
            if insert_new(connection, asks, row):
                return ask, True
            # Another process was first (not with SQLite, where a writer is alone).
            if found := _find(connection, asks.c.open_key == key):
                return found, False
            raise StoreError("an ask with this id is there already; try again")

    def find(self, ask_id: str) -> Ask | None:
        """The ask with just this id."""
        with self._database.transaction("read") as connection:
            return _find(connection, asks.c.id == ask_id)

    def newest(self, limit: int = 50) -> list[Ask]:
        """The newest first, whatever became of them."""
        return self._all(select(asks).order_by(asks.c.at.desc()).limit(limit))

    def open_asks(self, now: float) -> list[Ask]:
        """Those that wait for an answer, the oldest first."""
        waiting = asks.c.answered_at.is_(None), asks.c.expires > now
        return self._all(select(asks).where(*waiting).order_by(asks.c.at))

    def answered_since(self, at: float) -> list[Ask]:
        """Those that were answered at this time or later, the oldest answer first."""
        return self._all(select(asks).where(asks.c.answered_at >= at).order_by(asks.c.answered_at))

    def answer(
        self, ask_id: str, given: Answer, *, by: str, at: float, decide: Decide, nonce: str = ""
    ) -> Outcome:
        """Answer an ask where it is still open; answer and decision are on the disk together, or neither.

        A decision for the household takes the place of older ones on the same host; one for a device alone is
        newer and closer, and leaves them.
        """
        here, still_open = asks.c.id == ask_id, asks.c.answered_at.is_(None)
        taken = {
            "answered_at": at,
            "answered_by": by[:BY_LENGTH],
            "answer": given,
            "nonce": nonce,
            "open_key": None,
            "path": None,
        }
        with self._database.transaction("durable") as connection:
            found = _find(connection, here)
            if found is None:
                return Outcome("unknown")
            if found.answered_at is not None:
                return Outcome("replayed" if nonce and found.nonce == nonce else "answered", found)
            if at >= found.expires:
                return Outcome("expired", found)
            if not connection.execute(update(asks).where(here, still_open).values(**taken)).rowcount:
                return Outcome("answered", _find(connection, here))
            decision = _take_place(connection, decide(found))
            connection.execute(update(asks).where(here).values(decision_id=decision.id))
            return Outcome("accepted", _find(connection, here), decision)

    def note_delivery(self, kind: str, subject: str, target: str, at: float) -> None:
        """A target took the message about an ``ask`` or an ``event``, or the ``answer`` to an ask; noted once."""
        row = {"kind": kind, "subject": subject, "target": target, "at": at}
        with self._database.transaction("durable") as connection:
            insert_new(connection, tellings, row)
            if kind == "ask":
                first = asks.c.id == subject, asks.c.told_at.is_(None)
                connection.execute(update(asks).where(*first).values(told_at=at))

    def deliveries(self, kind: str, subjects: Collection[str]) -> set[tuple[str, str]]:
        """Which target took a message about which of these: pairs of (subject, target)."""
        if not subjects:
            return set()
        query = select(tellings.c.subject, tellings.c.target).where(
            tellings.c.kind == kind, tellings.c.subject.in_(list(subjects))
        )
        return {(row.subject, row.target) for row in self._database.rows(query)}

    def prune(self, before: float, now: float) -> int:
        """Forget asks and deliveries of before then, and the path of every ask that is over; how many rows went."""
        over = asks.c.path.is_not(None), asks.c.expires <= now
        old = (
            delete(asks).where(asks.c.at < before, asks.c.expires < before),
            delete(tellings).where(tellings.c.at < before),
        )
        with self._database.transaction("write") as connection:
            connection.execute(update(asks).where(*over).values(path=None))
            return sum(connection.execute(statement).rowcount for statement in old)

    def _all(self, query: Select[Any]) -> list[Ask]:
        return [_ask(row) for row in self._database.rows(query)]


def _find(connection: Connection, where: ColumnElement[bool]) -> Ask | None:
    row = connection.execute(select(asks).where(where)).one_or_none()
    return _ask(row) if row else None


def _take_place(connection: Connection, decision: Decision) -> Decision:
    kept = insert_decision(connection, decision)
    if kept.client is None:
        older = decisions.c.host == kept.host, decisions.c.ended_at.is_(None), decisions.c.id != kept.id
        connection.execute(update(decisions).where(*older).values(ended_at=kept.at, ended_by=kept.by))
    return kept


def _ask(row: Row[Any]) -> Ask:
    fields = row._asdict()
    del fields["open_key"]
    return Ask(**{**fields, "level": Level(row.level), "evidence": read_evidence(row.evidence)})
