"""An icon that is a brand's is a sign; one that only looks a little like it is none."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.link import Link
from sekisho.page import PageIndex, examine
from sekisho.page.icons import LARGEST, digest_of, inline_digest
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Level, PageSign

ICON = b"\x89PNG\r\n an icon of ours"


def inline(icon: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(icon).decode()


@pytest.mark.parametrize(
    "address",
    [
        inline(ICON),
        "  DATA:image/png;BASE64," + base64.b64encode(ICON).decode().rstrip("="),
        "data:image/png,%89PNG%0D%0A%20an%20icon%20of%20ours",
    ],
)
def test_every_way_to_write_it_is_the_same_icon(address: str) -> None:
    assert inline_digest(address) == digest_of(ICON)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/favicon.ico",
        "data:text/html;base64,QQ==",
        "data:image/png;base64,",
        "data:image/png," + "a" * LARGEST * 3,
    ],
)
def test_what_is_no_icon_has_no_digest(address: str) -> None:
    assert inline_digest(address) == ""


@given(st.text(max_size=60))
def test_no_address_raises(rest: str) -> None:
    inline_digest(f"data:image/{rest}")


@pytest.mark.parametrize(("icon", "level"), [(ICON, Level.CAUTION), (ICON + b"!", Level.PASS)])
def test_a_page_with_a_brands_icon_that_asks_is_not_clean(
    rulebook: Rulebook, unfamiliar: Link, icon: bytes, level: Level
) -> None:
    index = PageIndex(replace(rulebook, page=replace(rulebook.page, icons={digest_of(ICON): "paypal"})))
    page = f'<link rel="shortcut icon" href="{inline(icon)}"><form><input type=password></form>'
    examined = examine(page.encode(), "text/html", unfamiliar, index)
    assert examined.level is level
    if level is Level.CAUTION:
        assert examined.evidence[0].brand == "paypal"
        assert PageSign.ICON in {sign for sign, _ in examined.evidence[0].signs}
