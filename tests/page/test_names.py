"""A name that is not seen is a warning that is not given; one that is seen everywhere is a false one."""

import pytest

from sekisho.page import PageIndex


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Amazon", "amazon"),
        ("Amаzоn ログイン", "amazon"),
        ("Log in to your ΡayΡal account", "paypal"),
        ("Pay\u200bPal", "paypal"),
        ("ＰａｙＰａｌ", "paypal"),
        ("Sign in - Apple ID", "apple"),
        ("Chase Bank Online", "chase"),
        ("三井住友カード会員ログイン", "smbc-card"),
        ("chase.com", "chase"),
        ("Société Générale", "societegenerale"),
        ("Societe Generale", "societegenerale"),
        ("Яндекс", "yandex"),
        ("Amazonas travel", None),
        ("pineapple", None),
        ("free", None),
        ("Пожалуйста, войдите", None),
    ],
)
def test_which_brand_is_named(index: PageIndex, text: str, slug: str | None) -> None:
    names = index.names
    found = {name.slug for name in names.find(names.plain(text))}
    assert found == ({slug} if slug else set())


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("Sign in to your Microsoft account", True),
        ("Amazonにログイン", True),
        ("Welcome to Facebook", True),
        ("Microsoft and Google", False),
        ("How to leave Facebook", False),
        ("Sign in", False),
        ("Iniciar sesión - Itaú", True),
        ("Mijn ING - Inloggen", True),
        ("Вход — Яндекс", True),
    ],
)
def test_a_title_that_says_nothing_but_the_brand(index: PageIndex, text: str, only: bool) -> None:
    assert (index.names.says_only(index.names.plain(text)) is not None) is only


@pytest.mark.parametrize(
    ("text", "borrowed"),
    [
        ("Sign in with Google", True),
        ("LINEでログイン", True),
        ("Mit Facebook", True),
        ("Google account", False),
    ],
)
def test_another_way_to_log_in_is_no_presentation(index: PageIndex, text: str, borrowed: bool) -> None:
    plain = index.names.plain(text)
    (name,) = index.names.find(plain)
    assert index.names.is_borrowed(plain, name) is borrowed


def test_titles_are_parted_where_sites_part_them(index: PageIndex) -> None:
    assert index.names.segments("Log in | Example Site - 会員【公式】") == [
        "log in | example site - 会員【公式】",
        "log in",
        "example site",
        "会員【公式】",
        "会員",
        "公式",
    ]


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("Help | J:COM", "j:com"),
        ("ログイン | バンク・オブ・アメリカ", "バンク・オブ・アメリカ"),
        ("Sign in: PayPal", "paypal"),
    ],
)
def test_a_name_may_hold_what_stands_between_parts(index: PageIndex, title: str, part: str) -> None:
    assert part in index.names.segments(title)


@pytest.mark.parametrize(("name", "slug"), [("JAL", "jal"), ("NTT", "ntt"), ("AEON Bank", "aeon-bank")])
def test_its_own_name_is_a_brands_before_it_is_anothers(index: PageIndex, name: str, slug: str) -> None:
    assert {found.slug for found in index.names.find(index.names.plain(name))} == {slug}
