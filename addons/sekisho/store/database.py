"""Database: one engine and its transactions, in which every table group runs its statements.

A transaction is for ``read``, ``write`` or ``durable`` (on the disk when it ends; `sqlite` says what a
power cut may cost). It happened or it did not. Every failure is a StoreError of one sentence that names
the store. May be used from any thread.
"""

import contextlib
import time
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Literal, Self

from sqlalchemy import (
    URL,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Executable,
    Row,
    Table,
    create_engine,
    insert,
    or_,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from sekisho.records.visits import DamagedStoreError, StoreError
from sekisho.store import migrations, sqlite

Mode = Literal["read", "write", "durable"]

_CONFLICT_FREE = frozenset({"sqlite", "postgresql"})
"""Dialects whose INSERT can do nothing where the key is taken. A click to a new host waits for it: one statement
where a SELECT before it and a savepoint around it would make four.
"""


class Database:
    """An open database with the tables of today. Made by `Database.connect`."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.name = name
        """Where it is, without a password: for messages."""
        self._engine = engine
        self._modes = {mode: engine.execution_options(sekisho=mode) for mode in ("read", "write", "durable")}
        self._path = sqlite.file_of(engine.url)
        self._turns = sqlite.Turns() if self._path else None

    @classmethod
    def connect(cls, url: URL, *, read_only: bool = False) -> Self:
        """Connect and bring the tables up to date. Raises StoreError, as `Store.open` says."""
        path = sqlite.file_of(url)
        if path and read_only and not path.is_file():
            raise StoreError(f"there is no store {path}")
        if path and not read_only:
            sqlite.make_private_file(path)
        name = str(path or url)
        options = {"connect_args": {"timeout": sqlite.BUSY_SECONDS}} if path else {}
        try:
            engine = create_engine(url, pool_timeout=5, max_overflow=59, **options)
        except (SQLAlchemyError, ImportError) as error:
            raise StoreError(f"the store {name} cannot be opened: {error}") from error
        if path:
            sqlite.install(engine, read_only=read_only)
        database = cls(engine, name)
        try:
            database._bring_up_to_date(read_only=read_only)
        except StoreError:
            engine.dispose()
            raise
        return database

    @contextlib.contextmanager
    def transaction(self, mode: Mode) -> Iterator[Connection]:
        """A connection in a transaction; every failure becomes a StoreError that names the store."""
        turn = self._turns.take() if self._turns and mode != "read" else contextlib.nullcontext()
        try:
            with turn, self._modes[mode].begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self._failure(error) from error
        except StoreError as error:
            if self.name in str(error):
                raise
            raise StoreError(f"the store {self.name} cannot be used: {error}") from error

    def rows(self, query: Executable) -> Sequence[Row[*tuple[Any, ...]]]:
        """All rows of a query, in a transaction of its own."""
        with self.transaction("read") as connection:
            return connection.execute(query).all()

    def run(self, mode: Mode, statement: Executable) -> int:
        """How many rows an UPDATE or DELETE changed, in a transaction of its own."""
        with self.transaction(mode) as connection:
            return connection.execute(statement).rowcount

    def check(self) -> None:
        """Read the whole SQLite file. Raises DamagedStoreError where a page is broken."""
        with self.transaction("read") as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise DamagedStoreError(f"the store {self.name} is damaged: {str(found).splitlines()[0]}")

    def size(self) -> int | None:
        """Bytes on the disk, the write-ahead log included; None for a database that is no file."""
        return sqlite.size_of(self._path) if self._path else None

    def compact(self, *, wipe: bool = False) -> None:
        """Give free space back to the disk; nothing to do where the database is no file.

        In small steps, or with `wipe` by writing the whole file anew, so that nothing of what was
        forgotten is left in it. That holds the store for a second or so.
        """
        if not self._turns:
            return
        try:
            with self._turns.take():
                sqlite.compact(self._engine, wipe=wipe)
        except SQLAlchemyError as error:
            raise self._failure(error) from error

    def close(self) -> None:
        """Close every connection. A method called later opens a new one."""
        self._engine.dispose()

    def _bring_up_to_date(self, *, read_only: bool) -> None:
        with self.transaction("read") as connection:
            missing = migrations.missing_steps(connection)
        if missing and read_only:
            raise StoreError(
                f"the store {self.name} was made by an older sekisho: run `sekisho log` once, it brings it up to date"
            )
        while missing:
            with self.transaction("durable") as connection:
                # Asked again inside the transaction: another process may just have done it.
                missing = migrations.missing_steps(connection)
                if missing:
                    migrations.run_step(connection, *missing[0], at=time.time())

    def _failure(self, error: SQLAlchemyError) -> StoreError:
        kind = DamagedStoreError if sqlite.is_damage(error) else StoreError
        return kind(f"the store {self.name} failed: {sqlite.cause(error)}")


class TableGroup:
    """What the table groups of a `Store` have in common: the database that they are in."""

    def __init__(self, database: Database) -> None:
        self._database = database


def insert_new(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row; False, and nothing done, where one of its keys is taken."""
    statement = _conflict_free_insert(connection.dialect.name, table)
    if statement is not None:
        return connection.execute(statement, row).rowcount == 1
    try:
        with connection.begin_nested():
            connection.execute(insert(table).values(**row))
    except IntegrityError:
        return False
    return True


def insert_numbered(connection: Connection, table: Table, row: dict[str, Any], what: str) -> int:
    """Insert a row and give its number. Raises StoreError, with `what` it is, where it got none."""
    key = connection.execute(insert(table).values(**row)).inserted_primary_key
    if key is None:
        raise StoreError(f"it gave no number to {what}")
    return int(key[0])


def covers(column: Column[str], host: str) -> ColumnElement[bool]:
    """The host itself and its subdomains."""
    return or_(column == host, column.endswith(f".{host}", autoescape=True))


@cache
def _conflict_free_insert(dialect: str, table: Table) -> Executable | None:
    if dialect not in _CONFLICT_FREE:
        return None
    # Imported when it is used: the one for PostgreSQL takes 2 MiB.
    statement: Executable = (
        import_module(f"sqlalchemy.dialects.{dialect}").insert(table).on_conflict_do_nothing()
    )
    return statement
