"""What goes up is read first: each row is something that a person or a page's program sends."""

import asyncio
from urllib.parse import urlencode

import pytest
from mitmproxy import http
from mitmproxy.test import tflow
from mitmproxy.websocket import WebSocketMessage
from wsproto.frame_protocol import Opcode

from sekisho.engine.engine import Engine
from sekisho.policy.action import Forward
from sekisho.policy.bodies import is_long
from sekisho.policy.navigation import Kind
from sekisho.proxy.answer import obey
from sekisho.proxy.flows import ACTION, length_of, request_of
from sekisho.proxy.secret import Secret
from sekisho.proxy.spool import LONGEST_BODY, TOO_LONG
from sekisho.store import Release
from sekisho.verdict import Evidence, Level, Reason, Verdict

from .conftest import CLEAN, FAMILIAR, NOW, click, forwarded, make_flow

CLIENT = "192.168.1.20"
CARD = urlencode({"no": "4242 4242 4242 4242"}).encode()
PASSWORD = b"user=hanako&password=sakura1995"
PASS, CAUTION = Verdict(Level.PASS), Verdict(Level.CAUTION)
ALLOWED = Verdict(Level.PASS, (Evidence(Reason.FAMILY_ALLOW, Level.PASS, "decision 1", "told"),))


def form(body: bytes = CARD, url: str = f"https://{CLEAN}/pay", verdict: Verdict = PASS) -> http.HTTPFlow:
    flow = click(
        url, content_type="application/x-www-form-urlencoded", sec_fetch_site="same-origin", user_agent="b"
    )
    flow.request.method, flow.request.raw_content = "POST", body
    forwarded(flow, verdict, Kind.CLICK)
    return flow


def opened(url: str = f"https://{CLEAN}/pay", **headers: str) -> http.HTTPFlow:
    flow = click(url, **{"sec_fetch_site": "cross-site", "user_agent": "b", **headers})
    forwarded(flow, PASS, Kind.CLICK)
    return flow


def send(secret: Secret, flow: http.HTTPFlow) -> int:
    """The status of the answer in the site's place, or 0 where it goes up."""

    async def hooks() -> None:
        verdict, length = flow.metadata[ACTION].verdict, length_of(flow.request.headers)
        head = await secret.engine.bodies.decide_head(request_of(flow), verdict, length)
        await obey(secret.engine, flow, head)
        flow.request.stream = head.cleared and is_long(length) if isinstance(head, Forward) else False
        await secret.request(flow)

    asyncio.run(hooks())
    assert (flow.response is None) == flow.metadata[ACTION].cleared
    return flow.response.status_code if flow.response else 0


def know(engine: Engine, seconds: float) -> None:
    from ..engine.test_releases import met

    met(engine, NOW - seconds)


def say_yes(engine: Engine) -> None:
    form, token = next(reversed(engine.forms._kept.values()))
    engine.forms.answer(form.id, token, CLIENT, NOW, send=True)


def test_a_card_is_held_and_sent_once_as_it_was(engine: Engine) -> None:
    secret, flow = Secret(engine), form()
    flow.request.headers["cookie"] = "s=1"
    assert send(secret, flow) == 403
    before = flow.request.copy()
    assert send(secret, opened()) == 0
    say_yes(engine)
    for stranger in (
        opened(f"https://{CLEAN}/other"),
        opened(client="192.168.1.30"),
        opened(sec_fetch_site="same-origin"),
        opened(sec_fetch_site="none"),
        opened(user_agent="another"),
    ):
        send(secret, stranger)
        assert stranger.request.method == "GET"
    back = opened()
    assert send(secret, back) == 0
    assert back.request.get_state()["headers"] == before.get_state()["headers"]
    assert (back.request.method, back.request.raw_content, back.request.url) == ("POST", CARD, before.url)
    again = opened()
    assert send(secret, again) == 0
    assert again.request.method == "GET"


PASSWORDS = [
    ("known for two days", PASS, "https", 2 * 86_400.0, 0),
    ("known since today", PASS, "https", 3_600.0, 403),
    ("caution", CAUTION, "https", 2 * 86_400.0, 403),
    ("plain http", PASS, "http", 2 * 86_400.0, 403),
    ("allowed by the family", ALLOWED, "http", 3_600.0, 0),
]


