import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sekisho.rulebook.foreign import read_foreign
from sekisho.rulebook.gravity import GravityError, gravity_lines, is_database


def database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as made:
        for statement in statements:
            made.execute(statement)
        made.commit()
    return path


@pytest.fixture
def pihole(tmp_path: Path) -> Path:
    """The tables of Pi-hole 6 that matter here."""
    return database(
        tmp_path / "gravity.db",
        "CREATE TABLE gravity (domain TEXT NOT NULL, adlist_id INTEGER NOT NULL)",
        "CREATE TABLE antigravity (domain TEXT NOT NULL, adlist_id INTEGER NOT NULL)",
        "CREATE TABLE domainlist (id INTEGER PRIMARY KEY, type INTEGER, domain TEXT, enabled BOOLEAN)",
        "INSERT INTO gravity VALUES ('ads.example', 1), ('ads.example', 2), ('||whole.example^', 1)",
        "INSERT INTO antigravity VALUES ('@@||good.example^', 1), ('nice.example', 1)",
        "INSERT INTO domainlist VALUES (1, 0, 'mine.example', 1), (2, 1, 'bad.example', 1),"
        " (3, 3, '(^|\\.)pop[0-9]', 1), (4, 1, 'off.example', 0)",
    )


def test_lists_and_decisions_are_read_as_pi_hole_means_them(pihole: Path) -> None:
    reading = read_foreign(gravity_lines(pihole), "gravity.db", {})
    assert sorted(reading.kept["block"]) == ["=ads.example", "=bad.example", "whole.example"]
    assert sorted(reading.kept["allow"]) == ["=mine.example", "=nice.example", "good.example"]
    assert reading.skipped.count == 1


def test_the_database_is_not_touched(pihole: Path) -> None:
    before = pihole.read_bytes()
    pihole.chmod(0o400)
    assert list(gravity_lines(pihole))
    assert pihole.read_bytes() == before
    assert [file.name for file in pihole.parent.iterdir()] == ["gravity.db"]
    assert is_database(before[:64])


def test_another_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GravityError, match="without the tables of a Pi-hole"):
        list(gravity_lines(database(tmp_path / "x.db", "CREATE TABLE t (a)")))
    (tmp_path / "y.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    with pytest.raises(GravityError, match="cannot be read as the database of a Pi-hole"):
        list(gravity_lines(tmp_path / "y.db"))
