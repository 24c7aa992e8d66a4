"""Values about outside sources: facts, budgets, and the state of each source.

No database behind them, so that providers and pages can hold them without knowing where they came
from. Times are seconds since 1970, UTC. Pure.
"""

from dataclasses import dataclass
from typing import Any

MINUTE = 61.0
"""Seconds in which a minute's limit holds: one more, since questions travel at different speeds."""
DAY = 86_400
GOOD = "ok"
"""The one state of a source that counts as a good answer for `SourceState.last_good_at`."""


@dataclass(frozen=True, slots=True)
class Fact:
    """The last answer of one source about one subject."""

    source: str
    """Name of the source: ``virustotal``."""
    subject: str
    """A registrable domain; at most 253 characters, as the store keeps it."""
    value: Any
    """Plain JSON, in the source's own shape."""
    at: float
    """When it answered."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many questions a source may be asked: in any 60 seconds, and in one UTC day."""

    per_minute: int
    per_day: int

    @property
    def for_rechecks(self) -> "Limits":
        """What re-checks may fill: never the last of a minute, at most half of a day; the rest is for clicks."""
        return Limits(max(1, self.per_minute - 1), max(1, self.per_day // 2))


@dataclass(frozen=True, slots=True)
class Spent:
    """How much of the limits is used."""

    in_minute: int = 0
    """Questions in the last minute."""
    in_day: int = 0
    """Questions since 00:00 UTC."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of a source, for the person who asks what works."""

    source: str
    state: str
    """The source's own name for it; GOOD where its last answer was good."""
    sentence: str
    """One sentence: what is the matter and what to do."""
    since: float
    """When it came into this state."""
    last_good_at: float | None = None
    """When it last answered well; None is never."""


@dataclass(frozen=True, slots=True)
class Account:
    """The spendings of one source as they are kept: times of the last minute, and a count for the day."""

    recent: tuple[float, ...] = ()
    day: int = 0
    """Days since 1970, UTC."""
    in_day: int = 0

    def at(self, now: float) -> "Account":
        """The same account with what is over left out.

        Clocks of several machines differ by a little, and a wrong clock may have been set right: times up
        to a minute (and a day up to one day) ahead still count, anything beyond was never true.
        """
        today = int(now // DAY)
        recent = tuple(time for time in self.recent if abs(now - time) < MINUTE)
        if self.day in (today, today + 1):
            return Account(recent, self.day, self.in_day)
        return Account(recent, today, 0)

    def spend(self, now: float, limits: Limits) -> "Account | None":
        """The account after one more question; None where a limit is reached."""
        account = self.at(now)
        if len(account.recent) >= limits.per_minute or account.in_day >= limits.per_day:
            return None
        return Account((*account.recent, now), account.day, account.in_day + 1)

    @property
    def spent(self) -> Spent:
        """In counts."""
        return Spent(len(self.recent), self.in_day)
