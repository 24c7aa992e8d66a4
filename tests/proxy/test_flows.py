"""What is read wrongly off a request is judged wrongly."""

from dataclasses import replace

import pytest
from mitmproxy.http import Headers
from mitmproxy.test import tflow

from sekisho.policy.action import Forward
from sekisho.policy.navigation import Kind
from sekisho.portal.page import Page
from sekisho.proxy.flows import (
    ACTION,
    action_of,
    answer_with,
    client_address,
    connection_of,
    is_cleared,
    is_portal,
    language_of,
    length_of,
    names_of,
    read_again,
    request_of,
)
from sekisho.verdict import Level, Verdict

from .conftest import click, make_flow


def test_every_name_of_a_request_is_known_once() -> None:
    flow = make_flow("https://example.com/", sni="evil.example.org", host="other.example.net:443")
    assert [link.host for link in names_of(flow)] == ["example.com", "other.example.net", "evil.example.org"]
    assert [link.host for link in names_of(make_flow("https://a.jp/", sni="a.jp"))] == ["a.jp"]


def test_a_request_with_no_name_is_unreadable_not_nameless() -> None:
    flow = make_flow("http://x/")
    flow.request.host = ""
    flow.request.headers.pop("host", None)
    assert all(link.flaws for link in names_of(flow))


def test_a_device_is_known_by_one_address() -> None:
    flow = make_flow("http://a.jp/", client="::ffff:192.168.1.20")
    assert client_address(flow.client_conn) == "192.168.1.20"
    flow.client_conn.peername = ("fe80::1%eth0", 1)
    assert client_address(flow.client_conn) == "fe80::1"


def test_an_answer_carries_the_page_s_headers_and_nothing_of_mitmproxy_s() -> None:
    flow = click("https://a.jp/")
    answer_with(flow, Page(403, (("Cache-Control", "no-store"), ("X-A", "é")), b"text"))
    assert flow.response is not None
    assert (flow.response.status_code, flow.response.content) == (403, b"text")
    assert dict(flow.response.headers) == {"Cache-Control": "no-store", "X-A": "é", "content-length": "4"}


def test_the_language_is_the_browser_s() -> None:
    assert language_of(click("https://a.jp/", accept_language="en-GB,en;q=0.9")) == "en"
    assert language_of(click("https://a.jp/")) == "ja"


def test_the_portal_is_its_name_or_the_proxy_s_own_address_and_nothing_else() -> None:
    assert is_portal(make_flow("https://sekisho.internal/"))
    assert is_portal(make_flow("http://127.0.0.1:8080/"))
    assert is_portal(make_flow("http://192.0.2.1/"))
    assert not is_portal(make_flow("https://192.0.2.1/"))
    assert not is_portal(make_flow("http://192.0.2.1:8080/"))
    assert not is_portal(make_flow("http://192.0.2.1/", host="evil.example.org"))
    assert not is_portal(make_flow("http://127.0.0.1:8081/"))
    assert not is_portal(make_flow("https://www.sekisho.internal/"))
    # DNS rebinding: the name of a hostile site that leads to the proxy's own port
    assert not is_portal(make_flow("http://127.0.0.1:8080/", host="evil.example.org:8080"))
    assert not is_portal(make_flow("https://sekisho.internal/", host="evil.example.org"))
    assert not is_portal(make_flow("https://evil.example.org/", host="sekisho.internal"))


def test_the_proxy_s_own_address_is_the_portal_over_https_too() -> None:
    """A phone that does not use the proxy types a password there."""
    for scheme in ("http", "https"):
        assert is_portal(make_flow(f"{scheme}://127.0.0.1:8080/desk", host="127.0.0.1:8080"))
        assert not is_portal(make_flow(f"{scheme}://127.0.0.1:8081/desk", host="127.0.0.1:8081"))
        assert not is_portal(make_flow(f"{scheme}://127.0.0.1:8080/desk", host="evil.example:8080"))


def test_a_request_is_read_off_its_flow() -> None:
    flow = click(
        "http://a.jp:8080/x?y=z",
        host="b.jp:8080",
        referer="https://c.jp/",
        user_agent="b",
        client="fe80::1%eth0",
    )
    request = request_of(flow)
    assert [link.host for link in request.links] == ["a.jp", "b.jp"]
    assert (request.shown.host, request.shown.port, request.client) == ("b.jp", 8080, "fe80::1")
    assert (request.kind, request.method, request.scheme) == (Kind.CLICK, "GET", "http")
    assert (request.url, request.path) == ("http://b.jp:8080/x?y=z", "/x?y=z")
    assert (request.referer, request.agent) == ("https://c.jp/", "b")


def test_a_request_is_read_once_and_again_where_it_was_replaced() -> None:
    flow = click("https://a.jp/")
    first = request_of(flow)
    flow.request.url = "https://b.jp/"
    assert request_of(flow) is first
    assert read_again(flow).link.host == "b.jp"
    assert request_of(flow).link.host == "b.jp"


def test_an_action_counts_until_somebody_has_answered() -> None:
    flow = click("https://a.jp/")
    assert action_of(flow) is None
    flow.metadata[ACTION] = action = Forward(Verdict(Level.PASS))
    assert action_of(flow) is action
    assert not is_cleared(flow)
    flow.metadata[ACTION] = replace(action, cleared=True)
    assert is_cleared(flow)
    flow.error = tflow.terr()
    assert action_of(flow) is None
    flow.error = None
    answer_with(flow, Page(403, (), b""))
    assert action_of(flow) is None


@pytest.mark.parametrize(
    ("text", "length"),
    [("0", 0), ("65537", 65537), ("", None), ("-1", None), ("1e3", None), ("٣", None), ("9" * 19, None)],
)
def test_a_length_that_is_not_said_in_digits_is_unknown(text: str, length: int | None) -> None:
    assert length_of(Headers([(b"Content-Length", text.encode())])) == length


@pytest.mark.parametrize(
    ("port", "offers", "is_web"),
    [(443, (), True), (993, (), False), (8443, (b"h2", b"http/1.1"), True), (443, (b"imap",), False)],
)
def test_a_connection_is_of_the_web_by_what_it_offers(
    port: int, offers: tuple[bytes, ...], is_web: bool
) -> None:
    client = make_flow("https://a.jp/").client_conn
    connection = connection_of(client, ("a.jp", port), "b.jp", offers)
    assert [(link.host, link.port) for link in connection.links] == [("a.jp", port), ("b.jp", port)]
    assert (connection.client, connection.port, connection.is_web) == ("192.168.1.20", port, is_web)
    assert len(connection_of(client, ("a.jp", port), "a.jp", offers).links) == 1
