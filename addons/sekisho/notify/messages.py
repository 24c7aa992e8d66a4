"""Messages: what is sent about an ask, an answer, an event, as plain text. Pure; the time zone is passed in.

A message tells a host, never a path that nobody chose to tell, and never a link to the host: programs
for messages turn names into links and fetch them for a preview, so each dot of a suspicious name is written
``[.]``. Control characters and those that turn others around are replaced, since a host, a path and a
name are text from elsewhere.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sekisho.link import host_link
from sekisho.notify.words import IMITATES, OTHER, REASONS, SENTENCES, Language
from sekisho.store.ask_records import Ask
from sekisho.store.domain_records import STORE_DAMAGED, TYPED, Event
from sekisho.verdict import Evidence, Reason

_LISTED = 10
"""Hosts, or people, that one message lists."""
_LONGEST = 120
"""Characters of any text from elsewhere."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell."""

    title: str
    body: str
    urgent: bool = True
    """It should ring."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes messages in one language for one household."""

    language: Language
    names: Mapping[str, str]
    """Client address → what the family calls the device."""
    zone: tzinfo | None = None
    """None is that of this computer."""

    def ask(self, ask: Ask, *, buttons: bool = False) -> Message:
        """What the family must know to answer."""
        lines = [
            self._say("ask", who=self._who(ask)),
            self._say("site", host=harmless(ask.host)),
            *([self._say("path", path=visible(ask.path))] if ask.path else []),
            self._say("why", why=why(ask.evidence, self.language)),
            self._say("asked_at", at=self._time(ask.at)),
            self._say("do_not_open"),
            self._say("how_buttons" if buttons else "how"),
            self._say("until", until=self._time(ask.expires)),
        ]
        return Message(self._say("ask_title", who=self._who(ask)), "\n".join(lines))

    def more_answers(self, ask: Ask) -> Message:
        """Goes with the buttons that have no room beside the first ones."""
        body = self._say("more", who=self._who(ask), host=harmless(ask.host))
        return Message(self._say("more_title"), body, urgent=False)

    def answered(self, ask: Ask) -> Message:
        """What became of an ask, for those who were asked too."""
        body = self._say("answered", who=self._who(ask), host=harmless(ask.host), **self._answer(ask))
        return Message(self._say("answered_title"), body, urgent=False)

    def too_late(self, ask: Ask) -> Message:
        """For whoever answers an ask that is answered, or over."""
        kind = "late" if ask.answered_at is not None else "expired"
        body = self._say(kind, host=harmless(ask.host), **self._answer(ask))
        return Message(self._say(f"{kind}_title"), body, urgent=False)

    def event(self, event: Event) -> Message:
        """Something that the family must be told."""
        if event.kind == STORE_DAMAGED:
            return Message(self._say("damaged_title"), self._say("damaged"))
        if event.kind == TYPED:
            return self._harm(event)
        lines = [
            self._say("bad", host=harmless(event.host), at=self._time(event.at)),
            self._say("why", why=why(event.evidence, self.language)),
            self._say("there", people=self._people(event)),
            self._say("typed"),
        ]
        return Message(self._say("bad_title"), "\n".join(lines))

    def _harm(self, event: Event) -> Message:
        who = self._device(event.people[0].client) if event.people else ""
        name = f"harm_{event.detail}"
        what = self._say(name if name in SENTENCES[self.language] else "harm_clicked")
        lines = [
            self._say("harm", who=who, at=self._time(event.at), what=what),
            *([self._say("harm_host", host=harmless(event.host))] if event.host else []),
            self._say("harm_what"),
        ]
        return Message(self._say("harm_title", who=who, what=what), "\n".join(lines))

    def events(self, events: Sequence[Event]) -> Message:
        """Several sites that turned bad, in one message."""
        lines = [f"{harmless(event.host)}: {self._people(event)}" for event in events[:_LISTED]]
        if len(events) > _LISTED:
            lines.append(self._say("many_more", count=str(len(events) - _LISTED)))
        lines.append(self._say("typed"))
        return Message(self._say("many_title", count=str(len(events))), "\n".join(lines))

    def test(self) -> Message:
        """To see whether messages arrive."""
        return Message(self._say("test_title"), self._say("test"))

    def _say(self, name: str, **values: str) -> str:
        return SENTENCES[self.language][name].format(**values)

    def _who(self, ask: Ask) -> str:
        return visible(ask.who) if ask.who else self._device(ask.client)

    def _device(self, client: str) -> str:
        name = self.names.get(client)
        return visible(name) if name else self._say("device", client=visible(client))

    def _people(self, event: Event) -> str:
        told = [f"{self._device(one.client)} {self._time(one.first_at)}" for one in event.people[:_LISTED]]
        if len(event.people) > _LISTED:
            told.append("…")
        return self._say("comma").join(told)

    def _answer(self, ask: Ask) -> dict[str, str]:
        return {
            "answer": self._say(ask.answer) if ask.answer else "",
            "by": visible(ask.answered_by or ""),
            "at": self._time(ask.answered_at) if ask.answered_at is not None else "",
        }

    def _time(self, at: float) -> str:
        here = datetime.fromtimestamp(at, self.zone) if self.zone else datetime.fromtimestamp(at).astimezone()
        if self.language == "ja":
            return f"{here.month}月{here.day}日 {here.hour}:{here.minute:02}"
        return f"{here.day} {here:%b} {here.hour}:{here.minute:02}"


def why(evidence: Sequence[Evidence], language: Language) -> str:
    """The decisive finding in one sentence."""
    if not evidence:
        return OTHER[language]
    first = evidence[0]
    if first.reason is Reason.LOOKALIKE and first.imitates:
        return IMITATES[language].format(imitates=visible(first.imitates))
    return REASONS[language].get(first.reason, OTHER[language])


def harmless(host: str) -> str:
    """A host that no program takes for a link, with its letters beside it where it is written in Punycode."""
    shown = visible(host)
    unicode = visible(host_link(host).unicode)
    name = f"{unicode} ({shown})" if unicode != shown else shown
    return name.replace(".", "[.]").replace(":", "[:]")


def visible(text: str) -> str:
    """Text from elsewhere on one line: what hides, moves or controls other characters becomes ``�``."""
    line = " ".join(text.split())
    cut = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    return "".join("\ufffd" if unicodedata.category(c)[0] == "C" else c for c in cut)
