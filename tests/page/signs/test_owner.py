"""Copyright lines: they say whose the page is, be the name a word of every day or not."""

from sekisho.verdict import PageSign

from .conftest import Seen


def test_the_owner_stands_behind_the_sign_or_before_it(seen: Seen) -> None:
    assert PageSign.COPYRIGHT in seen("<p>© 2026 PayPal, Inc.</p>")["paypal"]
    assert PageSign.COPYRIGHT in seen("<p>PayPal © 2026</p>")["paypal"]


def test_a_name_elsewhere_in_the_line_owns_nothing(seen: Seen) -> None:
    assert seen("<p>© 2026 Otter Ltd. We accept PayPal</p>") == {}
