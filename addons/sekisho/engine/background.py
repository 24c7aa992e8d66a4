"""Sources: keeps what the outside knows at hand, and looks again, for as long as the proxy runs.

VirusTotal and the registries are asked by `Outside` when a click needs them. Here stand the tasks that
nobody waits for: lists of phishing are fetched when they are due, known domains are asked about again,
hosts that turned bad are closed and told, and the store ages. Each task outlives whatever goes wrong in it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from sekisho.engine.current import UnavailableError
from sekisho.engine.engine import Engine
from sekisho.engine.listed import find_listed
from sekisho.engine.rechecks import CheckAnswer, Rechecks
from sekisho.engine.retention import age, is_due
from sekisho.link import Link, host_link
from sekisho.notify.messenger import Messenger
from sekisho.policy import familiarity
from sekisho.policy.checks import wants_outside
from sekisho.providers.feeds import Feeds, feed_files, feeds_of, load_index
from sekisho.providers.feeds.unfetched import unfetched_line
from sekisho.providers.outside import MOST, Outside, Said
from sekisho.providers.virustotal import DomainReport, Lookups
from sekisho.rulebook import RuleError, Stamp, shared_domains, stamp_of
from sekisho.rulebook.model import Rulebook
from sekisho.settings import Settings, find_key
from sekisho.store import Fact, Store, StoreError
from sekisho.verdict import Level, Reason, Verdict

if TYPE_CHECKING:
    from sekisho.providers.registration import Registrations

logger = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds between two looks whether a list was fetched, by this program or by `sekisho update`."""
FETCH = 60.0
"""Seconds between two looks whether a list is due."""
AGE = 3600.0
"""Seconds between two looks whether the store is to age, which it does once a day."""


class KeptFacts:
    """The store's facts, for sources that are made before there is a store; StoreError until then."""

    def __init__(self, engine: Engine) -> None:
        self._house = engine

    def fact(self, source: str, subject: str) -> Fact | None:
        """As `Sources.fact`."""
        return self._store().sources.fact(source, subject)

    def remember_fact(self, source: str, subject: str, value: Any, at: float) -> None:
        """As `Sources.remember_fact`."""
        self._store().sources.remember_fact(source, subject, value, at)

    def note_source(self, source: str, state: str, told: str, at: float) -> None:
        """As `Sources.note_source`."""
        self._store().sources.note_source(source, state, told, at)

    def _store(self) -> Store:
        if self._house.current.store is None:
            raise StoreError(self._house.current.missing)
        return self._house.current.store


