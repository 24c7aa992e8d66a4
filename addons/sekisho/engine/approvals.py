"""Approvals: which servers each client connection may reach. Nothing else opens a way upstream.

The addons that judge write here, the Guard reads here at the last moment before a connection is made.
An approval belongs to one client connection and one (host, port); it ends with the connection.
"""

from collections import defaultdict

APPROVED = "sekisho.approved"
"""Key in `flow.metadata`: (Kind, Verdict) of a request that was judged and may go up."""

CLEARED = "sekisho.cleared"
"""Key in `flow.metadata`: nothing in the request has to be asked about; without it nothing goes up."""


class Approvals:
    """Who may connect where, for the life of each client connection."""

    def __init__(self) -> None:
        self._servers: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)

    def approve(self, client_id: str, host: str, port: int) -> None:
        """Let this client connection reach `host`:`port`, as it was spelled in the request."""
        self._servers[client_id].add((host, port))

    def approved(self, client_id: str, host: str, port: int) -> bool:
        """Whether somebody approved just this."""
        return (host, port) in self._servers.get(client_id, ())

    def forget(self, client_id: str) -> None:
        """The client connection ended."""
        self._servers.pop(client_id, None)

    def __len__(self) -> int:
        return len(self._servers)
