"""Releases in the database: to which hosts a device may send secrets, and until when.

They are on the disk before a call returns. Rows end and are never deleted.
"""

from dataclasses import asdict

from sqlalchemy import insert, or_, select, update

from sekisho.records.visits import Release
from sekisho.store.database import TableGroup
from sekisho.store.schema import CLIENT_LENGTH, releases


class Releases(TableGroup):
    """Hosts that secrets may be sent to."""

    def add(self, release: Release) -> None:
        """Keep that secrets may be sent to a host."""
        self._database.run("durable", insert(releases).values(**asdict(release)))

    def is_released(self, host: str, client: str, now: float) -> bool:
        """Whether this device may send secrets to just this host."""
        here = (
            releases.c.host == host,
            or_(releases.c.client.is_(None), releases.c.client == client[:CLIENT_LENGTH]),
        )
        valid = releases.c.ended_at.is_(None), releases.c.until > now
        return bool(self._database.rows(select(releases.c.id).where(*here, *valid).limit(1)))

    def end(self, host: str, at: float) -> int:
        """End those of a host, so that the person is asked again; how many there were."""
        running = releases.c.host == host, releases.c.ended_at.is_(None), releases.c.until > at
        return self._database.run("durable", update(releases).where(*running).values(ended_at=at))
