"""TlsMessages: a failed TLS handshake is one line that says which site, which device, what it means and what to do.

mitmproxy logs OpenSSL's words, often without the host. Its hooks know the host; a filter drops its own records.
"""

import logging
import time
from collections.abc import Callable

from cachetools import TTLCache
from mitmproxy.tls import TlsData

from sekisho.portal.page import PORTAL_HOST
from sekisho.proxy.flows import client_address
from sekisho.visible import visible

logger = logging.getLogger(__name__)

REPEAT = 60.0
"""Seconds in which the same failure of the same host and device is logged once."""
_MOST_FAILURES = 1_024
"""Failures that are remembered for `REPEAT`, and connections whose host is."""
_DISTRUST = ("unknown ca", "bad certificate", "certificate unknown", "may not trust", "does not trust")
"""What mitmproxy 12.2.3 (proxy/layers/tls.py) writes where a client refuses our certificate."""
_SERVER_FAILURES = (
    (
        "certificate has expired",
        "its certificate has expired; only the site can renew it (or the clock of this computer is wrong)",
    ),
    ("not yet valid", "its certificate is not valid yet; set the clock of this computer"),
    ("mismatch", "its certificate is for another name; nothing to do here, and nothing to type there"),
    (
        "Certificate verify failed",
        "nobody knows the authority of its certificate; nothing to do here (your own site: --upstream-ca FILE)",
    ),
    ("does not speak TLS", "it does not speak TLS; check the address and its port"),
    (
        "cannot agree on a TLS version",
        "it speaks only TLS versions that are no longer safe; only the site can change that",
    ),
    ("connection closed", "it closed the connection during the handshake; try again later"),
)
"""Part of mitmproxy's words → what it means and what to do; the first that fits counts."""


def server_failure_line(host: str, client: str, error: str) -> str:
    """No TLS with a server. `error` in mitmproxy's words."""
    unknown = "no encrypted connection could be made; nothing to do here unless it is so with every site"
    meaning = next((meaning for part, meaning in _SERVER_FAILURES if part in error), unknown)
    return f"{visible(host)} was not opened for {visible(client)}: {meaning}"


def client_failure_line(host: str, client: str, error: str) -> str:
    """No TLS with a device; empty where it only went away. `error` in mitmproxy's words."""
    if "disconnected during the handshake" in error or error == "connection closed early":
        return ""
    if any(part in error for part in _DISTRUST):
        meaning = (
            "the device does not trust the certificate of this proxy; "
            f"install it there: http://{PORTAL_HOST}/ (an app that brings its own certificates never will)"
        )
    elif "cannot agree on a TLS version" in error:
        meaning = "the device speaks only TLS versions that are no longer safe; update it"
    else:
        meaning = "the device sent something else than TLS; let that program connect without the proxy"
    return f"{visible(host)} was not opened for {visible(client)}: {meaning}"


class TlsMessages:
    """Logs failed TLS handshakes, the same line once a minute at most."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._logged: TTLCache[str, bool] = TTLCache(_MOST_FAILURES, REPEAT, clock)
        self._hosts: TTLCache[object, str] = TTLCache(_MOST_FAILURES, REPEAT, clock)

    def running(self) -> None:
        """Drop mitmproxy's own records of failed handshakes from now on."""
        logging.getLogger("mitmproxy.proxy.server").addFilter(self.keeps)

    def tls_established_client(self, data: TlsData) -> None:
        """Remember the host: a device that refuses the certificate after the handshake is logged without it."""
        self._hosts[data.context.client.peername] = _host_of(data)

    def tls_failed_client(self, data: TlsData) -> None:
        """A device ended the handshake, or mitmproxy did."""
        self._log(
            client_failure_line(_host_of(data), client_address(data.context.client), data.conn.error or "")
        )

    def tls_failed_server(self, data: TlsData) -> None:
        """A server's certificate was refused, or there was no handshake."""
        self._log(
            server_failure_line(_host_of(data), client_address(data.context.client), data.conn.error or "")
        )

    def keeps(self, record: logging.LogRecord) -> bool:
        """Whether a record of ``mitmproxy.proxy.server`` is printed as it is."""
        message = record.getMessage()
        if message.startswith("TLS Error: "):
            peer = getattr(record, "client", None)
            host, client = self._hosts.get(peer, "a site"), peer[0] if peer else "a device"
            refused = any(part in message for part in _DISTRUST)
            self._log(
                client_failure_line(host, client, message)
                if refused
                else f"an encrypted connection of {visible(client)} to {visible(host)} broke off; "
                "nothing to do unless it happens again and again"
            )
            return False
        return not message.startswith(("Client TLS handshake failed.", "Server TLS handshake failed."))

    def _log(self, line: str) -> None:
        if line and line not in self._logged:
            self._logged[line] = True
            logger.warning("%s", line)


def _host_of(data: TlsData) -> str:
    server = data.context.server.address
    return data.conn.sni or (server[0] if server else "") or "a site"
