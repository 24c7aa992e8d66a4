"""Desk: what the family's first page shows of the household — how it is, and what turned bad after a visit.

Without a log-in a device reads of its own visits only. Who is logged in reads everything, and so does the
computer on which sekisho runs (its loopback address): whoever sits there can read the store anyway. Pure: plain
values in, rows for `templates/desk.html` out, which makes the sentences. `desk_rows` has those of the other pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from sekisho.link import host_link, is_loopback
from sekisho.portal.finding import Row, local_time, row_of
from sekisho.providers.condition import Condition
from sekisho.records.domains import STORE_DAMAGED, TYPED, Event, Presence
from sekisho.records.sources import Limits, Spent
from sekisho.visible import visible, visible_words


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
class Person:
    """One device that was at a host."""

    client: str
    """Its address; empty for the device that reads the page."""
    first: str
    last: str
    """Empty where it is the same minute as `first`."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A host that turned bad after somebody had been there, or another event (no host)."""

    typed: str
    """What somebody typed there and reported to the family, a `Harm`; empty where nobody did."""
    host: str
    at: str
    why: Row | None
    """The decisive finding."""
    detail: str
    """English, where there is no finding."""
    people: tuple[Person, ...]
    damaged: bool = False
    """The store was damaged, and begun anew."""


def turned_rows(
    events: Iterable[Event], client: str, language: str, *, everything: bool = False
) -> tuple[list[Turned], int]:
    """What this device may read, and how many events of other devices are left out."""
    rows: list[Turned] = []
    hidden = 0
    everything = everything or is_loopback(client)
    for event in events:
        people = tuple(
            _person(person, client, language)
            for person in event.people
            if everything or person.client == client
        )
        if not people and (event.host or event.people):  # it is about other devices only
            hidden += 1
            continue
        link = host_link(event.host)
        rows.append(
            Turned(
                typed=event.detail if event.kind == TYPED else "",
                host=visible(link.unicode) if event.host else "",
                at=local_time(event.at, language),
                why=row_of(event.evidence[0], link, language) if event.evidence else None,
                detail=visible_words(event.detail[:400]),
                people=people,
                damaged=event.kind == STORE_DAMAGED,
            )
        )
    return rows, hidden


def _person(person: Presence, client: str, language: str) -> Person:
    first, last = (local_time(at, language) for at in (person.first_at, person.last_at))
    name = "" if person.client == client else visible(person.client)
    return Person(name, first, "" if first == last else last)
