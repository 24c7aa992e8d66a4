"""As whom a page presents itself: the brand that it names, not those that stand beside it."""

import pytest

from sekisho.link import Link, host_link
from sekisho.page import PageIndex
from sekisho.page.facts import PageFacts
from sekisho.page.judge import standing_of
from sekisho.page.presented import Presented, pressure_of, ranked
from sekisho.page.reading import read_page
from sekisho.verdict import PageSign

HOST = host_link("qz7-hvkw.example")
LOGIN = "<form><input type=password name=p></form>"


def presented(facts: PageFacts, link: Link, index: PageIndex) -> list[Presented]:
    standing = standing_of(facts, link, index)
    return ranked(standing, link, index.rulebook) if standing else []


@pytest.mark.parametrize(
    ("page", "brand", "sign", "outright"),
    [
        ("<title>Amazon ログイン</title>", "amazon", PageSign.TITLE, True),
        ("<meta property='og:site_name' content='PayPal'>", "paypal", PageSign.SITE_NAME, True),
        ("<link rel=canonical href='https://www.paypal.com/'>", "paypal", PageSign.ADDRESS, True),
        ("<p>© 2026 PayPal, Inc.</p>", "paypal", PageSign.COPYRIGHT, False),
        ("<h1>PayPal</h1>", "paypal", PageSign.HEADING, False),
        ("<img alt='PayPal logo'>", "paypal", PageSign.PICTURE, False),
    ],
)
def test_signs(index: PageIndex, page: str, brand: str, sign: PageSign, outright: bool) -> None:
    best = presented(read_page(page + LOGIN, index.fields), HOST, index)[0]
    assert (best.slug, best.outright) == (brand, outright)
    assert sign in {kind for kind, _ in best.signs}


def test_brands_side_by_side_are_nobodys_own(index: PageIndex) -> None:
    page = "<img alt=PayPal><img alt=VISA><img alt=JCB>"
    assert presented(read_page(page + LOGIN, index.fields), HOST, index) == []


def test_a_host_that_bears_the_name_may_be_called_so(index: PageIndex) -> None:
    facts = read_page("<title>PayPal</title>" + LOGIN, index.fields)
    assert presented(facts, HOST, index)
    assert presented(facts, host_link("paypal.shop"), index) == []


def test_pressure_is_looked_for_at_the_head(index: PageIndex) -> None:
    for phrase in index.rules.pressure:
        assert pressure_of(read_page(f"<title>{phrase}</title>", index.fields), index) == phrase
        assert pressure_of(read_page(f"<title>news</title><p>{phrase}</p>", index.fields), index) == ""
