"""Page: a response of an unfamiliar host is kept from the browser (`holding`) until the engine has read it.

An exception leaves the response undecided, and the Guard answers it.
"""

from mitmproxy import http

from sekisho.engine.engine import Engine
from sekisho.engine.pages import Answer
from sekisho.policy.action import Forward
from sekisho.proxy.answer import obey
from sekisho.proxy.flows import ACTION, request_of
from sekisho.proxy.holding import HELD, Hold

SECONDS = 5.0
"""How long a page may take to arrive; then what is there is judged, and the page is one that could not be read."""


class Page:
    """Has the pages read of hosts that are not familiar."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Hold what has to be read."""
        action: Forward | None = flow.metadata.get(ACTION)
        response = flow.response
        if response is None or action is None:
            return
        most = self.engine.bytes_to_read(
            request_of(flow), action.verdict, response.status_code, response.headers
        )
        flow.metadata[HELD] = Hold(most, SECONDS) if most else None
        if most:
            response.stream = False

    async def page(self, flow: http.HTTPFlow) -> None:
        """Let pass what is held, or answer in its place."""
        hold, response = flow.metadata.get(HELD), flow.response
        if not isinstance(hold, Hold) or hold.decided or response is None:
            return
        before: Forward = flow.metadata[ACTION]
        answer = Answer(response.headers, hold.body, hold.late)
        decided = await self.engine.pages.decide(request_of(flow), before.verdict, answer)
        await obey(self.engine, flow, decided)
        hold.decided = True
