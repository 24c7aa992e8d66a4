"""A host that is read differently from how the browser opens it is a host that was not judged."""

import ipaddress

import pytest
import tldextract
from hypothesis import example, given
from hypothesis import strategies as st

from sekisho.link import (
    Link,
    LinkError,
    find_link,
    forget_hosts,
    host_link,
    is_loopback,
    parse_link,
    plain_domain,
)

READ = [
    # what somebody gave, host, registrable domain, Unicode form
    ("https://rec0very-supp0rt-micr0s0ft.org/", "rec0very-supp0rt-micr0s0ft.org", None, None),
    ("www.Amazon.co.jp", "www.amazon.co.jp", "amazon.co.jp", None),
    ("HTTPS://EXAMPLE.COM./a?b#c", "example.com", None, None),
    ("https://ｅｘａｍｐｌｅ.com/", "example.com", None, None),
    ("https://ex%61mple.com/", "example.com", None, None),
    ("https:\\\\user:secret@www.example.com:443\\x", "www.example.com", "example.com", None),
    ("https://www.google.com@evil.example.org/", "evil.example.org", "example.org", None),
    ("https://exa\tmple\n.com/", "example.com", None, None),
    ("https://foo.github.io/", "foo.github.io", "foo.github.io", None),
    ("https://a.b.foo.blogspot.com/", "a.b.foo.blogspot.com", "foo.blogspot.com", None),
    ("https://日本語.jp/", "xn--wgv71a119e.jp", None, "日本語.jp"),
    ("https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com", None, "аррӏе.com"),
    ("http://i❤.ws/", "xn--i-7iq.ws", None, "i❤.ws"),
    ("a_b.example.com", "a_b.example.com", "example.com", None),
    ("localhost:3000", "localhost", "localhost", None),
    ("http://0x7f.1/", "127.0.0.1", "127.0.0.1", None),
    ("http://2130706433/", "127.0.0.1", "127.0.0.1", None),
    ("http://017700000001", "127.0.0.1", "127.0.0.1", None),
    ("http://[::ffff:1.2.3.4]/", "1.2.3.4", "1.2.3.4", None),
    ("http://[2001:db8::0:1]:8080/", "2001:db8::1", None, None),
    ("192.168.1.1:8080/x", "192.168.1.1", None, None),
    ("wss://chat.example.com/", "chat.example.com", "example.com", None),
]


@pytest.mark.parametrize(("text", "host", "domain", "shown"), READ, ids=[row[0] for row in READ])
def test_links_are_read_as_a_browser_reads_them(
    text: str, host: str, domain: str | None, shown: str | None
) -> None:
    link = parse_link(text)
    assert link.host == host
    assert link.flaws == ()
    assert link.domain == (domain or host)
    assert link.unicode == (shown or host)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "mailto:mother@example.com",
        "javascript:alert(1)",
        "http://",
        "https://1.2.3.4.5/",
        "https://a b.com/",
    ],
)
def test_what_names_no_host_is_told_and_never_guessed(text: str) -> None:
    with pytest.raises(LinkError) as error:
        parse_link(text)
    assert str(error.value)


FLAWED = [
    ("", "no host"),
    ("a..b", "empty label"),
    (".example.com", "empty label"),
    ("1.2.3.4.5", "not a host name"),
    ("256.1.1.1", "not a host name"),
    ("example.com/path", "not a host name"),
    ("good.com@evil.com", "not a host name"),
    ("good.com#.evil.com", "not a host name"),
    ("ex%61mple.com", "not a host name"),
    ("a b.com", "not a host name"),
    ("xn--0.example.com", "punycode"),
    ("xn--" + "9" * 40 + ".com", "punycode"),
    ("a" * 64 + ".com", "too long"),
    (".".join(["abcdefg"] * 33), "too long"),
    ("\udcff.com", "not a host name"),
]


@pytest.mark.parametrize(("host", "flaw"), FLAWED, ids=[repr(row[0])[:30] for row in FLAWED])
def test_a_host_that_cannot_be_read_says_so(host: str, flaw: str) -> None:
    assert host_link(host).flaws == (flaw,)


def test_a_suffix_alone_is_its_own_domain() -> None:
    link = host_link("co.jp")
    assert (link.domain, link.suffix) == ("co.jp", "co.jp")


def test_parents_run_from_the_host_to_its_top_level_domain() -> None:
    assert host_link("a.b.co.jp").parents == ("a.b.co.jp", "b.co.jp", "co.jp", "jp")
    assert host_link("10.0.0.1").parents == ("10.0.0.1",)


