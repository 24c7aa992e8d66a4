"""Visits in the database: written in batches, and read back as the log.

Functions on a connection; the caller has the transaction.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select

from sekisho.store.history import read_evidence
from sekisho.store.records import LogLine, Visit
from sekisho.store.schema import CLIENT_LENGTH, HOST_LENGTH, verdicts, visits
from sekisho.verdict import Level


def write(connection: Connection, seen: Sequence[Visit]) -> None:
    """Several visits at once; at least one."""
    connection.execute(insert(visits), [_visit_row(visit) for visit in seen])


def log(
    connection: Connection,
    *,
    limit: int,
    level: Level | None,
    since: float | None,
    until: float | None,
    host: str | None,
    client: str | None,
) -> list[LogLine]:
    """What `Store.log` says."""
    wanted: list[ColumnElement[bool]] = []
    if level is not None:
        wanted.append(visits.c.level >= int(level))
    if since is not None:
        wanted.append(visits.c.at >= since)
    if until is not None:
        wanted.append(visits.c.at < until)
    if client is not None:
        wanted.append(visits.c.client == client[:CLIENT_LENGTH])
    if host is not None:
        wanted.append(or_(visits.c.host == host, visits.c.host.endswith(f".{host}", autoescape=True)))
    query = (
        select(visits, verdicts.c.evidence, verdicts.c.level.label("verdict_level"))
        .join(verdicts, verdicts.c.host == visits.c.host, isouter=True)
        .where(*wanted)
        .order_by(visits.c.at.desc(), visits.c.id.desc())
        .limit(limit)
    )
    return [_log_line(row) for row in connection.execute(query)]


def _visit_row(visit: Visit) -> dict[str, Any]:
    cut = {
        "host": visit.host[:HOST_LENGTH],
        "client": visit.client[:CLIENT_LENGTH],
        "scheme": visit.scheme[:8],
    }
    return {**cut, "level": int(visit.level), "at": visit.at, "kind": visit.kind}


def _log_line(row: Row[Any]) -> LogLine:
    return LogLine(
        at=row.at,
        level=Level(row.level),
        host=row.host,
        client=row.client,
        scheme=row.scheme,
        kind=row.kind,
        evidence=read_evidence(row.evidence),
        verdict_level=None if row.verdict_level is None else Level(row.verdict_level),
    )