@pytest.mark.parametrize(
    ("verdict", "scheme", "seconds", "status"), [row[1:] for row in PASSWORDS], ids=[r[0] for r in PASSWORDS]
)
def test_passwords(engine: Engine, verdict: Verdict, scheme: str, seconds: float, status: int) -> None:
    know(engine, seconds)
    assert send(Secret(engine), form(PASSWORD, f"{scheme}://{CLEAN}/login", verdict)) == status


def test_a_familiar_site_is_never_looked_at(engine: Engine) -> None:
    flow = form(CARD, f"http://{FAMILIAR}/pay", Verdict(Level.PASS, (), True))
    assert send(Secret(engine), flow) == 0


def test_an_honest_form_goes_up_without_a_word(engine: Engine) -> None:
    assert send(Secret(engine), form(b"name=hanako&tel=03-1234-5678")) == 0
    assert len(engine.forms) == 0


def test_a_program_gets_403_and_the_next_click_tells_it_once(engine: Engine) -> None:
    secret = Secret(engine)
    call = make_flow(f"https://{CLEAN}/api", method="POST", referer=f"https://{CLEAN}/shop?x=1")
    call.request.raw_content = b'{"password": "sakura1995"}'
    forwarded(call, PASS, Kind.RESOURCE)
    assert send(secret, call) == 403
    assert call.response is not None
    assert call.response.headers["content-type"].startswith("text/plain")
    told = opened(f"https://{CLEAN}/")
    assert send(secret, told) == 403
    assert told.response is not None
    assert "sekisho.internal/f/" in (told.response.get_text() or "")
    assert next(iter(engine.forms._kept.values()))[0].url == f"https://{CLEAN}/shop?x=1"
    assert send(secret, opened(f"https://{CLEAN}/")) == 0


def test_an_answer_that_was_given_lets_it_up_and_long_ones_stream(engine: Engine) -> None:
    assert engine.current.store
    engine.current.store.releases.add(Release(CLEAN, CLIENT, NOW, NOW + 60, "form page"))
    secret, long = Secret(engine), form(CARD)
    assert send(secret, form()) == 0
    long.request.headers["content-length"] = str(LONGEST_BODY * 9)
    assert send(secret, long) == 0
    assert long.request.stream is True


def test_what_is_too_long_is_told_at_once_and_what_turned_out_to_be_too(engine: Engine) -> None:
    secret, known, unknown = Secret(engine), form(), form()
    known.request.headers["content-length"] = str(LONGEST_BODY + 1)
    assert send(secret, known) == 413
    unknown.request.headers.pop("content-length", None)
    unknown.request.raw_content = b""
    unknown.metadata[TOO_LONG] = True
    assert send(secret, unknown) == 413
    assert engine.forms.size == 0


def test_a_store_that_fails_holds(engine: Engine) -> None:
    engine.current.store = None
    assert send(Secret(engine), form(PASSWORD)) == 403


def message(secret: Secret, content: bytes, verdict: Verdict = PASS, *, from_client: bool = True) -> bool:
    """Whether it is relayed."""
    flow = tflow.twebsocketflow()
    flow.request.host, flow.request.scheme = CLEAN, "https"
    forwarded(flow, verdict, Kind.RESOURCE)
    assert flow.websocket
    flow.websocket.messages = [WebSocketMessage(Opcode.TEXT, from_client, content)]
    asyncio.run(secret.websocket_message(flow))
    return not flow.websocket.messages[-1].dropped


def test_messages_of_a_websocket(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Secret(engine)
    assert message(secret, b'{"text": "hello"}')
    assert not message(secret, b'{"otp": "482913"}')
    assert message(secret, b'{"otp": "482913"}', from_client=False)
    assert message(secret, b'{"otp": "482913"}', ALLOWED)

    def breaks(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("sekisho.engine.bodies.read_body", breaks)
    with pytest.raises(RuntimeError):
        message(secret, b"hello")


def test_a_field_that_the_page_masks_is_a_password_whatever_its_name(engine: Engine) -> None:
    secret, page = Secret(engine), opened(f"https://{CLEAN}/")
    body = b'<form><input type=password name="f_17"></form>'
    page.response = http.Response.make(200, body, {"Content-Type": "text/html"})
    secret.response(page)
    assert send(secret, form(b"f_17=sakura1995")) == 403
    assert send(secret, form(b"f_18=sakura1995")) == 0
