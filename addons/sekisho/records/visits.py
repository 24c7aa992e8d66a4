"""The values that the store keeps: a decision, a visit, a line of the log.

Plain and frozen, with no database behind them, so that the policy and the pages can hold them
without knowing where they came from. Times are seconds since 1970, UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sekisho.verdict import Evidence, Level

GO_ON = "go on"
"""`Decision.by` of the person who chose to go on past a warning: weaker than any decision of the family."""


class StoreError(RuntimeError):
    """The store could not be read or written. The message is one sentence for the person at the terminal."""


class UnfitNameError(ValueError):
    """A person or a device cannot be called so. The message is for the terminal, `why` for the pages."""

    def __init__(self, message: str, why: Literal["unseen", "taken", "nobody"], name: str = "") -> None:
        super().__init__(message)
        self.why = why
        self.name = name


class DamagedStoreError(StoreError):
    """The file is no database any more. `Store.open(…, rescue=True)` puts it aside and makes a new one."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the family decided about a host. Never changed and never deleted: it ends."""

    kind: Literal["allow", "block"]
    host: str
    """Canonical ASCII host, as in `Link.host`."""
    at: float
    by: str
    """Where it was made: ``sekisho allow``, ``sekisho block``, or GO_ON."""
    exact: bool = False
    """This host only; else its subdomains too."""
    client: str | None = None
    """Address of the one device that it holds for; None is the whole household."""
    until: float | None = None
    """The first moment at which it no longer holds; None is for good."""
    id: int | None = None
    """Given by the store."""
    ended_at: float | None = None
    """When somebody took it back."""
    ended_by: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in {"allow", "block"}:
            raise ValueError(f"{self.kind!r} is no kind of decision; write allow or block")
        if not self.host:
            raise ValueError("a decision needs a host")
        if self.by == GO_ON and (self.kind != "allow" or not self.client or self.until is None):
            raise ValueError("going on is an allow for one client, and ends")

    @property
    def is_go_on(self) -> bool:
        """A person went on past a warning; not a decision of the family."""
        return self.by == GO_ON

    @property
    def source(self) -> str:
        """As evidence names it: ``decision 12``."""
        return f"decision {self.id}" if self.id is not None else "decision"

    @property
    def summary(self) -> str:
        """In words: ``allow example.org and its subdomains until 2026-11-25 08:00 UTC (sekisho allow)``."""
        words = f"{self.kind} {self.host}"
        if not self.exact:
            words += " and its subdomains"
        if self.client is not None:
            words += f" for {self.client}"
        if self.until is not None:
            words += f" until {utc_minute(self.until)}"
        return f"{words} ({self.by})"

    def in_force(self, now: float) -> bool:
        """Neither taken back nor expired."""
        return self.ended_at is None and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Release:
    """Secrets may be sent to this one host: the answer of a person whose form was held. It always ends."""

    host: str
    """Canonical ASCII host, as in `Link.host`; not its subdomains."""
    client: str | None
    """Address of the one device that it holds for; None is the whole household."""
    at: float
    until: float
    """The first moment at which it no longer holds."""
    by: str
    """Where it was given: ``form page``."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request that was judged. It holds a host, never a path."""

    host: str
    level: Level
    at: float
    client: str
    """Address of the device."""
    scheme: str = "https"
    kind: Literal["click", "resource"] = "click"


@dataclass(frozen=True, slots=True)
class LogLine:
    """One visit with what is known of its host today."""

    at: float
    level: Level
    """As judged on that visit."""
    host: str
    client: str
    scheme: str
    kind: str
    evidence: tuple[Evidence, ...] = ()
    """Of the host's current verdict, the decisive one first; each with its own time."""
    verdict_level: Level | None = None
    """The host's current level, which may be another than on that visit; None where it was pruned."""

    @property
    def why(self) -> str:
        """The decisive finding in one sentence; says so where the host has been judged anew since."""
        if not self.evidence:
            return ""
        if self.verdict_level is not None and self.verdict_level is not self.level:
            return f"since then {self.verdict_level.word}: {self.evidence[0].detail}"
        return self.evidence[0].detail


def utc_minute(at: float) -> str:
    """A time as logs and messages show it; the far ends of what a database may hold do not raise."""
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return f"{at:.0f} s since 1970"
