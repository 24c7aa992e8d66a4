"""The title: what a page calls itself is its first lie."""

from sekisho.verdict import PageSign

from .conftest import Seen


def test_a_title_that_says_nothing_else_is_told_from_one_that_names_it(seen: Seen) -> None:
    assert PageSign.TITLE in seen("<title>Amazon ログイン</title>")["amazon"]
    assert seen("<title>How Amazon grew a forest</title>")["amazon"] == {PageSign.TITLE_WORD}


def test_the_site_s_name_and_its_author(seen: Seen) -> None:
    assert PageSign.SITE_NAME in seen("<meta property='og:site_name' content='PayPal'>")["paypal"]
    assert PageSign.AUTHOR in seen("<meta name=author content='PayPal'>")["paypal"]
