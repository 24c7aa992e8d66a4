"""Rules hold canonical names only: any other would never match, and nobody would notice."""

import re

import pytest

from sekisho.link import host_link
from sekisho.rulebook.names import is_public_suffix, name_below, rule_domain, rule_platform


@pytest.mark.parametrize(
    "name", ["example.com", "www.example.co.jp", "xn--r8jz45g.jp", "user.github.io", "a_b.example.com"]
)
def test_canonical(name: str) -> None:
    assert rule_domain(name).host == name


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Amazon.com", "'Amazon.com' is not canonical; write 'amazon.com'"),
        ("https://amazon.com/", "not canonical; write 'amazon.com'"),
        (".amazon.com", "not canonical; write 'amazon.com'"),
        ("amazon.com.", "not canonical; write 'amazon.com'"),
        (" amazon.com", "not canonical; write 'amazon.com'"),
        ("例え.jp", "not canonical; write 'xn--r8jz45g.jp'"),
        ("a..b", "not canonical; write a domain such as example.org"),
        ("", "not canonical; write a domain such as example.org"),
        ("192.0.2.1", "is an address"),
        ("co.jp", "is a public suffix"),
        ("github.io", "is a public suffix"),
        ("kawasaki.jp", "is a public suffix"),
        ("printer.invalidsuffix", "ends in no known public suffix"),
    ],
)
def test_anything_else_is_refused_with_the_form_to_write(name: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        rule_domain(name)


def test_public_suffixes() -> None:
    assert is_public_suffix(host_link("co.jp"))
    assert is_public_suffix(host_link("kawasaki.jp"))  # parent of a wildcard
    assert not is_public_suffix(host_link("city.kawasaki.jp"))  # the exception to it
    assert not is_public_suffix(host_link("example.jp"))
    assert not is_public_suffix(host_link("nas.home"))


@pytest.mark.parametrize("suffix", ["se", "bg", "jp", "com"])
def test_a_name_below_a_suffix_is_nobodys_suffix(suffix: str) -> None:
    """`a.se` and `a.bg` are public suffixes themselves: they would make Sweden's look like none."""
    assert name_below(suffix).suffix == suffix


@pytest.mark.parametrize("name", ["weebly.com", "sites.google.com", "web.app", "run.app", "github.io"])
def test_a_platform_may_be_a_companys_own_suffix(name: str) -> None:
    assert rule_platform(name).host == name


@pytest.mark.parametrize("name", ["co.jp", "jp", "kawasaki.jp", "Weebly.com", "192.0.2.1"])
def test_a_platform_is_never_everybodys_suffix(name: str) -> None:
    """All names of a country would lose their familiar sites."""
    with pytest.raises(ValueError, match=r"public suffix|not canonical|an address"):
        rule_platform(name)
