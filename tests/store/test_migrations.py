import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from sekisho.store import Decision, Store, StoreError, migrations


def tables(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        connection.close()


def test_an_empty_file_becomes_a_store_and_stays_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    with Store.open(url) as store:
        store.add_decision(Decision("block", "a.example", 1.0, "test"))
    with Store.open(url) as store:
        assert [d.host for d in store.decisions(2.0)] == ["a.example"]
    connection = sqlite3.connect(tmp_path / "s.db")
    noted = connection.execute("SELECT name FROM migrations").fetchall()
    connection.close()
    assert noted == [(name,) for name, _ in migrations.STEPS]


def test_a_store_of_a_newer_sekisho_is_left_alone(tmp_path: Path) -> None:
    """An old version that wrote into it could lose decisions that it does not understand."""
    path = tmp_path / "s.db"
    Store.open(f"sqlite:///{path}").close()
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO migrations VALUES ('from_the_future', 9.0)")
    connection.commit()
    connection.close()
    for read_only in (False, True):
        with pytest.raises(StoreError, match=r"s\.db.*newer sekisho.*from_the_future.*install"):
            Store.open(f"sqlite:///{path}", read_only=read_only)


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a migration would make the next start fail for good."""

    def breaks(connection: sa.Connection) -> None:
        connection.execute(sa.text("CREATE TABLE half (x INTEGER)"))
        connection.execute(sa.text("SELECT * FROM nowhere"))

    path = tmp_path / "s.db"
    good = migrations.STEPS
    monkeypatch.setattr(migrations, "STEPS", (*good, ("breaks", breaks)))
    with pytest.raises(StoreError, match="nowhere"):
        Store.open(f"sqlite:///{path}")
    assert "half" not in tables(path)
    assert "decisions" in tables(path)
    monkeypatch.setattr(migrations, "STEPS", good)
    Store.open(f"sqlite:///{path}").close()


def test_a_new_step_runs_once_on_an_old_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def adds(connection: sa.Connection) -> None:
        connection.execute(sa.text("CREATE TABLE later (x INTEGER)"))

    path = tmp_path / "s.db"
    Store.open(f"sqlite:///{path}").close()
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, ("adds", adds)))
    with pytest.raises(StoreError, match="older sekisho"):
        Store.open(f"sqlite:///{path}", read_only=True)
    assert "later" not in tables(path)
    for _ in range(2):
        Store.open(f"sqlite:///{path}").close()
    assert "later" in tables(path)
