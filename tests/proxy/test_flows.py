"""What is read wrongly off a request is judged wrongly."""

from sekisho.portal.page import Page
from sekisho.proxy.flows import answer_with, client_address, is_portal, language_of, names_of

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
