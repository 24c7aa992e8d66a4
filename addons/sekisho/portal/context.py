"""Context: what the portal's pages read and change, as one typed value that the engine supplies.

The pages know nothing of the proxy behind them: they get values and functions. The functions may block (the store,
files, the event loop); the portal runs in threads. Times are seconds since 1970 UTC.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sekisho.engine.held_forms import Forms, HeldForm
from sekisho.engine.tickets import Ticket, Tickets
from sekisho.link import Link
from sekisho.notify.keys import Keys
from sekisho.notify.targets import try_all
from sekisho.policy.household import Household
from sekisho.portal.desk import DeskSummary
from sekisho.portal.family_mark import FamilyMark
from sekisho.portal.login import SetUp
from sekisho.portal.warning import NO_MARK
from sekisho.records.asks import Answer, Ask, Outcome
from sekisho.rulebook.model import Rulebook
from sekisho.settings import Settings
from sekisho.store import Store
from sekisho.verdict import Verdict

GO_ON_SECONDS = 600.0
"""How long "go on" opens a site, where the caller says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskContext:
    """What the family's own pages read and change."""

    settings: Settings
    set_up: SetUp
    """The code for the first password."""
    clock: Callable[[], float]
    store: Callable[[], Store]
    """Raises StoreError where there is none."""
    household: Callable[[], Household]
    """Rules and decisions of now; raises StoreError."""
    answer_ask: Callable[[str, Answer, str], Outcome]
    """(ask, answer, by): an accepted answer counts for the next request. Raises StoreError."""
    decided: Callable[[], None]
    """Judge by the decisions of now. Raises StoreError."""
    try_all: Callable[[Settings, Keys | None], Sequence[tuple[str, str, str]]] = lambda settings, keys: (
        asyncio.run(try_all(settings, keys))
    )
    """Send a test message to every place: (name, state, sentence) of each."""

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.settings.state


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalContext:
    """What all pages of the portal read and change."""

    clock: Callable[[], float]
    rulebook: Callable[[], Rulebook]
    """The rules in force."""
    tickets: Tickets
    forms: Forms
    ca_file: Callable[[], Path]
    """The CA's certificate (PEM)."""
    go_on: Callable[[Ticket], None]
    """Opens the ticket's host to the ticket's client, for `go_on_seconds`; called once a ticket."""
    ask: Callable[[Link, str, Verdict, str | None], Ask]
    """(link, device, verdict, path or None) → the ask; raises TooManyAsksError, or whatever the store raises."""
    find: Callable[[str], Ask | None]
    """An ask by its id, its decision in force already."""
    places: Callable[[], Sequence[str]]
    """Where the family is notified, as people call it; empty where nothing is set up."""
    tell: Callable[[Link | None, str, str], None] | None
    """(the stopped link or None, a `Harm`, the device): notifies the family; whatever it raises becomes a page that
    says that nobody could be notified. None where nobody can be: there is no button then."""
    release: Callable[[HeldForm], None]
    """Keeps a yes; raises where it could not be kept, and nothing is sent then."""
    refuse: Callable[[HeldForm], None]
    """Keeps a no."""
    desk: DeskContext | None
    """None where there is no log-in."""
    regions: Collection[str] = ()
    """The household's countries, two letters each."""
    own_hosts: Collection[str] = ()
    """Further names under which the proxy may be asked directly; its addresses may always."""
    rules_read: Callable[[], float | None] = lambda: None
    """When the rules were last read, if that is known."""
    summary: Callable[[], DeskSummary] = DeskSummary
    """How sources are, and what the family must be notified of."""
    mark: Callable[[], FamilyMark] = lambda: NO_MARK
    """Which picture and phrase the family chose."""
    go_on_seconds: float = GO_ON_SECONDS
