"""DeskPort: the desk's own port serves the portal and nothing else.

It may be open to the whole household while the proxy serves one computer, so it must not work as a proxy.
"""

import logging

from mitmproxy import http

from sekisho.proxy.flows import client_address, is_portal
from sekisho.settings import DeskSettings

logger = logging.getLogger(__name__)


class DeskPort:
    """Refuses what comes in by the desk's port and is not for the portal."""

    def __init__(self, settings: DeskSettings) -> None:
        self.port = settings.port

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """No tunnel through this port."""
        self._refuse(flow)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """No other host by this port."""
        if not is_portal(flow):
            self._refuse(flow)

    def _refuse(self, flow: http.HTTPFlow) -> None:
        own = flow.client_conn.sockname
        if self.port is None or own is None or own[1] != self.port:
            return
        text = f"Port {self.port} is sekisho's desk, not its proxy: open https://{own[0]}:{self.port}/desk\n"
        flow.response = http.Response.make(421, text, {"Content-Type": "text/plain; charset=utf-8"})
        logger.warning("%s asked the desk's port for %s", client_address(flow.client_conn), flow.request.host)
