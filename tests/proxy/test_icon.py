"""An icon that proves to be a brand's counts for the pages that show it, and delays nothing."""

import asyncio
import gzip
import sqlite3
from contextlib import closing
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
from sekisho.verdict import Level, PageSign, Verdict

from .conftest import CLEAN, NOW, forwarded, make_flow

ICON = b"\x89PNG an icon of ours"
RULES = load_rulebook()
RULES = replace(RULES, page=replace(RULES.page, icons={hashes_of(ICON)[2]: "paypal"}))
INDEX = PageIndex(RULES)
CLIENT = "192.168.1.20"
ASKS = b"<title>Account limited</title><form><input type=password></form>" + b"<p>Words of a shop.</p>" * 20


@pytest.fixture
def engine(engine: Engine) -> Engine:
    engine.current.policy = Policy(RULES, Decisions(()))
    return engine


@pytest.fixture
def shown(engine: Engine) -> Waiting:
    """A page of the host that was let through."""
    link = host_link(CLEAN)
    examined = examine(ASKS, "", link, INDEX)
    assert examined.standing
    page = Waiting((link,), "/login", examined.evidence, examined.standing)
    engine.icons._pages.note_page(page, ((CLEAN, "/img/7"),), NOW)
    return page


def fetched(
    path: str,
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


def test_the_host_of_a_page_that_shows_it_is_warned_of(engine: Engine, shown: Waiting) -> None:
    before = shown.evidence[0].level
    assert stream(engine, fetched("/img/7"), ICON) == ICON
    verdict = engine.judge.verdict(host_link(CLEAN), CLIENT, is_click=True, path="/other")
    assert (before, verdict.level) == (Level.CAUTION, Level.WARN)
    found = verdict.evidence[0]
    assert (found.brand, found.at) == ("paypal", NOW)
    assert (PageSign.ICON, "paypal.com") in found.signs
    with closing(sqlite3.connect(engine.settings.state / "sekisho.db")) as database:
        assert database.execute("select host, level from verdicts").fetchall() == [(CLEAN, Level.WARN)]


@pytest.mark.parametrize("packed", [False, True])
def test_a_short_one_that_is_not_streamed(engine: Engine, shown: Waiting, packed: bool) -> None:
    flow = fetched("/img/7", content_encoding="gzip" if packed else "identity")
    addon = Icon(engine)
    addon.responseheaders(flow)
    assert flow.response
    flow.response.raw_content = gzip.compress(ICON) if packed else ICON
    asyncio.run(addon.response(flow))
    assert level(engine) is Level.WARN


def test_an_icon_that_came_before_its_page_is_remembered(engine: Engine) -> None:
    stream(engine, fetched("/favicon.ico", "application/octet-stream"), ICON)
    assert level(engine) is Level.PASS
    page = Waiting((host_link(CLEAN),), "/", (), examine(ASKS, "", host_link(CLEAN), INDEX).standing)  # type: ignore[arg-type]
    assert engine.icons._pages.note_page(page, ((CLEAN, "/favicon.ico"),), NOW) == ("paypal",)


@pytest.mark.parametrize(
    ("flow", "body"),
    [
        (fetched("/img/7"), ICON + b"!"),
        (fetched("/img/7", "text/html"), ICON),
        (fetched("/img/8"), ICON),
        (fetched("/img/7", status=404), ICON),
        (fetched("/img/7", kind=Kind.CLICK), ICON),
        (fetched("/img/7", verdict=Verdict(Level.PASS, familiar=True)), ICON),
        (fetched("/img/7", content_length=str(LARGEST + 1)), ICON),
        (fetched("/img/7"), ICON + bytes(LARGEST)),
        (fetched("/img/7", content_encoding="gzip"), ICON),
        (fetched("/img/7", content_encoding="gzip"), gzip.compress(bytes(LARGEST * 9))),
    ],
    ids=lambda value: None,
)
def test_what_is_none_changes_nothing_and_passes_whole(
    engine: Engine, shown: Waiting, flow: http.HTTPFlow, body: bytes
) -> None:
    assert stream(engine, flow.copy(), body) == body
    assert level(engine) is Level.PASS


def test_without_icons_in_the_rules_or_without_rules_nothing_is_copied(
    engine: Engine, shown: Waiting
) -> None:
    engine.current.policy = Policy(replace(RULES, page=replace(RULES.page, icons={})), Decisions(()))
    flow = fetched("/img/7")
    Icon(engine).responseheaders(flow)
    assert COPY not in flow.metadata
    engine.current.policy = None
    Icon(engine).responseheaders(flow)
    assert COPY not in flow.metadata


def test_a_store_that_fails_costs_the_record_and_not_the_sign(engine: Engine, shown: Waiting) -> None:
    engine.current.store = None
    stream(engine, fetched("/img/7"), ICON)
    assert level(engine) is Level.WARN
