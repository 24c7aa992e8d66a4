"""Pages: the response of an unfamiliar site to a click is read before the browser gets a byte of it.

A page is judged in another process (`page.sandbox`), a program by its first bytes. The evidence counts for the
host's later requests too: forms to it are held. A program that a frame or a saving link fetches is refused, since
nobody would see a question there; the person's next page on that host asks instead.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sekisho.decompress import decompress
from sekisho.engine.current import Current, UnavailableError
from sekisho.engine.judging import Judge
from sekisho.engine.page_icons import PageIcons, Waiting
from sekisho.engine.unseen_programs import UnseenProgram, UnseenPrograms
from sekisho.engine.visits import Visits
from sekisho.link import Link, find_link
from sekisho.page import Examined, unchecked
from sekisho.page.decode import MOST_BYTES
from sekisho.page.downloads import ENOUGH, program_in
from sekisho.page.icons import icon_addresses
from sekisho.page.judge import with_icon
from sekisho.page.sandbox.worker import PageWorkers
from sekisho.policy.action import Action, Forward, Interstitial
from sekisho.policy.navigation import Kind
from sekisho.policy.pages import decide_page, decide_program, is_page, looks_like_page
from sekisho.policy.request import Request
from sekisho.store import StoreError
from sekisho.verdict import Evidence, Verdict

logger = logging.getLogger(__name__)

_PERIOD = 1.0
"""Seconds between two checks whether the rules changed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The beginning of what a server answered, as it came."""

    headers: Mapping[str, str]
    """Any case-insensitive mapping."""
    body: bytes
    is_late: bool = False
    """It came too slowly, or there was no memory for more of it; there may be more than this."""


class Pages:
    """Judges pages and programs. Used from one event loop."""

    def __init__(
        self,
        current: Current,
        judge: Judge,
        visits: Visits,
        unseen: UnseenPrograms,
        icons: PageIcons,
        note_masked: Callable[[Link, frozenset[str]], None],
        clock: Callable[[], float],
    ) -> None:
        """`note_masked` takes a host and the names of fields that a page of it masks."""
        self.workers: PageWorkers | None = None
        self._current = current
        self._judge = judge
        self._visits = visits
        self._unseen = unseen
        self._icons = icons
        self._note_masked = note_masked
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the processes that judge pages; returns when one is ready for the first click."""
        await self._follow()
        self._task = asyncio.create_task(self._keep_following())

    async def close(self) -> None:
        """End the processes."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self.workers:
            await self.workers.close()

    async def decide(self, request: Request, verdict: Verdict, answer: Answer) -> Action:
        """Forward the answer, whose verdict may be another one then, or put a page of ours in its place.

        Raises UnavailableError.
        """
        content_type = answer.headers.get("content-type", "")
        examined: Examined | None = None
        try:
            coding = answer.headers.get("content-encoding", "")
            body = await asyncio.to_thread(decompress, answer.body, coding, MOST_BYTES + 1)
        except ValueError as error:
            body, examined = b"", unchecked(str(error)) if is_page(content_type) else None
        if program := program_in(answer.headers, request.path, body[:ENOUGH]):
            return await self._decide_program(request, verdict, program)
        if examined is None and not looks_like_page(content_type, body):
            return Forward(verdict)
        examined = examined or await self._examine(request, body, content_type)
        if answer.is_late:
            late = unchecked("it came too slowly").evidence
            examined = examined._replace(evidence=(*examined.evidence, *late))
        return await self._decide_page(request, examined)

    async def _examine(self, request: Request, body: bytes, content_type: str) -> Examined:
        if self.workers is None:
            return unchecked("the program that reads pages has not started yet")
        return await self.workers.judge_page(body, content_type, request.shown)

    async def _decide_page(self, request: Request, examined: Examined) -> Action:
        now = self._clock()
        self._note_masked(request.shown, frozenset(examined.masked))
        evidence = tuple(replace(found, at=now) for found in self._with_icon(request, examined))
        examined = examined._replace(evidence=evidence)
        for link in request.links:
            self._judge.note_page(link, request.path, evidence)
        is_click = request.kind is Kind.CLICK
        link, verdict = self._judge.worst(request.links, request.client, is_click=is_click, path=request.path)
        gone_on = self._judge.has_gone_on(link, request.client)
        action = decide_page(request, link, verdict, examined, gone_on=gone_on, now=now)
        verdict = action.verdict or verdict
        if not isinstance(action, Forward):
            self._visits.note(link, verdict, request.client, is_click=is_click)
        if evidence:
            if not isinstance(action, Interstitial):  # which has its own line
                logger.info("a page of %s: %s", link.host, evidence[0].detail)
            await self._keep(request.link, verdict)
        return action

    async def _decide_program(self, request: Request, verdict: Verdict, name: str) -> Action:
        gone_on = all(self._judge.has_gone_on(link, request.client) for link in request.links)
        now = self._clock()
        action = decide_program(request, verdict, name, gone_on=gone_on, now=now)
        if isinstance(action, Forward):
            return action
        found = action.verdict or verdict
        self._visits.note(request.link, found, request.client, is_click=request.kind is Kind.CLICK)
        if not request.is_seen:
            page = find_link(request.referer)
            hosts = frozenset({request.link.host, page.host if page else request.link.host})
            program = UnseenProgram(request.link, request.url, found, hosts)
            self._unseen.note(request.client, program, now)
        await self._keep(request.link, found)
        return action

    def _with_icon(self, request: Request, examined: Examined) -> tuple[Evidence, ...]:
        """What was found on a page, with the sign of an icon that was fetched before it.

        The page is kept, so that an icon that is fetched later counts for it too.
        """
        found, standing, rulebook = examined.evidence, examined.standing, self._current.rulebook()
        if standing is None or not rulebook.page.icons:
            return found
        page = Waiting(request.links, request.path, found, standing)
        icons = icon_addresses(examined.icons, request.url)
        for slug in self._icons.note_page(page, icons, self._clock()):
            found = with_icon(found, standing, slug, request.link, rulebook)
        return found

    async def _keep(self, link: Link, verdict: Verdict) -> None:
        try:
            await self._visits.keep(link, verdict)
        except (StoreError, TimeoutError, UnavailableError) as error:
            logger.error("what was found on a page of %s cannot be kept: %s", link.host, error)

    async def _follow(self) -> None:
        """Have the processes judge by the rules in force; start them with the first rules."""
        policy = self._current.policy
        if policy is None:
            return
        if self.workers is None:
            self.workers = PageWorkers(policy.rulebook)
            await self.workers.start()
        elif self.workers.rulebook is not policy.rulebook:
            await self.workers.renew(policy.rulebook)

    async def _keep_following(self) -> None:
        while True:
            await asyncio.sleep(_PERIOD)
            try:
                await self._follow()
            except Exception:
                logger.exception("pages are judged by the last good rules")
