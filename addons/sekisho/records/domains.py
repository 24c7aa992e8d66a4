"""Values about domains over time: a click, a known domain, a past verdict, an event.

Plain and frozen, with no database behind them. A *known domain* is one that somebody of the household
clicked and that is not known good by the rules. Its name is the registrable domain, or on a platform
the host that belongs to one user. What follows from these values is decided in `policy.familiarity`. Times
are seconds since 1970, UTC; days are local ones, counted from the year 1 (`date.toordinal`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from sekisho.verdict import Evidence, Level

TURNED_BAD = "turned-bad"
"""`Event.kind`: a host that somebody had been let through to is bad now."""
TYPED = "typed"
"""`Event.kind`: somebody reported what they typed; `Event.detail` is a `sekisho.rulebook.aftercare.Harm`."""
STORE_DAMAGED = "store-damaged"
"""`Event.kind`: the database could not be read, and a new one was made in its place."""

CLEAN_FOR = 30 * 86_400.0
"""Seconds that a clean re-check of a familiar domain is good for."""


@dataclass(frozen=True, slots=True)
class DomainClick:
    """One click on an unfamiliar host, as far as it matters for the known domain."""

    name: str
    at: float
    day: int
    """The local day."""
    level: Level
    raised: bool
    """Something spoke against the host."""
    shared: bool
    """Users own subdomains here: it never becomes familiar."""
    registered_at: float | None = None
    """When the name was registered, where somebody knows."""


@dataclass(frozen=True, slots=True)
class KnownDomain:
    """What is known of one domain over time."""

    name: str
    first_at: float
    last_at: float
    """The last click, or the last tunnel where it is familiar."""
    last_day: int
    days: int
    """How many different local days somebody clicked it, since `begun_at`."""
    visits: int
    shared: bool
    begun_at: float
    """From when on re-checks and days are counted: the first click, or the first after it lapsed."""
    stage: int = 0
    """How many of the marks after `begun_at` have passed with an answer; the last ones repeat weekly."""
    next_check_at: float | None = None
    """When the next re-check is due; None where nobody has clicked it for long."""
    checked_at: float | None = None
    """The last re-check that was answered."""
    level: Level = Level.PASS
    """What that one found."""
    clean_at: float | None = None
    """The last clean re-check that counts: a day or more after `begun_at`."""
    clean_day_at: float | None = None
    """The first clean answer from outside that came a day or more after `begun_at`."""
    clean_week_at: float | None = None
    """The same, a week or more after it."""
    raised_at: float | None = None
    """When something first spoke against it."""
    registered_at: float | None = None
    familiar_at: float | None = None
    """Since when it is familiar to the household; None where it is not."""
    lapsed_at: float | None = None
    """When it last stopped being familiar."""


@dataclass(frozen=True, slots=True)
class Presence:
    """One device that visited a host before it turned bad."""

    client: str
    """Address of the device."""
    first_at: float
    last_at: float
    visits: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the family must be notified of. Kept until it is, and a while longer."""

    id: int
    kind: str
    """TURNED_BAD, STORE_DAMAGED or TYPED."""
    host: str
    at: float
    level: Level
    evidence: tuple[Evidence, ...]
    people: tuple[Presence, ...]
    """The devices that it concerns, the earliest visit first."""
    told_at: float | None = None
    """When the family was notified."""
    detail: str = ""
    """One English sentence where there is no evidence."""


@dataclass(frozen=True, slots=True)
class PastVerdict:
    """A verdict that another one took the place of: ``clean`` in the morning, ``warn`` by evening."""

    host: str
    level: Level
    evidence: tuple[Evidence, ...]
    at: float
    """First found."""
    last_at: float
    """Last found."""
    replaced_at: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a known domain may become familiar or lapse; `policy.familiarity` has the rules, this narrows the rows."""

    days: int
    """Fewer days of clicks are not enough."""
    registered_before: float
    clean_since: float
    seen_since: float


OnClick = Callable[[KnownDomain | None, DomainClick], KnownDomain | None]
"""The known domain after a click, or of a domain that is not known (None); None does not make it known."""
Change = Callable[[KnownDomain], KnownDomain]
"""The known domain after something that happened."""
