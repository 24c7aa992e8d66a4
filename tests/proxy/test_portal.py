"""The portal answers from inside; a form of it that is lost or doubled is a choice that was not made."""

import asyncio

from flask import Flask, request
from mitmproxy import http

from sekisho.proxy.portal import Portal

from .conftest import make_flow


def app() -> Flask:
    app = Flask("test")

    @app.route("/w/<name>", methods=["GET", "POST"])
    def echo(name: str) -> tuple[dict[str, object], int, dict[str, str]]:
        sentence: dict[str, object] = {
            "name": name,
            "method": request.method,
            "host": request.host,
            "scheme": request.scheme,
            "client": request.remote_addr,
            "query": request.query_string.decode(),
            "form": request.form.to_dict(),
            "origin": request.headers.get("Origin"),
            "cookies": request.cookies.to_dict(),
        }
        return sentence, 200, {"X-Test": "1"}

    return app


def ask(flow: http.HTTPFlow) -> http.Response | None:
    asyncio.run(Portal(app()).request(flow))
    return flow.response


def test_the_app_sees_the_request_as_the_browser_sent_it() -> None:
    flow = make_flow(
        "https://sekisho.internal/w/%E9%96%A2?x=1", method="POST", origin="https://sekisho.internal",
        content_type="application/x-www-form-urlencoded", host="sekisho.internal",
    )  # fmt: skip
    flow.request.content = b"token=abc"
    response = ask(flow)
    assert response is not None
    assert response.status_code == 200
    assert response.headers["x-test"] == "1"
    assert response.json() == {
        "name": "関", "method": "POST", "host": "sekisho.internal", "scheme": "https", "client": "192.168.1.20",
        "query": "x=1", "form": {"token": "abc"}, "origin": "https://sekisho.internal", "cookies": {},
    }  # fmt: skip


def test_other_hosts_are_not_answered() -> None:
    assert ask(make_flow("https://example.com/w/x")) is None


def test_another_addon_s_answer_stands() -> None:
    flow = make_flow("https://sekisho.internal/w/x")
    flow.response = http.Response.make(418)
    assert ask(flow) is flow.response
    assert flow.response.status_code == 418


def test_the_proxy_s_own_address_is_answered_too() -> None:
    response = ask(make_flow("http://127.0.0.1:8080/w/x", host="127.0.0.1:8080"))
    assert response is not None
    assert response.json()["host"] == "127.0.0.1:8080"


def test_cookies_that_came_one_by_one_are_all_read() -> None:
    """As HTTP/2 sends them; joined by commas, a session would be no session."""
    flow = make_flow("https://sekisho.internal/w/x")
    flow.request.headers.set_all("cookie", ["a=1", "b=2; c=3"])
    response = ask(flow)
    assert response is not None
    assert response.json()["cookies"] == {"a": "1", "b": "2", "c": "3"}
