"""An icon is compared as it passes, and delays nothing; what is compared is in tests/engine/test_icons.py."""

import asyncio
import gzip
from dataclasses import replace

import pytest
from mitmproxy import http

from sekisho.engine.engine import Engine
from sekisho.engine.page_icons import Waiting
from sekisho.link import host_link
from sekisho.page import PageIndex, examine
from sekisho.page.icons import LARGEST, hashes_of
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decisions
from sekisho.policy.navigation import Kind
from sekisho.proxy.icon import COPY, Icon
from sekisho.rulebook import load_rulebook
from sekisho.verdict import Level, Verdict

from .conftest import CLEAN, NOW, forwarded, make_flow

ICON = b"\x89PNG an icon of ours"
RULES = load_rulebook()
RULES = replace(RULES, page=replace(RULES.page, icons={hashes_of(ICON)[2]: "paypal"}))
CLIENT = "192.168.1.20"
ASKS = b"<title>Account limited</title><form><input type=password></form>" + b"<p>Words of a shop.</p>" * 20


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """With a page of the host that was let through."""
    engine.current.policy = Policy(RULES, Decisions(()))
    link = host_link(CLEAN)
    examined = examine(ASKS, "", link, PageIndex(RULES))
    assert examined.standing
    page = Waiting((link,), "/login", examined.evidence, examined.standing)
    engine.icons._pages.note_page(page, ((CLEAN, "/img/7"),), NOW)
    return engine


def fetched(
    path: str = "/img/7",
    content_type: str = "image/png",
    *,
    kind: Kind = Kind.RESOURCE,
    verdict: Verdict | None = None,
    status: int = 200,
    **headers: str,
) -> http.HTTPFlow:
    flow = make_flow(f"https://{CLEAN}{path}", client=CLIENT)
    forwarded(flow, verdict or Verdict(Level.PASS), kind)
    flow.response = http.Response.make(status, b"", {"content-type": content_type})
    del flow.response.headers["content-length"]
    for name, text in headers.items():
        flow.response.headers[name.replace("_", "-")] = text
    return flow


def stream(engine: Engine, flow: http.HTTPFlow, body: bytes) -> bytes:
    """What the browser gets of an answer that streams in two pieces."""
    addon = Icon(engine)
    assert flow.response
    flow.response.stream = True
    flow.response.raw_content = None
    addon.responseheaders(flow)
    take = flow.response.stream
    pieces = (body[:7], body[7:], b"")
    got = b"".join(take(piece) for piece in pieces) if callable(take) else body
    asyncio.run(addon.response(flow))
    return got


def level(engine: Engine) -> Level:
    return engine.judge.verdict(host_link(CLEAN), CLIENT, is_click=True, path="/").level


def test_one_that_streams_passes_whole_and_is_compared(engine: Engine) -> None:
    assert stream(engine, fetched(), ICON) == ICON
    assert level(engine) is Level.WARN


@pytest.mark.parametrize("packed", [False, True])
def test_a_short_one_that_is_not_streamed(engine: Engine, packed: bool) -> None:
    flow = fetched(content_encoding="gzip" if packed else "identity")
    addon = Icon(engine)
    addon.responseheaders(flow)
    assert flow.response
    flow.response.raw_content = gzip.compress(ICON) if packed else ICON
    asyncio.run(addon.response(flow))
    assert level(engine) is Level.WARN


@pytest.mark.parametrize(
    ("flow", "body"),
    [
        (fetched(), ICON + b"!"),
        (fetched(content_type="text/html"), ICON),
        (fetched("/img/8"), ICON),
        (fetched(status=404), ICON),
        (fetched(kind=Kind.CLICK), ICON),
        (fetched(verdict=Verdict(Level.PASS, familiar=True)), ICON),
        (fetched(content_length=str(LARGEST + 1)), ICON),
        (fetched(), ICON + bytes(LARGEST)),
        (fetched(content_encoding="gzip"), ICON),
        (fetched(content_encoding="gzip"), gzip.compress(bytes(LARGEST * 9))),
    ],
    ids=lambda value: None,
)
def test_what_is_none_changes_nothing_and_passes_whole(
    engine: Engine, flow: http.HTTPFlow, body: bytes
) -> None:
    assert stream(engine, flow.copy(), body) == body
    assert level(engine) is Level.PASS


def test_what_was_not_decided_is_not_copied(engine: Engine) -> None:
    flow = fetched()
    flow.metadata.clear()
    Icon(engine).responseheaders(flow)
    assert COPY not in flow.metadata


def test_without_rules_nothing_is_copied(engine: Engine) -> None:
    engine.current.policy = None
    flow = fetched()
    Icon(engine).responseheaders(flow)
    assert COPY not in flow.metadata
