"""Where connections may lead: names are resolved, filtered and mapped here, in one place.

A name is resolved once, by the same call that connects, so that no second look-up can answer
differently (DNS rebinding). A public name that leads to a private address is refused; so are private
addresses, but for those that the settings allow and those that `Reach.permits_home` lets a person of
this computer type. `--resolve` maps names before any look-up, and its answers are not filtered.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sekisho.link import Link, host_link
from sekisho.settings import Network, Resolve, find_resolve

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_LOCAL_SUFFIXES = frozenset({"local", "localhost", "lan", "internal", "home", "localdomain"})
_LOCAL_DOMAINS = ("home.arpa",)


def is_home_address(text: str) -> bool:
    """Whether an IP literal leads anywhere but into the public internet."""
    address = _innermost(ipaddress.ip_address(text.partition("%")[0]))
    return not address.is_global or address.is_multicast


def is_lan_client(text: str) -> bool:
    """Whether a client with this address is this computer or one of its private network.

    The ranges are loopback, RFC 1918, link-local and unique local addresses; a public address is
    foreign even where a home has it, since nobody can tell it from a stranger's.
    """
    try:
        address = _innermost(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    return (
        address.is_loopback
        or address.is_link_local
        or any(address in network for network in _LAN if network.version == address.version)
    )


_LAN: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


class Reach:
    """The rules of one running proxy about where it connects."""

    def __init__(
        self,
        resolve: Sequence[Resolve] = (),
        allow_private: Sequence[Network] = (),
        *,
        serves_lan: bool = False,
    ) -> None:
        self._resolve = tuple(resolve)
        self._allow_private = tuple(allow_private)
        self._serves_lan = serves_lan

    def mapped(self, host: str) -> Resolve | None:
        """The `--resolve` rule for a canonical host."""
        return find_resolve(self._resolve, host)

    def leads_home(self, link: Link) -> bool:
        """The host, as it is written, is of this computer or the home network, and no setting allows it."""
        if self.mapped(link.host):
            return False
        if link.is_address:
            return is_home_address(link.host) and not self._allowed(link.host)
        return is_local_name(link.host)

    def permits_home(self, link: Link, *, client: str, typed: bool) -> bool:
        """Whether a host that `leads_home` may be opened: typed at this computer, and not itself.

        A proxy that serves the household never does it: its own network is not its clients' to walk.
        """
        if self._serves_lan or not typed or not is_loopback(client):
            return False
        return (
            link.host != "localhost"
            and not link.host.endswith(".localhost")
            and not (link.is_address and is_loopback(link.host))
        )

    def usable(self, host: str, addresses: Sequence[AddressInfo]) -> list[AddressInfo]:
        """The resolved addresses of a name that may be connected to."""
        if is_local_name(host):
            return [info for info in addresses if not is_loopback(info[4][0])]
        return [info for info in addresses if not is_home_address(info[4][0]) or self._allowed(info[4][0])]

    def _allowed(self, text: str) -> bool:
        address = _innermost(ipaddress.ip_address(text))
        return any(
            address in network for network in self._allow_private if network.version == address.version
        )

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Make this loop resolve every name through these rules."""
        ask: Callable[..., Awaitable[Any]] = loop.getaddrinfo

        async def getaddrinfo(
            host: str | bytes | None,
            port: int | str | None,
            *,
            family: int = 0,
            type: int = 0,  # noqa: A002  # the loop calls it by these names
            proto: int = 0,
            flags: int = 0,
        ) -> list[AddressInfo]:
            options = {"family": family, "type": type, "proto": proto, "flags": flags}
            found: list[AddressInfo]
            if host is None or flags & socket.AI_PASSIVE:  # a listening socket of our own
                found = await ask(host, port, **options)
                return found
            name = host_link(host.decode("ascii", "replace") if isinstance(host, bytes) else host).host
            if rule := self.mapped(name):
                found = await ask(rule.address, port if rule.port is None else rule.port, **options)
                return found
            found = await ask(name, port, **options)
            usable = self.usable(name, found)
            if not usable:
                where = ", ".join(sorted({info[4][0] for info in found}))
                raise socket.gaierror(
                    socket.EAI_NONAME,
                    f"{name} leads into the home network ({where}); sekisho does not connect there "
                    "unless it is started with --allow-private",
                )
            return usable

        loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign,assignment]


def is_local_name(host: str) -> bool:
    """A name that only the home network knows: one label, `.local`, `.home.arpa` and the like."""
    last = host.rpartition(".")[2]
    return "." not in host or last in _LOCAL_SUFFIXES or host.endswith(_LOCAL_DOMAINS)


def _innermost(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 one carries (mapped, NAT64), since that is where packets go."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_loopback(text: str) -> bool:
    """Whether an IP literal is this computer."""
    try:
        return _innermost(ipaddress.ip_address(text.partition("%")[0])).is_loopback
    except ValueError:
        return False
