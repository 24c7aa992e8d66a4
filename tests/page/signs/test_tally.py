"""The tally: each sign counts once for a brand, and never for the host's own name."""

from sekisho.link import host_link
from sekisho.page import PageIndex
from sekisho.page.signs.tally import Tally, own_name
from sekisho.verdict import PageSign


def test_a_sign_counts_once_and_the_more_telling_words_stay(index: PageIndex) -> None:
    tally = Tally(index, host_link("qz7-hvkw.example"))
    tally.add(PageSign.TITLE, "paypal", "a word", worth=0.5)
    tally.add(PageSign.TITLE, "paypal", "its name", worth=1.0)
    tally.add(PageSign.TITLE, "paypal", "another")
    assert tally.signs["paypal"] == {PageSign.TITLE: ("its name", 1.0)}


def test_what_the_host_is_called_itself_is_no_sign(index: PageIndex) -> None:
    tally = Tally(index, host_link("paypal.shop"))
    tally.lines(PageSign.SITE_NAME, ["PayPal"], only=True)
    assert tally.signs == {}
    assert own_name(host_link("paypal.shop"), index.rulebook) == "paypal"
    assert own_name(host_link("paypal.weebly.com"), index.rulebook) == "", (
        "on a platform anybody is called so"
    )


def test_hosts_of_many_owners_are_nobody_s(index: PageIndex) -> None:
    tally = Tally(index, host_link("qz7-hvkw.example"))
    tally.hosts(PageSign.ASSETS, ["www.paypal.com", "www.amazon.co.jp", "www.apple.com"])
    assert tally.signs == {}
    tally.hosts(PageSign.ASSETS, ["www.paypal.com"])
    assert tally.signs["paypal"] == {PageSign.ASSETS: ("www.paypal.com", 1.0)}
