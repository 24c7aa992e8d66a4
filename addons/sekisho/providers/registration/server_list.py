"""ServerList: IANA's list of RDAP servers (RFC 9224) as a value. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sekisho.providers.registration.answer import NoAnswerError, State

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class ServerList:
    """Which server knows the names under which suffix."""

    servers: Mapping[str, str]
    """Suffix, lower case, without dots at its ends → base URL that ends in ``/``."""
    hosts: frozenset[str]
    """The hosts of all servers: nobody else is asked, wherever an answer may point."""

    def find(self, domain: str) -> str | None:
        """The base URL for a domain: of the longest entry that ends it. None where nobody serves it."""
        name = domain
        while name:
            if base := self.servers.get(name):
                return base
            name = name.partition(".")[2]
        return None


def is_safe_url(url: str) -> bool:
    """https with a host, no user name and no odd characters; plain http for this computer only (tests)."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or not url.isascii() or not url.isprintable() or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def read_server_list(body: bytes) -> ServerList:
    """Read IANA's dns.json. An entry that cannot be used is left out.

    Raises NoAnswerError where it is no such list, or names no server at all.
    """
    try:
        services = json.loads(body)["services"]
        entries = [(service[0], service[1]) for service in services]
    except (ValueError, TypeError, LookupError, RecursionError):
        raise NoAnswerError(State.UNREADABLE, "it is no list of RDAP servers (RFC 9224)") from None
    servers: dict[str, str] = {}
    for suffixes, urls in entries:
        if not isinstance(suffixes, list) or not isinstance(urls, list):
            continue
        usable = (url for url in urls if isinstance(url, str) and _is_base(url))
        if base := next(usable, None):
            base = base if base.endswith("/") else f"{base}/"
            names = (name.lower().strip(".") for name in suffixes if isinstance(name, str))
            servers.update((name, base) for name in names if name)
    if not servers:
        raise NoAnswerError(State.UNREADABLE, "the list of RDAP servers names none that could be asked")
    return ServerList(servers, frozenset(urlsplit(base).hostname or "" for base in servers.values()))


def _is_base(url: str) -> bool:
    return is_safe_url(url) and not set("?#") & set(url)
