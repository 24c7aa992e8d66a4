"""Tunnel: connections to familiar sites are relayed untouched; what cannot be carried is refused at once.

A TLS connection is tunnelled only if every name that is known of it (CONNECT and SNI) is familiar,
and familiar is said of registrable domains, never of single hosts: browsers put several hosts of one
certificate on one connection. TLS that is not for the web (IMAP, a game) is tunnelled once its name was
judged. Protocols whose server speaks first cannot pass a proxy that connects late; they are told so.
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
from mitmproxy.proxy.layers.tls import HTTP_ALPNS, parse_client_hello
from mitmproxy.tls import ClientHelloData

from sekisho.engine.engine import Engine, UnavailableError, worst_of
from sekisho.link import Link, host_link
from sekisho.proxy.flows import client_address
from sekisho.verdict import Level, Verdict

logger = logging.getLogger(__name__)

SILENCE = 10.0
"""Seconds that a client may be silent after CONNECT; browsers speak within milliseconds."""
SERVER_SPEAKS_FIRST = frozenset({21, 22, 23, 25, 53, 110, 119, 143, 587, 3306, 5432, 5900, 6667})
"""Ports (IANA) of protocols in which the server greets, or that a connection to a proxy cannot carry."""


class Tunnel:
    """Decides for each TLS connection whether anything of it is ours to see."""

    def __init__(self, engine: Engine, close: Callable[[str], None]) -> None:
        self.engine = engine
        self._close = close
        self._silent: dict[str, asyncio.TimerHandle] = {}

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Refuse what could only hang."""
        if flow.request.port in SERVER_SPEAKS_FIRST:
            text = (
                f"sekisho carries web connections; port {flow.request.port} is for a protocol that it cannot "
                "carry. Let the program connect without the proxy.\n"
            )
            flow.response = http.Response.make(501, text, {"Content-Type": "text/plain; charset=utf-8"})
            logger.warning("%s:%d refused, not a web port", flow.request.host, flow.request.port)

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
        """Whether nothing of this connection is ours to see; approves it, where it may go up."""
        engine = self.engine
        names = dict.fromkeys(name for name in (server[0], sni) if name)
        links = tuple(host_link(name, server[1]) for name in names)
        address = client_address(client)
        try:
            link, verdict = self._judge(links, address)
        except UnavailableError:
            return False  # taken, so that the Guard can answer with a page
        if not verdict.familiar:
            if _is_web(offers, server[1]):
                return False
            if verdict.level >= Level.WARN or any(engine.reach.leads_home(each) for each in links):
                logger.warning("%s:%d refused: %s", link.host, server[1], _why(verdict.level))
                return True  # unapproved, so that the Guard ends it
        else:
            engine.passed(link, verdict)
        engine.approvals.approve(client.id, server[0], server[1])
        engine.live.opened(client.id, address, links)
        return True

    def client_disconnected(self, client: Client) -> None:
        """Nothing to watch any more."""
        self.engine.live.forget(client.id)
        self._spoke(client.id)

    def judge_again(self) -> None:
        """What is known has changed: close connections that would not be opened now, tunnels and all others."""
        engine = self.engine
        for client_id, link in engine.live.bad(lambda *who: engine.judge(*who, is_click=False).level):
            logger.info("closing a live connection to %s", link.host)
            self._close(client_id)

    def _judge(self, links: tuple[Link, ...], client: str) -> tuple[Link, Verdict]:
        return worst_of(lambda link: self.engine.judge(link, client, is_click=False), links)

    def _spoke(self, client_id: str) -> None:
        if timer := self._silent.pop(client_id, None):
            timer.cancel()

    def _give_up(self, client_id: str) -> None:
        self._silent.pop(client_id, None)
        self._close(client_id)


def _is_web(offers: Sequence[bytes], port: int) -> bool:
    """TLS that speaks HTTP: by what it offers, or by its port where it offers nothing."""
    return any(offer in HTTP_ALPNS for offer in offers) if offers else port == 443


def _why(level: Level) -> str:
    return f"verdict {level.word}" if level >= Level.WARN else "it leads into the home network"
