"""brands.toml: a mistake here makes a bank's own site suspicious, or a lookalike official."""

import pytest

from sekisho.rulebook.brands import parse_brands
from sekisho.rulebook.model import Brand

AMAZON = """\
[amazon]
name = "Amazon"
name_ja = "アマゾン"
region = "world"
kind = "shop"
tokens = ["amazon", "amzn"]
domains = ["amazon.co.jp", "amazon.com"]
tlds = ["amazon"]
content = ["amazonaws.com"]
"""
AU = """\
[au]
name = "au"
name_ja = "au"
region = "jp"
kind = "telecom"
weak_tokens = ["au"]
domains = ["au.com"]
"""


def test_a_brand_is_read_whole() -> None:
    brands, problems = parse_brands(AMAZON + AU, "rules/brands.toml")
    assert not problems
    assert brands["amazon"] == Brand(
        slug="amazon",
        name="Amazon",
        name_ja="アマゾン",
        region="world",
        kind="shop",
        tokens=("amazon", "amzn"),
        weak_tokens=(),
        domains=("amazon.co.jp", "amazon.com"),
        tlds=("amazon",),
        content=("amazonaws.com",),
    )
    assert brands["amazon"].site == "amazon.co.jp"
    assert brands["au"].weak_tokens == ("au",)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '"amazon.com"]',
            '"Amazon.com"]',
            "rules/brands.toml:7: amazon: domain 'Amazon.com' is not canonical; write 'amazon.com'",
        ),
        ('"amazon.com"]', '"amazon.co.jp"]', ":7: amazon: domains names 'amazon.co.jp' twice"),
        ('"amazon.com"]', '"co.jp"]', ":7: amazon: domain 'co.jp' is a public suffix"),
        (
            '"amazon.co.jp", ',
            '"amazon.github.io", ',
            ":7: amazon: the real site 'amazon.github.io' is on the platform github.io",
        ),
        ('domains = ["amazon.co.jp", "amazon.com"]', "domains = []", ":7: amazon: domains is empty"),
        ('"アマゾン"', '""', ":3: amazon: name_ja must be a text that is not empty"),
        ('name_ja = "アマゾン"\n', "", ":1: amazon: name_ja must be a text that is not empty, not None"),
        ('"world"', '"JP"', ":4: amazon: region 'JP': write 'world' or a country as 'jp'"),
        ('"shop"', '"shops"', ":5: amazon: kind 'shops' is unknown; known: shop, bank"),
        (
            '"amzn"',
            '"Amzn"',
            ":6: amazon: token 'Amzn': write three or more of a-z and 0-9, or put it under weak_tokens",
        ),
        ('"amzn"', '"az"', ":6: amazon: token 'az'"),
        ('"amzn"', "3", ":6: amazon: tokens holds 3; write strings only"),
        ('["amazon", "amzn"]', "[]", ":1: amazon: tokens and weak_tokens are both empty"),
        ('["amazon", "amzn"]', '"amazon"', ":6: amazon: tokens must be a list of strings, not 'amazon'"),
        ("tlds =", "tld =", ":8: amazon: unknown key 'tld'; known: name"),
        ('tlds = ["amazon"]', 'tlds = [".amazon"]', ":8: amazon: suffix '.amazon': write it as 'amazon'"),
        ('"amazonaws.com"', '"amazon.com"', ":9: amazon: 'amazon.com' is under domains too"),
        ('"amazonaws.com"', '"AmazonAWS.com"', ":9: amazon: content 'AmazonAWS.com' is not canonical"),
        ("[amazon]", "[Amazon]", ":1: Amazon: a slug is written in a-z, 0-9 and dashes"),
        ("[amazon]", "amazon = 1\n[x]", ":1: 'amazon' stands outside of a table"),
        ('name = "Amazon"', 'name = "Amazon', ":2: not TOML"),
        (
            'kind = "shop"',
            'kind = "shop"\nweak_tokens = ["amzn"]',
            ":6: amazon: token 'amzn' is under tokens too",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_remedy(old: str, new: str, problem: str) -> None:
    text = AMAZON.replace(old, new)
    assert text != AMAZON
    _, problems = parse_brands(text, "rules/brands.toml")
    assert any(problem in found for found in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '"au.com"',
            '"au.com", "amazon.com"',
            ":16: au: domain 'amazon.com' belongs to amazon already; remove one",
        ),
        ('"au.com"', '"amazonaws.com"', ":16: au: domain 'amazonaws.com' belongs to amazon already"),
        (
            "weak_tokens = [",
            'tokens = ["amzn"]\nweak_tokens = [',
            ":15: au: token 'amzn' belongs to amazon already",
        ),
        (
            'domains = ["au',
            'tlds = ["amazon"]\ndomains = ["au',
            ":16: au: suffix 'amazon' belongs to amazon already",
        ),
    ],
)
def test_two_brands_cannot_own_one_thing(old: str, new: str, problem: str) -> None:
    """A warning page could not say which real site is meant."""
    _, problems = parse_brands(AMAZON + AU.replace(old, new), "rules/brands.toml")
    assert len(problems) == 1
    assert problem in problems[0]


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        ("アマゾン", None),
        ("密林", None),
        ("三菱ufj", None),
        ("ａｍｚ", "write 'amz', as a host has it"),
        ("ｱﾏｿﾞﾝ", "write 'アマゾン', as a host has it"),
        ("密林UFJ", "write '密林ufj', as a host has it"),
        ("密", "write two or more letters, without separators"),
        ("密林・店", "write two or more letters, without separators"),
    ],
)
@pytest.mark.parametrize("key", ["tokens", "weak_tokens", "common_tokens"])
def test_a_token_in_other_letters(token: str, problem: str | None, key: str) -> None:
    """Any but the form that a host has would never match, and nobody would notice."""
    text = AMAZON.replace("tokens = [", f'{key} = ["{token}"]\ntokens = [', 1)
    if key == "tokens":
        text = AMAZON.replace("tokens = [", f'tokens = ["{token}", ', 1)
    _, problems = parse_brands(text, "rules/brands.toml")
    assert problems == ([f"rules/brands.toml:6: amazon: token {token!r}: {problem}"] if problem else [])


def test_all_problems_are_told_at_once() -> None:
    text = AMAZON.replace('"world"', '"World"').replace('"shop"', '"x"').replace('"amzn"', '"-"')
    assert len(parse_brands(text, "rules/brands.toml")[1]) == 3


@pytest.mark.parametrize("other", ["tokens", "weak_tokens"])
def test_a_common_token_stands_nowhere_else(other: str) -> None:
    text = AU.replace("domains =", 'common_tokens = ["mori"]\ndomains =')
    brands, problems = parse_brands(text, "rules/brands.toml")
    assert not problems
    assert brands["au"].common_tokens == ("mori",)
    _, problems = parse_brands(
        text.replace('weak_tokens = ["au"]', f'{other} = ["au", "mori"]'.replace('"au", ', "")),
        "rules/brands.toml",
    )
    assert problems == [f"rules/brands.toml:7: au: token 'mori' is under {other} too; remove one"]


def test_a_weak_token_may_be_shared() -> None:
    text = AMAZON + AU.replace('["au"]', '["au", "amazon"]')
    assert not parse_brands(text, "rules/brands.toml")[1]


def test_a_platform_suffix_may_be_content() -> None:
    """A company's own public suffix (web.app) carries its users' pages, and the brand still owns it."""
    brands, problems = parse_brands(AMAZON.replace("amazonaws.com", "web.app"), "rules/brands.toml")
    assert not problems
    assert brands["amazon"].content == ("web.app",)
