"""Engine: what all addons of one running proxy share, and the state that may be missing.

`policy` is None while the rules or the store cannot be read. Then nobody can judge, and an
addon that asks gets `UnavailableError`; no verdict is recorded, and the Guard answers with a page. No
addon keeps a policy of its own: a reload swaps it here, between two requests.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial

from sekisho.engine.approvals import Approvals
from sekisho.engine.asks import answer_ask
from sekisho.engine.connections import Live
from sekisho.engine.held_forms import Forms
from sekisho.engine.page_icons import PageIcons
from sekisho.engine.reach import Reach, is_loopback
from sekisho.engine.read_pages import ReadPages
from sekisho.engine.tickets import Ticket, Tickets
from sekisho.engine.unseen_programs import UnseenPrograms
from sekisho.link import Link
from sekisho.notify.messenger import Messenger
from sekisho.policy import familiarity
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decisions, go_on
from sekisho.portal.look import FamilyLook, read_look
from sekisho.portal.warning import NO_LOOK
from sekisho.providers.feeds.index import FeedIndex
from sekisho.providers.outside import Outside, Said
from sekisho.rulebook.model import Rulebook
from sekisho.settings import Settings
from sekisho.store import Store, StoreError, Visit
from sekisho.store.asked import Answer, Outcome
from sekisho.store.remembered import DomainClick
from sekisho.verdict import Evidence, Reason, Verdict

logger = logging.getLogger(__name__)

RECORD_TIMEOUT = 3.0
"""Seconds that a click waits for its verdict to be kept: three times the store's own busy time-out."""
_MAX_WAITING_VISITS = 10_000
_MAX_KEPT = 20_000
_PASSED_EVERY = 86_400.0
"""Seconds between two notes that a domain that became familiar is still in use."""


class UnavailableError(RuntimeError):
    """Nothing can be judged now; the message says what is missing."""


