"""Visits in the database: written in batches, and read back as the log."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select

from sekisho.records.visits import LogLine, Visit
from sekisho.store.database import TableGroup, covers
from sekisho.store.schema import CLIENT_LENGTH, HOST_LENGTH, verdicts, visits
from sekisho.store.verdicts import read_evidence
from sekisho.verdict import Level


class Visits(TableGroup):
    """Requests that were judged."""

    def record(self, seen: Sequence[Visit]) -> None:
        """Write several visits in one transaction; nothing for none."""
        if seen:
            with self._database.transaction("write") as connection:
                connection.execute(insert(visits), [_visit_row(visit) for visit in seen])

    def log(
        self,
        *,
        limit: int,
        level: Level | None = None,
        since: float | None = None,
        until: float | None = None,
        host: str | None = None,
        client: str | None = None,
    ) -> list[LogLine]:
        """Visits, the newest first, each with what is known of its host today.

        `level` is the least severe one to show; `since` the oldest time, `until` the first that is too
        new; `host` stands for its subdomains too; `client` is the address of one device.
        """
        narrower: Sequence[tuple[ColumnElement[Any], Callable[..., ColumnElement[bool]], Any]] = (
            (visits.c.level, operator.ge, level if level is None else int(level)),
            (visits.c.at, operator.ge, since),
            (visits.c.at, operator.lt, until),
            (visits.c.client, operator.eq, client and client[:CLIENT_LENGTH]),
            (visits.c.host, covers, host),
        )
        wanted = [compare(column, value) for column, compare, value in narrower if value is not None]
        query = (
            select(visits, verdicts.c.evidence, verdicts.c.level.label("verdict_level"))
            .join(verdicts, verdicts.c.host == visits.c.host, isouter=True)
            .where(*wanted)
            .order_by(visits.c.at.desc(), visits.c.id.desc())
            .limit(limit)
        )
        return [_log_line(row) for row in self._database.rows(query)]

    def counts_since(self, at: float) -> dict[tuple[str, Level], int]:
        """Visits since then, by kind (``click``, ``resource``) and level."""
        query = (
            select(visits.c.kind, visits.c.level, func.count())
            .where(visits.c.at >= at)
            .group_by(visits.c.kind, visits.c.level)
        )
        return {(row[0], Level(row[1])): row[2] for row in self._database.rows(query)}

    def devices(self, since: float, limit: int = 200) -> list[tuple[str, float]]:
        """(address, last visit) of every device that made a request since then, the latest first."""
        last = func.max(visits.c.at)
        query = select(visits.c.client, last).where(visits.c.at >= since).group_by(visits.c.client)
        rows = self._database.rows(query.order_by(last.desc()).limit(limit))
        return [(row[0], row[1]) for row in rows]


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
