"""What a page of a brand that is none costs a family, and what an honest shop with a false warning loses."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from sekisho.link import Link, host_link
from sekisho.page import Examined, PageIndex, examine
from sekisho.rulebook.model import Brand, Rulebook
from sekisho.verdict import Level, PageSign, Reason, Secret

Judge = Callable[..., Examined]
MARKS = "".join(f"<img alt='{name}'>" for name in ("VISA", "Mastercard", "JCB", "American Express"))
LOGIN = "<form><input name=user><input type=password></form>"


@pytest.mark.parametrize(
    ("page", "brand"),
    [
        (f"<title>Sign in - PayPal</title>{LOGIN}", "paypal"),
        (f"<title>Amаzоn ログイン</title>{LOGIN}", "amazon"),
        ("<title>三井住友カード</title><form>カード番号<input name=n></form>", "smbc-card"),
        (f'<meta property="og:site_name" content="Netflix">{LOGIN}', "netflix"),
        (f'<link rel=canonical href="https://www.paypal.com/signin">{LOGIN}', "paypal"),
        (
            f"<h1>Apple ID</h1>{LOGIN}<p>Copyright © 2026 Apple Inc. All rights reserved.</p>",
            "apple",
        ),
        (
            f"<title>Sign in to your account</title>{LOGIN}<p>©2026 Microsoft</p>",
            "microsoft",
        ),
    ],
)
def test_a_brands_page_on_a_strange_host_is_warned_of(judge: Judge, page: str, brand: str) -> None:
    examined = judge(page)
    (evidence,) = examined.evidence
    assert (evidence.level, evidence.reason, evidence.brand) == (Level.WARN, Reason.PAGE, brand)
    assert evidence.asks == examined.asks
    assert evidence.signs
    assert "does not belong to" in evidence.detail


@pytest.mark.parametrize(
    "page",
    [
        f"<title>Login - Small Shop</title>{LOGIN}<b>Sign in with Google</b><b>Sign in with Apple</b>",
        f"<title>会員ログイン</title>{LOGIN}<a>LINEでログイン</a><a>Yahoo! JAPAN IDでログイン</a>",
        f"<title>Checkout</title><form>Card number<input name=cc-number>{MARKS} PayPal</form>",
        f"<title>Small Shop</title>{LOGIN}<img alt=Facebook><img alt=Twitter><a href='https://www.facebook.com/x'>us</a>",
        f"<title>How Amazon changed books</title><h1>How Amazon changed books</h1><p>{'Amazon ' * 50}</p>{LOGIN}",
        f"<title>Log In ‹ My blog — WordPress</title>{LOGIN}",
        f"<title>Sign in</title><h2>Log in with Facebook</h2>{LOGIN}",
        f"<title>Sign in</title><h1>Master password</h1>{LOGIN}",
        f"<title>HP ログイン</title>{LOGIN}",
        f"<title>Sky</title>{LOGIN}",
        "<title>Amazon</title><p>An essay on the river.</p>",
        f"<title>Login</title>{LOGIN}<h2>News</h2><h3>About</h3><h2>Facebook</h2>",
    ],
)
def test_honest_pages_pass(judge: Judge, page: str) -> None:
    assert judge(page).evidence == ()


def test_a_brands_own_page_is_its_own(judge: Judge) -> None:
    page = f"<title>Sign in - PayPal</title>{LOGIN}"
    assert judge(page, "www.paypal.com").evidence == ()
    assert judge(page, "paypal.com.qz7.example").level is Level.WARN


def test_a_firm_may_bear_a_brands_name(rulebook: Rulebook) -> None:
    """But only where it has registered the name: on a platform anybody is called whatever they like."""
    brand = Brand("example", "Example", "", "world", "shop", ("example",), (), ("example.com",))
    index = PageIndex(replace(rulebook, brands={"example": brand}))
    page = f"<title>Login - Example</title>{LOGIN}".encode()
    levels = [
        examine(page, "", host_link(host), index).level
        for host in ("www.example.org", "example.weebly.com", "example.qz7.test", "192.0.2.1")
    ]
    assert levels == [Level.PASS, Level.WARN, Level.WARN, Level.WARN]


def test_a_mail_address_is_no_secret_but_the_first_step_of_a_login_is(judge: Judge) -> None:
    title = "<title>TikTok</title>"
    assert judge(f"{title}<form>Our letter<input type=email></form>").level is Level.PASS
    assert judge(f"{title}<form>Phone number<input type=tel> Send OTP to log in</form>").level is Level.WARN


ENGLISH_SCARE = """<title>Windows security warning</title><h1>Your computer has been infected with a virus</h1>
<p>Trojan spyware found by Microsoft. Do not close this window. Call now +81-50-5555-0123</p>"""
JAPANESE_SCARE = """<title>セキュリティ警告</title><h1>トロイの木馬に感染しました</h1>
<p>マイクロソフト Windows サポートに連絡してください。電話 050-5555-0123 再起動しないでください</p>"""
ADVICE = """<title>How to recognise false support</title>
<p>They say a virus was found by Microsoft, your PC is locked, a trojan, and that you must call 03-5555-0123.</p>"""


@pytest.mark.parametrize(
    ("page", "level"),
    [(ENGLISH_SCARE, Level.WARN), (JAPANESE_SCARE, Level.WARN), (ADVICE, Level.PASS)],
)
def test_false_support_needs_no_field(judge: Judge, page: str, level: Level) -> None:
    assert judge(page).level is level


@pytest.mark.parametrize(
    ("beside", "level"),
    [
        ("", Level.WARN),
        ("<p>© 2026 Hill Street Clinic</p>", Level.CAUTION),
        ("<meta property='og:site_name' content='Hill Street Clinic'>", Level.CAUTION),
        (f"<p>{'We look after our patients. ' * 20}</p>", Level.CAUTION),
        ("<title>Hill Street Clinic: verify your identity</title>", Level.CAUTION),
    ],
)
def test_pressure_without_a_brand_is_worse_where_nobody_signs(
    judge: Judge, beside: str, level: Level
) -> None:
    page = f"{beside}<title>Verify your identity</title><form>Card number<input name=cc></form>"
    (evidence,) = judge(page).evidence
    assert (evidence.level, evidence.brand) == (level, None)
    assert evidence.signs[0][0] is PageSign.PRESSURE


def test_an_opaque_page_is_caution(judge: Judge) -> None:
    (evidence,) = judge(f"<script>document.write(dec('{'Zm9vYmFy' * 400}'))</script>").evidence
    assert (evidence.level, evidence.signs) == (Level.CAUTION, ((PageSign.OPAQUE, ""),))


def test_two_brands_that_tie_are_nobody(judge: Judge) -> None:
    assert judge(f"<title>PayPal | Netflix</title>{LOGIN}").level < Level.WARN


def test_a_page_that_is_cut_before_its_form_is_not_clean(index: PageIndex, unfamiliar: Link) -> None:
    page = b"<title>Netflix</title><p>" + b"word " * 300_000 + b"<input type=password>"
    examined = examine(page, "", unfamiliar, index)
    assert (examined.level, examined.asks) == (Level.CAUTION, ())
    copied = b"<link rel=canonical href='https://www.netflix.com/'>" + page
    assert examine(copied, "", unfamiliar, index).level is Level.WARN


def test_the_form_of_a_copied_page_may_stand_in_a_frame(judge: Judge) -> None:
    copied = "<h1>Netflix</h1><p>Netflix, Netflix</p><p>Copyright © 2026 Netflix, Inc.</p>"
    assert judge(f"{copied}<iframe src=form.php></iframe>").level is Level.WARN
    assert judge(copied).level is Level.PASS


@pytest.mark.parametrize("title", ["", "<title>Login V15</title>"])
def test_a_page_that_names_a_brand_alone_is_caution(judge: Judge, title: str) -> None:
    """The name stands where a heading would, in no heading's tag."""
    page = f"<div>WhatsApp Login</div><form><div>Phone</div><input name=otp></form><p>{'Help. ' * 60}</p>"
    assert judge(title + page).level is Level.CAUTION
    assert judge(f"<title>Hill Street Clinic</title>{page}").level is Level.PASS


