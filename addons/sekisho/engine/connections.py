"""Connections: which servers each client connection may reach, and which it is connected to now.

The engine records an approval here, and the proxy reads it at the last moment before it connects: no connection
upstream is made without one. An approval belongs to one client connection and one (host, port), and ends with it. A
tunnel, a WebSocket or an answer without an end goes on without another request that could be judged, so that every
name is kept as well: those of a host that turns bad are closed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sekisho.link import Link
from sekisho.verdict import Level


@dataclass(slots=True)
class _Open:
    client: str
    servers: set[tuple[str, int]] = field(default_factory=set)
    links: set[Link] = field(default_factory=set)


class Connections:
    """The client connections on which something was approved."""

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}

    def approve(self, client_id: str, host: str, port: int, client: str, links: Iterable[Link]) -> None:
        """Let this client connection reach `host`:`port`, as it was spelled in the request.

        client: address of the device. links: every name of the request.
        """
        connection = self._open.setdefault(client_id, _Open(client))
        connection.servers.add((host, port))
        connection.links.update(links)

    def is_approved(self, client_id: str, host: str, port: int) -> bool:
        """Whether just this was approved."""
        connection = self._open.get(client_id)
        return connection is not None and (host, port) in connection.servers

    def forget(self, client_id: str) -> None:
        """The client connection ended."""
        self._open.pop(client_id, None)

    def bad(self, level_of: Callable[[Link, str], Level]) -> list[tuple[str, Link]]:
        """(client_id, link) of each connection that would not be opened now; `level_of` takes link and client."""
        found = []
        for client_id, connection in self._open.items():
            worst = next(
                (link for link in connection.links if level_of(link, connection.client) >= Level.WARN), None
            )
            if worst is not None:
                found.append((client_id, worst))
        return found

    def __len__(self) -> int:
        return len(self._open)
