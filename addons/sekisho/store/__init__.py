"""store: what was judged, who asked for it and what the family decided, in one database.

Values without a database: `records`, `domain_records`, `source_records` and `ask_records`. `schema` holds
the tables of today and `migrations` brings an older database there, step by step. `store` is the Store; it
has one attribute for each table group: `verdicts`, `visits`, `decisions`, `releases`, `sources`,
`known_domains`, `events`, `devices`, `asks`, and `pruning` over all of them. Each runs its statements in
transactions of `database`. `rescue` begins anew where a file is damaged. `sqlite` holds everything that is
true of SQLite only; the rest is SQLAlchemy Core and runs on any database that SQLAlchemy speaks.

Reading a value costs no import of SQLAlchemy (a quarter of a second): `Store` is loaded on first use.
"""

from typing import TYPE_CHECKING

from sekisho.records.sources import Fact, Limits, SourceState, Spent
from sekisho.records.visits import (
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
    from sekisho.store.store import Store

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
    """`Store`, imported on first use (PEP 562)."""
    if name == "Store":
        from sekisho.store.store import Store

        return Store
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
