from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from sekisho.store import Store
from sekisho.store.schema import metadata


def shape(engine: sa.Engine) -> dict[str, object]:
    """Tables, columns, types, keys and indexes of a database."""
    looked = sa.inspect(engine)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in looked.get_columns(table)],
            looked.get_pk_constraint(table)["constrained_columns"],
            sorted((str(i["name"]), tuple(i["column_names"])) for i in looked.get_indexes(table)),
        )
        for table in looked.get_table_names()
    }


def test_the_migrations_lead_to_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    """A column that only one of the two knows would fail in the middle of a click, on old stores only."""
    Store.open(f"sqlite:///{tmp_path}/migrated.db").close()
    migrated = sa.create_engine(f"sqlite:///{tmp_path}/migrated.db")
    fresh = sa.create_engine(f"sqlite:///{tmp_path}/fresh.db")
    try:
        metadata.create_all(fresh)
        assert shape(migrated) == shape(fresh)
        outside = {"facts", "spendings", "source_states"}
        memory = {"verdict_changes", "known_domains", "events", "visit_days"}
        family = {"people", "devices", "asks", "tellings", "releases"}
        assert (
            set(shape(fresh)) == {"migrations", "verdicts", "visits", "decisions"} | memory | outside | family
        )
    finally:
        migrated.dispose()
        fresh.dispose()


def test_no_table_has_room_for_a_path_that_nobody_chose_to_tell() -> None:
    """Promise: the store knows hosts, never which pages somebody read. An ask holds a path where its person said so."""
    columns = {column for table in metadata.tables.values() for column in table.columns}
    revealing = {str(c) for c in columns if c.name in {"url", "path", "query", "referer", "title"}}
    assert revealing == {"asks.path"}


def test_the_tables_are_those_of_other_databases_too() -> None:
    """A fleet moves to PostgreSQL by its URL alone."""
    for table in metadata.sorted_tables:
        from sqlalchemy.dialects import mysql, postgresql

        for dialect in (postgresql.dialect(), mysql.dialect()):  # type: ignore[no-untyped-call]
            assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
