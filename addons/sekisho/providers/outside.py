"""Outside: what VirusTotal and the registries say about a name, as evidence, for clicks and for re-checks.

A click waits a moment; whatever comes later is kept here and counts from the next request on. Only a
registrable domain, or a user's host on a platform, is asked about: never a path, never a familiar site.

Used from one event loop.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sekisho.link import Link
from sekisho.providers.registration import Registration, State
from sekisho.providers.registration import find_evidence as age_evidence
from sekisho.providers.virustotal.report import DomainReport
from sekisho.providers.virustotal.report import find_evidence as report_evidence
from sekisho.verdict import Evidence, Level, Reason

if TYPE_CHECKING:
    from sekisho.providers.registration import Registrations
    from sekisho.providers.virustotal import Answer, Lookups

FRESH = 6 * 3600.0
"""Seconds for which an answer counts without asking again."""
UNANSWERED = 60.0
"""The same where VirusTotal could not answer."""
LATE = 30.0
"""Seconds that an age which came too late for the click is still waited for."""
MOST = 20_000
"""Names that are remembered; the one that was not asked for longest goes first."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the outside said about one name."""

    evidence: tuple[Evidence, ...] = ()
    """Worst first."""
    answered: bool = False
    """A source said what it knows, if only that it knows nothing."""
    over_budget: bool = False
    """Nobody was asked, since too many questions were asked already."""
    registered_at: float | None = None
    """Seconds since 1970 UTC."""
    until: float = 0.0
    """Until when it counts, by the clock of `Outside`."""

    @property
    def level(self) -> Level:
        """The worst of it."""
        return max((item.level for item in self.evidence), default=Level.PASS)


class Outside:
    """Asks both sources, and remembers in memory what they said. None of its methods raises."""

    def __init__(
        self,
        lookups: "Lookups",
        registrations: "Registrations | None",
        *,
        wait: float,
        age_wait: float,
        young_days: float,
        changed: Callable[[str, Said], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`registrations` None asks no registry.

        `wait`: seconds that a click waits for VirusTotal; `age_wait`: for a registry. `changed` is called with
        each name whose level rose by an answer that came late.
        """
        self._lookups = lookups
        self._registrations = registrations
        self._wait = wait
        self._age_wait = age_wait
        self._young_days = young_days
        self._changed = changed
        self._clock = clock
        self._said: OrderedDict[str, Said] = OrderedDict()
        self._waiting: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def known(self, name: str) -> Said | None:
        """What was said until now, fresh or not; None where nobody was asked."""
        return self._said.get(name)

    def recall(self, name: str, evidence: tuple[Evidence, ...]) -> None:
        """What was said before the program was started counts until somebody asks again."""
        if name not in self._said:
            self._keep(name, Said(evidence))

    def is_fresh(self, name: str) -> bool:
        """There is nothing to ask."""
        said = self._said.get(name)
        return said is not None and self.is_current(said)

    def is_current(self, said: Said) -> bool:
        """It still counts without asking again."""
        return self._clock() < said.until

    async def ask(self, link: Link, name: str, *, shared: bool, click: bool, max_age: float = FRESH) -> Said:
        """Ask about `name`, under which the link is remembered; `shared` where it is a user's of a platform.

        A click waits as the settings say; a re-check (`click` False, `max_age` 0) as long as the sources take.
        """
        begun = time.monotonic()
        wait = self._wait if click else LATE
        self._waiting.add(name)
        try:
            answer = await self._lookups.ask(name, wait=wait, click=click, max_age=max_age)
        finally:
            self._waiting.discard(name)
        said, before = self._read(answer), self._said.get(name)
        # What was bad days ago is bad until VirusTotal says otherwise.
        if answer.deferred and (old := await self._lookups.last_answer(name)) and old.report:
            evidence = _worst_first((*report_evidence(old.report, old.at), *said.evidence))
            said = replace(said, evidence=evidence)
        if (newer := self._said.get(name)) is not None and newer is not before and answer.deferred:
            said = newer  # a report came while the old one was looked for
        self._keep(name, said)
        if said.registered_at is None and not shared and self._registrations is not None:
            left = max(0.0, wait - (time.monotonic() - begun))
            age = await self._registrations.ask(link, wait=min(left, self._age_wait) if click else left)
            said = self._with_age(self._said.get(name, said), age)
            self._keep(name, said)
            if age.state is State.PENDING:
                self._spawn(self._late_age(self._registrations, link, name))
        return said

    async def on_report(self, name: str, report: DomainReport) -> None:
        """A report came, perhaps long after everybody stopped waiting."""
        if name in self._waiting:
            return
        now = self._clock()
        before = self._said.get(name, Said())
        others = tuple(item for item in before.evidence if item.source != "virustotal")
        evidence = _worst_first((*report_evidence(report, now), *others))
        self._keep(
            name,
            self._with_creation(replace(before, evidence=evidence, answered=True, until=now + FRESH), report),
        )
        self._tell(name, before)

    def forget(self, name: str) -> None:
        """Ask again next time."""
        self._said.pop(name, None)

    async def close(self) -> None:
        """End what is under way, and both sources."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._lookups.close()
        if self._registrations is not None:
            await self._registrations.close()

    def _read(self, answer: "Answer") -> Said:
        now = self._clock()
        if answer.report is not None:
            said = Said(report_evidence(answer.report, answer.at), answered=True, until=now + FRESH)
            return self._with_creation(said, answer.report)
        if answer.state.answered or not answer.deferred:
            return Said(answered=answer.state.answered, until=now + FRESH)
        evidence: tuple[Evidence, ...] = ()
        if answer.state != "wrong key":  # as good as none: the desk says so, and no click can change it
            detail = f"not fully checked: {answer.told}"
            evidence = (Evidence(Reason.UNCHECKED, Level.CAUTION, "virustotal", detail, at=now),)
        return Said(evidence, over_budget=answer.state == "over budget", until=now + UNANSWERED)

    def _with_creation(self, said: Said, report: DomainReport) -> Said:
        if report.creation_date is None:
            return said
        age = Registration(report.domain, report.creation_date, "virustotal", self._clock(), State.KNOWN)
        return self._with_age(said, age)

    def _with_age(self, said: Said, age: Registration) -> Said:
        found = age_evidence(age, self._clock(), self._young_days)
        others = tuple(item for item in said.evidence if item.reason is not Reason.NEW_NAME)
        return replace(
            said,
            evidence=_worst_first((*others, found) if found else others),
            registered_at=age.registered_at if age.registered_at is not None else said.registered_at,
        )

    async def _late_age(self, registrations: "Registrations", link: Link, name: str) -> None:
        age = await registrations.ask(link, wait=LATE)
        if before := self._said.get(name):
            self._keep(name, self._with_age(before, age))
            self._tell(name, before)

    def _tell(self, name: str, before: Said) -> None:
        said = self._said[name]
        if said.level > before.level:
            self._changed(name, said)

    def _keep(self, name: str, said: Said) -> None:
        self._said[name] = said
        self._said.move_to_end(name)
        while len(self._said) > MOST:
            self._said.popitem(last=False)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _worst_first(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(sorted(evidence, key=lambda item: -item.level))
