"""store: what was judged, who came by and what the family decided, in one database.

Its rooms: `records`, `knowledge`, `remembered` and `asked` (the values, no database), `schema` (the tables
of today), `migrations` (how a database gets there, step by step), `database` (the Store itself), `outside`
(what sources said), `memory` (its part that remembers over time, over `known_domains`, `events`, `history`
and `pruning`) and `family` (its part that knows `people` and `asks`). `rescue` begins anew where a file is
damaged. `sqlite` holds everything that is true of SQLite only; the rest is SQLAlchemy Core and runs on any
database that SQLAlchemy speaks.

Reading a value costs no import of SQLAlchemy (a quarter of a second): `Store` is loaded on first use.
"""

from typing import TYPE_CHECKING

from sekisho.store.knowledge import Fact, Limits, SourceState, Spent
from sekisho.store.records import (
    GO_ON,
    DamagedStoreError,
    Decision,
    LogLine,
    Release,
    StoreError,
    UnfitNameError,
    Visit,
)

if TYPE_CHECKING:
    from sekisho.store.database import Store

__all__ = [
    "GO_ON",
    "DamagedStoreError",
    "Decision",
    "Fact",
    "Limits",
    "LogLine",
    "Release",
    "SourceState",
    "Spent",
    "Store",
    "StoreError",
    "UnfitNameError",
    "Visit",
]


def __getattr__(name: str) -> object:
    """`Store`, imported when somebody asks for it (PEP 562)."""
    if name == "Store":
        from sekisho.store.database import Store

        return Store
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
