"""A click that is taken for a picture gets no page; a guess ahead that is served leaves no click to judge."""

import pytest
from mitmproxy.http import Headers

from sekisho.policy.navigation import Kind, is_seen, is_typed, kind_of

CHROME_HTTP = {"Upgrade-Insecure-Requests": "1", "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

KINDS = [
    ("https click", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, Kind.CLICK),
    ("click through a service worker", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "empty"}, Kind.CLICK),
    (
        "click by a script, no user",
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"},
        Kind.CLICK,
    ),
    ("iframe", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, Kind.FRAME),
    ("object", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"}, Kind.FRAME),
    ("image", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Accept": "image/*"}, Kind.RESOURCE),
    ("fetch that asks for html", {"Sec-Fetch-Mode": "cors", "Accept": "text/html"}, Kind.RESOURCE),
    ("web socket", {"Sec-Fetch-Mode": "websocket"}, Kind.RESOURCE),
    ("plain http click, Chromium", CHROME_HTTP, Kind.CLICK),
    ("plain http click, old Safari", {"Accept": "text/html,*/*;q=0.8"}, Kind.CLICK),
    ("plain http image", {"Accept": "image/avif,image/webp,*/*;q=0.8"}, Kind.RESOURCE),
    ("a program", {"Accept": "*/*"}, Kind.RESOURCE),
    ("nothing", {}, Kind.RESOURCE),
    ("prefetch", {"Sec-Purpose": "prefetch", "Sec-Fetch-Mode": "no-cors"}, Kind.AHEAD),
    ("prerender", {"Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Mode": "navigate"}, Kind.AHEAD),
    ("old prefetch", {"Purpose": "prefetch"}, Kind.AHEAD),
    ("Firefox prefetch", {"X-Moz": "prefetch", "Accept": "text/html"}, Kind.AHEAD),
]


@pytest.mark.parametrize(("headers", "kind"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_requests_are_told_apart_as_browsers_send_them(headers: dict[str, str], kind: Kind) -> None:
    wire = Headers([(name.encode(), value.encode()) for name, value in headers.items()])
    assert kind_of(wire) is kind


TYPED = [
    ("typed, https", "GET", {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, True),
    ("its own picture, https", "GET", {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors"}, True),
    ("a link elsewhere, https", "GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, False),
    ("typed, http", "GET", CHROME_HTTP, True),
    ("its own picture, http", "GET", {"Referer": "http://192.168.1.1/"}, True),
    ("its own form, http", "POST", {"Origin": "http://192.168.1.1", **CHROME_HTTP}, True),
    ("its own form, other port", "POST", {"Origin": "http://192.168.1.1:80", **CHROME_HTTP}, True),
    ("a picture in another site", "GET", {"Referer": "http://evil.example/", "Accept": "image/*"}, False),
    ("a picture that hides where it stands", "GET", {"Accept": "image/*"}, False),
    ("a form of another site", "POST", {"Origin": "http://evil.example", **CHROME_HTTP}, False),
    ("a form that hides where it stands", "POST", {"Origin": "null", **CHROME_HTTP}, False),
    ("a site that only looks like it", "GET", {"Referer": "http://192.168.1.1.evil.example/"}, False),
    ("a user name that looks like it", "GET", {"Referer": "http://192.168.1.1@evil.example/"}, False),
]


@pytest.mark.parametrize(
    ("method", "headers", "typed"), [row[1:] for row in TYPED], ids=[row[0] for row in TYPED]
)
def test_only_what_a_person_typed_may_open_the_router(
    method: str, headers: dict[str, str], typed: bool
) -> None:
    wire = Headers([(name.encode(), value.encode()) for name, value in headers.items()])
    assert is_typed(method, wire, "192.168.1.1") is typed


def test_an_ipv6_router_is_its_own_page_too() -> None:
    assert is_typed("GET", Headers([(b"Referer", b"http://[fd00::1]:80/x")]), "fd00::1")


@pytest.mark.parametrize(
    ("headers", "seen"),
    [
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, True),
        (CHROME_HTTP, True),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, False),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "empty"}, False),  # <a download>, Chromium
    ],
)
def test_what_a_hidden_frame_or_a_saving_link_gets_is_not_seen(headers: dict[str, str], seen: bool) -> None:
    assert is_seen(Headers([(k.encode(), v.encode()) for k, v in headers.items()])) is seen
