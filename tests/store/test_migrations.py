import contextlib
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from sekisho.store import Decision, Store, StoreError, migrations

UNRELEASED = (Path(__file__).parent / "unreleased.sql").read_text(encoding="utf-8")
"""A database of before the first release, with rows in every table; `known_domains` was `acquaintances` then."""


def tables(path: Path) -> set[str]:
    return set(rows_by_table(path))


def rows_by_table(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}


def make(path: Path, *scripts: str) -> None:
    """A database file out of SQL."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for script in scripts:
            connection.executescript(script)


def test_an_empty_file_becomes_a_store_and_stays_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    with Store.open(url) as store:
        store.decisions.add(Decision("block", "a.example", 1.0, "test"))
    with Store.open(url) as store:
        assert [d.host for d in store.decisions.in_force(2.0)] == ["a.example"]
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
    Store.open(f"sqlite:///{path}").close()
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


def test_an_empty_database_needs_no_later_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tables hold the change already; a second one would fail."""

    def adds(connection: sa.Connection) -> None:
        raise AssertionError

    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, ("adds", adds)))
    Store.open(f"sqlite:///{tmp_path}/s.db").close()
    assert [name for name, _ in rows_by_table(tmp_path / "s.db")["migrations"]] == ["create_tables", "adds"]


@pytest.mark.parametrize("name", ["acquaintances", "known_domains"])
def test_a_store_of_before_the_first_release_keeps_every_row(tmp_path: Path, name: str) -> None:
    """Testers have used theirs for weeks: what the family decided, named and asked must be there."""
    path, url = tmp_path / "s.db", f"sqlite:///{tmp_path}/s.db"
    make(path, UNRELEASED.replace("acquaintances", name))
    before = rows_by_table(path)
    assert all(before.values())
    with pytest.raises(StoreError, match="older sekisho"):
        Store.open(url, read_only=True)
    with Store.open(url) as store:
        found = store.known_domains.known_domain("b.example")
        assert found
        assert (found.visits, found.familiar_at, found.lapsed_at) == (9, 40.0, None)
        assert [decision.host for decision in store.decisions.in_force(20.0)] == ["a.example", "b.example"]
        assert [(ask.who, ask.path) for ask in store.asks.open_asks(20.0)] == [
            ("お母さん (スマホ)", "/login")
        ]
    after = rows_by_table(path)
    before["known_domains"] = before.pop(name)
    assert [row[0] for row in after.pop("migrations")][-1] == "create_tables"
    del before["migrations"]
    assert after == before
    fresh = tmp_path / "fresh.db"
    Store.open(f"sqlite:///{fresh}").close()
    assert indexes(path) == indexes(fresh)


def test_a_store_of_before_the_first_release_gets_the_tables_that_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    lacks = "DROP TABLE facts; DROP TABLE releases; DELETE FROM migrations WHERE name = 'add_releases';"
    make(path, UNRELEASED, lacks)
    with Store.open(f"sqlite:///{path}") as store:
        store.sources.remember_fact("virustotal", "a.example", 1, 1.0)
        assert len(store.decisions.in_force(20.0)) == 2
    assert {"facts", "releases"} <= tables(path)


def indexes(path: Path) -> set[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'")
        return set(found)
