"""Facts: what this room needs from a store, and a Registration as the plain values that are kept there.

Both are sync and are called in a thread; where they raise, the look-up goes on without a memory.
"""

from typing import Any, Protocol

from sekisho.providers.registration.answer import Registration, State
from sekisho.store import Fact

SOURCE = "registration"
"""Name of this source among the facts; the subject is the registrable domain."""


class Facts(Protocol):
    """What sources found out, by source and subject."""

    def fact(self, source: str, subject: str) -> Fact | None:
        """What was remembered last; None where there is nothing."""

    def remember_fact(self, source: str, subject: str, value: dict[str, Any], at: float) -> None:
        """Keep a value of plain JSON in place of the one before; `at` is seconds since 1970 UTC."""


class SourceNotes(Protocol):
    """How each source is doing, for `sekisho status`."""

    def note_source(self, source: str, state: str, told: str, at: float) -> None:
        """`state` is ok, unreachable, refused, unreadable or rate-limited; `told` one sentence."""


def registration_to_dict(registration: Registration) -> dict[str, Any]:
    """What is kept; domain and time stand beside it."""
    return {
        "state": registration.state.value,
        "registered_at": registration.registered_at,
        "source": registration.source,
    }


def registration_from_dict(domain: str, value: dict[str, Any], at: float) -> Registration:
    """The inverse of `registration_to_dict`; raises ValueError on a foreign shape."""
    registered_at, source = value.get("registered_at"), value.get("source")
    state = State(str(value.get("state")))
    if registered_at is not None and type(registered_at) not in (int, float):
        raise ValueError(f"registered_at is {registered_at!r}; a number was expected")
    if not isinstance(source, str) or (registered_at is None) == (state is State.KNOWN):
        raise ValueError(f"{value!r} is no registration")
    return Registration(domain, registered_at, source, at, state)
