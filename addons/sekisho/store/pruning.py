"""Pruning: what the database forgets, by age or because somebody said so. Decisions are never touched.

Each function takes one bite of at most `most` rows, so that the write lock is held for some
milliseconds and a click does not wait. How old is too old is decided in `memory.ageing`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

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
    """Verdicts that nobody came by since, where no visit is left."""
    known_domains: float
    """Known domains that nobody came by since, unless they are familiar."""
    events: float
    """Events that were told."""
    facts: float
    """What outside sources said of a domain."""
    counts: float
    """Counts of the visits of one day."""


def prune_visits(connection: Connection, horizons: Horizons, offset: float, most: int) -> int:
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


def prune_verdicts(connection: Connection, horizons: Horizons, most: int) -> int:
    """Verdicts of hosts that nobody came by since, with what they were before; how many went."""
    left = exists().where(visits.c.host == verdicts.c.host)
    old = select(verdicts.c.host).where(verdicts.c.last_at < horizons.verdicts, ~left).limit(most)
    hosts = list(connection.scalars(old))
    if hosts:
        connection.execute(delete(verdict_changes).where(verdict_changes.c.host.in_(hosts)))
        connection.execute(delete(verdicts).where(verdicts.c.host.in_(hosts)))
    return len(hosts)


def prune_known_domains(connection: Connection, horizons: Horizons, most: int) -> int:
    """Known domains of long ago; how many went."""
    old = known_domains.c.last_at < horizons.known_domains, known_domains.c.familiar_at.is_(None)
    names = list(connection.scalars(select(known_domains.c.name).where(*old).limit(most)))
    if names:
        connection.execute(delete(known_domains).where(known_domains.c.name.in_(names)))
    return len(names)


def prune_facts(connection: Connection, horizons: Horizons) -> int:
    """What outside sources said long ago; how many went."""
    return connection.execute(delete(facts).where(facts.c.at < horizons.facts)).rowcount


def prune_told(connection: Connection, horizons: Horizons, day: int) -> int:
    """Events that were told long ago, and counts of days before `day`; how many went."""
    told = connection.execute(delete(events).where(events.c.told_at < horizons.events)).rowcount
    return told + connection.execute(delete(visit_days).where(visit_days.c.day < day)).rowcount


def forget(connection: Connection, host: str | None) -> dict[str, int]:
    """Forget all that is known of a host and its subdomains, or of all hosts; what went, by table."""
    places: Sequence[tuple[Table, Column[str]]] = (
        (visits, visits.c.host),
        (verdicts, verdicts.c.host),
        (verdict_changes, verdict_changes.c.host),
        (known_domains, known_domains.c.name),
        (events, events.c.host),
        (asks, asks.c.host),
        (facts, facts.c.subject),
    )
    gone = {
        table.name: connection.execute(delete(table).where(_covers(column, host))).rowcount
        for table, column in places
    }
    if host is None:
        gone[visit_days.name] = connection.execute(delete(visit_days)).rowcount
    return gone


def counts_since(connection: Connection, at: float) -> dict[tuple[str, Level], int]:
    """Visits since then, by kind (``click``, ``resource``) and level."""
    query = (
        select(visits.c.kind, visits.c.level, func.count())
        .where(visits.c.at >= at)
        .group_by(visits.c.kind, visits.c.level)
    )
    return {(kind, Level(level)): number for kind, level, number in connection.execute(query)}


def _covers(column: Column[str], host: str | None) -> ColumnElement[bool]:
    if host is None:
        return true()
    return or_(column == host, column.endswith(f".{host}", autoescape=True))