class Sources:
    """The outside, from start to stop. Used from the proxy's event loop only."""

    def __init__(self, engine: Engine, changed: Callable[[], None]) -> None:
        """`changed` closes the tunnels that would not be opened any more."""
        self.engine = engine
        self._changed = changed
        self.rechecks: Rechecks | None = None
        self._feeds: Feeds | None = None
        self._made_for: Rulebook | None = None
        self._made_of: tuple[Stamp, ...] = ()
        self._aged_at: float | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def running(self) -> None:
        """Begin; asks nobody before there is something to ask about."""
        engine, settings = self.engine, self.engine.settings
        lookups = Lookups(
            settings.virustotal,
            find_key=lambda: find_key(settings),
            find_store=lambda: engine.current.store.sources if engine.current.store else None,
            on_report=self._reported,
            clock=engine.clock,
        )
        registrations = self._registrations(settings)
        engine.judge.outside = Outside(
            lookups,
            registrations,
            wait=settings.virustotal.wait,
            age_wait=settings.registration.wait,
            young_days=settings.registration.young_days,
            changed=self._late,
            clock=engine.clock,
        )
        if registrations is not None:
            self._spawn(registrations.start())
        for work in (
            lookups.start,
            self._look_for_lists,
            self._fetch_lists,
            self._recheck,
            self._tell_family,
            self._age,
        ):
            self._spawn(work())

    async def done(self) -> None:
        """Stop. Comes before the store is closed."""
        if self._feeds:
            self._feeds.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.engine.judge.outside:
            await self.engine.judge.outside.close()

    def _registrations(self, settings: Settings) -> "Registrations | None":
        if not settings.registration.on:
            return None
        from sekisho.providers.registration import Registrations  # aiohttp, which not everybody needs

        kept = KeptFacts(self.engine)
        return Registrations(
            kept,
            kept,
            folder=settings.state,
            bootstrap=settings.registration.bootstrap,
            whois=settings.registration.whois_server,
            clock=self.engine.clock,
        )

    async def _reported(self, name: str, report: DomainReport) -> None:
        if self.engine.judge.outside:
            await self.engine.judge.outside.on_report(name, report)

    def _late(self, name: str, said: Said) -> None:
        """An answer came after its click had gone on, and it is worse than what was known."""
        if said.level >= Level.WARN:
            self._spawn(self._found_bad(name, Verdict(said.level, said.evidence)))

    async def _found_bad(self, name: str, verdict: Verdict) -> None:
        self._changed()
        if self.rechecks is None:
            return
        try:
            await self.engine.visits.write()  # or who came a moment ago would not be named in the event
            await self.rechecks.found_bad(name, verdict)
        except StoreError as error:
            logger.error("that %s turned bad could not be kept: %s", name, error)

    async def _recheck(self) -> None:
        """Look again at known domains, as long as there is a store: a damaged one is replaced while running."""
        while True:
            if store := self.engine.current.store:
                await self._recall(store)
                self.rechecks = Rechecks(
                    store,
                    self._ask_again,
                    lambda name, verdict: self._changed(),
                    outside=self._has_key,
                    familiar_changed=self._familiar_changed,
                    clock=self.engine.clock,
                )
                rounds = asyncio.create_task(self.rechecks.run())
                try:
                    await self._until(lambda: self.engine.current.store is not store)  # awaited here
                finally:
                    rounds.cancel()
                    await asyncio.gather(rounds, return_exceptions=True)
            await asyncio.sleep(LOOK)

    async def _tell_family(self) -> None:
        """Tell the family and hear its answers, as long as there is a store."""
        engine = self.engine
        while True:
            if store := engine.current.store:
                engine.family.messenger = Messenger(
                    store, engine.settings, engine.current.read_decisions, clock=engine.clock
                )
                running = asyncio.create_task(engine.family.messenger.run())
                try:
                    await self._until(lambda: engine.current.store is not store)  # awaited here
                finally:
                    engine.family.messenger = None
                    running.cancel()
                    await asyncio.gather(running, return_exceptions=True)
            await asyncio.sleep(LOOK)

    async def _recall(self, store: Store) -> None:
        """What VirusTotal held to be bad before the start is bad for every request, before anybody clicks it."""
        engine = self.engine
        try:
            known = await asyncio.to_thread(store.verdicts.severe, MOST)
            rulebook = engine.current.rulebook()
        except (StoreError, UnavailableError) as error:
            logger.error("what was known to be dangerous could not be read: %s", error)
            return
        for host, verdict in known:
            said = tuple(item for item in verdict.evidence if item.reason is Reason.VIRUSTOTAL)
            found = familiarity.name_of(host_link(host), rulebook) if said else None
            if found and engine.judge.outside:
                engine.judge.outside.recall(found[0], said)

    async def _until(self, true: Callable[[], bool]) -> None:
        while not true():  # noqa: ASYNC110  # the store is swapped by another addon, which knows no events
            await asyncio.sleep(LOOK)

    async def _ask_again(self, link: Link) -> CheckAnswer:
        """What all checks say about a known domain today."""
        engine = self.engine
        verdict = engine.judge.verdict(link, "", is_click=True)
        if (
            not wants_outside(verdict)
            and verdict.decisive
            and verdict.decisive.reason is not Reason.HOUSEHOLD
        ):
            return CheckAnswer("answered", verdict)
        said = await engine.judge.ask_one(link, click=False)
        if said and self._has_key():
            if said.over_budget:
                return CheckAnswer("over budget")
            if not said.answered:
                return CheckAnswer("failed")
        return CheckAnswer(
            "answered",
            engine.judge.verdict(link, "", is_click=True),
            asked_outside=said is not None and said.answered,
            registered_at=said.registered_at if said else None,
        )

    def _has_key(self) -> bool:
        return bool(find_key(self.engine.settings).get_secret_value())

    def _familiar_changed(self) -> None:
        if self.rechecks:
            self.engine.current.set_household(self.rechecks.familiar)
            self._changed()

    async def _look_for_lists(self) -> None:
        """Map a list anew when its file has changed, whoever fetched it."""
        while True:
            try:
                await self._map_lists()
            except Exception:
                logger.exception("the downloaded lists could not be looked at; the last good ones stay")
            await asyncio.sleep(LOOK)

    async def _map_lists(self) -> None:
        feeds = self._feeds_of(self.engine)
        if feeds is None:
            return
        old = self.engine.current.feeds
        new = await asyncio.to_thread(load_index, self.engine.settings.state, feeds.specs, old)
        if new is old:
            return
        self.engine.current.set_feeds(new)
        self.engine.visits.lists_changed()
        self._changed()
        if len(new) != len(old):
            logger.info("%d entries of downloaded lists are in use", len(new))
        await self._tell_of_listed()

    async def _tell_of_listed(self) -> None:
        """Domains that the household met and that a list names now."""
        store, policy = self.engine.current.store, self.engine.current.policy
        if store is None or policy is None or self.rechecks is None:
            return

        now = self.engine.clock()

        def judge(link: Link) -> Verdict:
            return policy.judge(link, now=now)

        for name, verdict in await asyncio.to_thread(find_listed, store.known_domains, judge):
            await self._found_bad(name, verdict)

    async def _fetch_lists(self) -> None:
        """Fetch lists when they are due."""
        while True:
            try:
                feeds = self._feeds_of(self.engine)
                if feeds is not None and len(await asyncio.to_thread(feeds.due, self.engine.clock())):
                    outcomes = await asyncio.to_thread(feeds.update)
                    if line := unfetched_line(outcomes):
                        logger.warning("%s", line)
            except Exception as error:
                logger.error("the lists of phishing could not be fetched: %s", error)
            await asyncio.sleep(FETCH)

    def _feeds_of(self, engine: Engine) -> Feeds | None:
        """The feeds under the rules in force; None where there are none."""
        settings = engine.settings
        if engine.current.policy is None or not settings.feeds.enabled:
            return None
        rulebook = engine.current.policy.rulebook
        files = tuple(map(stamp_of, feed_files(settings.rules, settings.state)))
        if self._made_for is not rulebook or self._made_of != files:
            self._made_for, self._made_of = rulebook, files  # so that a mistake in them is told once
            try:
                specs = feeds_of(settings)
            except (RuleError, ValueError) as error:
                logger.error("the lists of phishing stay as they are: %s", error)
                return self._feeds
            self._feeds = Feeds(settings.state, specs, shared_domains(rulebook), clock=engine.clock)
        return self._feeds

    async def _age(self) -> None:
        """Forget what is too old, once a day."""
        while True:
            await asyncio.sleep(AGE)
            now, store = self.engine.clock(), self.engine.current.store
            if store is None or not is_due(self._aged_at, now):
                continue
            try:
                await asyncio.to_thread(age, store, now)
                self._aged_at = now
            except StoreError as error:
                logger.error("the store could not forget what is old: %s", error)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
