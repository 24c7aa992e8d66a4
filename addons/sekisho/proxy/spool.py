"""Spool: no request's body is kept in memory beyond a limit.

A request to an unfamiliar host is read to its end before a byte is sent, and mitmproxy would hold a
body of any length. Its one limit (`body_size_limit`) would cut off long downloads as well and shows no
page. So its stream is replaced by one that discards: a body that is too long, or was answered already,
is dropped as it arrives, and marked; the `request` hook then answers it.

It depends on a method of mitmproxy's `HttpStream`; the version is pinned, and a test fails where it changes.
"""

from collections.abc import Iterator
from weakref import WeakSet

from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layers.http import HttpStream
from mitmproxy.proxy.layers.http._events import RequestData

from sekisho.policy.bodies import LONGEST_BODY

MOST_IN_ALL = 64 * 1024 * 1024
"""Bytes of all requests that are held at one time; mitmproxy needs some six times as much memory."""
SMALL = 1024 * 1024
"""Bytes that any request may have, however many there are."""
TOO_LONG = "sekisho.too-long"
"""Key in `flow.metadata`: the body was longer than may be held, and is not there."""

_live: "WeakSet[SpoolingStream]" = WeakSet()


class SpoolingStream(HttpStream):
    """mitmproxy's stream, with bounds to what it holds."""

    def state_consume_request_body(self, event: events.Event) -> Iterator[commands.Command]:
        """Take a piece of the body, or throw it away."""
        if isinstance(event, RequestData):
            metadata = self.flow.metadata
            if self.flow.response or metadata.get(TOO_LONG):
                return
            if not self._has_room(len(event.data)):
                metadata[TOO_LONG] = True
                self.request_body_buf.clear()
                return
        yield from super().state_consume_request_body(event)

    def _has_room(self, more: int) -> bool:
        size = len(self.request_body_buf) + more
        if size <= SMALL:
            return True
        _live.add(self)
        held = sum(len(stream.request_body_buf) for stream in _live)
        return size <= LONGEST_BODY and held + more <= MOST_IN_ALL
