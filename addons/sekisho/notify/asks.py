"""Asks: the messages of an ask to the family and of its answer. Pure, except that `waiting` reads the store."""

from collections.abc import Sequence

from sekisho.notify.messages import Kind, Message, Parcel, Writer, harmless, visible
from sekisho.records.asks import Ask

_ANSWERS_OF = 3600.0
"""Seconds in which the others are notified of an answer."""


def ask_message(writer: Writer, ask: Ask, *, buttons: bool = False) -> Message:
    """What the family must know to answer."""
    who = writer.asker(ask)
    lines = [
        writer.sentence("ask", who=who),
        writer.sentence("site", host=harmless(ask.host)),
        *([writer.sentence("path", path=visible(ask.path))] if ask.path else []),
        writer.sentence("why", why=writer.why(ask.evidence)),
        writer.sentence("asked_at", at=writer.time(ask.at)),
        writer.sentence("do_not_open"),
        writer.sentence("how_buttons" if buttons else "how"),
        writer.sentence("until", until=writer.time(ask.expires)),
    ]
    return Message(writer.sentence("ask_title", who=who), "\n".join(lines))


def more_answers(writer: Writer, ask: Ask) -> Message:
    """Goes with the buttons that have no space beside the first ones."""
    return writer.message("more", urgent=False, who=writer.asker(ask), host=harmless(ask.host))


def answered_message(writer: Writer, ask: Ask) -> Message:
    """What became of an ask, for those who were asked too."""
    who, host = writer.asker(ask), harmless(ask.host)
    return writer.message("answered", urgent=False, who=who, host=host, **writer.answer(ask))


def late_message(writer: Writer, ask: Ask) -> Message:
    """For whoever answers an ask that is answered, or over."""
    name = "late" if ask.answered_at is not None else "expired"
    return writer.message(name, urgent=False, host=harmless(ask.host), **writer.answer(ask))


def _ask_parcels(writer: Writer, asks: Sequence[Ask], buttons: bool) -> list[Parcel]:
    return [
        Parcel(
            "ask", (ask.id,), ask_message(writer, ask, buttons=buttons), ask,
            more_answers(writer, ask) if buttons else None,
        )
        for ask in asks
    ]  # fmt: skip


def _answer_parcels(writer: Writer, asks: Sequence[Ask], _: bool) -> list[Parcel]:
    return [Parcel("answer", (ask.id,), answered_message(writer, ask)) for ask in asks]


ASK = Kind[Ask](
    name="ask",
    waiting=lambda store, now: store.asks.open_asks(now),
    subject=lambda ask: ask.id,
    write=_ask_parcels,
)
ANSWER = Kind[Ask](
    name="answer",
    waiting=lambda store, now: store.asks.answered_since(now - _ANSWERS_OF),
    subject=lambda ask: ask.id,
    write=_answer_parcels,
    after="ask",
    buttons_only=True,
)
