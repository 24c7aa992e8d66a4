"""Desk rows: which asks, decisions, devices and places the desk's pages show, in which order. Pure.

The templates read the records themselves. Every name in them is text from elsewhere, such as a host that a hostile
page chose or the name that a device gives itself: a template takes it through ``visible_words`` or ``host_name``.
"""

from collections.abc import Callable, Iterable

from sekisho.portal.finding import Finding
from sekisho.records.asks import Ask, Device
from sekisho.records.sources import SourceState
from sekisho.records.visits import Decision
from sekisho.rulebook.model import ListEntry
from sekisho.verdict import Verdict

FindingOf = Callable[[str, Verdict], Finding]


def ask_rows(
    asks: Iterable[Ask], now: float, finding: FindingOf
) -> tuple[list[tuple[Ask, Finding]], list[Ask]]:
    """Those that wait for an answer, each with why it was stopped, and the others; both in the order given."""
    waiting, over = [], []
    for ask in asks:
        if ask.state(now) == "open":
            waiting.append((ask, finding(ask.host, Verdict(ask.level, ask.evidence))))
        else:
            over.append(ask)
    return waiting, over


def decision_rows(decisions: Iterable[Decision]) -> list[Decision]:
    """The newest first."""
    return sorted(decisions, key=lambda one: one.at, reverse=True)


def line_rows(kind: str, entries: Iterable[ListEntry], now: float) -> list[tuple[str, ListEntry]]:
    """Lines of the family's own blocklist or allowlist that are in force, each behind its kind."""
    return [(kind, entry) for entry in entries if entry.until is None or now < entry.until]


def device_rows(
    seen: Iterable[tuple[str, float]], devices: Iterable[Device]
) -> list[tuple[str, Device | None, float | None]]:
    """(address, the device where it has a name, when it last came by) of every device that came by, the latest
    first, then of those with a name that did not.
    """
    last = dict(seen)
    named = {device.client: device for device in devices}
    return [(address, named.get(address), last.get(address)) for address in dict.fromkeys([*last, *named])]


def place_rows(names: Iterable[str], states: Iterable[SourceState]) -> list[tuple[str, SourceState | None]]:
    """Each place where the family is notified, with how it did with the last message; None where nothing was sent."""
    noted = {state.source: state for state in states}
    return [(name, noted.get(name)) for name in names]
