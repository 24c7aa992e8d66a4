import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.settings import Resolve, find_resolve, parse_private_network, parse_resolve
from sekisho.settings.addresses import parse_server

unhurried = settings(deadline=None)  # a busy machine is no failure


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("nas.example=192.168.1.5", Resolve("nas.example", False, "192.168.1.5")),
        ("NAS.example.=192.168.1.5:8443", Resolve("nas.example", False, "192.168.1.5", 8443)),
        ("*.home.example=127.0.0.1:1", Resolve("home.example", True, "127.0.0.1", 1)),
        ("nas=[fd00::5]:65535", Resolve("nas", False, "fd00::5", 65535)),
        ("nas=[FD00:0::5]", Resolve("nas", False, "fd00::5")),
        ("nas=fd00::5", Resolve("nas", False, "fd00::5")),
        ("例え.example=192.0.2.1", Resolve("xn--r8jz45g.example", False, "192.0.2.1")),
    ],
)
def test_a_name_leads_where_it_is_said_to(text: str, rule: Resolve) -> None:
    assert parse_resolve(text) == rule


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "HOST=ADDRESS"),
        ("nas", "HOST=ADDRESS"),
        ("=1.2.3.4", "HOST=ADDRESS"),
        ("nas=", "HOST=ADDRESS"),
        ("nas=other.example", "no IP address"),
        ("nas=1.2.3", "no IP address"),
        ("nas=1.2.3.4:0", "no port"),
        ("nas=1.2.3.4:65536", "no port"),
        ("nas=1.2.3.4:", "no port"),
        ("nas=1.2.3.4:8x", "no port"),
        ("nas=[::1]:", "no port"),
        ("nas=[::1]8080", "no IP address"),
        ("a b=1.2.3.4", "no host name"),
        ("*=1.2.3.4", "no host name"),
        ("*.*.x=1.2.3.4", "no host name"),
        ("a*.x=1.2.3.4", "no host name"),
    ],
)
def test_a_slip_is_told_with_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_resolve(text)


@unhurried
@given(st.text(max_size=40))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    for parse in (parse_resolve, parse_private_network):
        sentence = "write"
        try:
            parse(text)
        except ValueError as error:
            sentence = str(error)
        assert "write" in sentence or "did you mean" in sentence


LABEL = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)


@unhurried
@given(LABEL, st.booleans(), st.ip_addresses(), st.one_of(st.none(), st.integers(1, 65535)))
def test_every_name_address_and_port_is_read_back(
    label: str, wildcard: bool, address: ipaddress.IPv4Address, port: int | None
) -> None:
    shown = f"[{address}]" if ":" in str(address) else str(address)
    text = f"{'*.' if wildcard else ''}{label}.example={shown}{f':{port}' if port else ''}"
    assert parse_resolve(text) == Resolve(f"{label}.example", wildcard, str(address), port)


def test_the_closest_rule_leads() -> None:
    """A wildcard for the home must not catch the one name that leads elsewhere."""
    rules = [
        parse_resolve(t) for t in ("*.example=192.0.2.1", "*.a.example=192.0.2.2", "x.a.example=192.0.2.3")
    ]

    def where(host: str) -> str | None:
        rule = find_resolve(rules, host)
        return rule.address if rule else None

    assert where("x.a.example") == "192.0.2.3"
    assert where("y.a.example") == "192.0.2.2"
    assert where("z.y.a.example") == "192.0.2.2"
    assert where("a.example") == "192.0.2.1"
    assert where("example") is None
    assert where("xexample") is None
    assert find_resolve((), "example") is None


@pytest.mark.parametrize(
    "text", ["192.168.1.0/24", "127.0.0.0/8", "10.1.2.3", "fd00::/8", "::1", "100.64.0.0/10"]
)
def test_private_networks_may_be_allowed(text: str) -> None:
    assert parse_private_network(f" {text} ") == ipaddress.ip_network(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("192.168.1.1/24", "did you mean 192.168.1.0/24"),
        ("0.0.0.0/0", "public addresses"),
        ("::/0", "public addresses"),
        ("8.8.8.0/24", "public addresses"),
        ("home", "write a network"),
        ("", "write a network"),
    ],
)
def test_a_network_that_would_open_more_is_refused(text: str, sentence: str) -> None:
    """0.0.0.0/0 would switch the protection against rebinding off."""
    with pytest.raises(ValueError, match=sentence):
        parse_private_network(text)


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("whois.example", ("whois.example", 43)),
        ("WHOIS.example.:4343", ("whois.example", 4343)),
        ("127.0.0.1:4343", ("127.0.0.1", 4343)),
        ("[::1]:4343", ("::1", 4343)),
        ("[::1]", ("::1", 43)),
    ],
)
def test_servers_are_a_host_and_a_port(text: str, server: tuple[str, int]) -> None:
    assert parse_server(text, 43) == server


@pytest.mark.parametrize("text", ["", ":43", "a:b", "a:0", "a:65536", "whois://a", "a/b", "a:1:2", "a b"])
def test_what_is_no_server_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_server(text, 43)
