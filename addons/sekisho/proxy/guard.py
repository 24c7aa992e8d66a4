"""Guard: the last addon. A flow without an Action gets a page, and never a connection.

It is an addon of its own, since mitmproxy lets a request pass where a hook raises and skips the
later hooks of the same object. It knows nothing about verdicts, only whether there is an Action.
"""

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from sekisho.engine.connections import Connections
from sekisho.proxy.answer import undecided
from sekisho.proxy.flows import ACTION, answer_with, is_cleared, is_portal
from sekisho.proxy.holding import HELD, Hold


class Guard:
    """Refuses every request and every connection that was not approved."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """A page where the checks left the request undecided."""
        if not is_portal(flow):
            self._answer_unjudged(flow)

    def request(self, flow: http.HTTPFlow) -> None:
        """The same once more, before anything would be sent, and where its body was not checked for secrets."""
        self._answer_unjudged(flow)
        if flow.response is None and not is_cleared(flow):
            answer_with(flow, undecided(flow))

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """A response that was not read is held, and `page` answers it."""
        if ACTION in flow.metadata and flow.response is not None and HELD not in flow.metadata:
            flow.metadata[HELD] = Hold()
            flow.response.stream = False

    def page(self, flow: http.HTTPFlow) -> None:
        """Nothing is shown that was held and not decided."""
        hold = flow.metadata.get(HELD)
        if isinstance(hold, Hold) and not hold.decided:
            answer_with(flow, undecided(flow))

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """The last moment before a byte leaves."""
        address = data.server.address
        if address is None or not self.connections.is_approved(data.client.id, address[0], address[1]):
            data.server.error = "sekisho: this connection was not approved"

    def client_disconnected(self, client: Client) -> None:
        """Approvals end with the client's connection."""
        self.connections.forget(client.id)

    def _answer_unjudged(self, flow: http.HTTPFlow) -> None:
        # Per flow, not per connection: an earlier request of this connection may have been approved.
        if flow.response is None and ACTION not in flow.metadata:
            answer_with(flow, undecided(flow))
