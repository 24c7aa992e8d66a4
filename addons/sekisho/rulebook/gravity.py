"""Gravity: the database of a Pi-hole, as lines that `rulebook.foreign` reads.

``gravity`` and ``antigravity`` hold what its subscribed lists block and allow, ``domainlist`` what its people
decided; a name there means that host only, unless it is written as ``||d^``. Rules of people that are
switched off are left out, as Pi-hole leaves them out. The file is opened for reading only.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

MAGIC = b"SQLite format 3\0"
_TABLES = ("gravity", "antigravity", "domainlist")
_MEANINGS = {0: "@@=", 1: "=", 2: "@@/", 3: "/"}
"""`domainlist.type`: allowed and blocked names, allowed and blocked patterns."""


class GravityError(ValueError):
    """The file is a database, but not one that can be read as a Pi-hole's."""


def is_database(start: bytes) -> bool:
    """The first bytes of a file are those of a SQLite database."""
    return start.startswith(MAGIC)


def gravity_lines(path: Path) -> Iterator[str]:
    """A line for each entry. Raises GravityError."""
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as database:
            found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            tables = [name for name in _TABLES if (name,) in found]
            if not tables:
                raise GravityError(
                    f"{path} is a database without the tables of a Pi-hole (gravity, domainlist)"
                )
            if "gravity" in tables:
                for (name,) in database.execute("SELECT DISTINCT domain FROM gravity"):
                    yield name if name.startswith("||") else f"={name}"
            if "antigravity" in tables:
                for (name,) in database.execute("SELECT DISTINCT domain FROM antigravity"):
                    yield name if name.startswith("@@") else f"@@{'' if name.startswith('||') else '='}{name}"
            if "domainlist" in tables:
                for kind, name in database.execute("SELECT type, domain FROM domainlist WHERE enabled"):
                    yield f"{_MEANINGS.get(kind, '/')}{name}"
    except sqlite3.Error as error:
        raise GravityError(f"{path} cannot be read as the database of a Pi-hole: {error}") from error
