"""Events in the database: what the family must be notified of, with the devices that it concerns.

They are on the disk before a call returns.
"""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from sekisho.link import host_link
from sekisho.records.domains import TURNED_BAD, TYPED, Event, Presence
from sekisho.store.database import TableGroup, covers, insert_numbered
from sekisho.store.schema import CLIENT_LENGTH, HOST_LENGTH, events, visits
from sekisho.store.verdicts import keep_verdict, read_evidence, worsen_verdicts
from sekisho.verdict import Evidence, Level, Verdict, evidence_to_dict

_DETAIL_LENGTH = 400
_MOST_PEOPLE = 200


class Events(TableGroup):
    """What the family must be notified of."""

    def turn_bad(self, name: str, verdict: Verdict, at: float) -> Event | None:
        """Give a bad verdict to a domain and its known hosts, and write an event for the devices there.

        Those are every device that was let through since the last such event. Gives None where there was none.
        """
        with self._database.transaction("durable") as connection:
            people = _devices_let_through(connection, name, at)
            worsen_verdicts(connection, name, verdict, at)
            keep_verdict(connection, host_link(name), verdict, at)
            if not people:
                return None
            return _write(connection, TURNED_BAD, name, at, verdict.level, verdict.evidence, people)

    def raise_event(self, kind: str, host: str, at: float, level: Level, detail: str) -> Event:
        """Write an event that concerns no device, with one English sentence."""
        with self._database.transaction("durable") as connection:
            return _write(connection, kind, host, at, level, detail=detail)

    def add_typed(self, host: str, client: str, what: str, at: float, *, since: float, most: int) -> bool:
        """Write that a device typed something at a host; False where it wrote `most` since then already."""
        query = select(events.c.people).where(events.c.kind == TYPED, events.c.at > since)
        with self._database.transaction("durable") as connection:
            named = ([person["client"] for person in row.people] for row in connection.execute(query))
            if sum(clients == [client] for clients in named) >= most:
                return False
            people = (Presence(client, at, at, 1),)
            _write(connection, TYPED, host, at, Level.WARN, people=people, detail=what)
            return True

    def all(self, *, pending_only: bool = False, limit: int = 200) -> list[Event]:
        """The newest first; with `pending_only` those that the family was not notified of yet."""
        query = select(events).order_by(events.c.id.desc()).limit(limit)
        if pending_only:
            query = query.where(events.c.told_at.is_(None))
        return [_event(row) for row in self._database.rows(query)]

    def mark_notified(self, key: int, at: float) -> bool:
        """The family was notified; False where it was before, or the event is no more."""
        query = update(events).where(events.c.id == key, events.c.told_at.is_(None)).values(told_at=at)
        return self._database.run("durable", query) > 0


def _write(
    connection: Connection,
    kind: str,
    host: str,
    at: float,
    level: Level,
    evidence: tuple[Evidence, ...] = (),
    people: tuple[Presence, ...] = (),
    detail: str = "",
) -> Event:
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
    number = insert_numbered(connection, events, row, f"the event {kind}")
    return Event(number, kind, host, at, level, evidence, people, None, detail)


def _devices_let_through(connection: Connection, name: str, until: float) -> tuple[Presence, ...]:
    """Who was let through to a host or its subdomains since it last turned bad; the earliest first."""
    before = select(func.max(events.c.at)).where(events.c.host == name, events.c.kind == TURNED_BAD)
    since = connection.execute(before).scalar()
    first, last = func.min(visits.c.at), func.max(visits.c.at)
    query = (
        select(visits.c.client, first, last, func.count())
        .where(covers(visits.c.host, name), visits.c.level < int(Level.WARN), visits.c.at <= until)
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
