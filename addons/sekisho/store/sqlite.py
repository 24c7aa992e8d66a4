"""SQLite: what is true of it only: the file's rights, the pragmas, who writes when, what its errors mean.

What can be lost. The log is written ahead (WAL). A killed process loses nothing that was committed.
A power cut may lose the last seconds of visits and verdicts (synchronous=NORMAL: no fsync for each
commit, and no damage either), but no decision: those commit with synchronous=FULL, which waits until
the disk has it. See https://sqlite.org/pragma.html#pragma_synchronous.
"""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from sekisho.records.visits import StoreError

BUSY_SECONDS = 1.0
"""How long to wait for another process that writes; a click cannot wait longer."""
_SYNCHRONOUS = "sekisho synchronous"
"""Key in the notes that SQLAlchemy keeps with each connection, as long as it is open: how it is set."""
_STEP_PAGES = 256
"""Pages (of 4 KiB) that are given back in one step: some milliseconds."""

_BUSY = "it is busy: another program has held it for a second; end that program, then try again"
_DAMAGED = "the file is damaged or no SQLite database: move it away (a new one is made) or restore a copy"
_NOT_WRITABLE = "the file cannot be written: check who owns it and its folder"
_CAUSES: dict[int | None, str] = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: _NOT_WRITABLE,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
    sqlite3.SQLITE_FULL: "the disk is full: make room, then try again",
    sqlite3.SQLITE_IOERR: (
        "the disk cannot be written (full, a limit on file size, or failing): make room, or check the disk"
    ),
}
"""Primary result code → what went wrong and what to do."""


def file_of(url: URL) -> Path | None:
    """The database file of an SQLite URL; None for other databases. Raises StoreError without a file."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreError(f"store_url {url} names no file: write sqlite:////full/path/sekisho.db")
    return Path(url.database)


def make_private_file(path: Path) -> None:
    """The file and the folders above it, for this account only; raises StoreError.

    Folders that exist keep their rights (somebody may have given `/tmp` as the state folder).
    """
    try:
        for folder in reversed([f for f in path.parents if not f.exists()]):
            folder.mkdir(mode=0o700, exist_ok=True)
        # SQLite gives its -wal and -shm files the rights of the database file.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise StoreError(
            f"the store {path} cannot be written ({error.strerror}): check who owns the folder, "
            "or give another one by --state"
        ) from error


class Turns:
    """Lets one thread of this process write at a time, so that many threads queue instead of failing.

    SQLite itself only lets a waiting writer try again now and then, and an unlucky one starves.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Raises StoreError after BUSY_SECONDS."""
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise StoreError("the store is busy: too many writers at once")
        try:
            yield
        finally:
            self._lock.release()


def install(engine: Engine, *, read_only: bool) -> None:
    """Set the pragmas on each connection, and begin transactions by ourselves.

    Python's driver begins transactions late and not before DDL; with it out of the way a migration is
    one transaction, and a writer holds the lock from its first statement.
    """

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        try:
            if read_only:
                cursor.execute("PRAGMA query_only=ON")
            else:
                # Of use in a new file only, before its first table: lets `compact` give space back in steps.
                cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
                cursor.execute("PRAGMA journal_mode=WAL")
                cursor.execute("PRAGMA synchronous=NORMAL")
        finally:
            cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sekisho", "read")
        if mode == "read":
            connection.exec_driver_sql("BEGIN")
            return
        wanted = "FULL" if mode == "durable" else "NORMAL"
        if connection.info.get(_SYNCHRONOUS, "NORMAL") != wanted:  # else it would cost a tenth of a write
            connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
            connection.info[_SYNCHRONOUS] = wanted
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def size_of(path: Path) -> int:
    """Bytes of the file and of the log ahead of it."""
    sizes = (Path(f"{path}{end}") for end in ("", "-wal"))
    return sum(part.stat().st_size for part in sizes if part.exists())


def compact(engine: Engine, *, wipe: bool) -> None:
    """Give the free pages back and empty the log ahead; with `wipe` write the whole file anew.

    Outside of a transaction, as SQLite wants it for VACUUM. A reader that is in the middle of something
    keeps the log ahead from being emptied; it is emptied the next time.
    """
    with engine.connect() as outer:
        connection = outer.connection.driver_connection
        if connection is None:
            return
        if wipe:
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("VACUUM")
        else:
            left = connection.execute("PRAGMA freelist_count").fetchone()[0]
            while left:
                connection.execute(f"PRAGMA incremental_vacuum({_STEP_PAGES})").fetchall()
                before, left = left, connection.execute("PRAGMA freelist_count").fetchone()[0]
                if left >= before:
                    break  # a file of before `auto_vacuum`: its free pages are used again, and stay
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def is_damage(error: SQLAlchemyError) -> bool:
    """The file itself is broken; no second try and no other right would help."""
    return _code(error) in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def cause(error: SQLAlchemyError) -> str:
    """What went wrong and what to do, in words; SQLAlchemy's own text holds the statement and its values."""
    if known := _CAUSES.get(_code(error)):
        return known
    original = error.orig if isinstance(error, DBAPIError) else None
    lines = str(original or error).strip().splitlines() or [type(error).__name__]
    return lines[0]


def _code(error: SQLAlchemyError) -> int | None:
    """SQLite's primary result code (https://sqlite.org/rescode.html); None for other databases."""
    original = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(original, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
