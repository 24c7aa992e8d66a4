"""Asks in the database, and who was told of what. Functions on a connection; the caller has the transaction.

There is one open ask for a device and a host: a unique key says so (`open_key`, empty once the ask is
answered or over), for databases that let several write at once. An answer counts where it is the one that
turns the row from open to answered; everybody later finds it answered.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from sekisho.store.asked import Answer, Ask, Decide, MayAsk, Outcome
from sekisho.store.history import read_evidence
from sekisho.store.people import find_device
from sekisho.store.records import Decision, StoreError
from sekisho.store.schema import BY_LENGTH, CLIENT_LENGTH, HOST_LENGTH, asks, decisions, tellings
from sekisho.verdict import Level, evidence_to_dict

DAY = 86_400.0
_DECISION_COLUMNS = tuple(column.name for column in decisions.columns if column.name != "id")


def make(connection: Connection, ask: Ask, may: MayAsk) -> tuple[Ask, bool]:
    """Keep an ask, and say that it is new; or give the one that is open already for its device and host.

    Whatever `may` raises goes up, and nothing was kept.
    """
    ask = replace(ask, client=ask.client[:CLIENT_LENGTH], host=ask.host[:HOST_LENGTH])
    key = f"{ask.client} {ask.host}"
    over = asks.c.open_key == key, asks.c.expires <= ask.at
    connection.execute(update(asks).where(*over).values(open_key=None, path=None))
    if found := _open(connection, key):
        return found, False
    recent = connection.execute(select(asks.c.client, asks.c.at).where(asks.c.at > ask.at - DAY)).all()
    may([row.at for row in recent if row.client == ask.client], [row.at for row in recent])
    device = find_device(connection, ask.client)
    ask = replace(ask, who=device.told if device else "")
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
    try:
        with connection.begin_nested():
            connection.execute(insert(asks).values(**row))
    except IntegrityError:  # another process was first (not with SQLite, where a writer is alone)
        if found := _open(connection, key):
            return found, False
        raise StoreError("an ask with this id is there already; try again") from None
    return ask, True


def read(connection: Connection, ask_id: str) -> Ask | None:
    """The ask with just this id."""
    row = connection.execute(select(asks).where(asks.c.id == ask_id)).one_or_none()
    return _ask(row) if row else None


def newest(connection: Connection, limit: int) -> list[Ask]:
    """The newest first, whatever became of them."""
    return [_ask(row) for row in connection.execute(select(asks).order_by(asks.c.at.desc()).limit(limit))]


def open_at(connection: Connection, now: float) -> list[Ask]:
    """Those that wait for an answer, the oldest first."""
    waiting = asks.c.answered_at.is_(None), asks.c.expires > now
    return [_ask(row) for row in connection.execute(select(asks).where(*waiting).order_by(asks.c.at))]


def answered_since(connection: Connection, at: float) -> list[Ask]:
    """Those that were answered at this time or later, the oldest answer first."""
    query = select(asks).where(asks.c.answered_at >= at).order_by(asks.c.answered_at)
    return [_ask(row) for row in connection.execute(query)]


def answer(
    connection: Connection, ask_id: str, given: Answer, *, by: str, at: float, nonce: str, decide: Decide
) -> Outcome:
    """Answer an ask where it is still open, and keep the decision that follows in the same transaction.

    A decision for the household takes the place of older ones on the same host; one for a device alone is
    newer and closer, and leaves them.
    """
    found = read(connection, ask_id)
    if found is None:
        return Outcome("unknown")
    if found.answered_at is not None:
        return Outcome("replayed" if nonce and found.nonce == nonce else "answered", found)
    if at >= found.expires:
        return Outcome("expired", found)
    still_open = asks.c.id == ask_id, asks.c.answered_at.is_(None)
    taken = {
        "answered_at": at,
        "answered_by": by[:BY_LENGTH],
        "answer": given,
        "nonce": nonce,
        "open_key": None,
        "path": None,
    }
    if not connection.execute(update(asks).where(*still_open).values(**taken)).rowcount:
        return Outcome("answered", read(connection, ask_id))
    decision = _keep(connection, decide(found))
    connection.execute(update(asks).where(asks.c.id == ask_id).values(decision_id=decision.id))
    return Outcome("accepted", read(connection, ask_id), decision)


def mark_told(connection: Connection, ask_id: str, at: float) -> None:
    """Somebody was told of an ask; the first time stays."""
    first = asks.c.id == ask_id, asks.c.told_at.is_(None)
    connection.execute(update(asks).where(*first).values(told_at=at))


def note_told(connection: Connection, kind: str, subject: str, target: str, at: float) -> None:
    """A target took a message; noted once."""
    key = tellings.c.kind == kind, tellings.c.subject == subject, tellings.c.target == target
    if not connection.execute(select(tellings.c.at).where(*key)).first():
        connection.execute(insert(tellings).values(kind=kind, subject=subject, target=target, at=at))


def told(connection: Connection, kind: str, subjects: Collection[str]) -> set[tuple[str, str]]:
    """Which target was told of which of these: pairs of (subject, target)."""
    if not subjects:
        return set()
    query = select(tellings.c.subject, tellings.c.target).where(
        tellings.c.kind == kind, tellings.c.subject.in_(list(subjects))
    )
    return {(row.subject, row.target) for row in connection.execute(query)}


def prune(connection: Connection, before: float, now: float) -> int:
    """Forget asks and tellings of before then, and the path of every ask that is over; how many rows went."""
    over = asks.c.path.is_not(None), asks.c.expires <= now
    connection.execute(update(asks).where(*over).values(path=None))
    gone = connection.execute(delete(asks).where(asks.c.at < before, asks.c.expires < before)).rowcount
    return gone + connection.execute(delete(tellings).where(tellings.c.at < before)).rowcount


def _open(connection: Connection, key: str) -> Ask | None:
    row = connection.execute(select(asks).where(asks.c.open_key == key)).one_or_none()
    return _ask(row) if row else None


def _keep(connection: Connection, decision: Decision) -> Decision:
    values = {name: getattr(decision, name) for name in _DECISION_COLUMNS}
    key = connection.execute(insert(decisions).values(**values)).inserted_primary_key
    if key is None:
        raise StoreError(f"the store gave no number to the decision on {decision.host}")
    kept = replace(decision, id=int(key[0]))
    if kept.client is None:
        older = decisions.c.host == kept.host, decisions.c.ended_at.is_(None), decisions.c.id != kept.id
        ended = update(decisions).where(*older).values(ended_at=kept.at, ended_by=kept.by)
        connection.execute(ended)
    return kept


def _ask(row: Row[Any]) -> Ask:
    fields = row._asdict()
    del fields["open_key"]
    return Ask(**{**fields, "level": Level(row.level), "evidence": read_evidence(row.evidence)})
