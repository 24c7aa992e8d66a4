"""How a database of any earlier sekisho becomes the one of `schema`: named steps, one function each.

A step runs in a transaction of its own together with the note that it ran, so a cut-off migration is
simply begun again. Steps describe their tables themselves and never import `schema`, which moves on.
A database with a step that this sekisho does not know was made by a newer one, and is left alone.
"""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Index, MetaData, Table

from sekisho.store.records import StoreError


def create_first_tables(connection: Connection) -> None:
    """Verdicts, visits and decisions."""
    metadata = MetaData()
    host = sa.String(253)
    client = sa.String(64)
    Table(
        "verdicts",
        metadata,
        Column("host", host, primary_key=True),
        Column("domain", host, nullable=False),
        Column("level", sa.SmallInteger, nullable=False),
        Column("evidence", sa.JSON, nullable=False),
        Column("at", sa.Double, nullable=False),
        Column("last_at", sa.Double, nullable=False),
        Index("verdicts_last_at", "last_at"),
    )
    Table(
        "visits",
        metadata,
        Column("id", sa.Integer, primary_key=True),
        Column("host", host, nullable=False),
        Column("level", sa.SmallInteger, nullable=False),
        Column("at", sa.Double, nullable=False),
        Column("client", client, nullable=False),
        Column("scheme", sa.String(8), nullable=False),
        Column("kind", sa.String(8), nullable=False),
        Index("visits_at", "at"),
        Index("visits_host", "host"),
    )
    Table(
        "decisions",
        metadata,
        Column("id", sa.Integer, primary_key=True),
        Column("kind", sa.String(8), nullable=False),
        Column("host", host, nullable=False),
        Column("exact", sa.Boolean, nullable=False),
        Column("client", client),
        Column("by", sa.String(80), nullable=False),
        Column("at", sa.Double, nullable=False),
        Column("until", sa.Double),
        Column("ended_at", sa.Double),
        Column("ended_by", sa.String(80)),
        Index("decisions_host", "host"),
        Index("decisions_ended_at", "ended_at"),
    )
    metadata.create_all(connection, checkfirst=False)


def add_outside_knowledge(connection: Connection) -> None:
    """What sources outside of the household said, how often they were asked, and how they are."""
    metadata = MetaData()
    source = sa.String(40)
    Table(
        "facts",
        metadata,
        Column("source", source, primary_key=True),
        Column("subject", sa.String(253), primary_key=True),
        Column("value", sa.JSON, nullable=False),
        Column("at", sa.Double, nullable=False),
        Index("facts_at", "at"),
    )
    Table(
        "spendings",
        metadata,
        Column("source", source, primary_key=True),
        Column("recent", sa.JSON, nullable=False),
        Column("day", sa.Integer, nullable=False),
        Column("in_day", sa.Integer, nullable=False),
        Column("version", sa.Integer, nullable=False),
    )
    Table(
        "source_states",
        metadata,
        Column("source", source, primary_key=True),
        Column("state", sa.String(20), nullable=False),
        Column("told", sa.String(500), nullable=False),
        Column("since", sa.Double, nullable=False),
        Column("last_good_at", sa.Double),
    )
    metadata.create_all(connection, checkfirst=False)


def add_memory(connection: Connection) -> None:
    """What verdicts were before, known_domains, events, and counts of old visits."""
    metadata = MetaData()
    host = sa.String(253)
    client = sa.String(64)
    Table(
        "verdict_changes",
        metadata,
        Column("id", sa.Integer, primary_key=True),
        Column("host", host, nullable=False),
        Column("level", sa.SmallInteger, nullable=False),
        Column("evidence", sa.JSON, nullable=False),
        Column("at", sa.Double, nullable=False),
        Column("last_at", sa.Double, nullable=False),
        Column("replaced_at", sa.Double, nullable=False),
        Index("verdict_changes_host", "host"),
    )
    Table(
        "known_domains",
        metadata,
        Column("name", host, primary_key=True),
        Column("first_at", sa.Double, nullable=False),
        Column("last_at", sa.Double, nullable=False),
        Column("last_day", sa.Integer, nullable=False),
        Column("days", sa.Integer, nullable=False),
        Column("visits", sa.Integer, nullable=False),
        Column("shared", sa.Boolean, nullable=False),
        Column("begun_at", sa.Double, nullable=False),
        Column("stage", sa.SmallInteger, nullable=False),
        Column("next_check_at", sa.Double),
        Column("checked_at", sa.Double),
        Column("level", sa.SmallInteger, nullable=False),
        Column("clean_at", sa.Double),
        Column("clean_day_at", sa.Double),
        Column("clean_week_at", sa.Double),
        Column("raised_at", sa.Double),
        Column("registered_at", sa.Double),
        Column("familiar_at", sa.Double),
        Column("lapsed_at", sa.Double),
        Index("known_domains_next_check_at", "next_check_at"),
        Index("known_domains_days", "days"),
        Index("known_domains_familiar_at", "familiar_at"),
    )
    Table(
        "events",
        metadata,
        Column("id", sa.Integer, primary_key=True),
        Column("kind", sa.String(16), nullable=False),
        Column("host", host, nullable=False),
        Column("at", sa.Double, nullable=False),
        Column("level", sa.SmallInteger, nullable=False),
        Column("evidence", sa.JSON, nullable=False),
        Column("people", sa.JSON, nullable=False),
        Column("detail", sa.String(400), nullable=False),
        Column("told_at", sa.Double),
        Index("events_host", "host"),
    )
    Table(
        "visit_days",
        metadata,
        Column("day", sa.Integer, primary_key=True, autoincrement=False),
        Column("client", client, primary_key=True),
        Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        Column("kind", sa.String(8), primary_key=True),
        Column("visits", sa.Integer, nullable=False),
    )
    metadata.create_all(connection, checkfirst=False)


