"""Pruning: removes rows from the database, by age or on request. Decisions are never removed.

Each transaction removes at most `most` rows, so that the write lock is held for some milliseconds and a
click does not wait. How old is too old is decided in `sekisho.engine.retention`.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, exists, insert, or_, select, update

from sekisho.store.database import TableGroup, covers
from sekisho.store.schema import (
    asks,
    events,
    facts,
    known_domains,
    verdict_changes,
    verdicts,
    visit_days,
    visits,
)
from sekisho.verdict import Level

_DAY = 86_400
_EPOCH_DAY = 719_163
"""1970-01-01 as `date.toordinal` counts."""


@dataclass(frozen=True, slots=True)
class Horizons:
    """The oldest time that is kept, for each kind of row."""

    visits: float
    """Visits that were let through."""
    resources: float
    """Sub-resources, which nobody chose."""
    warned: float
    """Clicks that got a warning page."""
    verdicts: float
    """Verdicts that were not found again since, where no visit is left."""
    known_domains: float
    """Known domains without a click since, unless they are familiar."""
    events: float
    """Events that the family was notified of."""
    facts: float
    """Answers of outside sources about a domain."""
    counts: float
    """Counts of the visits of one day."""


_HOST_COLUMNS = (
    visits.c.host,
    verdicts.c.host,
    verdict_changes.c.host,
    known_domains.c.name,
    events.c.host,
    asks.c.host,
    facts.c.subject,
)
"""Where each table names a host."""


class Pruning(TableGroup):
    """Removes rows of every group."""

    def prune(self, horizons: Horizons, *, offset: float, oldest_day: int, most: int = 2000) -> int:
        """Forget a part of what is too old, at most some thousand rows; 0 where nothing is left to forget.

        `offset`: seconds east of UTC, for the local day that a visit is counted on. `oldest_day`: the first
        local day whose counts are kept (`date.toordinal`).
        """
        with self._database.transaction("write") as connection:
            gone = _prune_visits(connection, horizons, offset, most)
        with self._database.transaction("write") as connection:
            gone += _prune_verdicts(connection, horizons, most)
        with self._database.transaction("write") as connection:
            gone += _prune_known_domains(connection, horizons, most)
        old = (
            delete(facts).where(facts.c.at < horizons.facts),
            delete(events).where(events.c.told_at < horizons.events),
            delete(visit_days).where(visit_days.c.day < oldest_day),
        )
        return gone + sum(self._database.run("write", statement) for statement in old)

    def forget(self, host: str | None) -> dict[str, int]:
        """Forget a host with its subdomains, or every host (None); how many rows of each table went.

        Decisions stay. The bytes may still be in the file: see `Store.compact`.
        """
        gone: dict[str, int] = {}
        with self._database.transaction("durable") as connection:
            for column in _HOST_COLUMNS:
                everything = delete(column.table)
                statement = everything if host is None else everything.where(covers(column, host))
                gone[column.table.name] = connection.execute(statement).rowcount
            if host is None:
                gone[visit_days.name] = connection.execute(delete(visit_days)).rowcount
        return gone


def _prune_visits(connection: Connection, horizons: Horizons, offset: float, most: int) -> int:
    """Turn old visits into counts of their local day (`offset`: seconds east of UTC); how many went."""
    is_click = visits.c.kind == "click"
    old = or_(
        and_(is_click, visits.c.level < int(Level.WARN), visits.c.at < horizons.visits),
        and_(is_click, visits.c.level >= int(Level.WARN), visits.c.at < horizons.warned),
        and_(~is_click, visits.c.at < horizons.resources),
    )
    rows = connection.execute(select(visits).where(old).order_by(visits.c.at).limit(most)).all()
    if not rows:
        return 0
    counted = Counter(
        (int((row.at + offset) // _DAY) + _EPOCH_DAY, row.client, row.level, row.kind) for row in rows
    )
    for (day, client, level, kind), number in counted.items():
        key = {"day": day, "client": client, "level": level, "kind": kind}
        same = [visit_days.c[name] == value for name, value in key.items()]
        more = update(visit_days).where(*same).values(visits=visit_days.c.visits + number)
        if not connection.execute(more).rowcount:
            connection.execute(insert(visit_days).values(visits=number, **key))
    connection.execute(delete(visits).where(visits.c.id.in_([row.id for row in rows])))
    return len(rows)


def _prune_verdicts(connection: Connection, horizons: Horizons, most: int) -> int:
    """Verdicts of hosts without a visit since, with their past ones; how many went."""
    left = exists().where(visits.c.host == verdicts.c.host)
    old = select(verdicts.c.host).where(verdicts.c.last_at < horizons.verdicts, ~left).limit(most)
    hosts = list(connection.scalars(old))
    connection.execute(delete(verdict_changes).where(verdict_changes.c.host.in_(hosts)))
    connection.execute(delete(verdicts).where(verdicts.c.host.in_(hosts)))
    return len(hosts)


def _prune_known_domains(connection: Connection, horizons: Horizons, most: int) -> int:
    """Known domains of long ago; how many went."""
    old = known_domains.c.last_at < horizons.known_domains, known_domains.c.familiar_at.is_(None)
    names = list(connection.scalars(select(known_domains.c.name).where(*old).limit(most)))
    connection.execute(delete(known_domains).where(known_domains.c.name.in_(names)))
    return len(names)
