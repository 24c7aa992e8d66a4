"""Answer: what is known of one registration and why nothing is, which names are asked about, what a young one means.

A registry's clock or ours may be wrong by some hours, and JPRS gives days in Japan's time: a date of up to a day
ahead counts as today. A date that is further ahead is a mistake, and gives no finding. Pure: the
time is passed in.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from sekisho.link import Link
from sekisho.verdict import Evidence, Level, Reason

SOURCE = "registration"
"""Name of this source among the facts; the subject is the registrable domain."""
DAY = 86_400.0
"""Seconds."""
YOUNG_DAYS = 30
SKEW = DAY
"""How far ahead of our clock a date may lie, in seconds."""
EARLIEST = datetime(1985, 1, 1, tzinfo=UTC).timestamp()
"""The first names under .com are of March 1985; what lies before (1970, year 1) means that nobody knows."""
JST = timezone(timedelta(hours=9), "JST")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?:[Tt ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"\s?(?P<zone>[Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# In the public suffix list, but nothing that anybody registers: RFC 3172, RFC 7686, RFC 8375.
_NOT_REGISTERED = ("arpa", "onion")


class State(StrEnum):
    """How a lookup ended."""

    KNOWN = "known"
    """The registry gave the day."""
    UNDATED = "undated"
    """The name is registered; the registry does not publish the day."""
    UNREGISTERED = "unregistered"
    """The registry does not know the name, or not yet."""
    UNSERVED = "unserved"
    """No server publishes the age of names under this suffix."""
    NOT_ASKED = "not-asked"
    """An address, a private name, a single label, a name on a platform: there is nobody to ask."""
    PENDING = "pending"
    """Somebody was asked and has not answered yet."""
    UNREACHABLE = "unreachable"
    """The server does not answer, or answers that it cannot."""
    REFUSED = "refused"
    """The server does not want to answer us."""
    UNREADABLE = "unreadable"
    """The server's answer makes no sense."""
    RATE_LIMITED = "rate-limited"
    """The server was asked too often, and says when it may be asked again."""


ANSWERED = frozenset({State.KNOWN, State.UNDATED, State.UNREGISTERED})
"""The server did what it is there for."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What is known of one registrable domain."""

    domain: str
    """Registrable domain, ASCII; what was asked about, and nothing more."""
    registered_at: float | None
    """Seconds since 1970 UTC; None unless the state is KNOWN."""
    source: str
    """Host of the server that answered (``rdap.example``); empty where nobody was asked."""
    asked_at: float
    """When it was asked, seconds since 1970 UTC."""
    state: State
    trouble: str = field(default="", compare=False)
    """One sentence that names the server, where it gave no usable answer."""


class NoAnswerError(RuntimeError):
    """A server gave no usable answer. The message is one sentence that names the server and the trouble."""

    def __init__(self, state: State, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.state = state
        self.retry_after = retry_after
        """Seconds that the server asks to be left alone; None where it does not say."""


def registration_to_dict(registration: Registration) -> dict[str, Any]:
    """What is kept; domain and time stand beside it."""
    return {
        "state": registration.state.value,
        "registered_at": registration.registered_at,
        "source": registration.source,
    }


def registration_from_dict(domain: str, value: Any, at: float) -> Registration:
    """The inverse of `registration_to_dict`; raises ValueError on a foreign shape."""
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is no registration")
    registered_at, source = value.get("registered_at"), value.get("source")
    state = State(str(value.get("state")))
    if registered_at is not None and type(registered_at) not in (int, float):
        raise ValueError(f"registered_at is {registered_at!r}; a number was expected")
    if not isinstance(source, str) or (registered_at is None) == (state is State.KNOWN):
        raise ValueError(f"{value!r} is no registration")
    return Registration(domain, registered_at, source, at, state)


def askable_domain(link: Link) -> str | None:
    """The registrable domain of a link; None where nobody must be asked.

    That is for addresses, single labels, names of the home network (``nas.local``; no suffix that the
    public list knows), public suffixes themselves, and all names below a company's own suffix: the age
    of a platform says nothing about its user. A domain with a character that no registry takes is not
    asked about either, so that what is sent is always one plain name.
    """
    if link.is_address or link.flaws or not link.suffix or link.private_suffix:
        return None
    if link.domain == link.suffix or link.suffix.rpartition(".")[2] in _NOT_REGISTERED:
        return None
    return link.domain if _NAME.fullmatch(link.domain) else None


def parse_date(text: str) -> float:
    """Seconds since 1970 UTC of a date as RDAP servers write it.

    That is RFC 3339, and what is seen beside it: a date alone, a blank for the ``T``, no zone (UTC is
    meant), ``+0900``, any places behind the second. Raises ValueError.
    """
    found = _DATE.fullmatch(text.strip())
    if not found:
        raise ValueError("no date; 2026-11-21T08:30:00Z was expected")
    year, month, day, hour, minute, second = (
        int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    # 60 is a leap second, which the calendar of datetime does not have.
    when = datetime(year, month, day, hour, minute, min(second, 59) if second <= 60 else second, tzinfo=UTC)
    fraction = float(f"0.{found['fraction']}") if found["fraction"] else 0.0
    return (when - _EPOCH).total_seconds() + fraction - _offset(found["zone"] or "Z")


def _offset(zone: str) -> float:
    """Seconds that a zone is ahead of UTC."""
    if zone[0] not in "+-":
        return 0.0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        raise ValueError(f"{zone} is no time zone")
    return (-1 if zone[0] == "-" else 1) * (hours * 3600.0 + minutes * 60.0)


def parse_japanese_day(text: str) -> float:
    """Seconds since 1970 UTC at which a day (``2018/03/21``) began in Japan. Raises ValueError."""
    found = re.match(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})(?![0-9])", text.strip())
    if not found:
        raise ValueError("no day; 2018/03/21 was expected")
    year, month, day = map(int, found.groups())
    return (datetime(year, month, day, tzinfo=UTC) - _EPOCH - timedelta(hours=9)).total_seconds()


def is_plausible(registered_at: float, now: float) -> bool:
    """A name can have been registered then: not before there were names, at most a day ahead of our clock."""
    return EARLIEST <= registered_at <= now + SKEW


def find_evidence(registration: Registration, now: float, young_days: float = YOUNG_DAYS) -> Evidence | None:
    """A caution for a name that is younger than `young_days`; None for all others and where nothing is known."""
    at = registration.registered_at
    if at is None or not is_plausible(at, now) or now - at >= young_days * DAY:
        return None
    # The day as the registry gives it, and the age as a person would count it from that day.
    day, today = (registry_day(registration.domain, when) for when in (at, now))
    days = max((today - day).days, 0)
    ago = "today" if days == 0 else "1 day ago" if days == 1 else f"{days} days ago"
    detail = f"{registration.domain} was registered {ago} ({day.isoformat()}), says {registration.source}"
    return Evidence(Reason.NEW_NAME, Level.CAUTION, registration.source, detail, at=now, count=days, since=at)


def registry_day(domain: str, at: float) -> date:
    """The day of a time as the registry of this domain counts it: in Japan's time for .jp, else in UTC."""
    return datetime.fromtimestamp(at, JST if domain.endswith(".jp") else UTC).date()
