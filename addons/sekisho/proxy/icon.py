"""Icon: a response that may be an icon of an unfamiliar site is copied as it passes, and compared at its end.

Nothing is held; an exception loses this sign and nothing else.
"""

from mitmproxy import http

from sekisho.engine.engine import Engine
from sekisho.page.icons import LARGEST
from sekisho.policy.action import Forward
from sekisho.proxy.flows import ACTION, length_of, request_of

COPY = "sekisho.icon"
"""Key in `flow.metadata`: the `Copy` of an answer that may be an icon."""


class Copy:
    """What passes, as long as it may be an icon."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.whole = True
        """It is not longer than an icon that is compared."""

    def __call__(self, piece: bytes) -> bytes:
        """Take a piece of a stream, and let it go on as it is."""
        if self.whole and len(self.body) + len(piece) <= LARGEST:
            self.body += piece
        else:
            self.whole = False
            self.body.clear()
        return piece


class Icon:
    """Has icons compared of hosts that are not familiar."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Copy what may be an icon."""
        action: Forward | None = flow.metadata.get(ACTION)
        response = flow.response
        if response is None or response.status_code != 200 or action is None:
            return
        kind, length = response.headers.get("content-type", ""), length_of(response.headers)
        if self.engine.icons.may_be_one(request_of(flow), action.verdict, kind, length):
            flow.metadata[COPY] = copy = Copy()
            if response.stream is True:
                response.stream = copy

    async def response(self, flow: http.HTTPFlow) -> None:
        """Compare it. It has gone to the browser by now, or goes as soon as this returns."""
        copy, response = flow.metadata.pop(COPY, None), flow.response
        if not isinstance(copy, Copy) or response is None:
            return
        body = response.raw_content or bytes(copy.body)
        if body and copy.whole and len(body) <= LARGEST:
            coding = response.headers.get("content-encoding", "")
            await self.engine.icons.compare(request_of(flow), body, coding)
