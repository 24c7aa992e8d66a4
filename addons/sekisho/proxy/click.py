"""Click: every request is judged before one byte goes up, and a bad one is answered in its place.

The addon builds the question (which names does this request know, what kind of request is it), asks
the policy, keeps the verdict, and either approves the server or renders. It decides nothing. A
raise anywhere leaves the flow without an approval, and the Guard answers it.
"""

import logging
from collections.abc import Sequence

from mitmproxy import http

from sekisho.engine.approvals import APPROVED, CLEARED
from sekisho.engine.engine import Engine, UnavailableError, worst_of
from sekisho.link import Link
from sekisho.policy.checks import wants_outside
from sekisho.policy.navigation import Kind, is_typed, kind_of
from sekisho.portal.page import Page
from sekisho.portal.warning import plain_refusal, refused_page
from sekisho.proxy.flows import answer_with, client_address, is_portal, language_of, names_of
from sekisho.proxy.refusal import refuse
from sekisho.store import StoreError
from sekisho.verdict import Level, Verdict

logger = logging.getLogger(__name__)

STREAM_OVER = 64 * 1024
"""Bytes: a longer body, or one of unknown length, is streamed where nothing has to be looked for in it."""


class Click:
    """Judges requests that are not tunnelled."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Approve, or answer in place of the site."""
        if flow.response or flow.error or is_portal(flow):
            return
        request, engine = flow.request, self.engine
        client = client_address(flow.client_conn)
        kind = kind_of(request.headers)
        links = names_of(flow)

        def judge(link: Link) -> Verdict:
            return engine.judge(link, client, is_click=kind is Kind.CLICK, path=request.path)

        try:
            link, verdict = worst_of(judge, links)
            asks = kind in (Kind.CLICK, Kind.FRAME) and wants_outside(verdict) and not self._leads_home(links)
            if asks and await engine.ask_about(links):
                link, verdict = worst_of(judge, links)
        except UnavailableError:
            return  # Reload says what is missing, once; the Guard answers
        if self._refuses_home(flow, link, client):
            answer_with(flow, refused_page(link=link, language=language_of(flow)))
        elif verdict.familiar:
            self._approve(flow, kind, verdict)
        elif kind is Kind.AHEAD:
            answer_with(flow, Page(503, (("Cache-Control", "no-store"),), b""))
        elif verdict.level >= Level.WARN:
            await refuse(engine, flow, kind, link, verdict, client)
        elif request.headers.get("service-worker", "").strip().lower() == "script":
            # A worker of an unfamiliar host could later answer in place of our warning, unseen.
            answer_with(flow, plain_refusal(link.host))
        else:
            if kind in (Kind.CLICK, Kind.FRAME):
                try:
                    await engine.keep(link, verdict)
                    link, verdict = worst_of(judge, links)  # a late answer may have come in between
                except (StoreError, TimeoutError, UnavailableError) as error:
                    logger.error("%s is not let through, its verdict cannot be kept: %s", link.host, error)
                    return
                if verdict.level >= Level.WARN:
                    await refuse(engine, flow, kind, link, verdict, client)
                    return
                engine.visited(link, verdict, client, is_click=kind is Kind.CLICK)
            self._approve(flow, kind, verdict)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Stream what is long; let no browser keep a document of an unfamiliar host."""
        if flow.response is None or APPROVED not in flow.metadata:
            return
        kind, verdict = flow.metadata[APPROVED]
        flow.response.stream = is_long(flow.response.headers)
        if not verdict.familiar and kind in (Kind.CLICK, Kind.FRAME):
            flow.response.headers["cache-control"] = "no-store"

    def _approve(self, flow: http.HTTPFlow, kind: Kind, verdict: Verdict) -> None:
        flow.metadata[APPROVED] = (kind, verdict)
        if verdict.familiar:
            flow.metadata[CLEARED] = True
            flow.request.stream = is_long(flow.request.headers)
        client = flow.client_conn
        if client.timestamp_end is None:  # else it left while its verdict was waited for, and stays forgotten
            self.engine.approvals.approve(client.id, flow.request.host, flow.request.port)
            self.engine.live.opened(client.id, client_address(client), names_of(flow))

    def _leads_home(self, links: Sequence[Link]) -> bool:
        return any(self.engine.reach.leads_home(link) for link in links)

    def _refuses_home(self, flow: http.HTTPFlow, link: Link, client: str) -> bool:
        reach = self.engine.reach
        if not reach.leads_home(link):
            return False
        typed = is_typed(flow.request.method, flow.request.headers, link.host)
        return not reach.permits_home(link, client=client, typed=typed)


def is_long(headers: http.Headers) -> bool:
    """Whether a message may have a body too long to hold, or one that has no known end."""
    length = headers.get("content-length", "")
    if length.isdecimal():
        return int(length) > STREAM_OVER
    return True
