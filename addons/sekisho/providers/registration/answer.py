"""Answer: what is known of one registration, and why nothing is, as plain values. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What became of a look-up."""

    KNOWN = "known"
    """The registry told the day."""
    UNDATED = "undated"
    """The name is registered; the registry does not tell since when."""
    UNREGISTERED = "unregistered"
    """The registry does not know the name, or not yet."""
    UNSERVED = "unserved"
    """Nobody tells the age of names under this suffix."""
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
    """Host of the server that said so (``rdap.example``); empty where nobody was asked."""
    asked_at: float
    """When it was asked, seconds since 1970 UTC."""
    state: State


class NoAnswerError(RuntimeError):
    """A server gave no usable answer. The message is one sentence that names the server and the trouble."""

    def __init__(self, state: State, told: str, retry_after: float | None = None) -> None:
        super().__init__(told)
        self.state = state
        self.retry_after = retry_after
        """Seconds that the server asks to be left alone; None where it does not say."""
