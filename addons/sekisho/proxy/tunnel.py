"""Tunnel: connections to familiar sites are relayed untouched; protocols that cannot pass are refused at once.

A TLS connection is tunnelled only if every name that is known of it (CONNECT and SNI) is familiar, and familiar is
a property of registrable domains, never of single hosts: browsers put several hosts of one certificate on one
connection. TLS that is not for the web (IMAP, a game) is tunnelled once its name was judged. Protocols whose server
speaks first cannot pass a proxy that connects late.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.net.tls import starts_like_tls_record
from mitmproxy.proxy.layer import NextLayer
from mitmproxy.proxy.layers.tcp import TCPLayer
from mitmproxy.proxy.layers.tls import parse_client_hello
from mitmproxy.tls import ClientHelloData

from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.policy.action import Refuse, RefuseReason
from sekisho.policy.action import Tunnel as TunnelAction
from sekisho.policy.requests import decide_port
from sekisho.proxy.answer import refusal_page
from sekisho.proxy.flows import answer_with, connection_of

logger = logging.getLogger(__name__)

SILENCE = 10.0
"""Seconds that a client may be silent after CONNECT; browsers speak within milliseconds."""


class Tunnel:
    """Has each TLS connection decided: relayed, or taken and judged request by request."""

    def __init__(self, engine: Engine, close: Callable[[str], None]) -> None:
        self.engine = engine
        self._close = close
        self._silent: dict[str, asyncio.TimerHandle] = {}

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Refuse what could only hang."""
        request = flow.request
        action = decide_port(host_link(request.host, request.port))
        if action is not None:
            answer_with(flow, refusal_page(flow, action))
            logger.warning("%s:%d refused, not a web port", request.host, request.port)

    def http_connected(self, flow: http.HTTPFlow) -> None:
        """From here on the client must speak."""
        client_id = flow.client_conn.id
        loop = asyncio.get_running_loop()
        self._silent[client_id] = loop.call_later(SILENCE, self._give_up, client_id)

    def next_layer(self, layer: NextLayer) -> None:
        """The client spoke. A familiar TLS connection is relayed as plain bytes, without the TLS layers."""
        data = layer.data_client()
        if not data:
            return
        context = layer.context
        self._spoke(context.client.id)
        if not starts_like_tls_record(data) or layer.layer is not None:
            return
        server = context.server.address
        hello = None
        with contextlib.suppress(ValueError):  # what cannot be read here is left to `tls_clienthello`
            hello = parse_client_hello(data)
        # A hello that comes in pieces goes the longer way, through mitmproxy's TLS layers.
        if server and hello and self._relays(context.client, server, hello.sni, hello.alpn_protocols):
            layer.layer = TCPLayer(context, ignore=True)

    def tls_clienthello(self, data: ClientHelloData) -> None:
        """Tunnel the connection, or leave it to be taken and judged request by request."""
        server = data.context.server.address
        if server is None:
            return  # TLS to the proxy itself
        client = data.context.client
        data.ignore_connection = self._relays(client, server, client.sni, client.alpn_offers)

    def _relays(
        self, client: Client, server: tuple[str, int], sni: str | None, offers: Sequence[bytes]
    ) -> bool:
        """Whether the bytes of this connection are not read; approves it, where it may go up."""
        connection = connection_of(client, server, sni, offers)
        action = self.engine.decide_connection(connection)
        if isinstance(action, TunnelAction):
            host, port = server
            self.engine.connections.approve(client.id, host, port, connection.client, connection.links)
        elif isinstance(action, Refuse):
            # Not approved, so that the Guard ends it.
            logger.warning("%s:%d refused: %s", action.link.host, connection.port, _reason(action))
        return isinstance(action, TunnelAction | Refuse)

    def client_disconnected(self, client: Client) -> None:
        """Nothing to watch any more."""
        self.engine.connections.forget(client.id)
        self._spoke(client.id)

    def judge_again(self) -> None:
        """What is known has changed: close connections that would not be opened now, tunnels and all others."""
        for client_id, link in self.engine.bad_connections():
            logger.info("closing a live connection to %s", link.host)
            self._close(client_id)

    def _spoke(self, client_id: str) -> None:
        if timer := self._silent.pop(client_id, None):
            timer.cancel()

    def _give_up(self, client_id: str) -> None:
        self._silent.pop(client_id, None)
        self._close(client_id)


def _reason(action: Refuse) -> str:
    if action.reason is RefuseReason.WARNED and action.verdict:
        return f"verdict {action.verdict.level.word}"
    return "it leads into the home network"