def add_family(connection: Connection) -> None:
    """People and their devices, what they asked the family, and who was told of it."""
    metadata = MetaData()
    Table(
        "people",
        metadata,
        Column("id", sa.Integer, primary_key=True),
        Column("name", sa.String(80), nullable=False),
        Column("at", sa.Double, nullable=False),
    )
    Table(
        "devices",
        metadata,
        Column("client", sa.String(64), primary_key=True),
        Column("name", sa.String(80), nullable=False),
        Column("person_id", sa.Integer),
        Column("at", sa.Double, nullable=False),
    )
    Table(
        "asks",
        metadata,
        Column("id", sa.String(40), primary_key=True),
        Column("open_key", sa.String(318), unique=True),
        Column("client", sa.String(64), nullable=False),
        Column("who", sa.String(163), nullable=False),
        Column("host", sa.String(253), nullable=False),
        Column("level", sa.SmallInteger, nullable=False),
        Column("evidence", sa.JSON, nullable=False),
        Column("path", sa.String(500)),
        Column("at", sa.Double, nullable=False),
        Column("expires", sa.Double, nullable=False),
        Column("told_at", sa.Double),
        Column("answered_at", sa.Double),
        Column("answered_by", sa.String(80)),
        Column("answer", sa.String(8)),
        Column("nonce", sa.String(40), nullable=False),
        Column("decision_id", sa.Integer),
        Index("asks_at", "at"),
        Index("asks_answered_at", "answered_at"),
        Index("asks_host", "host"),
    )
    Table(
        "tellings",
        metadata,
        Column("kind", sa.String(8), primary_key=True),
        Column("subject", sa.String(40), primary_key=True),
        Column("target", sa.String(24), primary_key=True),
        Column("at", sa.Double, nullable=False),
        Index("tellings_at", "at"),
    )
    metadata.create_all(connection, checkfirst=False)


def add_releases(connection: Connection) -> None:
    """To which hosts forms with secrets may be sent."""
    metadata = MetaData()
    Table(
        "releases",
        metadata,
        Column("id", sa.Integer, primary_key=True),
        Column("host", sa.String(253), nullable=False),
        Column("client", sa.String(64)),
        Column("by", sa.String(80), nullable=False),
        Column("at", sa.Double, nullable=False),
        Column("until", sa.Double, nullable=False),
        Column("ended_at", sa.Double),
        Index("releases_host", "host"),
    )
    metadata.create_all(connection, checkfirst=False)


Step = Callable[[Connection], None]

STEPS: tuple[tuple[str, Step], ...] = (
    ("create_first_tables", create_first_tables),
    ("add_outside_knowledge", add_outside_knowledge),
    ("add_memory", add_memory),
    ("add_family", add_family),
    ("add_releases", add_releases),
)
"""Every step that ever was, in order; a name is never changed once it was released."""

_LOG = Table(
    "migrations",
    MetaData(),
    Column("name", sa.String(80), primary_key=True),
    Column("at", sa.Double, nullable=False),
)


def missing_steps(connection: Connection) -> list[tuple[str, Step]]:
    """The steps that this database still needs. Raises StoreError where a newer sekisho made it."""
    done: set[str] = set()
    if sa.inspect(connection).has_table(_LOG.name):
        done = set(connection.scalars(sa.select(_LOG.c.name)))
    unknown = sorted(done - {name for name, _ in STEPS})
    if unknown:
        raise StoreError(
            f"it was made by a newer sekisho (step {unknown[0]!r} is not known here): "
            "install that version again, or give another store_url"
        )
    return [(name, step) for name, step in STEPS if name not in done]


def run_step(connection: Connection, name: str, step: Step, at: float) -> None:
    """Run one step inside the caller's transaction and note it there."""
    _LOG.create(connection, checkfirst=True)
    step(connection)
    connection.execute(sa.insert(_LOG).values(name=name, at=at))
