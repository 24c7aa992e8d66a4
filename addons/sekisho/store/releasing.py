"""Releases in the database: to which hosts a device may send secrets, and until when.

Functions on a connection; the caller has the transaction. Rows end and are never deleted.
"""

from dataclasses import asdict

from sqlalchemy import Connection, insert, or_, select, update

from sekisho.store.records import Release
from sekisho.store.schema import CLIENT_LENGTH, releases


def add(connection: Connection, release: Release) -> None:
    """Write one."""
    connection.execute(insert(releases).values(**asdict(release)))


def in_force(connection: Connection, host: str, client: str, now: float) -> bool:
    """Whether one holds for this host and device."""
    here = (
        releases.c.host == host,
        or_(releases.c.client.is_(None), releases.c.client == client[:CLIENT_LENGTH]),
    )
    valid = releases.c.ended_at.is_(None), releases.c.until > now
    return connection.execute(select(releases.c.id).where(*here, *valid).limit(1)).first() is not None


def end(connection: Connection, host: str, at: float) -> int:
    """End those of a host; how many there were."""
    running = releases.c.host == host, releases.c.ended_at.is_(None), releases.c.until > at
    return connection.execute(update(releases).where(*running).values(ended_at=at)).rowcount
