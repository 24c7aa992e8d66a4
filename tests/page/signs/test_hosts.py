"""Hosts: a kit that loads from the brand, or links to it, borrows its face."""

from sekisho.verdict import PageSign

from .conftest import Seen


def test_each_kind_of_host_is_a_sign_of_its_own(seen: Seen) -> None:
    assert seen("<link rel=canonical href='https://www.paypal.com/'>")["paypal"] == {PageSign.ADDRESS}
    assert PageSign.ICON in seen("<link rel=icon href='https://www.paypal.com/favicon.ico'>")["paypal"]
    assert PageSign.ASSETS in seen("<img src='https://www.apple.com/a.png'>")["apple"]
    assert PageSign.LINKS in seen("<a href='https://www.paypal.com/help'>help</a>")["paypal"]


def test_links_to_two_owners_are_nobody_s(seen: Seen) -> None:
    assert seen("<a href='https://www.paypal.com/'>a</a><a href='https://www.amazon.co.jp/'>b</a>") == {}
