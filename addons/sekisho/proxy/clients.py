"""Clients: a client that is not of this computer or the home network is refused, whatever the proxy listens on.

An open proxy on the internet is abused within hours. mitmproxy's own `block_global` also refuses the
home's public IPv6 addresses in ways that cannot be distinguished here, so this small addon replaces it.
"""

import logging

from mitmproxy.connection import Client

from sekisho.policy.home_network import is_lan_client
from sekisho.proxy.flows import client_address

logger = logging.getLogger(__name__)


class Clients:
    """Closes connections of foreign clients at once."""

    def client_connected(self, client: Client) -> None:
        """Before a byte is read."""
        address = client_address(client)
        if not is_lan_client(address):
            logger.warning("%s is not of the home network: connection refused", address or "a client")
            client.error = "sekisho serves the home network only"
