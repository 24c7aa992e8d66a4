"""Known domains in the database: read, changed by a pure function, asked for what is due.

What a known domain becomes is decided in `policy.familiarity`; here a row is read, the function is
called, and what it returns is written, all in one transaction, so that a click and a re-check at the
same moment cannot undo each other.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from sekisho.records.domains import CLEAN_FOR, Bounds, Change, DomainClick, KnownDomain, OnClick
from sekisho.store.database import TableGroup
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


class KnownDomains(TableGroup):
    """Domains that the household clicked."""

    def note_clicks(self, clicks: Sequence[DomainClick], on_click: OnClick) -> None:
        """Write clicks, the oldest first; `on_click` (`policy.familiarity`) gives the domain after each."""
        if not clicks:
            return
        with self._changing(click.name for click in clicks) as now:
            for click in clicks:
                name = click.name[:HOST_LENGTH]
                after = on_click(now.get(name), click)
                if after is not None:
                    now[name] = after

    def change(self, changes: Sequence[tuple[str, Change]]) -> dict[str, KnownDomain]:
        """Give each named domain to its function and write the result; gives all of them as they are now.

        A name that is not there any more (`sekisho forget`) stays forgotten.
        """
        if not changes:
            return {}
        with self._changing(name for name, _ in changes) as now:
            for name, change_one in changes:
                if name[:HOST_LENGTH] in now:
                    now[name[:HOST_LENGTH]] = change_one(now[name[:HOST_LENGTH]])
        return now

    def known_domain(self, name: str) -> KnownDomain | None:
        """What is known of one domain."""
        with self._database.transaction("read") as connection:
            return _read(connection, [name]).get(name)

    def due_checks(self, now: float, limit: int) -> list[KnownDomain]:
        """Those whose re-check is due, the longest waiting first."""
        query = select(known_domains).where(known_domains.c.next_check_at <= now)
        return self._all(query.order_by(known_domains.c.next_check_at).limit(limit))

    def count_due(self, now: float) -> int:
        """How many wait for a re-check."""
        query = select(func.count()).select_from(known_domains).where(known_domains.c.next_check_at <= now)
        return int(self._database.rows(query)[0][0])

    def names_below(self, level: Level, after: str, limit: int) -> list[str]:
        """Names of those with a better level that are re-checked, in order, from the first behind `after`."""
        table = known_domains.c
        wanted = (table.level < int(level), table.next_check_at.is_not(None), table.name > after)
        query = select(table.name).where(*wanted).order_by(table.name).limit(limit)
        return [row.name for row in self._database.rows(query)]

    def unsettled(self, bounds: Bounds) -> list[KnownDomain]:
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
        # Two queries, so that each is answered from its index (`IS NOT NULL` would read the whole table).
        return self._all(
            select(known_domains).where(c.familiar_at > 0, lapses),
            select(known_domains).where(becomes, c.familiar_at.is_(None)),
        )

    def familiar(self, now: float) -> list[KnownDomain]:
        """Those that are familiar to the household, by name; not one whose last clean re-check is too old."""
        return self._all(select(known_domains).where(*_is_familiar(now)).order_by(known_domains.c.name))

    def familiar_to_household(self, now: float) -> frozenset[str]:
        """The names of `familiar`: a small set, for the proxy to keep in memory."""
        query = select(known_domains.c.name).where(*_is_familiar(now))
        return frozenset(row.name for row in self._database.rows(query))

    @contextmanager
    def _changing(self, names: Iterable[str]) -> Iterator[dict[str, KnownDomain]]:
        """Those of these names that are known; what the caller changes in the mapping is written at the end."""
        with self._database.transaction("write") as connection:
            known = _read(connection, names, to_change=True)
            now = dict(known)
            yield now
            _write(connection, known, now)

    def _all(self, *queries: Select[Any]) -> list[KnownDomain]:
        with self._database.transaction("read") as connection:
            return [_known_domain(row) for query in queries for row in connection.execute(query)]


def _is_familiar(now: float) -> tuple[ColumnElement[bool], ...]:
    c = known_domains.c
    return c.familiar_at > 0, c.raised_at.is_(None), c.clean_at > now - CLEAN_FOR


def _read(connection: Connection, names: Iterable[str], *, to_change: bool = False) -> dict[str, KnownDomain]:
    """Those of these names that are known."""
    wanted = sorted({name[:HOST_LENGTH] for name in names})
    found: dict[str, KnownDomain] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(known_domains).where(known_domains.c.name.in_(wanted[start : start + _AT_ONCE]))
        rows = connection.execute(query.with_for_update() if to_change else query)
        found.update((row.name, _known_domain(row)) for row in rows)
    return found


def _write(connection: Connection, known: dict[str, KnownDomain], now: dict[str, KnownDomain]) -> None:
    new = [_row(domain) for name, domain in now.items() if name not in known]
    changed = [
        {**_row(domain), "here": name}
        for name, domain in now.items()
        if name in known and domain != known[name]
    ]
    if new:
        connection.execute(insert(known_domains), new)
    if changed:
        connection.execute(_UPDATE, changed)


def _row(known_domain: KnownDomain) -> dict[str, Any]:
    row = {name: getattr(known_domain, name) for name in _COLUMNS}
    return {**row, "name": known_domain.name[:HOST_LENGTH], "level": int(known_domain.level)}


def _known_domain(row: Row[Any]) -> KnownDomain:
    values: list[Any] = list(row)
    values[_LEVEL] = Level(values[_LEVEL])
    return KnownDomain(*values)
