"""Store: the one place that reads and writes the database. Sync and safe for many threads.

Each method is one transaction: it happened or it did not. Visits and verdicts are a log and written
lightly; decisions are the family's word and are on the disk before `add_decision` returns (`sqlite`
says what a power cut may cost). Every failure is a StoreError of one sentence, so that the caller can
choose to go on without a log, but never without an answer.
"""

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any, Self

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Row,
    RowMapping,
    create_engine,
    delete,
    exists,
    func,
    insert,
    make_url,
    or_,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from sekisho.link import Link
from sekisho.store import migrations, outside, sqlite
from sekisho.store.knowledge import Fact, Limits, SourceState, Spent
from sekisho.store.records import Decision, LogLine, StoreError, Visit
from sekisho.store.schema import CLIENT_LENGTH, HOST_LENGTH, decisions, verdicts, visits
from sekisho.verdict import Evidence, Level, Verdict, evidence_from_dict, evidence_to_dict


class Store:
    """An open database. Made by `Store.open`; close it, or use it in a `with` block."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._modes = {mode: engine.execution_options(sekisho=mode) for mode in ("read", "write", "durable")}
        self._name = name
        self._turns = sqlite.Turns() if engine.dialect.name == "sqlite" else None

    @classmethod
    def open(cls, url: str, *, read_only: bool = False) -> Self:
        """Connect and bring the tables up to date.

        Raises StoreError where the database is locked, damaged, made by a newer sekisho or not to be
        written. `read_only` changes nothing, not even an old database: that one is refused as well.
        """
        parsed = _parse(url)
        path = sqlite.file_of(parsed)
        if path and read_only and not path.is_file():
            raise StoreError(f"there is no store {path}")
        if path and not read_only:
            sqlite.make_private_file(path)
        name = str(path or parsed)
        options = {"connect_args": {"timeout": sqlite.BUSY_SECONDS}} if path else {}
        try:
            engine = create_engine(parsed, pool_timeout=5, max_overflow=59, **options)
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

    def close(self) -> None:
        """Let go of every connection. A method called later opens a new one."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def record_verdict(self, link: Link, verdict: Verdict, at: float) -> None:
        """Make this the host's current verdict; the same finding again only moves its last time."""
        host = link.host[:HOST_LENGTH]
        fresh: dict[str, Any] = {
            "domain": link.domain[:HOST_LENGTH],
            "level": int(verdict.level),
            "evidence": [evidence_to_dict(item) for item in verdict.evidence],
            "last_at": at,
        }
        here = verdicts.c.host == host
        with self._transaction("write") as connection:
            known = connection.execute(select(verdicts).where(here)).mappings().one_or_none()
            if known is None:
                try:
                    with connection.begin_nested():
                        connection.execute(insert(verdicts).values(host=host, at=at, **fresh))
                    return
                except IntegrityError:
                    # Another process was first (not with SQLite, where a writer is alone).
                    known = connection.execute(select(verdicts).where(here)).mappings().one()
            if _same_finding(known, fresh):
                fresh = {"last_at": at}
            else:
                fresh["at"] = at
            connection.execute(update(verdicts).where(here).values(**fresh))

    def record_visits(self, seen: Sequence[Visit]) -> None:
        """Write several visits in one transaction; nothing for none."""
        if not seen:
            return
        rows = [_visit_row(visit) for visit in seen]
        with self._transaction("write") as connection:
            connection.execute(insert(visits), rows)

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

    def decisions(self, now: float) -> list[Decision]:
        """Every decision in force, the oldest first."""
        with self._transaction("read") as connection:
            rows = connection.execute(select(decisions).where(*_in_force(now)).order_by(decisions.c.id)).all()
        return [Decision(**row._asdict()) for row in rows]

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
        host: str | None = None,
    ) -> list[LogLine]:
        """Visits, the newest first, each with what is known of its host today.

        `level` is the least severe one to show; `since` the oldest time; `host` stands for its
        subdomains too.
        """
        wanted: list[ColumnElement[bool]] = []
        if level is not None:
            wanted.append(visits.c.level >= int(level))
        if since is not None:
            wanted.append(visits.c.at >= since)
        if host is not None:
            wanted.append(or_(visits.c.host == host, visits.c.host.endswith(f".{host}", autoescape=True)))
        query = (
            select(visits, verdicts.c.evidence, verdicts.c.level.label("verdict_level"))
            .join(verdicts, verdicts.c.host == visits.c.host, isouter=True)
            .where(*wanted)
            .order_by(visits.c.at.desc(), visits.c.id.desc())
            .limit(limit)
        )
        with self._transaction("read") as connection:
            rows = connection.execute(query).all()
        return [_log_line(row) for row in rows]

    def prune(self, before: float) -> int:
        """Forget visits and facts older than this, and verdicts that nobody came by since.

        Decisions stay for ever. Gives back how many rows went.
        """
        with self._transaction("write") as connection:
            old_visits = connection.execute(delete(visits).where(visits.c.at < before))
            left = exists().where(visits.c.host == verdicts.c.host)
            old_verdicts = connection.execute(delete(verdicts).where(verdicts.c.last_at < before, ~left))
            old_facts = outside.forget_facts(connection, before)
        return old_visits.rowcount + old_verdicts.rowcount + old_facts

    def remember_fact(self, source: str, subject: str, value: Any, at: float) -> None:
        """Keep what a source said about a domain (plain JSON), in place of what it said before."""
        with self._transaction("write") as connection:
            outside.remember_fact(connection, source, subject, value, at)

    def fact(self, source: str, subject: str) -> Fact | None:
        """What a source last said about a domain."""
        with self._transaction("read") as connection:
            return outside.fact(connection, source, subject)

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
            raise StoreError(f"the store {self._name} failed: {sqlite.cause(error)}") from error
        except StoreError as error:
            if self._name in str(error):
                raise
            raise StoreError(f"the store {self._name} cannot be used: {error}") from error


_DECISION_FIELDS = tuple(Decision.__dataclass_fields__)


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise StoreError("store_url is no database URL: write sqlite:////full/path/sekisho.db") from error


def _visit_row(visit: Visit) -> dict[str, Any]:
    cut = {
        "host": visit.host[:HOST_LENGTH],
        "client": visit.client[:CLIENT_LENGTH],
        "scheme": visit.scheme[:8],
    }
    return {**cut, "level": int(visit.level), "at": visit.at, "kind": visit.kind}


def _in_force(now: float) -> list[ColumnElement[bool]]:
    return [decisions.c.ended_at.is_(None), or_(decisions.c.until.is_(None), decisions.c.until > now)]


def _same_finding(known: RowMapping, fresh: dict[str, Any]) -> bool:
    """The same level for the same evidence, whenever each was found."""

    def timeless(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**item, "at": 0} for item in findings]

    return known["level"] == fresh["level"] and timeless(known["evidence"]) == timeless(fresh["evidence"])


def _log_line(row: Row[Any]) -> LogLine:
    return LogLine(
        at=row.at,
        level=Level(row.level),
        host=row.host,
        client=row.client,
        scheme=row.scheme,
        kind=row.kind,
        evidence=_evidence(row.evidence),
        verdict_level=None if row.verdict_level is None else Level(row.verdict_level),
    )


def _evidence(findings: list[dict[str, Any]] | None) -> tuple[Evidence, ...]:
    """A finding of a kind that is not known here is left out; the rest of the log is still told."""
    known = []
    for fields in findings or ():
        with contextlib.suppress(KeyError, ValueError, TypeError):
            known.append(evidence_from_dict(fields))
    return tuple(known)
