"""Secret: a request to an unfamiliar host is read before it is sent, and held where a secret is in it.

Query, body, and each message of a WebSocket. An exception leaves the flow uncleared, and the Guard answers it.
"""

from mitmproxy import http

from sekisho.engine.bodies import Body
from sekisho.engine.engine import Engine
from sekisho.policy.action import Forward
from sekisho.proxy.answer import obey
from sekisho.proxy.flows import ACTION, action_of, request_of
from sekisho.proxy.spool import TOO_LONG


class Secret:
    """Has requests read that go to hosts that are not familiar."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def request(self, flow: http.HTTPFlow) -> None:
        """Clear the request, replace it by what may now be sent, or answer it."""
        action = action_of(flow)
        if action is not None and not action.cleared:
            body = _body_of(flow)
            await obey(
                self.engine, flow, await self.engine.bodies.decide(request_of(flow), action.verdict, body)
            )

    async def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Drop a message with a secret in it; the page's script gets no answer to that."""
        action: Forward | None = flow.metadata.get(ACTION)
        if flow.websocket is None or not flow.websocket.messages or action is None:
            return
        message = flow.websocket.messages[-1]
        if not message.from_client:
            return
        message.drop()  # until it was read: a raise must not let it pass
        decided = await self.engine.bodies.decide_message(request_of(flow), action.verdict, message.content)
        message.dropped = not isinstance(decided, Forward)

    def response(self, flow: http.HTTPFlow) -> None:
        """Remember which fields a page masks."""
        action: Forward | None = flow.metadata.get(ACTION)
        response = flow.response
        if response is None or action is None or not response.raw_content:
            return
        kind, coding = (response.headers.get(name, "") for name in ("content-type", "content-encoding"))
        self.engine.bodies.read_page(
            request_of(flow), action.verdict, Body(response.raw_content, kind, coding)
        )


def _body_of(flow: http.HTTPFlow) -> Body:
    request = flow.request
    kind, coding = (request.headers.get(name, "") for name in ("content-type", "content-encoding"))
    too_long = bool(flow.metadata.get(TOO_LONG))
    return Body(request.raw_content or b"", kind, coding, too_long, lambda: (request.copy(), _size(request)))


def _size(request: http.Request) -> int:
    headers = sum(len(name) + len(value) for name, value in request.headers.fields)
    return len(request.raw_content or b"") + headers + len(request.path)
