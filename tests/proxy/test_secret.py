"""What the engine decides of a body happens to the flow; what is held and why is in tests/engine/test_bodies.py."""

import asyncio
from urllib.parse import urlencode

import pytest
from mitmproxy import http
from mitmproxy.test import tflow
from mitmproxy.websocket import WebSocketMessage
from wsproto.frame_protocol import Opcode

from sekisho.engine.engine import Engine
from sekisho.policy.navigation import Kind
from sekisho.proxy.flows import ACTION, request_of
from sekisho.proxy.guard import Guard
from sekisho.proxy.secret import Secret
from sekisho.proxy.spool import TOO_LONG
from sekisho.verdict import Evidence, Level, Reason, Verdict

from .conftest import CLEAN, NOW, click, forwarded, make_flow

CLIENT = "192.168.1.20"
CARD = urlencode({"no": "4242 4242 4242 4242"}).encode()
PASS = Verdict(Level.PASS)
ALLOWED = Verdict(Level.PASS, (Evidence(Reason.FAMILY_ALLOW, Level.PASS, "decision 1", "told"),))


def form(body: bytes = CARD, url: str = f"https://{CLEAN}/pay") -> http.HTTPFlow:
    flow = click(
        url, content_type="application/x-www-form-urlencoded", sec_fetch_site="same-origin", user_agent="b"
    )
    flow.request.method, flow.request.raw_content = "POST", body
    forwarded(flow, PASS, Kind.CLICK)
    return flow


def opened(url: str = f"https://{CLEAN}/pay", **headers: str) -> http.HTTPFlow:
    flow = click(url, **{"sec_fetch_site": "cross-site", "user_agent": "b", **headers})
    forwarded(flow, PASS, Kind.CLICK)
    return flow


def send(engine: Engine, flow: http.HTTPFlow) -> int:
    """The status of the answer in the site's place, or 0 where it goes up."""
    asyncio.run(Secret(engine).request(flow))
    assert (flow.response is None) == flow.metadata[ACTION].cleared
    return flow.response.status_code if flow.response else 0


def answer_yes(engine: Engine) -> None:
    form, token = next(reversed(engine.forms._kept.values()))
    engine.forms.answer(form.id, token, CLIENT, NOW, send=True)


def test_a_form_that_was_held_goes_up_as_it_was_in_place_of_the_click(engine: Engine) -> None:
    flow = form()
    flow.request.headers["cookie"] = "s=1"
    assert send(engine, flow) == 403
    assert flow.response is not None
    assert "sekisho.internal/f/" in (flow.response.get_text() or "")
    before = flow.request.copy()
    answer_yes(engine)
    back = opened()
    assert send(engine, back) == 0
    assert back.request.get_state()["headers"] == before.get_state()["headers"]
    assert (back.request.method, back.request.raw_content, back.request.url) == ("POST", CARD, before.url)
    assert (request_of(back).method, request_of(back).site) == ("POST", "same-origin")
    again = opened()
    assert send(engine, again) == 0
    assert again.request.method == "GET"


def test_the_size_of_what_is_held_is_that_of_the_whole_request(engine: Engine) -> None:
    """Else a device could fill the memory with cookies."""
    flow = form()
    flow.request.headers["cookie"] = "s" * 9_000
    send(engine, flow)
    assert engine.forms.size > 9_000 + len(CARD)


def test_a_script_gets_one_line_and_the_next_click_a_page(engine: Engine) -> None:
    call = make_flow(f"https://{CLEAN}/api", method="POST", referer=f"https://{CLEAN}/shop?x=1")
    call.request.raw_content = b'{"password": "sakura1995"}'
    forwarded(call, PASS, Kind.RESOURCE)
    assert send(engine, call) == 403
    assert call.response is not None
    assert call.response.headers["content-type"].startswith("text/plain")
    sentence = opened(f"https://{CLEAN}/")
    assert send(engine, sentence) == 403
    assert sentence.response is not None
    assert "sekisho.internal/f/" in (sentence.response.get_text() or "")


def test_what_turned_out_to_be_too_long_is_not_sent(engine: Engine) -> None:
    flow = form(b"")
    flow.metadata[TOO_LONG] = True
    assert send(engine, flow) == 413


@pytest.mark.parametrize("state", ["cleared", "answered", "undecided", "failed"])
def test_what_needs_no_reading_is_not_read(engine: Engine, state: str) -> None:
    flow = form()
    if state == "cleared":
        forwarded(flow, PASS, cleared=True)
    elif state == "answered":
        flow.response = http.Response.make(418)
    elif state == "undecided":
        del flow.metadata[ACTION]
    else:
        flow.error = tflow.terr()
    asyncio.run(Secret(engine).request(flow))
    assert len(engine.forms) == 0
    assert flow.response is None or flow.response.status_code == 418


def test_a_raise_sends_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("sekisho.engine.bodies.read_body", breaks)
    flow = form()
    with pytest.raises(RuntimeError):
        asyncio.run(Secret(engine).request(flow))
    Guard(engine.connections).request(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503


def message(engine: Engine, content: bytes, verdict: Verdict = PASS, *, from_client: bool = True) -> bool:
    """Whether it is relayed."""
    flow = tflow.twebsocketflow()
    flow.request.host, flow.request.scheme = CLEAN, "https"
    forwarded(flow, verdict, Kind.RESOURCE)
    assert flow.websocket
    flow.websocket.messages = [WebSocketMessage(Opcode.TEXT, from_client, content)]
    try:
        asyncio.run(Secret(engine).websocket_message(flow))
    finally:
        relayed = not flow.websocket.messages[-1].dropped
    return relayed


def test_messages_of_a_websocket(engine: Engine) -> None:
    assert message(engine, b'{"text": "hello"}')
    assert not message(engine, b'{"otp": "482913"}')
    assert message(engine, b'{"otp": "482913"}', from_client=False)
    assert message(engine, b'{"otp": "482913"}', ALLOWED)


def test_a_message_is_dropped_where_it_could_not_be_read(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("sekisho.engine.bodies.read_body", breaks)
    flow = tflow.twebsocketflow()
    forwarded(flow, PASS, Kind.RESOURCE)
    assert flow.websocket
    flow.websocket.messages = [WebSocketMessage(Opcode.TEXT, True, b"hello")]
    with pytest.raises(RuntimeError):
        asyncio.run(Secret(engine).websocket_message(flow))
    assert flow.websocket.messages[-1].dropped


def test_a_page_is_read_for_the_fields_that_it_masks(engine: Engine) -> None:
    page = opened(f"https://{CLEAN}/")
    body = b'<form><input type=password name="f_17"></form>'
    page.response = http.Response.make(200, body, {"Content-Type": "text/html"})
    Secret(engine).response(page)
    assert send(engine, form(b"f_17=sakura1995")) == 403
    assert send(engine, form(b"f_18=sakura1995")) == 0
