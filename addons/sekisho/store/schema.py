"""The tables as they are today. How an older database gets here stands in `migrations`.

Nothing is SQLite's own: a host is at most 253 characters, times are doubles (seconds since 1970,
UTC), levels are the numbers of `Level`, so that "warn or worse" is a comparison.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
)

HOST_LENGTH = 253
"""RFC 1035 §2.3.4, less the length octet and the root label. Longer names are cut: no such host exists."""
CLIENT_LENGTH = 64
"""The longest IPv6 address with its zone has fewer."""
SENTENCE_LENGTH = 500
"""A sentence about a source."""
NAME_LENGTH = 80
"""What the family calls a person or a device."""
BY_LENGTH = 80
"""Who decided or answered."""
PATH_LENGTH = 500
"""The path of a URL that somebody chose to show to the family."""

metadata = MetaData()

migrations = Table(
    "migrations",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("at", Double, nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("host", String(HOST_LENGTH), primary_key=True),
    Column("domain", String(HOST_LENGTH), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("evidence", JSON, nullable=False),
    # The first and the last time that just this was found.
    Column("at", Double, nullable=False),
    Column("last_at", Double, nullable=False),
    Index("verdicts_last_at", "last_at"),
)

visits = Table(
    "visits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("host", String(HOST_LENGTH), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("at", Double, nullable=False),
    Column("client", String(CLIENT_LENGTH), nullable=False),
    Column("scheme", String(8), nullable=False),
    Column("kind", String(8), nullable=False),
    Index("visits_at", "at"),
    Index("visits_host", "host"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("host", String(HOST_LENGTH), nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("client", String(CLIENT_LENGTH)),
    Column("by", String(80), nullable=False),
    Column("at", Double, nullable=False),
    Column("until", Double),
    Column("ended_at", Double),
    Column("ended_by", String(80)),
    Index("decisions_host", "host"),
    Index("decisions_ended_at", "ended_at"),
)

facts = Table(
    "facts",
    metadata,
    Column("source", String(40), primary_key=True),
    # A registrable domain.
    Column("subject", String(HOST_LENGTH), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("at", Double, nullable=False),
    Index("facts_at", "at"),
)

spendings = Table(
    "spendings",
    metadata,
    Column("source", String(40), primary_key=True),
    # Times of the questions of the last minute, so that no 60 seconds hold too many.
    Column("recent", JSON, nullable=False),
    # Days since 1970 UTC, and the questions of that day.
    Column("day", Integer, nullable=False),
    Column("in_day", Integer, nullable=False),
    # Grows with each change: who changes a row names the version that was read.
    Column("version", Integer, nullable=False),
)

source_states = Table(
    "source_states",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("told", String(SENTENCE_LENGTH), nullable=False),
    Column("since", Double, nullable=False),
    Column("last_good_at", Double),
)

# What a verdict was before it changed; the current one stands in `verdicts`.
verdict_changes = Table(
    "verdict_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("host", String(HOST_LENGTH), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("at", Double, nullable=False),
    Column("last_at", Double, nullable=False),
    Column("replaced_at", Double, nullable=False),
    Index("verdict_changes_host", "host"),
)

known_domains = Table(
    "known_domains",
    metadata,
    Column("name", String(HOST_LENGTH), primary_key=True),
    Column("first_at", Double, nullable=False),
    Column("last_at", Double, nullable=False),
    Column("last_day", Integer, nullable=False),
    Column("days", Integer, nullable=False),
    Column("visits", Integer, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("begun_at", Double, nullable=False),
    Column("stage", SmallInteger, nullable=False),
    Column("next_check_at", Double),
    Column("checked_at", Double),
    Column("level", SmallInteger, nullable=False),
    Column("clean_at", Double),
    Column("clean_day_at", Double),
    Column("clean_week_at", Double),
    Column("raised_at", Double),
    Column("registered_at", Double),
    Column("familiar_at", Double),
    Column("lapsed_at", Double),
    Index("known_domains_next_check_at", "next_check_at"),
    Index("known_domains_days", "days"),
    Index("known_domains_familiar_at", "familiar_at"),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("host", String(HOST_LENGTH), nullable=False),
    Column("at", Double, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("evidence", JSON, nullable=False),
    # A list of {client, first_at, last_at, visits}.
    Column("people", JSON, nullable=False),
    Column("detail", String(400), nullable=False),
    Column("told_at", Double),
    Index("events_host", "host"),
)

# Visits that were too old to keep one by one: how many on a local day, by whom, judged how.
visit_days = Table(
    "visit_days",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("client", String(CLIENT_LENGTH), primary_key=True),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", String(8), primary_key=True),
    Column("visits", Integer, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(NAME_LENGTH), nullable=False),
    Column("at", Double, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("client", String(CLIENT_LENGTH), primary_key=True),
    Column("name", String(NAME_LENGTH), nullable=False),
    Column("person_id", Integer),
    Column("at", Double, nullable=False),
)

asks = Table(
    "asks",
    metadata,
    Column("id", String(40), primary_key=True),
    # Device and host while it is open, so that there is one at a time.
    Column("open_key", String(CLIENT_LENGTH + 1 + HOST_LENGTH), unique=True),
    Column("client", String(CLIENT_LENGTH), nullable=False),
    # Person and device as they were called then.
    Column("who", String(2 * NAME_LENGTH + 3), nullable=False),
    Column("host", String(HOST_LENGTH), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("evidence", JSON, nullable=False),
    # Only where the person who asks chose to add it, and only until the answer.
    Column("path", String(PATH_LENGTH)),
    Column("at", Double, nullable=False),
    Column("expires", Double, nullable=False),
    Column("told_at", Double),
    Column("answered_at", Double),
    Column("answered_by", String(BY_LENGTH)),
    Column("answer", String(8)),
    Column("nonce", String(40), nullable=False),
    Column("decision_id", Integer),
    Index("asks_at", "at"),
    Index("asks_answered_at", "answered_at"),
    Index("asks_host", "host"),
)

# Which target took the message about what, so that nobody is notified twice and nobody is left out.
tellings = Table(
    "tellings",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("subject", String(40), primary_key=True),
    Column("target", String(24), primary_key=True),
    Column("at", Double, nullable=False),
    Index("tellings_at", "at"),
)

# To which hosts a device may send secrets: what the person answered when a form was held.
releases = Table(
    "releases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("host", String(HOST_LENGTH), nullable=False),
    Column("client", String(CLIENT_LENGTH)),
    Column("by", String(80), nullable=False),
    Column("at", Double, nullable=False),
    Column("until", Double, nullable=False),
    Column("ended_at", Double),
    Index("releases_host", "host"),
)
