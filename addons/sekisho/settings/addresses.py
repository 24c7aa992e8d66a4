"""Addresses that a person writes into settings: ``HOST=ADDRESS[:PORT]`` and private networks.

Nothing is looked up here: a name stays a name, an address must be one. Pure; a mistake is a ValueError
with what to write instead, which `load` completes with where it stood.
"""

import ipaddress
import re
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass

from sekisho.link import host_link, is_loopback

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Resolve:
    """One ``HOST=ADDRESS[:PORT]``: where a name leads, instead of what DNS says."""

    host: str
    """Canonical ASCII host."""
    wildcard: bool
    """``*.host``: every name under it, but not the host itself."""
    address: str
    """Canonical IPv4 or IPv6 address, without brackets."""
    port: int | None = None
    """None keeps the port of the request."""

    def matches(self, host: str) -> bool:
        """Whether it says where this canonical host leads."""
        return host.endswith(f".{self.host}") if self.wildcard else host == self.host


def find_resolve(rules: Sequence[Resolve], host: str) -> Resolve | None:
    """The rule for a canonical host: the name itself before a wildcard, the longest wildcard first."""
    matching = [rule for rule in rules if rule.matches(host)]
    return max(matching, key=lambda rule: (not rule.wildcard, len(rule.host)), default=None)


def parse_resolve(text: str) -> Resolve:
    """Read ``HOST=ADDRESS[:PORT]``; an IPv6 address stands in brackets where a port follows.

    Raises ValueError with the remedy.
    """
    name, equals, target = text.strip().partition("=")
    if not equals or not name or not target:
        raise ValueError("write HOST=ADDRESS or HOST=ADDRESS:PORT, for example nas.example=192.168.1.5:8443")
    wildcard = name.startswith("*.")
    link = host_link(name.removeprefix("*."))
    if link.flaws or "*" in link.host:
        raise ValueError(f"{name!r} is no host name; write one such as nas.example or *.home.example")
    address, port = _address_and_port(target)
    return Resolve(link.host, wildcard, address, port)


def _address_and_port(target: str) -> tuple[str, int | None]:
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(.*))?", target)
    if bracketed:
        address, port = bracketed[1], bracketed[2]
    elif target.count(":") == 1:
        address, _, port = target.partition(":")
    else:
        address, port = target, None
    try:
        canonical = str(ipaddress.ip_address(address))
    except ValueError:
        raise ValueError(
            f"{address!r} is no IP address; write 192.168.1.5 or [fd00::5] (names are not looked up here)"
        ) from None
    if port is None:
        return canonical, None
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        raise ValueError(f"{port!r} is no port; write a number from 1 to 65535")
    return canonical, int(port)


def parse_server(text: str, default_port: int) -> tuple[str, int]:
    """Read ``HOST`` or ``HOST:PORT`` of a server that is asked; an IPv6 address stands in brackets.

    Raises ValueError with the remedy.
    """
    found = re.fullmatch(r"(\[[^\[\]]*\]|[^\[\]:/@\s]+)(?::([0-9]{1,5}))?", text.strip())
    link = host_link(found[1]) if found else None
    if found is None or link is None or link.flaws:
        raise ValueError(f"write a host name, or HOST:PORT, for example whois.example:{default_port}")
    port = int(found[2]) if found[2] else default_port
    if not 1 <= port <= 65535:
        raise ValueError(f"{port} is no port; write a number from 1 to 65535")
    return link.host, port


def parse_listen(text: str) -> str:
    """The IP address to listen on. Raises ValueError with what to write."""
    try:
        return str(ipaddress.ip_address(text.strip().removeprefix("[").removesuffix("]")))
    except ValueError:
        raise ValueError(
            "write an IP address: 127.0.0.1 for this computer, 0.0.0.0 or :: for the home network"
        ) from None


def parse_private_network(text: str) -> Network:
    """Read a private network in CIDR form, or one address. Raises ValueError with the remedy."""
    try:
        network = ipaddress.ip_network(text.strip())
    except ValueError:
        try:
            near = ipaddress.ip_network(text.strip(), strict=False)
        except ValueError:
            raise ValueError("write a network such as 192.168.1.0/24 or fd00::/8") from None
        raise ValueError(f"it has bits set behind its length; did you mean {near}?") from None
    if network.is_global:
        raise ValueError("it holds public addresses, which need no leave; write one such as 192.168.1.0/24")
    return network


def web_server(text: str, example: str, danger: str) -> str:
    """``https://name[:port]`` of a server, written in one way; http only where it is this computer.

    `danger` begins the sentence that says why not. Raises ValueError.
    """
    try:
        url = urllib.parse.urlsplit(text.strip())
        name, port = url.hostname or "", url.port
    except ValueError:
        name, port, url = "", None, urllib.parse.urlsplit("")
    bare = not (url.path.strip("/") or url.query or url.fragment or url.username or url.password)
    if not (name and bare and url.scheme in {"https", "http"}):
        raise ValueError(f"write a server without a path, such as {example}")
    if url.scheme == "http" and not is_loopback(name):
        raise ValueError(f"{danger}; write https:// (http only for 127.0.0.1)")
    shown = f"[{name}]" if ":" in name else name
    return f"{url.scheme}://{shown}" + (f":{port}" if port is not None else "")
