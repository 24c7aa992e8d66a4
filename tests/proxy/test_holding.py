"""Not a byte of an answer goes to the browser before somebody decided, however it comes."""

from collections.abc import Callable

import pytest
from mitmproxy import http
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.proxy import commands, context, events
from mitmproxy.proxy.layers import http as layers
from mitmproxy.proxy.layers.http import HTTPMode, SendHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
)
from mitmproxy.proxy.layers.http._hooks import HttpResponseHeadersHook
from mitmproxy.test import taddons, tflow, tutils

from sekisho.proxy import holding
from sekisho.proxy.holding import HELD, Hold, HoldingStream, PageHook

Decide = Callable[[http.HTTPFlow], None]
OURS = http.Response.make(403, b"ours", {"content-type": "text/html"})


class Wire:
    """One stream, and what it sends each way."""

    def __init__(self, hold: Hold | None, decide: Decide) -> None:
        with taddons.context(Proxyserver()) as made:
            client = tflow.tclient_conn()
            self.context = context.Context(client, made.options)
        self.context.layers = []
        self.stream = HoldingStream(self.context, 1)
        self.hold, self.decide = hold, decide
        self.to_browser: list[object] = []
        self.to_server: list[object] = []
        self.wakeups: list[commands.RequestWakeup] = []
        self.hooks = 0
        self.stream.mode = HTTPMode.regular
        self._start()

    def _start(self) -> None:
        stream = self.stream
        flow = tflow.tflow()
        stream.flow = flow
        flow.response, flow.live = None, True
        stream.client_state = stream.state_done
        stream.server_state = stream.state_wait_for_response_headers
        stream._handle_event = HoldingStream._handle_event.__get__(stream)  # type: ignore[method-assign]

    def feed(self, event: events.Event) -> None:
        for command in self.stream.handle_event(event):
            self._take(command)

    def _take(self, command: commands.Command) -> None:
        if isinstance(command, SendHttp):
            there = self.to_browser if command.connection is self.context.client else self.to_server
            there.append(command.event)
        elif isinstance(command, commands.RequestWakeup):
            self.wakeups.append(command)
        elif isinstance(command, commands.StartHook):
            if isinstance(command, HttpResponseHeadersHook):
                self.stream.flow.metadata[HELD] = self.hold
            elif isinstance(command, PageHook):
                self.hooks += 1
                assert self.to_browser == []
                self.decide(self.stream.flow)
            self.feed(events.HookCompleted(command, None))

    def head(self) -> None:
        self.feed(ResponseHeaders(1, tutils.tresp(content=None), end_stream=False))

    def body(self) -> bytes:
        return b"".join(event.data for event in self.to_browser if isinstance(event, ResponseData))

    def statuses(self) -> list[int]:
        return [e.response.status_code for e in self.to_browser if isinstance(e, ResponseHeaders)]


def passes(flow: http.HTTPFlow) -> None:
    flow.metadata[HELD].decided = True


def answers(flow: http.HTTPFlow) -> None:
    flow.response = OURS.copy()
    flow.metadata[HELD].decided = True


def test_a_short_answer_is_decided_at_its_end() -> None:
    wire = Wire(Hold(100), passes)
    wire.head()
    wire.feed(ResponseData(1, b"a" * 50))
    assert (wire.to_browser, wire.hooks) == ([], 0)
    wire.feed(ResponseEndOfMessage(1))
    assert (wire.statuses(), wire.body(), wire.hooks) == ([200], b"a" * 50, 1)


def test_a_long_one_goes_on_behind_what_was_held() -> None:
    wire = Wire(Hold(100), passes)
    wire.head()
    wire.feed(ResponseData(1, b"a" * 99))
    assert wire.to_browser == []
    wire.feed(ResponseData(1, b"b"))
    assert wire.body() == b"a" * 99 + b"b"
    wire.feed(ResponseData(1, b"c"))
    wire.feed(ResponseEndOfMessage(1))
    assert (wire.statuses(), wire.body(), wire.hooks) == ([200], b"a" * 99 + b"bc", 1)


def test_what_is_answered_leaves_the_server() -> None:
    wire = Wire(Hold(100), answers)
    wire.head()
    wire.feed(ResponseData(1, b"a" * 200))
    assert (wire.statuses(), wire.body()) == ([403], b"ours")
    assert [type(event) for event in wire.to_server] == [RequestProtocolError]
    wire.feed(ResponseData(1, b"more"))
    wire.feed(ResponseEndOfMessage(1))
    assert (wire.statuses(), wire.body(), wire.hooks) == ([403], b"ours", 1)


def test_a_whole_one_is_answered_without_a_word_to_the_server() -> None:
    wire = Wire(Hold(100), answers)
    wire.head()
    wire.feed(ResponseData(1, b"a"))
    wire.feed(ResponseEndOfMessage(1))
    assert (wire.statuses(), wire.body(), wire.to_server) == ([403], b"ours", [])


@pytest.mark.parametrize("decide", [passes, answers])
def test_time_decides_where_nothing_comes(decide: Decide) -> None:
    hold = Hold(100, seconds=3.0)
    wire = Wire(hold, decide)
    wire.head()
    wire.feed(ResponseData(1, b"a"))
    (wakeup,) = wire.wakeups
    assert wakeup.delay == 3.0
    wire.feed(events.Wakeup(wakeup))
    assert hold.late
    assert wire.body() == (b"a" if decide is passes else b"ours")
    wire.feed(events.Wakeup(wakeup))
    assert wire.hooks == 1


def test_a_browser_that_left_is_not_answered() -> None:
    wire = Wire(Hold(100, seconds=3.0), answers)
    wire.head()
    wire.feed(ResponseData(1, b"a"))
    wire.feed(RequestProtocolError(1, "it left", ErrorCode.CLIENT_DISCONNECTED))
    wire.feed(events.Wakeup(wire.wakeups[0]))
    assert (wire.hooks, wire.statuses()) == (0, [])


def test_many_answers_share_a_bound() -> None:
    wires = [Wire(Hold(1 << 20), passes) for _ in range(40)]
    for wire in wires:
        wire.head()
        wire.feed(ResponseData(1, bytes((1 << 20) - 1)))
    assert sum(len(wire.stream.response_body_buf) for wire in wires) <= holding.MOST_IN_ALL
    assert wires[-1].hold is not None
    assert (wires[-1].hold.late, wires[-1].statuses()) == (True, [200])


def test_what_nobody_holds_is_mitmproxys() -> None:
    wire = Wire(None, passes)
    wire.head()
    wire.feed(ResponseData(1, b"a" * 500))
    wire.feed(ResponseEndOfMessage(1))
    assert (wire.body(), wire.hooks, wire.wakeups) == (b"a" * 500, 0, [])


def test_mitmproxy_makes_its_streams_of_this_kind() -> None:
    holding.install()
    assert layers.HttpStream is HoldingStream
