"""Store: the one place that reads and writes the database. Sync and safe for many threads.

Each method is one transaction: it happened or it did not. Visits and verdicts are a log and written
lightly; decisions are the family's word and are on the disk before `add_decision` returns (`sqlite`
says what a power cut may cost). Every failure is a StoreError of one sentence, so that the caller can
choose to go on without a log, but never without an answer.
"""

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    create_engine,
    func,
    insert,
    make_url,
    or_,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from sekisho.link import Link
from sekisho.store import migrations, outside, releasing, sqlite
from sekisho.store import rescue as rescuing
from sekisho.store import visits as visiting
from sekisho.store.family import Family
from sekisho.store.history import keep_verdict
from sekisho.store.knowledge import Fact, Limits, SourceState, Spent
from sekisho.store.memory import Memory
from sekisho.store.records import DamagedStoreError, Decision, LogLine, Release, StoreError, Visit
from sekisho.store.remembered import STORE_DAMAGED
from sekisho.store.schema import decisions
from sekisho.verdict import Level, Verdict

logger = logging.getLogger(__name__)


class Store:
    """An open database. Made by `Store.open`; close it, or use it in a `with` block."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._modes = {mode: engine.execution_options(sekisho=mode) for mode in ("read", "write", "durable")}
        self._name = name
        self._path = sqlite.file_of(engine.url)
        self.memory = Memory(self._transaction)
        self.family = Family(self._transaction)
        self._turns = sqlite.Turns() if engine.dialect.name == "sqlite" else None

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, rescue: bool = False) -> Self:
        """Connect and bring the tables up to date.

        Raises StoreError where the database is locked, damaged, made by a newer sekisho or not to be
        written. `read_only` changes nothing, not even an old database: that one is refused as well.
        `rescue` looks through the whole file first; a damaged one is kept aside, and a new one begins with the
        decisions that can still be read, which is said in the log and as an event.
        """
        parsed = _parse(url)
        path = sqlite.file_of(parsed)
        if not rescue or path is None:
            return cls._connect(parsed, path, read_only=read_only)
        rescuing.finish(path)
        try:
            store = cls._connect(parsed, path)
            try:
                store._look_through()
            except StoreError:
                store.close()
                raise
        except DamagedStoreError:
            store = cls._begin_anew(parsed, path)
        return store

    @classmethod
    def _connect(cls, url: URL, path: Path | None, *, read_only: bool = False) -> Self:
        if path and read_only and not path.is_file():
            raise StoreError(f"there is no store {path}")
        if path and not read_only:
            sqlite.make_private_file(path)
        name = str(path or url)
        options = {"connect_args": {"timeout": sqlite.BUSY_SECONDS}} if path else {}
        try:
            engine = create_engine(url, pool_timeout=5, max_overflow=59, **options)
        except (SQLAlchemyError, ImportError) as error:
            raise StoreError(f"the store {name} cannot be opened: {error}") from error
        if path:
            sqlite.install(engine, read_only=read_only)
        store = cls(engine, name)
        try:
            store._bring_up_to_date(read_only=read_only)
        except StoreError:
            engine.dispose()
            raise
        return store

    @classmethod
    def _begin_anew(cls, url: URL, path: Path) -> Self:
        """A new file in the place of a damaged one, with the decisions that can be read there."""
        now, saved = time.time(), rescuing.readable_decisions(path)
        new, aside = rescuing.new_beside(path), rescuing.free_name(path, now)
        told = rescuing.told(path, aside, len(saved))
        with cls._connect(url.set(database=str(new)), new) as store:
            if saved:
                rows = [{name: getattr(each, name) for name in _DECISION_FIELDS} for each in saved]
                with store._transaction("durable") as connection:
                    connection.execute(insert(decisions), rows)
            store.memory.raise_event(STORE_DAMAGED, "", now, Level.PASS, told)
        rescuing.swap(path, aside)
        logger.error("%s", told)
        return cls._connect(url, path)

    def _look_through(self) -> None:
        """Raises DamagedStoreError where a page of the file is broken."""
        with self._transaction("read") as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise DamagedStoreError(f"the store {self._name} is damaged: {str(found).splitlines()[0]}")

    def close(self) -> None:
        """Let go of every connection. A method called later opens a new one."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def record_verdict(self, link: Link, verdict: Verdict, at: float) -> None:
        """Make this the host's current verdict; one that it takes the place of is kept (`history`)."""
        with self._transaction("write") as connection:
            keep_verdict(connection, link, verdict, at)

    def record_visits(self, seen: Sequence[Visit]) -> None:
        """Write several visits in one transaction; nothing for none."""
        if not seen:
            return
        with self._transaction("write") as connection:
            visiting.write(connection, seen)

    def add_decision(self, decision: Decision) -> Decision:
        """Keep a decision, on the disk, and give it back with its id."""
        row = {name: getattr(decision, name) for name in _DECISION_FIELDS if name != "id"}
        with self._transaction("durable") as connection:
            key = connection.execute(insert(decisions).values(**row)).inserted_primary_key
        if key is None:
            raise StoreError(f"the store {self._name} gave no number to the decision on {decision.host}")
        return Decision(**row, id=int(key[0]))

    def end_decisions(
        self,
        host: str,
        *,
        by: str,
        at: float,
        kind: str | None = None,
        exact: bool | None = None,
        but: int | None = None,
    ) -> list[Decision]:
        """End the decisions on just this host that are in force; the rows stay. Gives back what was ended.

        `kind` (``allow`` or ``block``) and `exact` narrow it, and None means both; `but` is the id of
        one that stays.
        """
        wanted = [*_in_force(at), decisions.c.host == host]
        narrower = ((decisions.c.kind, kind), (decisions.c.exact, exact))
        wanted += [column == value for column, value in narrower if value is not None]
        if but is not None:
            wanted.append(decisions.c.id != but)
        with self._transaction("durable") as connection:
            rows = connection.execute(select(decisions).where(*wanted).order_by(decisions.c.id)).all()
            if rows:
                connection.execute(
                    update(decisions)
                    .where(decisions.c.id.in_([row.id for row in rows]), decisions.c.ended_at.is_(None))
                    .values(ended_at=at, ended_by=by)
                )
        return [Decision(**{**row._asdict(), "ended_at": at, "ended_by": by}) for row in rows]

    def end_decision(self, key: int, *, by: str, at: float) -> Decision | None:
        """End the one decision with this id; None where it is not in force."""
        wanted = [*_in_force(at), decisions.c.id == key]
        with self._transaction("durable") as connection:
            row = connection.execute(select(decisions).where(*wanted)).one_or_none()
            if row is None:
                return None
            connection.execute(update(decisions).where(*wanted).values(ended_at=at, ended_by=by))
        return Decision(**{**row._asdict(), "ended_at": at, "ended_by": by})

    def decisions(self, now: float) -> list[Decision]:
        """Every decision in force, the oldest first."""
        with self._transaction("read") as connection:
            rows = connection.execute(select(decisions).where(*_in_force(now)).order_by(decisions.c.id)).all()
        return [Decision(**row._asdict()) for row in rows]

    def add_release(self, release: Release) -> None:
        """Keep that secrets may be sent to a host, on the disk."""
        with self._transaction("durable") as connection:
            releasing.add(connection, release)

    def is_released(self, host: str, client: str, now: float) -> bool:
        """Whether this device may send secrets to just this host."""
        with self._transaction("read") as connection:
            return releasing.in_force(connection, host, client, now)

    def end_releases(self, host: str, at: float) -> int:
        """Ask again before a secret goes to this host; how many answers were ended."""
        with self._transaction("durable") as connection:
            return releasing.end(connection, host, at)

    def change_counter(self) -> int:
        """A number that grows whenever any process adds or ends a decision; cheap enough to ask each second.

        Rows are never deleted, so the count of rows and of ended rows grows with each change. (The
        highest id would not do: two transactions may commit in another order than they took ids.)
        """
        with self._transaction("read") as connection:
            counted = select(func.count(decisions.c.id), func.count(decisions.c.ended_at))
            rows, ended = connection.execute(counted).one()
        return int(rows) + int(ended)

    def log(
        self,
        *,
        limit: int,
        level: Level | None = None,
        since: float | None = None,
        until: float | None = None,
        host: str | None = None,
        client: str | None = None,
    ) -> list[LogLine]:
        """Visits, the newest first, each with what is known of its host today.

        `level` is the least severe one to show; `since` the oldest time, `until` the first that is too
        new; `host` stands for its subdomains too; `client` is the address of one device.
        """
        with self._transaction("read") as connection:
            return visiting.log(
                connection, limit=limit, level=level, since=since, until=until, host=host, client=client
            )

    def remember_fact(self, source: str, subject: str, value: Any, at: float) -> None:
        """Keep what a source said about a domain (plain JSON), in place of what it said before."""
        with self._transaction("write") as connection:
            outside.remember_fact(connection, source, subject, value, at)

    def fact(self, source: str, subject: str) -> Fact | None:
        """What a source last said about a domain."""
        with self._transaction("read") as connection:
            return outside.fact(connection, source, subject)

    def has_facts(self, source: str) -> bool:
        """Whether anything is kept that a source said."""
        with self._transaction("read") as connection:
            return outside.has_facts(connection, source)

    def spend(self, source: str, at: float, limits: Limits) -> bool:
        """Count one question to a source, for all processes; False, and not counted, over a limit."""
        with self._transaction("write") as connection:
            return outside.spend(connection, source, at, limits)

    def spent(self, source: str, at: float) -> Spent:
        """How many questions a source was asked in the last minute and on this UTC day."""
        with self._transaction("read") as connection:
            return outside.spent(connection, source, at)

    def note_source(self, source: str, state: str, told: str, at: float) -> None:
        """Note how a source is now: its own word for it, and a sentence."""
        with self._transaction("write") as connection:
            outside.note_source(connection, source, state, told, at)

    def source_states(self) -> list[SourceState]:
        """How each source is, by name."""
        with self._transaction("read") as connection:
            return outside.states(connection)

    def size(self) -> int | None:
        """Bytes on the disk, the log ahead included; None for a database that is no file."""
        return sqlite.size_of(self._path) if self._path else None

    def compact(self, *, wipe: bool = False) -> None:
        """Give free space back to the disk; nothing to do where the database is no file.

        In small steps, or with `wipe` by writing the whole file anew, so that nothing of what was
        forgotten is left in it. That holds the store for a second or so.
        """
        if not self._path:
            return
        try:
            with self._turns.take() if self._turns else contextlib.nullcontext():
                sqlite.compact(self._engine, wipe=wipe)
        except SQLAlchemyError as error:
            raise self._failure(error) from error

    def _bring_up_to_date(self, *, read_only: bool) -> None:
        with self._transaction("read") as connection:
            missing = migrations.missing_steps(connection)
        if missing and read_only:
            raise StoreError(
                f"the store {self._name} was made by an older sekisho: run `sekisho log` once, it brings it up to date"
            )
        while missing:
            with self._transaction("durable") as connection:
                # Asked again inside the transaction: another process may just have done it.
                missing = migrations.missing_steps(connection)
                if missing:
                    migrations.run_step(connection, *missing[0], at=time.time())

    @contextlib.contextmanager
    def _transaction(self, mode: str) -> Iterator[Connection]:
        """`read`, `write` or `durable`; every failure becomes a StoreError that names the store."""
        turn = self._turns.take() if self._turns and mode != "read" else contextlib.nullcontext()
        try:
            with turn, self._modes[mode].begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self._failure(error) from error
        except StoreError as error:
            if self._name in str(error):
                raise
            raise StoreError(f"the store {self._name} cannot be used: {error}") from error

    def _failure(self, error: SQLAlchemyError) -> StoreError:
        kind = DamagedStoreError if sqlite.is_damage(error) else StoreError
        return kind(f"the store {self._name} failed: {sqlite.cause(error)}")


_DECISION_FIELDS = tuple(Decision.__dataclass_fields__)


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise StoreError("store_url is no database URL: write sqlite:////full/path/sekisho.db") from error


def _in_force(now: float) -> list[ColumnElement[bool]]:
    return [decisions.c.ended_at.is_(None), or_(decisions.c.until.is_(None), decisions.c.until > now)]
