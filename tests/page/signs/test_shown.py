"""What is shown: one brand's picture is a sign, a row of them is a checkout."""

from sekisho.verdict import PageSign

from .conftest import Seen


def test_a_picture_that_says_that_it_shows_the_brand(seen: Seen) -> None:
    assert seen("<img alt='PayPal logo'>")["paypal"] == {PageSign.PICTURE}
    assert seen("<img alt=PayPal><img alt=VISA><img alt=JCB>") == {}


def test_a_name_again_and_again_counts_beside_another_sign_only(seen: Seen) -> None:
    often = "<p>PayPal is here</p><p>PayPal is there</p><p>PayPal is gone</p>"
    assert seen(often) == {}
    assert PageSign.TEXT in seen("<img alt=PayPal>" + often)["paypal"]
