"""A public name that leads into the home network is how a page from outside reaches the router."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

import pytest

from sekisho.engine.resolver import install_resolver
from sekisho.policy.home_network import HomeNetwork
from sekisho.settings import parse_resolve


def resolve(home: HomeNetwork, host: str | bytes, answers: Sequence[str]) -> list[tuple[str, int]]:
    """Resolve through a loop whose own resolver gives these answers."""
    asked: list[object] = []

    async def own(host: object, port: object, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        addresses = answers if not isinstance(host, str) or not host[0].isdigit() else [host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    async def run() -> list[tuple[str, int]]:
        loop = asyncio.get_running_loop()
        loop.getaddrinfo = own  # type: ignore[method-assign,assignment]
        install_resolver(loop, home)
        found = await loop.getaddrinfo(host, 443)
        return [(str(info[4][0]), int(info[4][1])) for info in found]

    return asyncio.run(run())


def test_a_public_name_that_contains_is_refused_in_words() -> None:
    with pytest.raises(socket.gaierror, match=r"rebind.example leads into the home network \(192.168.1.1\)"):
        resolve(HomeNetwork(), "rebind.example", ["192.168.1.1"])


def test_of_mixed_answers_only_the_public_ones_are_used() -> None:
    assert resolve(HomeNetwork(), "mixed.example", ["10.0.0.1", "8.8.8.8"]) == [("8.8.8.8", 443)]


def test_a_local_name_may_lead_to_the_house_but_not_to_this_computer() -> None:
    assert resolve(HomeNetwork(), "printer.local", ["192.168.1.9"]) == [("192.168.1.9", 443)]
    with pytest.raises(socket.gaierror):
        resolve(HomeNetwork(), "printer.local", ["127.0.0.1"])


def test_a_mapping_is_applied_before_any_look_up_with_its_port() -> None:
    home = HomeNetwork([parse_resolve("*.lab.example=127.0.0.1:8443")])
    assert resolve(home, b"A.Lab.example", ["203.0.113.9"]) == [("127.0.0.1", 8443)]


def test_an_allowed_network_may_answer_for_a_public_name() -> None:
    home = HomeNetwork((), [ipaddress.ip_network("192.168.1.0/24")])
    assert resolve(home, "split.example", ["192.168.1.9"]) == [("192.168.1.9", 443)]
