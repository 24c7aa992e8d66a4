"""What is kept of a page weighs a late sign exactly as if it had stood in the page."""

import base64
import json
from dataclasses import replace

import pytest

from sekisho.link import Link, host_link
from sekisho.page import PageIndex, examine
from sekisho.page.icons import hashes_of
from sekisho.page.judge import with_icon
from sekisho.page.standing import standing_from_dict
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Level, PageSign

ICON = b"\x89PNG\r\n an icon of ours"
INLINE = f'<link rel=icon href="data:image/png;base64,{base64.b64encode(ICON).decode()}">'


@pytest.fixture(scope="module")
def known(rulebook: Rulebook) -> PageIndex:
    icons = dict.fromkeys(hashes_of(ICON), "paypal")
    return PageIndex(replace(rulebook, page=replace(rulebook.page, icons=icons)))


@pytest.mark.parametrize(
    ("page", "level"),
    [
        ("<form><input type=password></form>", Level.CAUTION),
        ("<title>Account limited</title><form><input type=password></form>", Level.WARN),
        ("<h1>PayPal</h1><form><input type=password></form>", Level.WARN),
        ("<form><input name=email></form>", Level.PASS),
        ("<title>PayPal</title><h2>Amazon</h2><form><input type=password></form>", Level.WARN),
        ("<iframe src=/x></iframe>", Level.PASS),
    ],
)
def test_a_late_icon_weighs_as_one_in_the_page(
    known: PageIndex, unfamiliar: Link, page: str, level: Level
) -> None:
    at_once = examine((INLINE + page).encode(), "", unfamiliar, known)
    before = examine(page.encode(), "", unfamiliar, known)
    assert before.standing is not None
    kept = standing_from_dict(json.loads(json.dumps(before.standing.as_dict())))
    assert kept == before.standing
    later = with_icon(before.evidence, kept, "paypal", unfamiliar, known.rulebook)
    assert later == at_once.evidence
    assert at_once.level is level


def test_an_icon_of_another_brand_takes_nothing_back(known: PageIndex, unfamiliar: Link) -> None:
    before = examine(b"<title>Amazon</title><input type=password>", "", unfamiliar, known)
    assert before.standing is not None
    assert before.level is Level.WARN
    assert (
        with_icon(before.evidence, before.standing, "paypal", unfamiliar, known.rulebook) == before.evidence
    )


def test_what_an_icon_has_no_part_in_stays(known: PageIndex, unfamiliar: Link) -> None:
    page = (
        "<title>Windows warning</title><h1>Windows Defender: virus, infected, trojan</h1><p>Microsoft support: call "
        '<a href="tel:0501234567">050-1234-567</a> now</p><input type=password>'
    )
    before = examine(page.encode(), "", unfamiliar, known)
    assert before.standing is not None
    later = with_icon(before.evidence, before.standing, "paypal", unfamiliar, known.rulebook)
    assert PageSign.ALARM in {sign for item in later for sign, _ in item.signs}
    assert PageSign.ICON in {sign for item in later for sign, _ in item.signs}


def test_a_brand_that_the_rules_do_not_know_changes_nothing(known: PageIndex, unfamiliar: Link) -> None:
    before = examine(b"<input type=password>", "", unfamiliar, known)
    assert before.standing is not None
    assert with_icon((), before.standing, "no-such-brand", unfamiliar, known.rulebook) == ()


def test_a_brands_own_page_and_one_that_asks_nothing_keep_nothing(known: PageIndex, unfamiliar: Link) -> None:
    own = examine(b"<input type=password>", "", host_link("www.paypal.com"), known)
    assert (own.standing, own.icons) == (None, ())
    assert examine(b"<link rel=icon href=/a.png>news", "", unfamiliar, known).standing is None
