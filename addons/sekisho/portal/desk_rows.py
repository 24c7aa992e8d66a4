"""Desk rows: asks, decisions, devices and places as the desk's pages show them. Pure.

Every name in them is text from elsewhere: a host that a hostile page chose, the name that a device gives itself.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sekisho.link import host_link
from sekisho.portal.finding import Finding, local_time
from sekisho.records.asks import Ask, Device, Person, name_of
from sekisho.records.sources import SourceState
from sekisho.records.visits import Decision
from sekisho.rulebook.model import ListEntry
from sekisho.verdict import Verdict
from sekisho.visible import visible, visible_words

FindingOf = Callable[[str, Verdict], Finding]


@dataclass(frozen=True, slots=True)
class AskRow:
    """One ask."""

    id: str
    host: str
    who: str
    """Person and device, or its address."""
    at: str
    state: str
    """``open``, ``answered`` or ``expired``."""
    until: str
    """How long it can be answered."""
    path: str
    finding: Finding | None
    """Why it was stopped; of open ones only."""
    answer: str
    answered_by: str
    answered_at: str


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision that is in force, or one line of the family's own lists."""

    kind: str
    host: str
    exact: bool
    who: str
    """The one device that it holds for, or empty."""
    by: str
    at: str
    until: str
    """Empty: for good."""
    went_on: bool
    """A person went on past a warning."""
    key: str
    """What the form sends back: a number, or the line's own host."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device that came by, or has a name."""

    client: str
    name: str
    person_id: int | None
    called: str
    """Person and name."""
    last: str
    here: bool
    """It reads this page."""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place where the family is notified."""

    name: str
    state: str
    """``ok``, ``untried``, or what is the matter."""
    message: str
    since: str


def ask_rows(
    asks: Iterable[Ask], names: Mapping[str, str], now: float, language: str, finding: FindingOf
) -> tuple[list[AskRow], list[AskRow]]:
    """Those that wait for an answer, the newest first, and the others in the order in which they came."""
    rows = [_ask_row(ask, names, now, language, finding) for ask in asks]
    waiting = [row for row in rows if row.state == "open"]
    return waiting, [row for row in rows if row.state != "open"]


def decision_rows(
    decisions: Iterable[Decision], names: Mapping[str, str], language: str
) -> list[DecisionRow]:
    """The newest first."""
    return [
        DecisionRow(
            kind=decision.kind,
            host=_shown(decision.host),
            exact=decision.exact,
            who=visible_words(name_of(decision.client, names)) if decision.client else "",
            by=visible_words(decision.by),
            at=local_time(decision.at, language),
            until=_end(decision.until, language),
            went_on=decision.is_go_on,
            key=str(decision.id),
        )
        for decision in sorted(decisions, key=lambda one: one.at, reverse=True)
    ]


def line_rows(kind: str, entries: Iterable[ListEntry], now: float, language: str) -> list[DecisionRow]:
    """Lines of the family's own blocklist or allowlist that are in force."""
    return [
        DecisionRow(
            kind=kind,
            host=_shown(entry.name),
            exact=entry.exact,
            who="",
            by="",
            at="",
            until=_end(entry.until, language),
            went_on=False,
            key=f"{'=' if entry.exact else ''}{entry.name}",
        )
        for entry in entries
        if entry.until is None or now < entry.until
    ]


def device_rows(
    seen: Iterable[tuple[str, float]], devices: Iterable[Device], client: str, language: str
) -> list[DeviceRow]:
    """Every device that came by, the latest first, then those with a name that did not."""
    last = dict(seen)
    named = {device.client: device for device in devices}
    rows = []
    for address in [*last, *(name for name in named if name not in last)]:
        device = named.get(address)
        rows.append(
            DeviceRow(
                client=visible(address),
                name=device.name if device else "",
                person_id=device.person_id if device else None,
                called=visible_words(device.label) if device else "",
                last=local_time(last[address], language) if address in last else "",
                here=address == client,
            )
        )
    return rows


def person_rows(people: Iterable[Person]) -> list[tuple[int, str]]:
    """(number, name)."""
    return [(person.id, visible_words(person.name)) for person in people]


def place_rows(names: Iterable[str], states: Iterable[SourceState], language: str) -> list[PlaceRow]:
    """How each place did with the last message."""
    noted = {state.source: state for state in states}
    rows = []
    for name in names:
        state = noted.get(name)
        rows.append(
            PlaceRow(
                name=visible_words(name),
                state=state.state if state else "untried",
                message=visible_words(state.sentence[:400]) if state and state.state != "ok" else "",
                since=local_time(state.since, language) if state else "",
            )
        )
    return rows


def _ask_row(ask: Ask, names: Mapping[str, str], now: float, language: str, finding: FindingOf) -> AskRow:
    state = ask.state(now)
    return AskRow(
        id=ask.id,
        host=_shown(ask.host),
        who=visible_words(names.get(ask.client) or ask.who or ask.client),
        at=local_time(ask.at, language),
        state=state,
        until=local_time(ask.expires, language),
        path=visible_words(ask.path or ""),
        finding=finding(ask.host, Verdict(ask.level, ask.evidence)) if state == "open" else None,
        answer=ask.answer or "",
        answered_by=visible_words(ask.answered_by or ""),
        answered_at=local_time(ask.answered_at, language) if ask.answered_at is not None else "",
    )


def _shown(host: str) -> str:
    return visible(host_link(host).unicode)


def _end(until: float | None, language: str) -> str:
    return "" if until is None else local_time(until, language)
