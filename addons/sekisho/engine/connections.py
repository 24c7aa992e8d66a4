"""Live: which connections stand, and to whom, so that those of a host that turns bad can be closed.

A verdict opens the way for a request; a tunnel, a WebSocket or an answer without an end then goes on
without another request that could be judged. One entry for each client connection, until it ends.
"""

from collections.abc import Callable, Iterable

from sekisho.link import Link
from sekisho.verdict import Level


class Live:
    """The client connections that something was approved on, each with every name that was."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, set[Link]]] = {}

    def opened(self, client_id: str, client: str, links: Iterable[Link]) -> None:
        """This connection, of the device with the address `client`, leads to these hosts."""
        self._open.setdefault(client_id, (client, set()))[1].update(links)

    def forget(self, client_id: str) -> None:
        """The client connection ended."""
        self._open.pop(client_id, None)

    def bad(self, level_of: Callable[[Link, str], Level]) -> list[tuple[str, Link]]:
        """(client_id, link) of each connection that would not be opened now; `level_of` takes link and client."""
        found = []
        for client_id, (client, links) in self._open.items():
            worst = next((link for link in links if level_of(link, client) >= Level.WARN), None)
            if worst is not None:
                found.append((client_id, worst))
        return found

    def __len__(self) -> int:
        return len(self._open)
