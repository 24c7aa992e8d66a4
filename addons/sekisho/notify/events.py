"""Events: their messages: a site that turned bad, something typed into a bad site, a damaged store.

Each kind of `Event.kind` has its entry in `EVENTS`; a kind that this version does not know is written as a site that
turned bad, the most careful message. Pure, except that `EVENT` reads the store and marks events there.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from sekisho.notify.messages import Kind, Message, Parcel, Writer, harmless
from sekisho.records.domains import STORE_DAMAGED, TURNED_BAD, TYPED, Event

MANY = 3
"""More sites than this that turned bad are one message."""
_LISTED = 10
"""Hosts, or people, that one message lists."""


def event_message(writer: Writer, event: Event) -> Message:
    """The message of one event of any kind."""
    return EVENTS.get(event.kind, _turned_bad)(writer, event)


def turned_bad_digest(writer: Writer, events: Sequence[Event]) -> Message:
    """Several sites that turned bad, in one message."""
    lines = [f"{harmless(event.host)}: {_people(writer, event)}" for event in events[:_LISTED]]
    if len(events) > _LISTED:
        lines.append(writer.sentence("many_more", count=str(len(events) - _LISTED)))
    lines.append(writer.sentence("typed"))
    return Message(writer.sentence("many_title", count=str(len(events))), "\n".join(lines))


def _turned_bad(writer: Writer, event: Event) -> Message:
    lines = [
        writer.sentence("bad", host=harmless(event.host), at=writer.time(event.at)),
        writer.sentence("why", why=writer.why(event.evidence)),
        writer.sentence("there", people=_people(writer, event)),
        writer.sentence("typed"),
    ]
    return Message(writer.sentence("bad_title"), "\n".join(lines))


def _typed(writer: Writer, event: Event) -> Message:
    who = writer.device(event.people[0].client) if event.people else ""
    name = f"harm_{event.detail}"
    what = writer.sentence(name if writer.has(name) else "harm_clicked")
    lines = [
        writer.sentence("harm", who=who, at=writer.time(event.at), what=what),
        *([writer.sentence("harm_host", host=harmless(event.host))] if event.host else []),
        writer.sentence("harm_what"),
    ]
    return Message(writer.sentence("harm_title", who=who, what=what), "\n".join(lines))


def _people(writer: Writer, event: Event) -> str:
    listed = [f"{writer.device(one.client)} {writer.time(one.first_at)}" for one in event.people[:_LISTED]]
    if len(event.people) > _LISTED:
        listed.append("…")
    return writer.sentence("comma").join(listed)


EVENTS: Mapping[str, Callable[[Writer, Event], Message]] = MappingProxyType(
    {
        TURNED_BAD: _turned_bad,
        TYPED: _typed,
        STORE_DAMAGED: lambda writer, _: writer.message("damaged"),
    }
)
"""Kind of event → writes the message of one."""


def _parcels(writer: Writer, events: Sequence[Event], _: bool) -> list[Parcel]:
    """More than `MANY` sites that turned bad in one message first, then the other events in their order."""
    bad = [event for event in events if event.kind == TURNED_BAD]
    if len(bad) <= MANY:
        bad = []
    digest = [Parcel("event", tuple(map(_subject, bad)), turned_bad_digest(writer, bad))] if bad else []
    single = [event for event in events if event not in bad]
    return digest + [Parcel("event", (_subject(event),), event_message(writer, event)) for event in single]


def _subject(event: Event) -> str:
    return str(event.id)


EVENT = Kind[Event](
    name="event",
    waiting=lambda store, _: store.events.all(pending_only=True)[::-1],
    subject=_subject,
    write=_parcels,
    done=lambda store, event, now: store.events.mark_notified(event.id, now),
    since=lambda event: event.at,
)