NAMELESS = {
    # Two letters, which many firms bear.
    "au", "bt", "ee", "hp", "id-card", "netprotections", "o2", "twitter", "eplus",
    # Software that people host themselves, and a word that says nothing of whose page it is.
    "gitlab", "shopify", "wordpress", "free-fr",
}  # fmt: skip
"""Brands whose name alone over a login says nothing of whose page it is."""


@pytest.mark.slow
def test_a_login_in_any_brands_name_is_warned_of(judge: Judge, rulebook: Rulebook) -> None:
    missed = {}
    for brand in rulebook.brands.values():
        latin, japanese = (re.sub(r"\s*[（(].*", "", name) for name in (brand.name, brand.name_ja))
        for title in (f"{latin} Login", f"Sign in - {latin}", f"{japanese} ログイン"):
            found = judge(f"<title>{title}</title>{LOGIN}").evidence
            if not found or (found[0].level, found[0].brand) != (Level.WARN, brand.slug):
                missed[brand.slug] = title
    assert set(missed) == NAMELESS, missed


def test_every_secret_and_sign_can_be_told(index: PageIndex) -> None:
    """A sign without its words would end the judging of just the pages that show it."""
    assert all(secret.detail for secret in Secret)
    assert all(sign.detail for sign in index.rules.weights)
