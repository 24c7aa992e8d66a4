"""An icon that is a brand's is a sign; one that only looks a little like it is none."""

import base64
from dataclasses import replace

import mmh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.link import Link
from sekisho.page import PageIndex, examine
from sekisho.page.icons import LARGEST, hashes_of, icon_addresses, inline_hashes, is_picture, may_be_icon
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
    assert inline_hashes(address) == hashes_of(ICON)


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
def test_what_is_no_icon_has_no_hash(address: str) -> None:
    assert inline_hashes(address) == ()


@given(st.text(max_size=60))
def test_no_address_raises(rest: str) -> None:
    inline_hashes(f"data:image/{rest}")


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize(("icon", "level"), [(ICON, Level.CAUTION), (ICON + b"!", Level.PASS)])
def test_a_page_with_a_brands_icon_that_asks_is_not_clean(
    rulebook: Rulebook, unfamiliar: Link, icon: bytes, level: Level, number: int
) -> None:
    icons = {hashes_of(ICON)[number]: "paypal"}
    index = PageIndex(replace(rulebook, page=replace(rulebook.page, icons=icons)))
    page = f'<link rel="shortcut icon" href="{inline(icon)}"><form><input type=password></form>'
    examined = examine(page.encode(), "text/html", unfamiliar, index)
    assert examined.level is level
    if level is Level.CAUTION:
        assert examined.evidence[0].brand == "paypal"
        assert PageSign.ICON in {sign for sign, _ in examined.evidence[0].signs}


def test_the_number_is_that_of_shodan() -> None:
    """Of base64 in lines of 76 characters, each with its end; without them it is another one."""
    icon = bytes(range(100))
    text = base64.b64encode(icon).decode()
    lines = "".join(f"{text[start : start + 76]}\n" for start in range(0, len(text), 76))
    assert hashes_of(icon)[2] == f"mmh3:{mmh3.hash(lines)}"
    assert hashes_of(icon)[2] != f"mmh3:{mmh3.hash(text)}"
    assert hashes_of(b"")[2] == "mmh3:0"


@pytest.mark.parametrize(
    ("links", "addresses"),
    [
        ((), (("shop.example", "/favicon.ico"),)),
        (("a.png?v=2#x",), (("shop.example", "/login/a.png?v=2"),)),
        (
            ("//CDN.example/i.ico", "/i.ico", "/i.ico"),
            (("cdn.example", "/i.ico"), ("shop.example", "/i.ico")),
        ),
        (("data:image/png;base64,AAAA",), ()),
        (("http://[bad", "javascript:1"), ()),
    ],
)
def test_where_the_icons_are(links: tuple[str, ...], addresses: tuple[tuple[str, str], ...]) -> None:
    assert icon_addresses(links, "https://shop.example/login/?a=1") == addresses


@pytest.mark.parametrize(
    ("path", "content_type", "may"),
    [
        ("/favicon.ico", "image/x-icon", True),
        ("/static/Apple-Touch-Icon.png?v=1", "application/octet-stream", True),
        ("/photo.png?icon", "image/png", False),
        ("/favicon.ico", "text/html; charset=utf-8", False),
    ],
)
def test_what_is_worth_a_look_though_no_page_names_it(path: str, content_type: str, may: bool) -> None:
    assert may_be_icon(path, content_type) is may
    assert is_picture("image/png")
