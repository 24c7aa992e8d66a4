"""Headings: what stands at the head of a page names it, whatever the tag."""

from sekisho.verdict import PageSign

from .conftest import Seen


def test_a_heading_that_says_nothing_else_is_told_from_one_that_names_it(seen: Seen) -> None:
    assert PageSign.HEADING in seen("<h1>PayPal</h1>")["paypal"]
    assert seen("<h1>The forest of PayPal in spring</h1>")["paypal"] == {PageSign.HEADING_WORD}


def test_a_first_line_is_a_heading_too(seen: Seen) -> None:
    assert PageSign.HEADING in seen("<div>PayPal</div><p>Welcome to this page of ours today</p>")["paypal"]


def test_another_way_in_is_no_heading(seen: Seen) -> None:
    assert PageSign.HEADING not in seen("<h1>Log in with PayPal</h1>").get("paypal", set())
