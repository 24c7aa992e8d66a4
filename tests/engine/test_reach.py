"""A page from outside that reaches the router through the proxy has the whole household."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

import pytest

from sekisho.engine.reach import Reach, is_home_address, is_lan_client, is_local_name
from sekisho.link import host_link
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
    reach = Reach([parse_resolve("nas.example=192.168.1.5:8443"), parse_resolve("*.lab.example=127.0.0.1")])
    assert reach.mapped("nas.example") == parse_resolve("nas.example=192.168.1.5:8443")
    assert reach.mapped("a.b.lab.example") is not None
    assert reach.mapped("lab.example") is None
    assert not reach.leads_home(host_link("nas.example"))


@pytest.mark.parametrize("host", ["192.168.1.1", "[fd00::1]", "printer.local", "nas"])
def test_a_person_of_this_computer_may_type_the_router_s_address(host: str) -> None:
    link = host_link(host)
    reach = Reach()
    assert reach.leads_home(link)
    assert reach.permits_home(link, client="127.0.0.1", typed=True)
    assert not reach.permits_home(link, client="127.0.0.1", typed=False)
    assert not reach.permits_home(link, client="192.168.1.20", typed=True)
    assert not Reach(serves_lan=True).permits_home(link, client="127.0.0.1", typed=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "a.localhost", "[::1]", "127.9.9.9"])
def test_nobody_may_reach_this_computer_itself(host: str) -> None:
    assert not Reach().permits_home(host_link(host), client="127.0.0.1", typed=True)


def test_allowed_networks_are_allowed_and_no_others() -> None:
    reach = Reach((), [ipaddress.ip_network("192.168.1.0/24")])
    assert not reach.leads_home(host_link("192.168.1.9"))
    assert reach.leads_home(host_link("192.168.2.9"))


def resolve(reach: Reach, host: str | bytes, answers: Sequence[str]) -> list[tuple[str, int]]:
    """Resolve through a loop whose own resolver gives these answers."""
    asked: list[object] = []

    async def own(host: object, port: object, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        addresses = answers if not isinstance(host, str) or not host[0].isdigit() else [host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    async def run() -> list[tuple[str, int]]:
        loop = asyncio.get_running_loop()
        loop.getaddrinfo = own  # type: ignore[method-assign,assignment]
        reach.install(loop)
        found = await loop.getaddrinfo(host, 443)
        return [(str(info[4][0]), int(info[4][1])) for info in found]

    return asyncio.run(run())


def test_a_public_name_that_leads_home_is_refused_in_words() -> None:
    with pytest.raises(socket.gaierror, match=r"rebind.example leads into the home network \(192.168.1.1\)"):
        resolve(Reach(), "rebind.example", ["192.168.1.1"])


def test_of_mixed_answers_only_the_public_ones_are_used() -> None:
    assert resolve(Reach(), "mixed.example", ["10.0.0.1", "8.8.8.8"]) == [("8.8.8.8", 443)]


def test_a_local_name_may_lead_to_the_house_but_not_to_this_computer() -> None:
    assert resolve(Reach(), "printer.local", ["192.168.1.9"]) == [("192.168.1.9", 443)]
    with pytest.raises(socket.gaierror):
        resolve(Reach(), "printer.local", ["127.0.0.1"])


def test_a_mapping_is_applied_before_any_look_up_with_its_port() -> None:
    reach = Reach([parse_resolve("*.lab.example=127.0.0.1:8443")])
    assert resolve(reach, b"A.Lab.example", ["203.0.113.9"]) == [("127.0.0.1", 8443)]


def test_an_allowed_network_may_answer_for_a_public_name() -> None:
    reach = Reach((), [ipaddress.ip_network("192.168.1.0/24")])
    assert resolve(reach, "split.example", ["192.168.1.9"]) == [("192.168.1.9", 443)]
