"""Desk: the desk's first page: the condition of each source, and the sites that turned bad after a visit.

Without a log-in a device sees its own visits only. A logged-in one sees everything, and so does the computer on
which sekisho runs (its loopback address), whose user can read the store anyway. Pure: plain values in, rows for
`templates/desk.html` out, which makes the sentences. `desk_rows` has those of the other pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from sekisho.link import host_link, is_loopback
from sekisho.portal.finding import Row, row_of
from sekisho.providers.condition import Condition
from sekisho.records.domains import Event, Presence
from sekisho.records.sources import Limits, Spent


class Standing(Enum):
    """Who asks for a page of the desk."""

    NOBODY = "nobody"
    """There is no log-in here."""
    NEW = "new"
    """No password was set yet."""
    LOGGED_OUT = "logged out"
    LOGGED_IN = "logged in"


@dataclass(frozen=True, slots=True)
class DeskSummary:
    """How the household is at one moment; times are seconds since 1970 UTC."""

    conditions: tuple[Condition, ...] = ()
    events: tuple[Event, ...] = ()
    """What the family was not notified of yet, the newest first."""
    asked: Spent | None = None
    """How often VirusTotal was asked; None where that is not known."""
    limits: Limits | None = None
    waiting: int = 0
    """Asks that nobody has answered."""
    unread: bool = False
    """The store could not be read, so that events and states are missing."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A host that turned bad after somebody had been there, or another event, as one device may read of it."""

    event: Event
    people: tuple[Presence, ...]
    """Those of the event whom this device may read of."""
    why: Row | None
    """The decisive finding."""


def turned_rows(
    events: Iterable[Event], client: str, language: str, *, everything: bool = False
) -> tuple[list[Turned], int]:
    """What this device may read, and how many events of other devices are left out."""
    rows: list[Turned] = []
    hidden = 0
    everything = everything or is_loopback(client)
    for event in events:
        people = tuple(person for person in event.people if everything or person.client == client)
        if not people and (event.host or event.people):  # it is about other devices only
            hidden += 1
            continue
        why = row_of(event.evidence[0], host_link(event.host), language) if event.evidence else None
        rows.append(Turned(event, people, why))
    return rows, hidden
