"""RDAP answer: what a server says about a domain (RFC 9083) → when it was registered. Pure.

Servers differ: names in capitals or as IDNs, events without dates, dates of the year 1. What is missing
means "no date told"; what contradicts the question is not believed.
"""

import json

from sekisho.link import host_link
from sekisho.providers.registration.age import EARLIEST, parse_date
from sekisho.providers.registration.answer import NoAnswerError, State

_ACTIONS = frozenset({"registration", "reregistration"})
"""RFC 9083 §10.2.3. A name that lapsed and was registered anew is as young as its last registration."""


def read_registered(body: bytes, domain: str) -> float | None:
    """Seconds since 1970 UTC of the last registration of `domain`; None where the server tells no date.

    Raises NoAnswerError (unreadable) where the answer is no RDAP domain, or that of another domain.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise NoAnswerError(State.UNREADABLE, "the answer is no JSON") from None
    if not isinstance(answer, dict) or answer.get("objectClassName", "domain") != "domain":
        raise NoAnswerError(State.UNREADABLE, "the answer is no RDAP domain (RFC 9083)")
    if "errorCode" in answer:
        raise NoAnswerError(State.UNREADABLE, "the answer is an error without its HTTP status")
    name = answer.get("ldhName")
    if name is not None and (not isinstance(name, str) or host_link(name).host != domain):
        raise NoAnswerError(State.UNREADABLE, "the answer is about another domain")
    events = answer.get("events", [])
    if not isinstance(events, list):
        raise NoAnswerError(State.UNREADABLE, "the answer's events are no list")
    dates = [date for event in events if (date := _date_of(event)) is not None]
    return max(dates, default=None)


def _date_of(event: object) -> float | None:
    """When a name was registered, where the event says that."""
    if not isinstance(event, dict):
        return None
    action, text = event.get("eventAction"), event.get("eventDate")
    if not isinstance(action, str) or action.lower() not in _ACTIONS or not isinstance(text, str):
        return None
    try:
        date = parse_date(text)
    except ValueError:
        raise NoAnswerError(State.UNREADABLE, "the date of the registration cannot be read") from None
    return date if date >= EARLIEST else None
