"""Store: an open database, with one attribute for each table group. Sync and safe for many threads.

Each method of a group is one transaction. Visits and verdicts are a log and written lightly; decisions
are on the disk before the call returns. Every failure is a StoreError of one sentence, so that the
caller can choose to go on without a log, but never without an answer.
"""

import logging
import time
from pathlib import Path
from typing import Self

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from sekisho.records.domains import STORE_DAMAGED
from sekisho.records.visits import DamagedStoreError, StoreError
from sekisho.store import rescue as rescuing
from sekisho.store import sqlite
from sekisho.store.asks import Asks
from sekisho.store.database import Database
from sekisho.store.decisions import Decisions
from sekisho.store.devices import Devices
from sekisho.store.events import Events
from sekisho.store.known_domains import KnownDomains
from sekisho.store.pruning import Pruning
from sekisho.store.releases import Releases
from sekisho.store.sources import Sources
from sekisho.store.verdicts import Verdicts
from sekisho.store.visits import Visits
from sekisho.verdict import Level

logger = logging.getLogger(__name__)


class Store:
    """An open database. Made by `Store.open`; close it, or use it in a `with` block."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.verdicts = Verdicts(database)
        self.visits = Visits(database)
        self.decisions = Decisions(database)
        self.releases = Releases(database)
        self.sources = Sources(database)
        self.known_domains = KnownDomains(database)
        self.events = Events(database)
        self.devices = Devices(database)
        self.asks = Asks(database)
        self.pruning = Pruning(database)

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, rescue: bool = False) -> Self:
        """Connect and bring the tables up to date.

        Raises StoreError where the database is locked, damaged, made by a newer sekisho or not to be
        written. `read_only` changes nothing, not even an old database: that one is refused as well.
        `rescue` reads the whole file first; a damaged one is kept aside, and a new one begins with the
        decisions that can still be read, which is logged and kept as an event.
        """
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise StoreError("store_url is no database URL: write sqlite:////full/path/sekisho.db") from error
        path = sqlite.file_of(parsed)
        if not rescue or path is None:
            return cls(Database.connect(parsed, read_only=read_only))
        rescuing.finish(path)
        try:
            database = Database.connect(parsed)
            try:
                database.check()
            except StoreError:
                database.close()
                raise
        except DamagedStoreError:
            return cls._begin_anew(parsed, path)
        return cls(database)

    @classmethod
    def _begin_anew(cls, url: URL, path: Path) -> Self:
        """A new file in the place of a damaged one, with the decisions that can be read there."""
        now, saved = time.time(), rescuing.readable_decisions(path)
        new, aside = rescuing.new_beside(path), rescuing.free_name(path, now)
        message = rescuing.message(path, aside, len(saved))
        with cls(Database.connect(url.set(database=str(new)))) as store:
            store.decisions.restore(saved)
            store.events.raise_event(STORE_DAMAGED, "", now, Level.PASS, message)
        rescuing.swap(path, aside)
        logger.error("%s", message)
        return cls(Database.connect(url))

    def size(self) -> int | None:
        """Bytes on the disk, the write-ahead log included; None for a database that is no file."""
        return self.database.size()

    def compact(self, *, wipe: bool = False) -> None:
        """As `Database.compact`."""
        self.database.compact(wipe=wipe)

    def close(self) -> None:
        """Close every connection. A method called later opens a new one."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
