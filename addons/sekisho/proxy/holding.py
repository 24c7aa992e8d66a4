"""Holding: a response is kept from the browser until it is decided, and no longer.

mitmproxy either holds a response to its end, however long, or streams it from its first byte on. Here the
beginning is held: up to a number of bytes, for some seconds, or to the end, whichever comes first. Then the hook
`page` is called, which may wait. Where it does not change the response, the held bytes are sent and the rest is
streamed after them; where it sets another response, that one is sent and the server's connection is closed.

It depends on methods of mitmproxy's `HttpStream`; the version is pinned, and a test fails where they change.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

from mitmproxy import http
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layers import http as http_layer
from mitmproxy.proxy.layers.http._base import HttpEvent
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
)

from sekisho.proxy.spool import SpoolingStream

MOST_IN_ALL = 24 * 1024 * 1024
"""Bytes of all answers that are held at one time; beyond that an answer is decided by what is there."""
HELD = "sekisho.held"
"""Key in `flow.metadata`: the `Hold` of an answer that was or is held, or None where nothing need be."""


_holding: "WeakSet[HoldingStream]" = WeakSet()


@dataclass(slots=True)
class Hold:
    """How much of an answer is held, how long, and what came of it."""

    most: int = 0
    """Bytes as they come from the server."""
    seconds: float = 5.0
    """From its head on."""
    body: bytes = b""
    """What was held, when `page` is called."""
    whole: bool = False
    """The answer has ended; there is no more of it."""
    late: bool = False
    """The time was over first, or there was no room for more."""
    decided: bool = False
    """It was decided: it passes, or another response was set."""


@dataclass
class PageHook(commands.StartHook):
    """The beginning of an answer is held in `flow.metadata[HELD]`, and waits for a decision."""

    name = "page"
    flow: http.HTTPFlow


class HoldingStream(SpoolingStream):
    """mitmproxy's stream, which asks before it lets an answer begin."""

    def _handle_event(self, event: events.Event) -> Generator[commands.Command, Any, None]:
        if not isinstance(event, events.Wakeup):
            yield from super()._handle_event(event)
        elif (hold := self._waiting()) is not None and self.server_state == self.state_consume_response_body:
            hold.late = True
            yield from self._decide(hold, None)

    def state_wait_for_response_headers(self, event: events.Event) -> Iterator[commands.Command]:
        """Set the clock where the answer is to be held."""
        yield from super().state_wait_for_response_headers(event)
        if (hold := self._waiting()) is not None and self.server_state == self.state_consume_response_body:
            yield commands.RequestWakeup(hold.seconds)

    def state_consume_response_body(self, event: events.Event) -> Iterator[commands.Command]:
        """Take a piece, and ask where it is enough."""
        hold = self._waiting()
        if hold is None:
            yield from super().state_consume_response_body(event)
        elif isinstance(event, ResponseEndOfMessage):
            hold.whole = True
            yield from self._decide(hold, event)
        else:
            yield from super().state_consume_response_body(event)
            if isinstance(event, ResponseData):
                _holding.add(self)
                enough = len(self.response_body_buf) >= hold.most
                hold.late = (
                    not enough and sum(len(other.response_body_buf) for other in _holding) > MOST_IN_ALL
                )
                if enough or hold.late:
                    yield from self._decide(hold, None)

    def _waiting(self) -> Hold | None:
        hold = self.flow.metadata.get(HELD)
        return hold if isinstance(hold, Hold) and not hold.decided and self.flow.live else None

    def _decide(self, hold: Hold, end: HttpEvent | None) -> Iterator[commands.Command]:
        _holding.discard(self)
        original = self.flow.response
        hold.body = bytes(self.response_body_buf)
        yield PageHook(self.flow)
        hold.decided, hold.body = True, b""
        if (yield from self.check_killed(True)):
            return
        response = self.flow.response
        if response is not original:
            self.response_body_buf.clear()
            if end is None:
                gone = RequestProtocolError(self.stream_id, "not shown", ErrorCode.CANCEL)
                yield http_layer.SendHttp(gone, self.context.server)
            yield from self.send_response()
            if end is None:
                self.server_state = self.state_errored
        elif end is not None or response is None:
            yield from super().state_consume_response_body(end or ResponseEndOfMessage(self.stream_id))
            if self.flow.response is not None:
                self.flow.response.raw_content = None  # it was sent; the clock keeps the flow a while longer
        else:
            response.stream = True
            body = bytes(self.response_body_buf)
            self.response_body_buf.clear()
            yield from self.start_response_stream()
            if body:
                yield from self.state_stream_response_body(ResponseData(self.stream_id, body))


def install() -> None:
    """Let mitmproxy make its streams of this kind."""
    http_layer.HttpStream = HoldingStream  # type: ignore[misc]
