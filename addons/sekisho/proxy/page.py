"""Page: what an unfamiliar site answers to a click is read before the browser gets a byte of it.

A page is held (`holding`), judged in another process (`page.worker`), and then either let through, answered by
the warning page, or, where something speaks against it and it asks for a secret, shown only after a question. So
is a program; one whose question nobody would see, since a frame brings it or a link saves it, is refused, and the
person's next page there asks. What was found counts for the host's later requests too: forms to it are held.

Left alone: familiar hosts, hosts that the family allowed, the home's own devices, and whatever is neither a page
nor may be saved. To a host that the person chose to go on to no warning is shown again. The addon decides
nothing: `page.showing` and the policy do. A raise leaves the answer undecided, and the Guard answers it.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from mitmproxy import http

from sekisho.engine.approvals import APPROVED
from sekisho.engine.engine import Engine, UnavailableError, worst_of
from sekisho.engine.page_icons import Waiting
from sekisho.engine.unseen_programs import UnseenProgram
from sekisho.link import host_link
from sekisho.page import Examined, PageWorkers, unchecked
from sekisho.page.decode import MOST_BYTES
from sekisho.page.downloads import ENOUGH, may_be_saved, program_in
from sekisho.page.icons import icon_addresses
from sekisho.page.judge import with_icon
from sekisho.page.unpack import unpack
from sekisho.policy.navigation import Kind, is_seen
from sekisho.policy.pages import first, is_page, looks_like_page, program_evidence, question_about
from sekisho.proxy.flows import client_address, host_of, names_of
from sekisho.proxy.holding import HELD, Hold
from sekisho.proxy.refusal import refuse
from sekisho.store import StoreError
from sekisho.verdict import Evidence, Level, Verdict

logger = logging.getLogger(__name__)

SECONDS = 5.0
"""How long a page may take to arrive; then what is there is judged, and the page is one that could not be read."""
_PERIOD = 1.0
"""Seconds between two looks whether the rules changed."""


class Page:
    """Reads the pages of hosts that are not familiar."""

    def __init__(self, engine: Engine, note_masked: Callable[[str, frozenset[str]], None]) -> None:
        """`note_masked` takes a host and the names of fields that a page of it masks."""
        self.engine = engine
        self.workers: PageWorkers | None = None
        self._note_masked = note_masked
        self._task: asyncio.Task[None] | None = None

    async def running(self) -> None:
        """Start the processes that judge; returns when one is ready, so that the first click finds it."""
        await self._follow()
        self._task = asyncio.create_task(self._go_on())

    async def done(self) -> None:
        """End them."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self.workers:
            await self.workers.close()

    async def request(self, flow: http.HTTPFlow) -> None:
        """Ask about a program that was refused unseen, before anything else is asked for."""
        if flow.response or flow.error or flow.metadata.get(APPROVED, (None,))[0] is not Kind.CLICK:
            return
        engine, client, links = self.engine, client_address(flow.client_conn), names_of(flow)
        is_shown = flow.request.method == "GET" and is_seen(flow.request.headers)
        if not is_shown or engine.leaves_alone(flow.metadata[APPROVED][1], links):
            return
        told = engine.unseen_programs.take(client, links[0].host, engine.clock())
        if told is not None and not engine.has_gone_on(told.link, client):
            await refuse(engine, flow, Kind.CLICK, told.link, told.verdict, client, url=told.url)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Hold what has to be looked at."""
        if flow.response is None or APPROVED not in flow.metadata:
            return
        flow.metadata[HELD] = hold = self._hold(flow, flow.response)
        if hold is not None:
            flow.response.stream = False

    async def page(self, flow: http.HTTPFlow) -> None:
        """Let pass what is held, or answer in its place."""
        hold, response = flow.metadata.get(HELD), flow.response
        if not isinstance(hold, Hold) or hold.decided or response is None:
            return
        headers, coding = response.headers, response.headers.get("content-encoding", "")
        content_type = headers.get("content-type", "")
        try:
            body = await asyncio.to_thread(unpack, hold.body, coding, MOST_BYTES + 1)
        except ValueError as error:
            body, examined = b"", unchecked(str(error)) if is_page(content_type) else None
        else:
            examined = None
        if program := program_in(headers, flow.request.path, body[:ENOUGH]):
            await self._judge_program(flow, program)
        elif examined is not None or looks_like_page(content_type, body):
            examined = examined or await self._examine(flow, body, content_type)
            if hold.late:
                examined = examined._replace(
                    evidence=(*examined.evidence, *unchecked("it came too slowly").evidence)
                )
            await self._judge_page(flow, examined)
        hold.decided = True

    def _hold(self, flow: http.HTTPFlow, response: http.Response) -> Hold | None:
        kind, verdict = flow.metadata[APPROVED]
        if kind not in (Kind.CLICK, Kind.FRAME) or self.engine.leaves_alone(verdict, names_of(flow)):
            return None
        moved = 300 <= response.status_code < 400 and "location" in response.headers
        if moved or flow.request.method == "HEAD" or response.status_code in (101, 204, 205, 304):
            return None
        if is_page(response.headers.get("content-type", "")):
            return Hold(MOST_BYTES, SECONDS)
        return Hold(ENOUGH, SECONDS) if may_be_saved(response.headers) else None

    async def _examine(self, flow: http.HTTPFlow, body: bytes, content_type: str) -> Examined:
        if self.workers is None:
            return unchecked("the program that reads pages has not started yet")
        request = flow.request
        return await self.workers.judge_page(
            body, content_type, host_link(request.pretty_host, request.port, request.scheme)
        )

    async def _judge_page(self, flow: http.HTTPFlow, examined: Examined) -> None:
        engine, request = self.engine, flow.request
        kind: Kind = flow.metadata[APPROVED][0]
        client, links, now = client_address(flow.client_conn), names_of(flow), engine.clock()
        self._note_masked(request.pretty_host, frozenset(examined.masked))
        examined = examined._replace(
            evidence=tuple(replace(found, at=now) for found in self._with_icon(flow, examined)),
        )
        for link in links:
            engine.note_page(link, request.path, examined.evidence)
        link, verdict = worst_of(
            lambda link: engine.judge(link, client, is_click=kind is Kind.CLICK, path=request.path), links
        )
        if verdict.level < Level.WARN:
            flow.metadata[APPROVED] = (kind, verdict)
            question = question_about(verdict, examined)
            if question is not None and kind is Kind.CLICK and not engine.has_gone_on(link, client):
                verdict = first(verdict, replace(question, at=now))
                await refuse(engine, flow, kind, link, verdict, client, sent=True)
        else:
            await refuse(engine, flow, kind, link, verdict, client, sent=True)
        if examined.evidence:
            logger.info("a page of %s: %s", link.host, examined.evidence[0].detail)
            await self._keep(flow, verdict)

    async def _judge_program(self, flow: http.HTTPFlow, name: str) -> None:
        engine, links = self.engine, names_of(flow)
        kind, verdict = flow.metadata[APPROVED]
        client = client_address(flow.client_conn)
        if all(engine.has_gone_on(link, client) for link in links):
            return
        verdict = first(verdict, replace(program_evidence(name), at=engine.clock()))
        await refuse(engine, flow, kind, links[0], verdict, client, sent=True)
        if not is_seen(flow.request.headers):
            page = flow.request.headers.get("referer", "")
            hosts = {links[0].host, host_of(page)} - {""}
            program = UnseenProgram(links[0], flow.request.pretty_url, verdict, frozenset(hosts))
            engine.unseen_programs.note(client, program, engine.clock())
        await self._keep(flow, verdict)

    def _with_icon(self, flow: http.HTTPFlow, examined: Examined) -> tuple[Evidence, ...]:
        """What was found on a page, with the sign of an icon that passed before; others are waited for."""
        engine, found, standing = self.engine, examined.evidence, examined.standing
        rulebook = engine.rulebook()
        if standing is None or not rulebook.page.icons:
            return found
        request, links = flow.request, names_of(flow)
        page = Waiting(tuple(links), request.path, found, standing)
        icons = icon_addresses(examined.icons, request.pretty_url)
        for slug in engine.page_icons.note_page(page, icons, engine.clock()):
            found = with_icon(found, standing, slug, links[0], rulebook)
        return found

    async def _keep(self, flow: http.HTTPFlow, verdict: Verdict) -> None:
        link = names_of(flow)[0]
        try:
            await self.engine.keep(link, verdict)
        except (StoreError, TimeoutError, UnavailableError) as error:
            logger.error("what was found on a page of %s cannot be kept: %s", link.host, error)

    async def _follow(self) -> None:
        """Judge by the rules in force."""
        policy = self.engine.policy
        if policy is None:
            return
        if self.workers is None:
            self.workers = PageWorkers(policy.rulebook)
            await self.workers.start()
        elif self.workers.rulebook is not policy.rulebook:
            await self.workers.renew(policy.rulebook)

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(_PERIOD)
            try:
                await self._follow()
            except Exception:
                logger.exception("pages are judged by the last good rules")
