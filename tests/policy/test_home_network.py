"""A page from outside that reaches the router through the proxy has the whole household."""

import ipaddress

import pytest

from sekisho.link import host_link
from sekisho.policy.home_network import HomeNetwork, is_home_address, is_lan_client, is_local_name
from sekisho.settings import parse_resolve

HOME = [
    "127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.1.1", "100.64.0.1", "0.0.0.0", "255.255.255.255",
    "224.0.0.1", "::1", "::", "fe80::1", "fd00::1", "::ffff:192.168.1.1", "64:ff9b::10.0.0.1", "ff02::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", HOME)
def test_addresses_that_lead_home(address: str) -> None:
    assert is_home_address(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_lead_out(address: str) -> None:
    assert not is_home_address(address)


@pytest.mark.parametrize(
    ("address", "ours"),
    [("127.0.0.1", True), ("::1", True), ("192.168.1.7", True), ("10.1.2.3", True), ("172.31.0.1", True),
     ("fe80::1%eth0", True), ("fd12::1", True), ("::ffff:192.168.1.7", True), ("172.32.0.1", False),
     ("8.8.8.8", False), ("2001:db8::1", False), ("2606:4700::1", False), ("100.64.0.1", False), ("", False)],
)  # fmt: skip
def test_only_clients_of_the_house_are_served(address: str, ours: bool) -> None:
    assert is_lan_client(address) is ours


@pytest.mark.parametrize(
    ("name", "local"),
    [("nas", True), ("printer.local", True), ("router.home.arpa", True), ("a.localhost", True),
     ("example.com", False), ("local.example.com", False), ("homearpa.example", False)],
)  # fmt: skip
def test_names_that_only_the_house_knows(name: str, local: bool) -> None:
    assert is_local_name(name) is local


def test_a_mapped_name_leads_where_the_family_said() -> None:
    home = HomeNetwork(
        [parse_resolve("nas.example=192.168.1.5:8443"), parse_resolve("*.lab.example=127.0.0.1")]
    )
    assert home.mapped("nas.example") == parse_resolve("nas.example=192.168.1.5:8443")
    assert home.mapped("a.b.lab.example") is not None
    assert home.mapped("lab.example") is None
    assert not home.contains(host_link("nas.example"))


@pytest.mark.parametrize("host", ["192.168.1.1", "[fd00::1]", "printer.local", "nas"])
def test_a_person_of_this_computer_may_type_the_router_s_address(host: str) -> None:
    link = host_link(host)
    home = HomeNetwork()
    assert home.contains(link)
    assert home.permits(link, client="127.0.0.1", typed=True)
    assert not home.permits(link, client="127.0.0.1", typed=False)
    assert not home.permits(link, client="192.168.1.20", typed=True)
    assert not HomeNetwork(serves_lan=True).permits(link, client="127.0.0.1", typed=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "a.localhost", "[::1]", "127.9.9.9"])
def test_nobody_may_reach_this_computer_itself(host: str) -> None:
    assert not HomeNetwork().permits(host_link(host), client="127.0.0.1", typed=True)


def test_allowed_networks_are_allowed_and_no_others() -> None:
    home = HomeNetwork((), [ipaddress.ip_network("192.168.1.0/24")])
    assert not home.contains(host_link("192.168.1.9"))
    assert home.contains(host_link("192.168.2.9"))
