"""What is asked about leaves the household: it must be one registrable domain, and none that is private."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.link import host_link, parse_link
from sekisho.providers.registration.askable import askable_domain


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://login.mail.example.org/a?b=secret", "example.org"),
        ("example.co.jp", "example.co.jp"),
        ("www.example.co.jp", "example.co.jp"),
        ("https://日本語.jp/", "xn--wgv71a119e.jp"),
        ("a_b.example.com", "example.com"),
    ],
)
def test_only_the_registrable_domain_is_asked_about(url: str, domain: str) -> None:
    assert askable_domain(parse_link(url)) == domain


@pytest.mark.parametrize(
    "host",
    ["192.0.2.1", "[2001:db8::1]", "127.0.0.1", "localhost", "nas", "printer.local", "box.lan", "fritz.box.internal",
     "nas.home.arpa", "1.2.0.192.in-addr.arpa", "name.onion", "shop.example", "a.test", "com", "co.jp", "github.io",
     "somebody.github.io", "www.somebody.github.io", "a_b.com", "-a.com", "xn--0.com", "a..b", ""],
)  # fmt: skip
def test_what_is_private_or_a_platforms_is_not_asked_about(host: str) -> None:
    assert askable_domain(host_link(host)) is None


@given(st.text(max_size=80) | st.from_regex(r"\A[a-z0-9_.-]{1,60}\.(org|co\.jp|github\.io)\Z"))
def test_what_is_asked_about_is_always_one_plain_name(host: str) -> None:
    domain = askable_domain(host_link(host))
    if domain is not None:
        assert set(domain) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
        assert host_link(domain).domain == domain
