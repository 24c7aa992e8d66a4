import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from sekisho.store import Store, StoreError, Visit, sqlite
from sekisho.verdict import Level


def test_the_store_is_for_this_account_only(tmp_path: Path) -> None:
    """Who lives in the household must not read where the others went."""
    path = tmp_path / "new" / "state" / "s.db"
    before = os.umask(0)
    try:
        with Store.open(f"sqlite:///{path}") as store:
            store.visits.record([Visit("a.example", Level.PASS, 1.0, "c")])
            rights = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert rights == {"s.db": 0o600, "s.db-wal": 0o600, "s.db-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_writer_holds_the_store_from_its_first_statement(tmp_path: Path) -> None:
    """Who reads first and writes then fails at once when another program wrote between the two."""
    engine = sa.create_engine(f"sqlite:///{tmp_path}/s.db")
    sqlite.install(engine, read_only=False)
    other = sqlite3.connect(tmp_path / "s.db", timeout=0, isolation_level=None)
    with engine.execution_options(sekisho="write").begin():
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN")  # who only reads is not held up
        other.execute("SELECT * FROM sqlite_master")
    other.close()
    engine.dispose()


def test_a_file_that_others_could_read_is_closed_and_a_folder_that_was_there_is_not_touched(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "s.db"
    path.touch(0o644)
    sqlite.make_private_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "s.db").mkdir()
    with pytest.raises(StoreError, match=r"s\.db cannot be written .*--state"):
        sqlite.make_private_file(tmp_path / "s.db")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"])
def test_a_store_that_would_be_gone_at_the_end_is_refused(url: str) -> None:
    """Each thread would get an empty one of its own, without the family's blocks."""
    with pytest.raises(StoreError, match="names no file"):
        Store.open(url)


def test_a_read_only_connection_cannot_write(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path}/s.db").close()
    engine = sa.create_engine(f"sqlite:///{tmp_path}/s.db")
    sqlite.install(engine, read_only=True)
    with pytest.raises(OperationalError, match="readonly"), engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM visits")
    engine.dispose()


def test_a_writer_that_never_ends_does_not_hold_the_others_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    turns = sqlite.Turns()
    with turns.take():
        refused: list[StoreError] = []

        def other() -> None:
            try:
                with turns.take():
                    pass
            except StoreError as error:
                refused.append(error)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert len(refused) == 1
    with turns.take():
        pass


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (sqlite3.SQLITE_BUSY, "busy"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "busy"),
        (sqlite3.SQLITE_NOTADB, "damaged"),
        (sqlite3.SQLITE_CORRUPT, "damaged"),
        (sqlite3.SQLITE_READONLY, "who owns it"),
        (sqlite3.SQLITE_CANTOPEN, "who owns it"),
        (sqlite3.SQLITE_FULL, "make room"),
    ],
)
def test_each_failure_says_what_to_do(code: int, sentence: str) -> None:
    original = sqlite3.OperationalError("secret statement")
    original.sqlite_errorcode = code
    assert sentence in sqlite.cause(OperationalError("SELECT secret", None, original))


def test_an_unknown_failure_is_one_line_without_the_statement() -> None:
    sentence = sqlite.cause(OperationalError("SELECT secret", None, sqlite3.OperationalError("odd\nmore")))
    assert sentence == "odd"


def test_decisions_wait_for_the_disk_and_the_log_does_not(tmp_path: Path) -> None:
    """After a power cut the family's decision must still be there; a lost visit is only a gap in the log.

    The setting stays with a connection, so that clicks need not make it each time.
    """
    engine = sa.create_engine(f"sqlite:///{tmp_path}/s.db", pool_size=1)
    sqlite.install(engine, read_only=False)
    modes = ("write", "durable", "durable", "write", "read", "durable", "write")
    found = []
    for mode in modes:
        with engine.execution_options(sekisho=mode).begin() as connection:
            found.append(connection.exec_driver_sql("PRAGMA synchronous").scalar())
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()
    normal, full = 1, 2
    assert [each for mode, each in zip(modes, found, strict=True) if mode == "durable"] == [full] * 3
    assert [each for mode, each in zip(modes, found, strict=True) if mode == "write"] == [normal] * 3
