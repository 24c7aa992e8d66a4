"""A video chat over a WebSocket that is kept in memory takes the whole box down by evening."""

from mitmproxy.test import tflow

from sekisho.proxy.trim import Trim


def test_only_the_last_message_is_kept() -> None:
    flow = tflow.twebsocketflow()
    assert flow.websocket is not None
    last = flow.websocket.messages[-1]
    Trim().websocket_message(flow)
    assert flow.websocket.messages == [last]
    stream = tflow.ttcpflow()
    last_bytes = stream.messages[-1]
    Trim().tcp_message(stream)
    assert stream.messages == [last_bytes]


def test_a_request_that_is_no_web_socket_is_left_alone() -> None:
    Trim().websocket_message(tflow.tflow())
