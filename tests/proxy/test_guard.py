"""The last line: whatever went wrong before it, an unjudged request gets a page and no connection."""

import pytest
from mitmproxy import http
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import tflow

from sekisho.engine.connections import Connections
from sekisho.policy.action import Forward
from sekisho.proxy.flows import ACTION
from sekisho.proxy.guard import Guard
from sekisho.proxy.holding import HELD, Hold
from sekisho.verdict import Level, Verdict

from .conftest import CLEAN, click, make_flow


def connect(guard: Guard, flow: http.HTTPFlow, host: str = CLEAN, port: int = 443) -> str | None:
    server = tflow.tserver_conn()
    server.address, server.error = (host, port), None
    guard.server_connect(ServerConnectionHookData(server, flow.client_conn))
    return server.error


@pytest.mark.parametrize("hook", ["requestheaders", "request"])
def test_an_unjudged_request_gets_a_page_that_does_not_call_it_bad(hook: str) -> None:
    flow = click(f"https://{CLEAN}/", accept_language="en")
    getattr(Guard(Connections()), hook)(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503
    assert "could not be checked" in (flow.response.get_text() or "")


def test_an_earlier_approval_of_the_connection_does_not_cover_a_later_request() -> None:
    approvals = Connections()
    flow = click(f"https://{CLEAN}/")
    approvals.approve(flow.client_conn.id, CLEAN, 443, "192.168.1.20", ())
    Guard(approvals).requestheaders(flow)
    assert flow.response is not None


def test_a_judged_request_is_left_alone() -> None:
    flow = click(f"https://{CLEAN}/")
    flow.metadata[ACTION] = Forward(Verdict(Level.PASS), cleared=True)
    guard = Guard(Connections())
    guard.requestheaders(flow)
    guard.request(flow)
    assert flow.response is None


def test_a_judged_request_in_which_nobody_looked_for_secrets_does_not_go_up() -> None:
    flow = click(f"https://{CLEAN}/")
    flow.metadata[ACTION] = Forward(Verdict(Level.PASS))
    guard = Guard(Connections())
    guard.requestheaders(flow)
    assert flow.response is None
    guard.request(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503


def test_an_answer_of_another_addon_is_left_alone() -> None:
    flow = click(f"https://{CLEAN}/")
    flow.response = http.Response.make(418)
    Guard(Connections()).request(flow)
    assert flow.response.status_code == 418


def test_no_connection_without_approval_and_none_after_it_ended() -> None:
    approvals = Connections()
    guard = Guard(approvals)
    flow = click(f"https://{CLEAN}/")
    assert connect(guard, flow)
    approvals.approve(flow.client_conn.id, CLEAN, 443, "192.168.1.20", ())
    assert connect(guard, flow) is None
    assert connect(guard, flow, port=22)
    stranger = click(f"https://{CLEAN}/")
    stranger.client_conn.id = "another connection"
    assert connect(guard, stranger)
    guard.client_disconnected(flow.client_conn)
    assert connect(guard, flow)


def test_a_portal_request_may_send_its_form_before_it_is_answered() -> None:
    flow = make_flow("https://sekisho.internal/w/x", method="POST")
    guard = Guard(Connections())
    guard.requestheaders(flow)
    assert flow.response is None
    guard.request(flow)  # the portal did not answer
    assert flow.response is not None
    assert flow.response.status_code == 503


@pytest.mark.parametrize("host", ["", "a b", "xn--0", "\udcff"])
def test_a_page_for_any_host(host: str) -> None:
    flow = click(f"https://{CLEAN}/")
    flow.request.host = host
    Guard(Connections()).request(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503


def test_an_answer_that_nobody_looked_at_is_not_shown() -> None:
    guard, flow = Guard(Connections()), click(f"https://{CLEAN}/", accept_language="en")
    flow.metadata[ACTION] = Forward(Verdict(Level.PASS))
    flow.response = http.Response.make(200, b"<title>unread</title>")
    flow.response.stream = True
    guard.responseheaders(flow)
    assert isinstance(flow.metadata[HELD], Hold)
    assert flow.response.stream is False
    guard.page(flow)
    assert "could not be checked" in (flow.response.get_text() or "")


@pytest.mark.parametrize("held", [None, Hold(decided=True)])
def test_an_answer_that_somebody_decided_on_is_left_alone(held: Hold | None) -> None:
    guard, flow = Guard(Connections()), click(f"https://{CLEAN}/")
    flow.metadata[ACTION] = Forward(Verdict(Level.PASS))
    flow.metadata[HELD] = held
    flow.response = http.Response.make(200, b"read")
    guard.responseheaders(flow)
    guard.page(flow)
    assert flow.response.text == "read"


@pytest.mark.parametrize("hook", ["requestheaders", "request"])
def test_a_request_that_cannot_be_read_gets_a_page_too(hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What raised before the Guard must not raise in it: mitmproxy would let the request pass."""

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("sekisho.proxy.flows.read_request", breaks)
    flow = click(f"https://{CLEAN}/")
    getattr(Guard(Connections()), hook)(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503
