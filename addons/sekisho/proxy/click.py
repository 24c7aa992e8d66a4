"""Click: every request is judged before one byte of it is sent, and a bad one is answered here.

An exception anywhere leaves the flow without an Action, and the Guard answers it.
"""

from mitmproxy import http

from sekisho.engine.engine import Engine
from sekisho.policy.action import Forward, Unavailable
from sekisho.policy.bodies import is_long
from sekisho.proxy.answer import obey
from sekisho.proxy.flows import ACTION, is_portal, length_of, read_again, request_of


class Click:
    """Has requests judged that are not tunnelled."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Forward, or answer in place of the site."""
        if flow.response or flow.error or is_portal(flow):
            return
        flow.metadata.pop(ACTION, None)  # of a replayed flow
        request, length = read_again(flow), length_of(flow.request.headers)
        action = await self.engine.decide(request, length)
        if isinstance(action, Unavailable):
            return  # what is missing is in the log, once; the Guard answers
        await obey(self.engine, flow, action)
        if isinstance(action, Forward):
            if action.cleared:
                flow.request.stream = is_long(length)
            to, client = flow.request, flow.client_conn
            # A client that left while its verdict was waited for stays forgotten.
            if client.timestamp_end is None:
                self.engine.connections.approve(client.id, to.host, to.port, request.client, request.links)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Stream what is long; let no browser keep a document of an unfamiliar host."""
        action: Forward | None = flow.metadata.get(ACTION)
        if flow.response is None or action is None:
            return
        flow.response.stream = is_long(length_of(flow.response.headers))
        if not action.verdict.familiar and request_of(flow).is_navigation:
            flow.response.headers["cache-control"] = "no-store"
