"""Home network: which hosts and addresses are of this computer or the home network, and who may go there. Pure.

A public name that leads to a private address is refused (DNS rebinding); so are private addresses, but for those
that the settings allow and those that `HomeNetwork.permits` lets a person of this computer type. The names that
`--resolve` maps are not filtered. `engine.resolver` asks these rules in the one place where names are resolved.
"""

import ipaddress
from collections.abc import Sequence

from sekisho.link import Link, is_loopback
from sekisho.settings import Network, Resolve, find_resolve

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

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
    foreign even where a home has it, since it cannot be told from that of another network.
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


class HomeNetwork:
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

    def contains(self, link: Link) -> bool:
        """The host, as it is written, is of this computer or the home network, and no setting allows it."""
        if self.mapped(link.host):
            return False
        if link.is_address:
            return is_home_address(link.host) and not self._allowed(link.host)
        return is_local_name(link.host)

    def permits(self, link: Link, *, client: str, typed: bool) -> bool:
        """Whether a host that `contains` is true may be opened: typed at this computer, and not itself.

        A proxy that serves the household never does it: its own network is not its clients' to walk.
        """
        if self._serves_lan or not typed or not is_loopback(client):
            return False
        return not is_loopback(link.host)

    def is_usable(self, host: str, address: str) -> bool:
        """Whether a connection to `host` may go to this resolved address."""
        if is_local_name(host):
            return not is_loopback(address)
        return not is_home_address(address) or self._allowed(address)

    def _allowed(self, text: str) -> bool:
        address = _innermost(ipaddress.ip_address(text))
        return any(
            address in network for network in self._allow_private if network.version == address.version
        )


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
