"""A page that keeps the parser busy keeps the family waiting, and at the deadline nobody has read it."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from sekisho.page.tame import DEEPEST, LONGEST_TAG, deepest, tame

SHOWN = "<title>Example</title>%s<input type=password>"


@pytest.mark.parametrize(
    "padding",
    [
        "<div>" * 150_000,
        "<b>" * 100_000,
        "<form><a>" * 60_000,
        "<a " + " ".join(f"a{n}=1" for n in range(80_000)) + ">",
        "</div><div>" * 80_000,
        '<img src="data:image/png;base64,' + "A" * 900_000 + '">',
    ],
    ids=["div", "b", "form and a", "attributes", "closed and opened", "picture"],
)
def test_what_a_parser_chokes_on_is_taken_out_and_the_field_stays(padding: str) -> None:
    """Untamed it takes from 20 s to minutes; `scripts/bench steps` measures."""
    text, _ = tame(SHOWN % padding)
    tree = LexborHTMLParser(text)
    assert tree.css_first("input[type=password]")
    assert [title.text() for title in tree.css("title")] == ["Example"]


def test_an_honest_page_is_left_as_it_is() -> None:
    page = SHOWN % ("<ul>" + "<li><a href='/x'>word</a>" * 3000 + "</ul>" + "<br>" * 3000)
    assert tame(page) == (page, False)


def test_depth_is_counted_by_name() -> None:
    assert deepest("<div><b></div></b>" * 3) == 2
    assert deepest("</b>" * 50 + "<b>" * 50) == 50, "stray ends take nothing off"
    assert deepest("<br><img><li><p>" * 99) == 0
    assert tame("<div>" * (DEEPEST + 1))[1]


@pytest.mark.parametrize("address", ["data:image/png;base64,", "DATA:font/woff2;base64,"])
def test_the_data_of_an_address_is_taken_out(address: str) -> None:
    page = SHOWN % f'<img src="{address}{"A" * 1000}"><a title=";base64,{"A" * 1000}">'
    assert tame(page) == (page.replace(f"{address}{'A' * 1000}", address), False)


@pytest.mark.parametrize("between", ["", "<p>", "<!-- " + "x" * LONGEST_TAG + "-->"])
def test_a_long_tag_is_found_wherever_it_stands(between: str) -> None:
    tag = "<a " + " ".join(f"attribute{n}=1" for n in range(LONGEST_TAG // 10))
    for page in (f"{between}{tag}>", f"{between}{tag}><p>", f"<b>{between}{tag}<p>{'x' * LONGEST_TAG}"):
        assert tame(page)[1], page[:20]
