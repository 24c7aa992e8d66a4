"""store: what was judged, who asked for it and what the family decided, in one database.

The values that go in and come out stand in `sekisho.records`, without a database behind them.

    store        `Store`: an open database, with one attribute for each table group
    verdicts, visits, decisions, releases, sources, known_domains, events, devices, asks   one table group each
    pruning      removes old rows of all groups
    database     the transactions in which every group runs its statements
    schema       the tables of today
    migrations   bring an older database there, step by step
    rescue       begins a new file where one is damaged
    sqlite       everything that is true of SQLite only

All but `sqlite` is SQLAlchemy Core, which runs on any database that SQLAlchemy supports.

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
