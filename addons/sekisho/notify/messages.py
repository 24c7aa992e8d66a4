"""Messages: the parts of one, and how a kind of message is described. Pure; the time zone is passed in.

A *kind* is something that the family is notified of: an ask, its answer, an event. Each `Kind` reads what waits and
writes the messages; `delivery.KINDS` lists them all; no other module names one.

A message names a host, never a path that nobody chose to show, and never a link to the host: programs
for messages turn names into links and fetch them for a preview, so each dot of a suspicious name is written
``[.]``. Control characters and those that turn others around are replaced, since a host, a path and a
name are text from elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sekisho.findings.catalogue import plain_text
from sekisho.findings.wording import message
from sekisho.link import host_link
from sekisho.notify.words import SENTENCES, Language
from sekisho.records.asks import Ask
from sekisho.store import Store
from sekisho.verdict import Evidence
from sekisho.visible import visible_words

_LONGEST = 120
"""Characters of any text from elsewhere."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as plain text."""

    title: str
    body: str
    urgent: bool = True
    """It should ring."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message, and what it is about."""

    kind: str
    """`Kind.name`."""
    subjects: tuple[str, ...]
    message: Message
    ask: Ask | None = None
    """Gets the buttons of its answers, where a target has any."""
    more: Message | None = None
    """Follows with the buttons that have no space beside the first ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind[T]:
    """One kind of message. `T` is what it is about: an ask, an event."""

    name: str
    """In the store's notes of which target took what: it must never change."""
    waiting: Callable[[Store, float], Sequence[T]]
    """(store, now) → what may have to be sent, the oldest first. Blocking; raises StoreError."""
    subject: Callable[[T], str]
    """Names one of them in the store's notes."""
    write: Callable[["Writer", Sequence[T], bool], list[Parcel]]
    """(writer, what one target did not take yet, whether it has buttons) → its messages."""
    after: str = ""
    """A kind that the target must have taken of the same subject; where it did not, nothing is sent."""
    buttons_only: bool = False
    """Only for targets with buttons, whose reader may be about to press one."""
    done: Callable[[Store, T, float], object] | None = None
    """(store, what, now): every target took it, or some did and the others failed for too long."""
    since: Callable[[T], float] = lambda _: 0.0
    """When it happened, for `done`."""

    def parcels(
        self, writer: "Writer", items: Sequence[T], taken: frozenset[tuple[str, str]], *, buttons: bool
    ) -> list[Parcel]:
        """The messages for one target, which took these (kind, subject) before."""
        if self.buttons_only and not buttons:
            return []
        missing = [
            item
            for item in items
            if (self.name, self.subject(item)) not in taken
            and (not self.after or (self.after, self.subject(item)) in taken)
        ]
        return self.write(writer, missing, buttons)


AnyKind = Kind[Any]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the parts of messages in one language for one household."""

    language: Language
    names: Mapping[str, str]
    """Client address → what the family calls the device."""
    zone: tzinfo | None = None
    """None is that of this computer."""

    def sentence(self, name: str, **values: str) -> str:
        """One of `words.SENTENCES`, filled in."""
        return SENTENCES[self.language][name].format(**values)

    def has(self, name: str) -> bool:
        """Whether there is such a sentence."""
        return name in SENTENCES[self.language]

    def message(self, name: str, *, urgent: bool = True, **values: str) -> Message:
        """The sentences ``NAME_title`` and ``NAME``."""
        return Message(self.sentence(f"{name}_title", **values), self.sentence(name, **values), urgent)

    def asker(self, ask: Ask) -> str:
        """Who asks."""
        return visible(ask.who) if ask.who else self.device(ask.client)

    def device(self, client: str) -> str:
        """What the family calls a device, or its address."""
        name = self.names.get(client)
        return visible(name) if name else self.sentence("device", client=visible(client))

    def answer(self, ask: Ask) -> dict[str, str]:
        """The values of a sentence about an answer."""
        return {
            "answer": self.sentence(ask.answer) if ask.answer else "",
            "by": visible(ask.answered_by or ""),
            "at": self.time(ask.answered_at) if ask.answered_at is not None else "",
        }

    def time(self, at: float) -> str:
        """Day and minute; `at` is seconds since 1970 UTC."""
        here = datetime.fromtimestamp(at, self.zone) if self.zone else datetime.fromtimestamp(at).astimezone()
        if self.language == "ja":
            return f"{here.month}月{here.day}日 {here.hour}:{here.minute:02}"
        return f"{here.day} {here:%b} {here.hour}:{here.minute:02}"

    def why(self, evidence: Sequence[Evidence]) -> str:
        """The decisive finding in one sentence."""
        first = evidence[0] if evidence else None
        return plain_text(message(first, visible(first.imitates) if first else ""), self.language)


def harmless(host: str) -> str:
    """A host that no program takes for a link, with its letters beside it where it is written in Punycode."""
    shown = visible(host)
    unicode = visible(host_link(host).unicode)
    name = f"{unicode} ({shown})" if unicode != shown else shown
    return name.replace(".", "[.]").replace(":", "[:]")


def visible(text: str) -> str:
    """Text from elsewhere on one line, of at most 120 characters."""
    return visible_words(text, _LONGEST)
