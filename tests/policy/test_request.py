"""What is read wrongly off a head is judged as another kind of request."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.http import Headers

from sekisho.link import host_link
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request, read_request

LINK = host_link("tanaka-tofu-ten.jp")
NAMES = (
    "accept",
    "origin",
    "purpose",
    "referer",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "sec-purpose",
    "service-worker",
    "user-agent",
    "x-moz",
)
VALUES = st.one_of(
    st.sampled_from(
        ["navigate", "document", "iframe", "empty", "script", "none", "cross-site", "prefetch", "text/html"]
    ),
    st.binary(max_size=60).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
)


def read(headers: dict[str, str], method: str = "GET", *hosts: str) -> Request:
    wire = Headers(
        [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers.items()]
    )
    links = tuple(map(host_link, hosts)) or (LINK,)
    return read_request(
        method,
        "https://tanaka-tofu-ten.jp/a?b=c",
        "/a?b=c",
        wire,
        links=links,
        shown=LINK,
        client="192.168.1.20",
    )


@given(
    st.dictionaries(st.sampled_from(NAMES), VALUES),
    st.sampled_from(["GET", "POST", "", "geT"]),
    st.text(max_size=40),
)
def test_any_head_is_a_request_of_one_of_four_kinds(headers: dict[str, str], method: str, host: str) -> None:
    """A raise would cost every page of who sends such a header: nothing undecided goes up."""
    request = read(headers, method, host)
    assert request.kind in {Kind.CLICK, Kind.FRAME, Kind.RESOURCE, Kind.AHEAD}
    assert request.is_navigation is (request.kind in {Kind.CLICK, Kind.FRAME})
    assert not request.is_shown or (request.kind, request.method) == (Kind.CLICK, "GET")


CLICK = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
HEADS: list[tuple[str, dict[str, str], dict[str, Any]]] = [
    ("a click", CLICK, {"kind": Kind.CLICK, "is_seen": True, "is_get_click": True, "is_shown": True}),
    (
        "a frame",
        {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
        {"kind": Kind.FRAME, "is_seen": False, "is_navigation": True, "is_shown": False},
    ),
    (
        "a link that saves",
        {"sec-fetch-mode": "navigate", "sec-fetch-dest": "empty"},
        {"kind": Kind.CLICK, "is_seen": False, "is_shown": False},
    ),
    ("a picture", {"sec-fetch-mode": "no-cors"}, {"kind": Kind.RESOURCE, "is_navigation": False}),
    ("a worker", {"service-worker": " Script "}, {"wants_worker": True}),
    ("no worker", {"service-worker": "navigation"}, {"wants_worker": False}),
    (
        "where it comes from",
        {**CLICK, "sec-fetch-site": " Cross-Site "},
        {"site": "cross-site", "is_typed": False},
    ),
    ("typed", {**CLICK, "sec-fetch-site": "none"}, {"site": "none", "is_typed": True}),
    ("nothing", {}, {"site": "", "referer": "", "agent": "", "wants_worker": False, "is_typed": False}),
    ("names", {"referer": "https://a.jp/", "user-agent": "b"}, {"referer": "https://a.jp/", "agent": "b"}),
]


@pytest.mark.parametrize(("headers", "fields"), [row[1:] for row in HEADS], ids=[row[0] for row in HEADS])
def test_what_stands_in_a_head(headers: dict[str, str], fields: dict[str, Any]) -> None:
    request = read(headers)
    assert {name: getattr(request, name) for name in fields} == fields


def test_the_target_leads_and_gives_the_scheme() -> None:
    request = read({}, "POST", "first.jp", "second.jp")
    assert (request.link.host, request.scheme, request.method) == ("first.jp", "https", "POST")
    assert (request.url, request.path) == ("https://tanaka-tofu-ten.jp/a?b=c", "/a?b=c")


def test_a_form_is_not_shown_a_question_about_something_else() -> None:
    assert not read(CLICK, "POST").is_shown


def test_a_page_that_calls_itself_by_one_name_of_several_did_not_type_the_others() -> None:
    """The page of a hostile name must not reach the router by naming it in `Host`."""
    referer = {"referer": "http://evil.example/", "accept": "text/html"}
    assert read(referer, "GET", "evil.example").is_typed
    assert not read(referer, "GET", "evil.example", "192.168.1.1").is_typed
    assert read({"accept": "text/html"}, "GET", "evil.example", "192.168.1.1").is_typed
