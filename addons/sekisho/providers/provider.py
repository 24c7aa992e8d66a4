"""Provider: the protocol of every source of reputation for a domain, and the values that it takes and returns.

A *service* (VirusTotal, a registry) is asked over the network about one name: a registrable domain, or on a platform
the host of one user. It has a budget, a time-out and a cache, and `Reputation` asks it. A *local list* (a feed) is
looked up in memory for each request, by the path too, and sends nothing. Pure: no I/O, no clock.
"""

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sekisho.link import Link
from sekisho.verdict import Evidence, Level, Reason

if TYPE_CHECKING:
    from sekisho.providers.condition import Condition
    from sekisho.providers.records import RecordStore
    from sekisho.records.sources import Limits, SourceState
    from sekisho.rulebook.model import Rulebook
    from sekisho.settings import Settings


@dataclass(frozen=True, slots=True)
class Subject:
    """What a provider is asked about."""

    link: Link
    name: str
    """ASCII, lower case: the registrable domain; on a platform the host of one user. All that a service is sent."""
    shared: bool = False
    """`name` is one user's of a platform, so that the age of the domain says nothing about it."""
    path: str | None = None
    """Path and query of the request, for local lists that name single pages; never sent, never kept."""
    registered_at: float | None = None
    """When the domain was registered, seconds since 1970 UTC, where a provider that was asked before knows it."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one provider knows about one subject, or all of them together (`merge`)."""

    evidence: tuple[Evidence, ...] = ()
    """Of `merge` the worst first."""
    answered: bool | None = None
    """Whether it knew if the name is dangerous, if only that nothing speaks against it. None where it is not asked
    that: it is not set up, or knows ages only. A merged one is True where somebody was asked, and each knew."""
    over_budget: bool = False
    """It was not asked, since too many questions were asked already."""
    registered_at: float | None = None
    """Seconds since 1970 UTC."""
    until: float = 0.0
    """Until when it counts without asking again, seconds since 1970 UTC; of `merge` the earliest."""
    troubles: tuple[str, ...] = ()
    """English: a sentence for each provider that should have answered and did not."""

    @property
    def level(self) -> Level:
        """The worst of it."""
        return max((item.level for item in self.evidence), default=Level.PASS)


NOTHING = Opinion()
"""Nothing is known and nobody was asked."""


def merge(opinions: tuple[Opinion, ...]) -> Opinion:
    """One of several, in the order in which they were asked. The first that knows the age of a name provides it."""
    dated = next((one for one in opinions if one.registered_at is not None), NOTHING)
    found = (
        item
        for one in opinions
        for item in one.evidence
        if item.reason is not Reason.NEW_NAME or one is dated
    )
    answers = [one.answered for one in opinions if one.answered is not None]
    return Opinion(
        evidence=tuple(sorted(found, key=lambda item: -item.level)),
        answered=bool(answers) and all(answers),
        over_budget=any(one.over_budget for one in opinions),
        registered_at=dated.registered_at,
        until=min((one.until for one in opinions), default=0.0),
        troubles=tuple(sentence for one in opinions for sentence in one.troubles),
    )


@dataclass(frozen=True, slots=True)
class Service:
    """How a provider that is asked over the network may be asked."""

    wait: float
    """Seconds that a click waits for it at most; its answer counts when it comes."""
    ttl: float
    """Seconds for which its answer counts without asking again."""
    budget: "Limits | None" = None
    """Questions a minute and a day, counted in the store under its name; None where each server has its own limit."""


class Listener(Protocol):
    """What a provider reports while nobody waits for it. Called on the event loop."""

    def answered(self, provider: "Provider", name: str, opinion: Opinion) -> None:
        """An answer about `name` came after everybody had stopped waiting."""

    def listed(self, provider: "Provider") -> None:
        """Its local list changed: `known` may give something else for any subject."""


class Provider(Protocol):
    """One source of reputation; the classes of providers inherit from this what most of them have in common.

    Used from one event loop, but for `conditions`. Nothing but `start` may raise.
    """

    name: str
    """Its id among evidence, facts, spendings and states of the store, at most 20 characters."""
    service: Service | None = None
    """How it may be asked; None for a local list, to which `ask` gives the same as `known`."""
    recalls: frozenset[Reason] = frozenset()
    """Reasons of findings that it alone makes; those of an earlier run count until it is asked again."""
    listener: Listener | None = None
    """Receives late answers and changed lists; set by `Reputation`."""

    @property
    def vouches(self) -> bool:
        """It is set up, and says whether names are dangerous: no name becomes familiar before it has answered."""
        return False

    async def start(self) -> None:
        """Have at hand what takes long, and begin what runs in the background; asks about no name."""
        return

    async def close(self) -> None:
        """End whatever is under way, within a second."""
        return

    def known(self, subject: Subject) -> Opinion:
        """What a local list says, within microseconds and without I/O.

        `NOTHING` of a service, whose answers `Reputation` caches.
        """
        return NOTHING

    @abstractmethod
    async def ask(self, subject: Subject, *, wait: float, click: bool, max_age: float) -> Opinion:
        """What it says after at most `wait` seconds; a question that is under way then goes on, for the listener.

        `click`: somebody waits for the page; else it is a re-check, which leaves a part of the budget to clicks. An
        answer that was kept for less than `max_age` seconds counts. Only `subject.name` may be sent.
        """

    @abstractmethod
    def conditions(self, noted: Mapping[str, "SourceState"]) -> "tuple[Condition, ...]":
        """How it is, for `sekisho status` and the desk; `noted` by source. Called in any thread; asks nobody."""


@dataclass(frozen=True, slots=True)
class Context:
    """What providers are made with."""

    settings: "Settings"
    find_store: "Callable[[], RecordStore | None]" = lambda: None
    """The store in use; None while there is none. Its methods block: call them in threads."""
    find_rulebook: "Callable[[], Rulebook | None]" = lambda: None
    """The rules in force; None while they cannot be read."""
    clock: Callable[[], float] = time.time
    """Seconds since 1970 UTC."""
