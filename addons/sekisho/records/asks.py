"""Values about asks: people, their devices, what was asked and what became of it.

Plain and frozen, with no database behind them. An *ask* is one request to the family to open one host
for one device. What may be asked how often, and what an answer decides, stands in `policy.asking`. A device
is an address on the home network; one without a name is shown by its address, as the router shows it.
Times are seconds since 1970, UTC.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sekisho.records.visits import Decision
from sekisho.verdict import Evidence, Level

Answer = Literal["once", "1d", "1w", "always", "block"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
"""Every answer that the family can give, the most careful opening first."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the household."""

    id: int
    name: str
    """As the family calls them."""
    at: float
    """When they were added."""


@dataclass(frozen=True, slots=True)
class Device:
    """A client of the proxy that the family gave a name."""

    client: str
    """Its address, as in the log."""
    name: str
    person_id: int | None
    """Whose it is; None where several use it."""
    at: float
    """When it was named."""
    person: str = ""
    """The name of that person."""

    @property
    def label(self) -> str:
        """``Mother (phone)``, or what of it is known."""
        return f"{self.person} ({self.name})" if self.person and self.name else self.person or self.name


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the family."""

    id: str
    """Unguessable: whoever knows it may read the state of the ask."""
    client: str
    """Address of the device that asks, and that an answer ``once`` opens the host to."""
    host: str
    """Canonical ASCII host, as in `Link.host`."""
    level: Level
    evidence: tuple[Evidence, ...]
    """Why it was stopped, the decisive finding first."""
    at: float
    expires: float
    """From then on nobody can answer it."""
    who: str = ""
    """Person and device as they were called then; empty where the device has no name."""
    path: str | None = None
    """Of the URL, and only where the person who asks chose to add it; forgotten with the answer."""
    told_at: float | None = None
    """When the first message about it was taken by anybody."""
    answered_at: float | None = None
    answered_by: str | None = None
    """Where, and by whom if that is known: ``ntfy``, ``desk``, ``sekisho asks (hanako)``."""
    answer: Answer | None = None
    nonce: str = ""
    """Of the signed reply that answered it."""
    decision_id: int | None = None
    """The decision that the answer made."""

    def state(self, now: float) -> Literal["open", "answered", "expired"]:
        """Its state at this time."""
        if self.answered_at is not None:
            return "answered"
        return "open" if now < self.expires else "expired"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one answer."""

    kind: Literal["accepted", "answered", "replayed", "expired", "unknown"]
    """``answered``: somebody was first. ``replayed``: the same signed reply came again."""
    ask: Ask | None = None
    """As it stands now; None where there is no such ask."""
    decision: Decision | None = None
    """What an accepted answer decided."""


CheckRate = Callable[[Sequence[float], Sequence[float]], None]
"""Gets the times of the last day's asks, of this device and of the household; raises to refuse another."""
Decide = Callable[[Ask], Decision]
"""What an answer makes of an ask."""


def names_of(devices: Iterable[Device]) -> Mapping[str, str]:
    """Address → name of each device that has one: ``Mother (phone)``."""
    return {device.client: device.label for device in devices}


def name_of(client: str, names: Mapping[str, str]) -> str:
    """The name of a device, or its address."""
    return names.get(client) or client
