import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from sekisho.store import Store
from sekisho.store.schema import metadata


def test_a_new_store_has_the_tables_that_the_code_uses(url: str) -> None:
    """A column that only one of the two knows would fail in the middle of a click."""
    outside = {"facts", "spendings", "source_states"}
    memory = {"verdict_changes", "known_domains", "events", "visit_days"}
    family = {"people", "devices", "asks", "tellings", "releases"}
    with Store.open(url) as store, store.database.transaction("read") as connection:
        inspected = sa.inspect(connection)
        found = {name: inspected.get_columns(name) for name in inspected.get_table_names()}
    assert set(found) == {"migrations", "verdicts", "visits", "decisions"} | memory | outside | family
    assert {name: [c["name"] for c in columns] for name, columns in found.items()} == {
        table.name: [column.name for column in table.columns] for table in metadata.sorted_tables
    }


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
