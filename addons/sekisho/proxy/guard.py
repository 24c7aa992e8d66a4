"""Guard: the last addon. What nobody approved gets a page, and never a connection.

It is an addon of its own, since mitmproxy lets a request pass where a hook raises and skips the
later hooks of the same object. It knows nothing about verdicts: no approval, no way.
"""

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from sekisho.engine.approvals import APPROVED, CLEARED, Approvals
from sekisho.portal.page import Page
from sekisho.portal.warning import could_not_check_page
from sekisho.proxy.flows import answer_with, is_portal, language_of, names_of
from sekisho.proxy.holding import HELD, Hold


class Guard:
    """Refuses every request and every connection that was not approved."""

    def __init__(self, approvals: Approvals) -> None:
        self.approvals = approvals

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """A page where the checks left the request undecided."""
        if not is_portal(flow):
            self._answer_unjudged(flow)

    def request(self, flow: http.HTTPFlow) -> None:
        """The same once more, before anything would be sent, and where nobody looked for secrets in it."""
        self._answer_unjudged(flow)
        if flow.response is None and CLEARED not in flow.metadata:
            answer_with(flow, _undecided(flow))

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """An answer that nobody looked at is held, and `page` answers it."""
        if APPROVED in flow.metadata and flow.response is not None and HELD not in flow.metadata:
            flow.metadata[HELD] = Hold()
            flow.response.stream = False

    def page(self, flow: http.HTTPFlow) -> None:
        """Nothing is shown that was held and not decided."""
        hold = flow.metadata.get(HELD)
        if isinstance(hold, Hold) and not hold.decided:
            answer_with(flow, _undecided(flow))

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """The last moment before a byte leaves."""
        address = data.server.address
        if address is None or not self.approvals.approved(data.client.id, address[0], address[1]):
            data.server.error = "sekisho: this connection was not approved"

    def client_disconnected(self, client: Client) -> None:
        """Approvals end with the client's connection."""
        self.approvals.forget(client.id)

    def _answer_unjudged(self, flow: http.HTTPFlow) -> None:
        # Per flow, not per connection: an earlier request of this connection may have been approved.
        if flow.response is None and APPROVED not in flow.metadata:
            answer_with(flow, _undecided(flow))


def _undecided(flow: http.HTTPFlow) -> Page:
    scheme = flow.request.scheme
    return could_not_check_page(link=names_of(flow)[0], language=language_of(flow), scheme=scheme)
