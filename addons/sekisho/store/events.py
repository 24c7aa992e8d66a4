"""Events in the database: what the family must be told, with who was there.

Functions on a connection; the caller has the transaction.
"""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from sekisho.store.history import read_evidence
from sekisho.store.remembered import Event, Presence
from sekisho.store.schema import CLIENT_LENGTH, HOST_LENGTH, events, visits
from sekisho.verdict import Evidence, Level, evidence_to_dict

_DETAIL_LENGTH = 400
_MOST_PEOPLE = 200


def write(
    connection: Connection,
    kind: str,
    host: str,
    *,
    at: float,
    level: Level,
    evidence: tuple[Evidence, ...] = (),
    people: tuple[Presence, ...] = (),
    detail: str = "",
) -> Event:
    """Keep an event that nobody has been told of yet."""
    host, detail = host[:HOST_LENGTH], detail[:_DETAIL_LENGTH]
    row = {
        "kind": kind,
        "host": host,
        "at": at,
        "level": int(level),
        "evidence": [evidence_to_dict(item) for item in evidence],
        "people": [{**asdict(person), "client": person.client[:CLIENT_LENGTH]} for person in people],
        "detail": detail,
    }
    key = connection.execute(insert(events).values(**row)).inserted_primary_key
    return Event(int(key[0]) if key else 0, kind, host, at, level, evidence, people, None, detail)


def read(connection: Connection, *, untold_only: bool, limit: int) -> list[Event]:
    """The newest first."""
    query = select(events).order_by(events.c.id.desc()).limit(limit)
    if untold_only:
        query = query.where(events.c.told_at.is_(None))
    return [_event(row) for row in connection.execute(query)]


def mark_told(connection: Connection, key: int, at: float) -> bool:
    """False where it was told before, or is no more."""
    query = update(events).where(events.c.id == key, events.c.told_at.is_(None)).values(told_at=at)
    return connection.execute(query).rowcount > 0


def last_at(connection: Connection, kind: str, host: str) -> float | None:
    """When the last event of this kind on just this host was written."""
    query = select(func.max(events.c.at)).where(events.c.host == host, events.c.kind == kind)
    found: float | None = connection.execute(query).scalar()
    return found


def count_of(connection: Connection, kind: str, client: str, since: float) -> int:
    """How many events of this kind name this device alone, from a time on."""
    rows = connection.execute(select(events.c.people).where(events.c.kind == kind, events.c.at > since))
    return sum(1 for row in rows if [person["client"] for person in row.people] == [client])


def people_at(
    connection: Connection, name: str, *, below: Level, since: float | None, until: float
) -> tuple[Presence, ...]:
    """Who was let through to a host or its subdomains, judged milder than `below`; the earliest first."""
    first, last = func.min(visits.c.at), func.max(visits.c.at)
    query = (
        select(visits.c.client, first, last, func.count())
        .where(
            (visits.c.host == name) | visits.c.host.endswith(f".{name}", autoescape=True),
            visits.c.level < int(below),
            visits.c.at <= until,
        )
        .group_by(visits.c.client)
        .order_by(first, visits.c.client)
        .limit(_MOST_PEOPLE)
    )
    if since is not None:
        query = query.where(visits.c.at > since)
    return tuple(Presence(*row) for row in connection.execute(query))


def _event(row: Row[Any]) -> Event:
    return Event(
        id=row.id,
        kind=row.kind,
        host=row.host,
        at=row.at,
        level=Level(row.level),
        evidence=read_evidence(row.evidence),
        people=tuple(Presence(**person) for person in row.people),
        told_at=row.told_at,
        detail=row.detail,
    )
