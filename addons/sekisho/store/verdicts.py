"""Verdicts in the database: the current one of a host, and the earlier ones.

A phishing host is often clean in the morning and bad by evening, and the log must show both. So a verdict
of another level, or for another reason, does not overwrite the one before: that moves to
`verdict_changes`. At most MOST_KEPT of them are kept for a host, the first one always, since a host that
changes back and forth must not remove its first verdict.
"""

import contextlib
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from sekisho.link import Link
from sekisho.records.domains import PastVerdict
from sekisho.store.database import TableGroup, covers, insert_new
from sekisho.store.schema import HOST_LENGTH, verdict_changes, verdicts
from sekisho.verdict import Evidence, Level, Verdict, evidence_from_dict, evidence_to_dict

MOST_KEPT = 20
"""Past verdicts of one host."""
_MOST_HOSTS = 500


class Verdicts(TableGroup):
    """What was found about hosts."""

    def record(self, link: Link, verdict: Verdict, at: float) -> None:
        """Make this the host's current verdict; one that it takes the place of is kept."""
        with self._database.transaction("write") as connection:
            keep_verdict(connection, link, verdict, at)

    def severe(self, limit: int) -> list[tuple[str, Verdict]]:
        """(host, verdict) of the hosts that are held to be dangerous, what was found last first."""
        query = (
            select(verdicts.c.host, verdicts.c.level, verdicts.c.evidence)
            .where(verdicts.c.level >= int(Level.WARN))
            .order_by(verdicts.c.last_at.desc())
            .limit(limit)
        )
        return [
            (row.host, Verdict(Level(row.level), tuple(evidence_from_dict(item) for item in row.evidence)))
            for row in self._database.rows(query)
        ]

    def past(self, host: str) -> list[PastVerdict]:
        """What was held of a host before its current verdict, the oldest first."""
        query = select(verdict_changes).where(verdict_changes.c.host == host).order_by(verdict_changes.c.id)
        return [
            PastVerdict(
                row.host, Level(row.level), read_evidence(row.evidence), row.at, row.last_at, row.replaced_at
            )
            for row in self._database.rows(query)
        ]


def keep_verdict(connection: Connection, link: Link, verdict: Verdict, at: float) -> None:
    """Make this the host's current verdict; the same finding again only moves its last time."""
    host = link.host[:HOST_LENGTH]
    fresh: dict[str, Any] = {
        "domain": link.domain[:HOST_LENGTH],
        "level": int(verdict.level),
        "evidence": [evidence_to_dict(item) for item in verdict.evidence],
        "last_at": at,
    }
    if insert_new(connection, verdicts, {"host": host, "at": at, **fresh}):
        return
    here = verdicts.c.host == host
    known = connection.execute(select(verdicts).where(here)).mappings().one()
    if _same_finding(known, fresh):
        fresh = {"last_at": at}
    else:
        fresh["at"] = at
        if _gist(known) != _gist(fresh):
            _move_to_past(connection, known, at)
    connection.execute(update(verdicts).where(here).values(**fresh))


def worsen_verdicts(connection: Connection, name: str, verdict: Verdict, at: float) -> None:
    """Give a verdict on a domain to those of its known hosts that were held to be better."""
    known = select(verdicts.c.host, verdicts.c.domain).where(
        covers(verdicts.c.host, name), verdicts.c.level < int(verdict.level)
    )
    for row in connection.execute(known.limit(_MOST_HOSTS)).all():
        keep_verdict(connection, Link(row.host, row.domain, "", False, row.host), verdict, at)


def read_evidence(findings: list[dict[str, Any]] | None) -> tuple[Evidence, ...]:
    """Evidence from its JSON; a finding of a kind that is not known here is left out."""
    known = []
    for fields in findings or ():
        with contextlib.suppress(KeyError, ValueError, TypeError):
            known.append(evidence_from_dict(fields))
    return tuple(known)


def _move_to_past(connection: Connection, known: RowMapping, at: float) -> None:
    row = {name: known[name] for name in ("host", "level", "evidence", "at", "last_at")}
    connection.execute(insert(verdict_changes).values(replaced_at=at, **row))
    of_host = select(verdict_changes.c.id).where(verdict_changes.c.host == known["host"])
    ids = list(connection.scalars(of_host.order_by(verdict_changes.c.id)))
    if len(ids) > MOST_KEPT:
        too_many = ids[1 : len(ids) - MOST_KEPT + 1]
        connection.execute(delete(verdict_changes).where(verdict_changes.c.id.in_(too_many)))


def _gist(row: RowMapping | dict[str, Any]) -> tuple[object, ...]:
    """What makes it another verdict: the level, and the reason that decided."""
    evidence = row["evidence"]
    return row["level"], evidence[0].get("reason") if evidence else None


def _same_finding(known: RowMapping, fresh: dict[str, Any]) -> bool:
    """The same level for the same evidence, whenever each was found."""

    def timeless(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**item, "at": 0} for item in findings]

    return known["level"] == fresh["level"] and timeless(known["evidence"]) == timeless(fresh["evidence"])
