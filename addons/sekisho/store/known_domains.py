"""Known domains in the database: read, changed by a pure function, asked for what is due.

What an known_domain becomes is decided above this floor (`memory.policy`); here a row is read, the
function is asked, and what it gives back is written, all in the caller's transaction, so that a click
and a re-check at the same moment cannot undo each other.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, insert, or_, select, update

from sekisho.store.remembered import Bounds, Change, DomainClick, KnownDomain, Meet
from sekisho.store.schema import HOST_LENGTH, known_domains
from sekisho.verdict import Level

_AT_ONCE = 500
_COLUMNS = [column.name for column in known_domains.columns]
"""In the order of the fields of `KnownDomain`."""
_LEVEL = _COLUMNS.index("level")
_UPDATE = (
    update(known_domains)
    .where(known_domains.c.name == bindparam("here"))
    .values({name: bindparam(name) for name in _COLUMNS if name != "name"})
)


def read(connection: Connection, names: Iterable[str], *, to_change: bool = False) -> dict[str, KnownDomain]:
    """Those of these names that are known."""
    wanted = sorted({name[:HOST_LENGTH] for name in names})
    found: dict[str, KnownDomain] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(known_domains).where(known_domains.c.name.in_(wanted[start : start + _AT_ONCE]))
        rows = connection.execute(query.with_for_update() if to_change else query)
        found.update((row.name, _known_domain(row)) for row in rows)
    return found


def note(connection: Connection, clicks: Sequence[DomainClick], meet: Meet) -> None:
    """Write clicks, the oldest first."""
    known = read(connection, (click.name for click in clicks), to_change=True)
    now: dict[str, KnownDomain] = dict(known)
    for click in clicks:
        name = click.name[:HOST_LENGTH]
        met = meet(now.get(name), click)
        if met is not None:
            now[name] = met
    _write(connection, known, now)


def change(connection: Connection, changes: Sequence[tuple[str, Change]]) -> dict[str, KnownDomain]:
    """Give each named known_domain to its function and write what comes back; gives all of them as they are now.

    A name that is not there any more (somebody said `forget`) stays forgotten.
    """
    known = read(connection, (name for name, _ in changes), to_change=True)
    now: dict[str, KnownDomain] = dict(known)
    for name, change_one in changes:
        if name[:HOST_LENGTH] in now:
            now[name[:HOST_LENGTH]] = change_one(now[name[:HOST_LENGTH]])
    _write(connection, known, now)
    return now


def due(connection: Connection, now: float, limit: int) -> list[KnownDomain]:
    """Those whose re-check is due, the longest waiting first."""
    query = (
        select(known_domains)
        .where(known_domains.c.next_check_at <= now)
        .order_by(known_domains.c.next_check_at)
        .limit(limit)
    )
    return [_known_domain(row) for row in connection.execute(query)]


def names_below(connection: Connection, level: Level, after: str, limit: int) -> list[str]:
    """Names of those with a better level that are looked at again, in order, from the first behind `after`."""
    table = known_domains.c
    wanted = (table.level < int(level), table.next_check_at.is_not(None), table.name > after)
    return list(connection.scalars(select(table.name).where(*wanted).order_by(table.name).limit(limit)))


def count_due(connection: Connection, now: float) -> int:
    """How many wait for a re-check."""
    query = select(func.count()).select_from(known_domains).where(known_domains.c.next_check_at <= now)
    return int(connection.execute(query).scalar_one())


def unsettled(connection: Connection, bounds: Bounds) -> list[KnownDomain]:
    """Familiar ones that may have to lapse, and those that may become familiar."""
    c = known_domains.c
    lapses = or_(
        c.raised_at.is_not(None),
        c.shared.is_(True),
        c.clean_at.is_(None),
        c.clean_at <= bounds.clean_since,
        c.last_at < bounds.seen_since,
    )
    becomes = and_(
        c.days >= bounds.days,
        c.raised_at.is_(None),
        c.shared.is_(False),
        c.registered_at < bounds.registered_before,
        c.clean_at > bounds.clean_since,
        c.last_at >= bounds.seen_since,
    )
    # Two questions, so that each is answered from its index (`IS NOT NULL` would read the whole table).
    queries = (
        select(known_domains).where(c.familiar_at > 0, lapses),
        select(known_domains).where(becomes, c.familiar_at.is_(None)),
    )
    return [_known_domain(row) for query in queries for row in connection.execute(query)]


def familiar_names(connection: Connection, clean_since: float) -> frozenset[str]:
    """The names of `familiar`."""
    return frozenset(connection.scalars(select(known_domains.c.name).where(*_is_familiar(clean_since))))


def familiar(connection: Connection, clean_since: float) -> list[KnownDomain]:
    """Those that are familiar to the household and had a clean re-check since then, by name."""
    query = select(known_domains).where(*_is_familiar(clean_since)).order_by(known_domains.c.name)
    return [_known_domain(row) for row in connection.execute(query)]


def _is_familiar(clean_since: float) -> tuple[ColumnElement[bool], ...]:
    c = known_domains.c
    return c.familiar_at > 0, c.raised_at.is_(None), c.clean_at > clean_since


def _write(connection: Connection, known: dict[str, KnownDomain], now: dict[str, KnownDomain]) -> None:
    new = [_row(met) for name, met in now.items() if name not in known]
    changed = [
        {**_row(met), "here": name} for name, met in now.items() if name in known and met != known[name]
    ]
    if new:
        connection.execute(insert(known_domains), new)
    if changed:
        connection.execute(_UPDATE, changed)


def _row(known_domain: KnownDomain) -> dict[str, Any]:
    row = {name: getattr(known_domain, name) for name in _COLUMNS}
    row["name"] = known_domain.name[:HOST_LENGTH]
    row["level"] = int(known_domain.level)
    return row


def _known_domain(row: Row[Any]) -> KnownDomain:
    values: list[Any] = list(row)
    values[_LEVEL] = Level(values[_LEVEL])
    return KnownDomain(*values)