class Engine:
    """The shared state of one proxy process. Used from its event loop only."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.clock = clock
        self.policy: Policy | None = None
        self.store: Store | None = None
        self.missing = "still starting"
        """Why `policy` or `store` is None, for the log and the page."""
        self.rules_read: float | None = None
        """When the rules in force were read."""
        self.approvals = Approvals()
        self.live = Live()
        self.tickets = Tickets()
        self.forms = Forms()
        self.read_pages = ReadPages()
        self.page_icons = PageIcons()
        self.unseen_programs = UnseenPrograms()
        self.reach = Reach(
            settings.resolve, settings.allow_private, serves_lan=not is_loopback(settings.listen)
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._visits: list[Visit] = []
        self.outside: Outside | None = None
        """Asks VirusTotal and the registries; None while starting, and where nobody is to be asked."""
        self.messenger: Messenger | None = None
        """Tells the family; None while there is no store."""
        self.feeds = FeedIndex()
        """Downloaded lists of phishing."""
        self.household: frozenset[str] = frozenset()
        """Domains that became familiar to the household."""
        self._domain_clicks: list[DomainClick] = []
        self._passed_at: dict[str, float] = {}
        self._passed: list[str] = []
        self._overruled: set[str] = set()
        self._verdicts: dict[str, tuple[Link, Verdict]] = {}
        self._kept: dict[str, Verdict] = {}
        self._writing = asyncio.Lock()

    def look(self) -> FamilyLook:
        """The family's picture and phrase. Blocking; never raises: a warning without them is still a warning."""
        return read_look(self.settings.state)

    async def has_look(self) -> bool:
        """Whether the family chose a picture or a phrase; no where that cannot be told in time."""
        try:
            async with asyncio.timeout(RECORD_TIMEOUT):
                return await asyncio.to_thread(self.look) != NO_LOOK
        except TimeoutError:
            return False

    def judge(self, link: Link, client: str, *, is_click: bool, path: str | None = None) -> Verdict:
        """The policy's verdict on what is known now; raises UnavailableError where there is none to ask."""
        if self.policy is None:
            raise UnavailableError(self.missing)
        said = self._said_of(link)
        return self.policy.judge(
            link,
            client,
            self.clock(),
            is_click=is_click,
            path=path,
            outside=_worst_first(self.read_pages.known(link, path, self.clock()), _evidence(said)),
        )

    def leaves_alone(self, verdict: Verdict, links: Sequence[Link]) -> bool:
        """Nothing that passes between the browser and these names is ours to read."""
        decisive = verdict.decisive
        allowed = decisive is not None and decisive.reason is Reason.FAMILY_ALLOW
        return verdict.familiar or allowed or all(map(self.reach.leads_home, links))

    def note_page(self, link: Link, path: str, evidence: tuple[Evidence, ...]) -> None:
        """Judge the host, or where it is shared this page of it, by what was found there. Raises UnavailableError."""
        shared = link.private_suffix or self.rulebook().platform_of(link) == link.host
        self.read_pages.note(link, path, evidence, self.clock(), shared=shared)

    def has_gone_on(self, link: Link, client: str) -> bool:
        """Whether this device chose to go on to this host a few minutes ago. Raises UnavailableError."""
        if self.policy is None:
            raise UnavailableError(self.missing)
        return self.policy.has_gone_on(link, client, self.clock())

    async def ask_outside(self, link: Link, *, click: bool = True) -> Said | None:
        """Ask VirusTotal and the registry about a link's domain; `judge` knows the answer afterwards.

        A click waits no longer than the settings say, and not at all for what was asked just now. None
        where there is nothing to ask about: an address, a name of the home network. Raises UnavailableError.
        """
        found = familiarity.name_of(link, self.rulebook())
        if self.outside is None or found is None:
            return None
        name, shared = found
        if not click:
            return await self.outside.ask(link, name, shared=shared, click=False, max_age=0.0)
        if self.outside.is_fresh(name):
            return self.outside.known(name)
        return await self.outside.ask(link, name, shared=shared, click=True)

    async def ask_about(self, links: Sequence[Link]) -> bool:
        """Ask the outside about all names of a click, as `ask_outside`; whether to judge them again.

        They are to be judged again where it says anything else now, and where the rules or decisions changed
        meanwhile. What was asked a moment ago costs no turn of the event loop. Raises UnavailableError.
        """
        if self.outside is None:
            return False
        policy = self.policy
        before = [self._said_of(link) for link in links]
        wanted = [
            link
            for link, said in zip(links, before, strict=True)
            if said is None or not self.outside.is_current(said)
        ]
        if len(wanted) == 1:
            await self.ask_outside(wanted[0])
        elif wanted:
            await asyncio.gather(*map(self.ask_outside, wanted))
        return self.policy is not policy or any(
            _evidence(self._said_of(link)) != _evidence(said)
            for link, said in zip(links, before, strict=True)
        )

    def _said_of(self, link: Link) -> Said | None:
        if self.outside is None or self.policy is None:
            return None
        found = familiarity.name_of(link, self.policy.rulebook)
        return self.outside.known(found[0]) if found else None

    def install(self, policy: Policy) -> None:
        """Judge by this policy from the next request on."""
        self.policy = policy.with_feeds(self.feeds).with_household(self.household)

    def set_feeds(self, feeds: FeedIndex) -> None:
        """Judge by these lists from the next request on."""
        self.feeds = feeds
        self._overruled.clear()
        if self.policy is not None:
            self.policy = self.policy.with_feeds(feeds)

    def set_household(self, household: frozenset[str]) -> None:
        """Let these domains be familiar from the next request on."""
        self.household = household
        if self.policy is not None:
            self.policy = self.policy.with_household(household)

    async def keep(self, link: Link, verdict: Verdict) -> None:
        """Keep a verdict before anything acts on it; returns when the store has it.

        A verdict that this process kept before is not written again. Raises StoreError or TimeoutError.
        """
        before = self._kept.get(link.host)
        if before is not None and (before is verdict or _same(before, verdict)):
            return
        if self.store is None:
            raise UnavailableError(self.missing)
        now = self.clock()
        async with asyncio.timeout(RECORD_TIMEOUT):
            await asyncio.to_thread(self.store.record_verdict, link, verdict, now)
        if len(self._kept) >= _MAX_KEPT:
            self._kept.clear()
        self._kept[link.host] = verdict

    def visited(self, link: Link, verdict: Verdict, client: str, *, is_click: bool) -> None:
        """Note a visit and its verdict; `write_visits` writes them soon. Never a path, never a familiar site."""
        if len(self._visits) < _MAX_WAITING_VISITS:
            self._verdicts[link.host] = (link, verdict)
            self._visits.append(
                Visit(
                    link.host,
                    verdict.level,
                    self.clock(),
                    client,
                    link.scheme,
                    "click" if is_click else "resource",
                )
            )
            if is_click:
                self._meet(link, verdict)

    def _meet(self, link: Link, verdict: Verdict) -> None:
        if self.policy is None:
            return
        said = self._said_of(link)
        met = familiarity.domain_click(
            link,
            verdict,
            self.clock(),
            None,
            self.policy.rulebook,
            said.registered_at if said else None,
        )
        if met:
            self._domain_clicks.append(met)

    def passed(self, link: Link, verdict: Verdict) -> None:
        """A familiar connection is let through untouched. Nothing is kept of it, but for a domain that became
        familiar here the time, once a day: who is not seen any more lapses.
        """
        reason = verdict.evidence[0].reason if verdict.evidence else None
        if reason is Reason.HOUSEHOLD:
            now = self.clock()
            if now - self._passed_at.get(link.domain, 0.0) > _PASSED_EVERY:
                self._passed_at[link.domain] = now
                self._passed.append(link.domain)
            return
        hit = self.policy.feeds.find(link) if self.policy else None
        if hit and hit.entry not in self._overruled:
            self._overruled.add(hit.entry)
            logger.info("%s lists %s, which is well known; it stays open", hit.name, hit.entry)

    def go_on(self, ticket: Ticket) -> None:
        """Open a warned host to the one client that chose so, for a few minutes. Called in a thread.

        When it returns the decision is kept and the next request is judged by it. Raises StoreError.
        """
        if self.store is None or self._loop is None:
            raise StoreError(self.missing)
        now = self.clock()
        self.store.add_decision(go_on(ticket.link, ticket.client, now, self.settings.go_on_minutes))
        self.decided()

    def answer_ask(self, ask_id: str, answer: Answer, by: str) -> Outcome:
        """Answer an ask of the family. Called in a thread; an accepted answer counts for the next request.

        Raises StoreError.
        """
        if self.store is None or self._loop is None:
            raise StoreError(self.missing)
        outcome = answer_ask(self.store, ask_id, answer, by=by, now=self.clock())
        if outcome.kind == "accepted":
            self.decided()
            self.nudge()
        return outcome

    def decided(self) -> None:
        """Judge by the family's decisions of now. Called in a thread that has just changed them."""
        if self._loop is None:
            raise StoreError(self.missing)
        asyncio.run_coroutine_threadsafe(self.read_decisions(), self._loop).result(RECORD_TIMEOUT)

    def nudge(self) -> None:
        """Have the family told at once of what waits. From any thread."""
        if self.messenger is not None:
            self.messenger.nudge()

    async def decisions(self) -> Decisions:
        """What the family decided until now; raises StoreError or UnavailableError."""
        if self.store is None:
            raise UnavailableError(self.missing)
        return Decisions(await asyncio.to_thread(self.store.decisions, self.clock()))

    async def read_decisions(self) -> None:
        """Judge by what the family decided until now."""
        decisions = await self.decisions()
        if self.policy is None:
            raise UnavailableError(self.missing)
        self.install(self.policy.with_decisions(decisions))

    def rulebook(self) -> Rulebook:
        """The rules in force; raises UnavailableError."""
        if self.policy is None:
            raise UnavailableError(self.missing)
        return self.policy.rulebook

    def started(self) -> None:
        """Remember the loop, for what the portal's threads must do on it."""
        self._loop = asyncio.get_running_loop()

    async def write_visits(self) -> None:
        """Write what waits, in three transactions; what cannot be written waits on.

        When it returns, nothing that was noted before is still being written by somebody else.
        """
        async with self._writing:
            await self._write_visits()

    async def _write_visits(self) -> None:
        if self.store is None or not (self._visits or self._passed):
            return
        batch, self._visits = self._visits, []
        met, self._domain_clicks = self._domain_clicks, []
        passed, self._passed = self._passed, []
        verdicts, self._verdicts = self._verdicts, {}
        try:
            for link, verdict in verdicts.values():
                await self.keep(link, verdict)
            await asyncio.to_thread(self.store.record_visits, batch)
            batch = []
            await asyncio.to_thread(self.store.memory.note_clicks, met, familiarity.met)
            met = []
            changes = [(name, partial(familiarity.passed, at=self._passed_at[name])) for name in passed]
            await asyncio.to_thread(self.store.memory.change, changes)
        except (StoreError, TimeoutError) as error:
            logger.error("%d visits could not be written, will try again: %s", len(batch), error)
            self._visits = [*batch, *self._visits][:_MAX_WAITING_VISITS]
            self._domain_clicks = [*met, *self._domain_clicks][:_MAX_WAITING_VISITS]
            self._passed = [*passed, *self._passed]
            self._verdicts = verdicts | self._verdicts


def worst_of(judge: Callable[[Link], Verdict], links: Sequence[Link]) -> tuple[Link, Verdict]:
    """The link with the most severe verdict, and that verdict: familiar only where all are."""
    judged = [(link, judge(link)) for link in links]
    link, verdict = max(judged, key=lambda pair: pair[1].level)
    if verdict.familiar and not all(other.familiar for _, other in judged):
        link, verdict = next(pair for pair in judged if not pair[1].familiar)
    return link, verdict


def _worst_first(pages: tuple[Evidence, ...], said: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(sorted((*pages, *said), key=lambda found: -found.level)) if pages else said


def _evidence(said: Said | None) -> tuple[Evidence, ...]:
    return said.evidence if said else ()


def _same(one: Verdict, other: Verdict) -> bool:
    def gist(verdict: Verdict) -> tuple[object, ...]:
        return verdict.level, [(e.reason, e.source, e.trick, e.brand) for e in verdict.evidence]

    return gist(one) == gist(other)