def test_labels_are_what_a_person_reads() -> None:
    assert host_link("xn--wgv71a119e.jp").labels == ("日本語", "jp")
    assert host_link("[::1]").labels == ("::1",)


def test_ports_and_schemes_are_kept() -> None:
    link = parse_link("http://example.com:8443/")
    assert (link.scheme, link.port) == ("http", 8443)
    assert parse_link("http://example.com/").port == 80
    assert parse_link("example.com").port == 443


@given(
    st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
)
@example("xn--" + "a" * 300)
@example("[fe80::1%eth0]")
@example("٣.٣.٣.٣")
@example("xn--a-ecp.ru")
def test_any_host_becomes_a_link(host: str) -> None:
    link = host_link(host)
    assert isinstance(link, Link)
    assert link.flaws or len(link.host) <= 253
    assert len(link.unicode.split(".")) == len(link.host.split(".")) or link.flaws


@given(st.text(max_size=300))
def test_any_text_is_a_link_or_a_clear_error(text: str) -> None:
    try:
        link = parse_link(text)
    except LinkError as error:
        sentence = str(error)
    else:
        sentence = link.host
        assert host_link(link.host).host == link.host or link.flaws
    assert len(sentence) < 400
    assert sentence or link.flaws


@given(st.ip_addresses())
def test_addresses_keep_their_one_spelling(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    link = host_link(str(address))
    assert link.is_address
    assert link.host == str(getattr(address, "ipv4_mapped", None) or address)
    assert host_link(f"[{address}]" if address.version == 6 else f"{address}.").host == link.host


@given(st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z]{2,10}){1,3}\Z"))
def test_reading_is_idempotent_and_blind_to_case_and_dot(host: str) -> None:
    link = host_link(host)
    assert host_link(link.host) == link
    assert host_link(host.upper() + ".") == link


@pytest.mark.slow
def test_every_rule_of_the_suffix_list_is_read_as_its_library_reads_it() -> None:
    # The library is asked once for each end of a rule; a wrong end would give two owners one domain.
    extract = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)
    for rule in extract.tlds:
        name = rule.removeprefix("!").removeprefix("*.").encode("idna").decode()
        for host in (name, f"otter.{name}", f"www.otter.{name}", f"a.www.otter.{name}"):
            link = host_link(host)
            parts = extract.extract_str(host)
            assert (link.suffix, link.private_suffix) == (parts.suffix, parts.is_private), host
            assert link.domain == (parts.top_domain_under_public_suffix or host), host
            assert plain_domain(host) in ("", link.domain), host


def test_an_address_of_a_header_is_read_where_it_is_one() -> None:
    found = find_link("https://A.jp:8443/x?y")
    assert found
    assert found.host == "a.jp"
    assert [find_link(text) for text in ("", "about:client", "https://", "a.jp")] == [None] * 4


@given(st.from_regex(r"\A([a-z0-9-]{1,5}\.){0,3}(com|co\.jp|io|ck|za|kawasaki\.jp|example|amazonaws\.com)\Z"))
def test_the_domain_of_a_plain_name_is_that_of_its_link(host: str) -> None:
    """A list would keep a public suffix, or the proxy tunnel a domain of which a part is blocked."""
    link = host_link(host)
    if domain := plain_domain(host):
        assert domain == link.domain
        assert link.suffix != host


HERE = """localhost LocalHost. a.localhost 127.0.0.1 127.9.9.9 ::1 [::1] ::1%lo
::ffff:127.0.0.1 [::ffff:7f00:1] 64:ff9b::7f00:1"""
ELSEWHERE = """0.0.0.0 :: 10.0.0.1 192.168.1.1 127.1 fe80::1%lo 64:ff9b::a00:1 ::ffff:10.0.0.1 127.0.0.1.example
example.org localhost.example localhost.example.org notlocalhost .localhost. a..localhost"""


@pytest.mark.parametrize("host", HERE.split())
def test_this_computer_is_known_by_its_names_and_addresses(host: str) -> None:
    """A redirect could reach a server of this computer that trusts whoever is on it."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", *ELSEWHERE.split()])
def test_no_other_host_is_taken_for_this_computer(host: str) -> None:
    """A key or a list would travel without encryption."""
    assert not is_loopback(host)


def test_a_host_that_was_forgotten_is_read_again() -> None:
    before = host_link("www.example.co.jp")
    forget_hosts()
    assert host_link("www.example.co.jp") == before
