"""Forms: a brand beside the fields says whose secret is asked for."""

from sekisho.page import PageIndex
from sekisho.verdict import PageSign

from .conftest import Seen


def test_beside_the_fields_and_on_them(seen: Seen) -> None:
    page = "<form><p>Your PayPal account</p><label>PayPal password<input type=password></label></form>"
    assert {PageSign.FORM, PageSign.LABEL} <= seen(page)["paypal"]


def test_three_brands_side_by_side_are_nobody_s(seen: Seen) -> None:
    page = "<form><p>PayPal, VISA, JCB, Amazon</p><input type=password></form>"
    assert not any(PageSign.FORM in signs for signs in seen(page).values())


def test_words_of_a_known_login_page_need_no_name(seen: Seen, index: PageIndex) -> None:
    slug, phrases = next(iter(index.phrases.items()))
    assert PageSign.PHRASE in seen(f"<title>{next(iter(phrases.values()))}</title>")[slug]
