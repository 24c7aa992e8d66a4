"""An icon that proves to be a brand's counts for the pages that show it."""

import asyncio
import gzip
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from sekisho.engine.engine import Engine
from sekisho.engine.page_icons import Waiting
from sekisho.link import host_link
from sekisho.page import PageIndex, examine
from sekisho.page.icons import LARGEST, hashes_of
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decisions
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request
from sekisho.rulebook import load_rulebook
from sekisho.verdict import Evidence, Level, PageSign, Reason, Verdict

from ..proxy.conftest import CLEAN, NOW
from .conftest import CLIENT, make_request

ICON = b"\x89PNG an icon of ours"
RULES = load_rulebook()
RULES = replace(RULES, page=replace(RULES.page, icons={hashes_of(ICON)[2]: "paypal"}))
INDEX = PageIndex(RULES)
LINK = host_link(CLEAN)
PASS = Verdict(Level.PASS)
ALLOWED = Verdict(Level.PASS, (Evidence(Reason.FAMILY_ALLOW, Level.PASS, "decision 1", "told"),))
ASKS = b"<title>Account limited</title><form><input type=password></form>" + b"<p>Words of a shop.</p>" * 20


@pytest.fixture
def engine(engine: Engine) -> Engine:
    engine.current.policy = Policy(RULES, Decisions(()))
    return engine


@pytest.fixture
def shown(engine: Engine) -> Waiting:
    """A page of the host that was let through."""
    examined = examine(ASKS, "", LINK, INDEX)
    assert examined.standing
    page = Waiting((LINK,), "/login", examined.evidence, examined.standing)
    engine.icons._pages.note_page(page, ((CLEAN, "/img/7"),), NOW)
    return page


def fetch(path: str, kind: Kind = Kind.RESOURCE) -> Request:
    return make_request(f"https://{CLEAN}{path}", kind)


def compare(engine: Engine, body: bytes = ICON, coding: str = "", path: str = "/img/7") -> Level:
    """The level of the host afterwards."""
    asyncio.run(engine.icons.compare(fetch(path), body, coding))
    return engine.judge.verdict(LINK, CLIENT, is_click=True, path="/").level


def test_the_host_of_a_page_that_shows_it_is_warned_of(engine: Engine, shown: Waiting) -> None:
    before = shown.evidence[0].level
    compare(engine)
    verdict = engine.judge.verdict(LINK, CLIENT, is_click=True, path="/other")
    assert (before, verdict.level) == (Level.CAUTION, Level.WARN)
    found = verdict.evidence[0]
    assert (found.brand, found.at) == ("paypal", NOW)
    assert (PageSign.ICON, "paypal.com") in found.signs
    with closing(sqlite3.connect(engine.settings.state / "sekisho.db")) as database:
        assert database.execute("select host, level from verdicts").fetchall() == [(CLEAN, Level.WARN)]


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_it_is_unpacked_first(engine: Engine, shown: Waiting, coding: str) -> None:
    assert compare(engine, gzip.compress(ICON) if coding else ICON, coding) is Level.WARN


def test_an_icon_that_came_before_its_page_is_remembered(engine: Engine) -> None:
    assert compare(engine, path="/favicon.ico") is Level.PASS
    page = Waiting((LINK,), "/", (), examine(ASKS, "", LINK, INDEX).standing)  # type: ignore[arg-type]
    assert engine.icons._pages.note_page(page, ((CLEAN, "/favicon.ico"),), NOW) == ("paypal",)


@pytest.mark.parametrize(
    ("body", "coding", "path"),
    [
        (ICON + b"!", "", "/img/7"),
        (ICON, "", "/img/8"),
        (ICON, "gzip", "/img/7"),
        (gzip.compress(bytes(LARGEST * 9)), "gzip", "/img/7"),
    ],
    ids=["another picture", "no page names it", "not what it says", "too large when unpacked"],
)
def test_what_is_none_changes_nothing(
    engine: Engine, shown: Waiting, body: bytes, coding: str, path: str
) -> None:
    assert compare(engine, body, coding, path) is Level.PASS


COPIED = [
    ("a page names it", "/img/7", "image/png", None, True),
    ("a browser asks for it by itself", "/favicon.ico", "application/octet-stream", None, True),
    ("its length is not too much", "/img/7", "image/png", LARGEST, True),
    ("too long", "/img/7", "image/png", LARGEST + 1, False),
    ("no picture", "/img/7", "text/html", None, False),
    ("no page names it", "/img/8", "image/png", None, False),
]


@pytest.mark.parametrize(
    ("path", "content_type", "length", "copied"), [row[1:] for row in COPIED], ids=[row[0] for row in COPIED]
)
def test_what_is_copied(
    engine: Engine, shown: Waiting, path: str, content_type: str, length: int | None, copied: bool
) -> None:
    assert engine.icons.may_be_one(fetch(path), PASS, content_type, length) is copied


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        (Kind.CLICK, PASS),
        (Kind.FRAME, PASS),
        (Kind.RESOURCE, Verdict(Level.PASS, familiar=True)),
        (Kind.RESOURCE, ALLOWED),
    ],
)
def test_what_is_left_alone(engine: Engine, shown: Waiting, kind: Kind, verdict: Verdict) -> None:
    assert not engine.icons.may_be_one(fetch("/img/7", kind), verdict, "image/png", None)


def test_without_icons_in_the_rules_or_without_rules_nothing_is_copied_nor_compared(
    engine: Engine, shown: Waiting
) -> None:
    without = Policy(replace(RULES, page=replace(RULES.page, icons={})), Decisions(()))
    for policy in (without, None):
        engine.current.policy = policy
        assert not engine.icons.may_be_one(fetch("/img/7"), PASS, "image/png", None)
        asyncio.run(engine.icons.compare(fetch("/img/7"), ICON, ""))
    engine.current.policy = without
    assert engine.judge.verdict(LINK, CLIENT, is_click=True, path="/").level is Level.PASS


def test_a_store_that_fails_costs_the_record_and_not_the_sign(engine: Engine, shown: Waiting) -> None:
    engine.current.store = None
    assert compare(engine) is Level.WARN


def test_an_icon_that_says_nothing_new_is_not_written_again(
    engine: Engine, shown: Waiting, caplog: pytest.LogCaptureFixture
) -> None:
    compare(engine)
    engine.current.store = None
    assert compare(engine) is Level.WARN
    assert not [record for record in caplog.records if "cannot be kept" in record.message]
