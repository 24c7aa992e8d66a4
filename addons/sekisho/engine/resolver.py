"""Resolver: the event loop resolves every name here, filtered by the rules for the home network.

A name is resolved once, by the same call that connects, so that no second look-up can answer differently (DNS
rebinding). `--resolve` maps names before any look-up. `loop.getaddrinfo` is replaced, since that is what asyncio
itself calls to connect.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from sekisho.link import host_link
from sekisho.policy.home_network import HomeNetwork

AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]


def install_resolver(loop: asyncio.AbstractEventLoop, home: HomeNetwork) -> None:
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
        if rule := home.mapped(name):
            found = await ask(rule.address, port if rule.port is None else rule.port, **options)
            return found
        found = await ask(name, port, **options)
        usable = [info for info in found if home.is_usable(name, info[4][0])]
        if not usable:
            where = ", ".join(sorted({info[4][0] for info in found}))
            raise socket.gaierror(
                socket.EAI_NONAME,
                f"{name} leads into the home network ({where}); sekisho does not connect there "
                "unless it is started with --allow-private",
            )
        return usable

    loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign,assignment]
