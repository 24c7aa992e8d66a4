"""History: the current verdict of a host, and those that it took the place of.

A host that was clean in the morning and bad by evening is the story of every victim, so a verdict of
another level, or for another reason, does not overwrite the one before: that moves to
`verdict_changes`. At most MOST_KEPT of them for a host, the first one always, since a host that goes
back and forth must not push out how it began. Functions on a connection; the caller has the transaction.
"""

import contextlib
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from sekisho.link import Link
from sekisho.store.remembered import PastVerdict
from sekisho.store.schema import HOST_LENGTH, verdict_changes, verdicts
from sekisho.verdict import Evidence, Level, Verdict, evidence_from_dict, evidence_to_dict

MOST_KEPT = 20
"""Past verdicts of one host."""
_MOST_HOSTS = 500
_INSERT_NEW = {
    each.name: dialect.insert(verdicts).on_conflict_do_nothing()
    for dialect, each in ((sqlite, sqlite.dialect), (postgresql, postgresql.dialect))
}
"""Dialect → the statement that does nothing where the host is known. A click to a new host waits for it: one
statement where a look before it and a savepoint around it would make four.
"""


def keep_verdict(connection: Connection, link: Link, verdict: Verdict, at: float) -> None:
    """Make this the host's current verdict; the same finding again only moves its last time."""
    host = link.host[:HOST_LENGTH]
    fresh: dict[str, Any] = {
        "domain": link.domain[:HOST_LENGTH],
        "level": int(verdict.level),
        "evidence": [evidence_to_dict(item) for item in verdict.evidence],
        "last_at": at,
    }
    if _is_new(connection, {"host": host, "at": at, **fresh}):
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


def worsen_verdicts(connection: Connection, name: str, verdict: Verdict, at: float) -> int:
    """Give a verdict on a domain to those of its known hosts that were held to be better; how many were."""
    known = select(verdicts.c.host, verdicts.c.domain).where(
        (verdicts.c.host == name) | verdicts.c.host.endswith(f".{name}", autoescape=True),
        verdicts.c.level < int(verdict.level),
    )
    rows = connection.execute(known.limit(_MOST_HOSTS)).all()
    for row in rows:
        link = Link(row.host, row.domain, "", False, row.host)
        keep_verdict(connection, link, verdict, at)
    return len(rows)


def severe_verdicts(connection: Connection, limit: int) -> list[tuple[str, Verdict]]:
    """(host, verdict) of the hosts that are held to be dangerous, what was found last first."""
    rows = connection.execute(
        select(verdicts.c.host, verdicts.c.level, verdicts.c.evidence)
        .where(verdicts.c.level >= int(Level.WARN))
        .order_by(verdicts.c.last_at.desc())
        .limit(limit)
    )
    return [
        (row.host, Verdict(Level(row.level), tuple(evidence_from_dict(item) for item in row.evidence)))
        for row in rows
    ]


def past_verdicts(connection: Connection, host: str) -> list[PastVerdict]:
    """What was held of a host before, the oldest first."""
    query = select(verdict_changes).where(verdict_changes.c.host == host).order_by(verdict_changes.c.id)
    return [
        PastVerdict(
            row.host, Level(row.level), read_evidence(row.evidence), row.at, row.last_at, row.replaced_at
        )
        for row in connection.execute(query)
    ]


def read_evidence(findings: list[dict[str, Any]] | None) -> tuple[Evidence, ...]:
    """Evidence from its JSON; a finding of a kind that is not known here is left out, the rest is told."""
    known = []
    for fields in findings or ():
        with contextlib.suppress(KeyError, ValueError, TypeError):
            known.append(evidence_from_dict(fields))
    return tuple(known)


def _is_new(connection: Connection, row: dict[str, Any]) -> bool:
    """Insert the verdict; False, and nothing done, where the host has one already."""
    quick = _INSERT_NEW.get(connection.dialect.name)
    if quick is not None:
        return connection.execute(quick, row).rowcount == 1
    try:
        with connection.begin_nested():
            connection.execute(insert(verdicts).values(**row))
    except IntegrityError:
        return False
    return True


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
