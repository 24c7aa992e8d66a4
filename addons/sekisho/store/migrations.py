"""Migrations: bring a database to the tables of `schema`, by named steps, one function each.

A step runs in a transaction of its own together with the note that it ran, so a cut-off migration is
simply begun again. The first step makes the tables of `schema`, which contain every later change: on an
empty database the later steps are noted as done. A later step describes its change itself.
A database with a step that this sekisho does not know was made by a newer one, and is left alone.
"""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import Connection

from sekisho.records.visits import StoreError
from sekisho.store import schema


def create_tables(connection: Connection) -> None:
    """Every table of today. A database of before the first release keeps its rows and gets what it lacks."""
    found = sa.inspect(connection)
    columns = [column.name for column in schema.known_domains.columns]
    for name in found.get_table_names():
        # `known_domains` had another name then.
        if name not in schema.metadata.tables and [c["name"] for c in found.get_columns(name)] == columns:
            for old in found.get_indexes(name):
                connection.exec_driver_sql(f"DROP INDEX {old['name']}")
            connection.exec_driver_sql(f"ALTER TABLE {name} RENAME TO {schema.known_domains.name}")
    schema.metadata.create_all(connection)
    for index in schema.known_domains.indexes:
        index.create(connection, checkfirst=True)


Step = Callable[[Connection], None]

STEPS: tuple[tuple[str, Step], ...] = (("create_tables", create_tables),)
"""Every step that ever was, in order; a name is never changed once it was released."""

UNRELEASED = frozenset(
    {"create_first_tables", "add_outside_knowledge", "add_memory", "add_family", "add_releases"}
)
"""Steps of before the first release. Each only added tables, so `create_tables` completes any of them."""


def missing_steps(connection: Connection) -> list[tuple[str, Step]]:
    """The steps that this database still needs. Raises StoreError where a newer sekisho made it."""
    done: set[str] = set()
    if sa.inspect(connection).has_table(schema.migrations.name):
        done = set(connection.scalars(sa.select(schema.migrations.c.name)))
    unknown = sorted(done - UNRELEASED - {name for name, _ in STEPS})
    if unknown:
        raise StoreError(
            f"it was made by a newer sekisho (step {unknown[0]!r} is not known here): "
            "install that version again, or give another store_url"
        )
    return [(name, step) for name, step in STEPS if name not in done]


def run_step(connection: Connection, name: str, step: Step, at: float) -> None:
    """Run one step inside the caller's transaction and note it there; on an empty database note all."""
    is_empty = not sa.inspect(connection).has_table(schema.migrations.name)
    step(connection)
    done = [each for each, _ in STEPS] if is_empty else [name]
    connection.execute(sa.insert(schema.migrations), [{"name": each, "at": at} for each in done])
