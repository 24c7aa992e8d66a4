"""A bank that is decrypted, and a fake that is tunnelled, are the two ways to lose the family's trust."""

import asyncio
import contextlib
import ssl
from types import SimpleNamespace

import pytest
from mitmproxy.proxy.layers.tcp import TCPLayer
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import tflow
from mitmproxy.tls import ClientHelloData

from sekisho.engine.engine import Engine
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decision, Decisions
from sekisho.proxy import tunnel as tunnel_module
from sekisho.proxy.guard import Guard
from sekisho.proxy.tunnel import Tunnel

from .conftest import CLEAN, FAKE, FAMILIAR, NOW, make_flow, rulebook

HTTP = [b"h2", b"http/1.1"]


def hello(
    engine: Engine, host: str, *, sni: str | None = None, port: int = 443, alpn: list[bytes] | None = None
) -> tuple[bool, str | None]:
    """Whether the connection is tunnelled, and what the Guard says to its server."""
    client = tflow.tclient_conn()
    client.peername, client.sni, client.alpn_offers = ("192.168.1.20", 5), sni, HTTP if alpn is None else alpn
    server = tflow.tserver_conn()
    server.address, server.error = (host, port), None
    context = SimpleNamespace(client=client, server=server)
    data = ClientHelloData(context, SimpleNamespace())  # type: ignore[arg-type]
    Tunnel(engine, lambda _: None).tls_clienthello(data)
    Guard(engine.connections).server_connect(ServerConnectionHookData(server, client))
    return data.ignore_connection, server.error


@pytest.mark.parametrize(
    ("host", "sni", "port"),
    [(FAMILIAR, FAMILIAR, 443), (f"www.{FAMILIAR}", None, 443), (FAMILIAR, f"a.{FAMILIAR}", 8443),
     ("login.microsoft.com", "login.microsoft.com", 443), (FAMILIAR.upper(), FAMILIAR, 993)],
)  # fmt: skip
def test_familiar_sites_are_tunnelled_on_any_port(
    engine: Engine, host: str, sni: str | None, port: int
) -> None:
    assert hello(engine, host, sni=sni, port=port) == (True, None)


@pytest.mark.parametrize(
    ("host", "sni"),
    [(CLEAN, CLEAN), (FAKE, FAKE), (FAMILIAR, FAKE), (FAMILIAR, CLEAN), (CLEAN, FAMILIAR), (CLEAN, None),
     ("203.0.113.9", FAMILIAR), ("blocked.jp", "blocked.jp"), ("me.github.io", "me.github.io")],
)  # fmt: skip
def test_one_name_that_is_not_familiar_is_enough_to_look_inside(
    engine: Engine, host: str, sni: str | None
) -> None:
    tunnelled, error = hello(engine, host, sni=sni)
    assert not tunnelled
    assert error


def test_tls_that_offers_nothing_is_web_on_443_only(engine: Engine) -> None:
    assert hello(engine, CLEAN, alpn=[]) == (False, "sekisho: this connection was not approved")
    assert hello(engine, CLEAN, alpn=[], port=993) == (True, None)
    assert hello(engine, CLEAN, alpn=[b"imap"], port=993) == (True, None)


@pytest.mark.parametrize("host", [FAKE, "blocked.jp", "192.168.1.1", "printer.local", "127.0.0.1"])
def test_tls_of_another_kind_to_a_bad_host_is_ended_at_once(engine: Engine, host: str) -> None:
    tunnelled, error = hello(engine, host, alpn=[b"imap"], port=993)
    assert tunnelled  # as far as mitmproxy is concerned: nothing more will be read
    assert error


def test_tls_to_the_proxy_itself_is_not_ours_to_tunnel(engine: Engine) -> None:
    context = SimpleNamespace(client=tflow.tclient_conn(), server=SimpleNamespace(address=None))
    data = ClientHelloData(context, SimpleNamespace())  # type: ignore[arg-type]
    Tunnel(engine, lambda _: None).tls_clienthello(data)
    assert not data.ignore_connection


@pytest.mark.parametrize("port", [22, 25, 53, 143])
def test_what_could_only_hang_is_refused_in_words(engine: Engine, port: int) -> None:
    flow = make_flow(f"http://{FAMILIAR}:{port}/", method="CONNECT")
    Tunnel(engine, lambda _: None).http_connect(flow)
    assert flow.response is not None
    assert flow.response.status_code == 501
    assert f"port {port}" in (flow.response.get_text() or "")
    web = make_flow(f"http://{FAMILIAR}:443/", method="CONNECT")
    Tunnel(engine, lambda _: None).http_connect(web)
    assert web.response is None


def test_a_silent_client_is_given_up_and_one_that_speaks_is_not(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tunnel_module, "SILENCE", 0.01)
    closed: list[str] = []

    async def run() -> None:
        tunnel = Tunnel(engine, closed.append)
        silent, speaking, leaving = (make_flow(f"http://{CLEAN}:443/") for _ in range(3))
        for number, flow in enumerate((silent, speaking, leaving)):
            flow.client_conn.id = str(number)
            tunnel.http_connected(flow)
        layer = SimpleNamespace(
            data_client=lambda: b"\x16", layer=None, context=SimpleNamespace(client=speaking.client_conn)
        )
        tunnel.next_layer(layer)  # type: ignore[arg-type]
        tunnel.client_disconnected(leaving.client_conn)
        await asyncio.sleep(0.05)

    asyncio.run(run())
    assert closed == ["0"]


def test_a_live_tunnel_to_a_host_that_is_blocked_now_is_closed(engine: Engine) -> None:
    closed: list[str] = []
    tunnel = Tunnel(engine, closed.append)
    for name in (f"www.{FAMILIAR}", "www.microsoft.com"):
        client = tflow.tclient_conn()
        client.id, client.sni, client.alpn_offers = name, name, HTTP
        context = SimpleNamespace(client=client, server=SimpleNamespace(address=(name, 443)))
        tunnel.tls_clienthello(ClientHelloData(context, SimpleNamespace()))  # type: ignore[arg-type]
    tunnel.judge_again()
    assert closed == []
    block = Decision("block", FAMILIAR, NOW, "sekisho block")
    engine.current.policy = Policy(rulebook(), Decisions([block]))
    tunnel.judge_again()
    assert closed == [f"www.{FAMILIAR}"]


def client_hello(sni: str | None) -> bytes:
    """The first bytes of a real TLS client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    out = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=sni).do_handshake()
    return out.read()


def first_bytes(engine: Engine, host: str | None, data: bytes) -> tuple[object, str | None]:
    """The layer that Tunnel chooses for what a client said first, and what the Guard says to its server."""
    client, server = tflow.tclient_conn(), tflow.tserver_conn()
    client.peername, server.error = ("192.168.1.20", 5), None
    server.address = (host, 443) if host else None
    context = SimpleNamespace(client=client, server=server, layers=[], options=None)
    layer = SimpleNamespace(data_client=lambda: data, context=context, layer=None)
    Tunnel(engine, lambda _: None).next_layer(layer)  # type: ignore[arg-type]
    Guard(engine.connections).server_connect(ServerConnectionHookData(server, client))
    return layer.layer, server.error


def test_a_familiar_connection_is_plain_bytes_to_us(engine: Engine) -> None:
    layer, error = first_bytes(engine, FAMILIAR, client_hello(f"www.{FAMILIAR}"))
    assert isinstance(layer, TCPLayer)
    assert layer.flow is None  # nothing of it is recorded
    assert error is None


@pytest.mark.parametrize(
    ("host", "sni"),
    [(CLEAN, CLEAN), (FAKE, FAKE), (FAMILIAR, FAKE), (CLEAN, FAMILIAR), ("blocked.jp", "blocked.jp"), (None, FAMILIAR)],
)  # fmt: skip
def test_no_other_connection_skips_the_checks_by_its_first_bytes(
    engine: Engine, host: str | None, sni: str
) -> None:
    layer, error = first_bytes(engine, host, client_hello(sni))
    assert layer is None
    assert error


def test_a_hello_in_pieces_or_in_ruins_is_left_to_the_longer_way(engine: Engine) -> None:
    hello = client_hello(FAMILIAR)
    for data in (hello[:60], hello[:5] + b"\xff" * 80, b"GET / HTTP/1.1\r\n", b"\x16\x03\x01"):
        assert first_bytes(engine, FAMILIAR, data)[0] is None


def test_while_nobody_can_judge_a_connection_is_taken_and_gets_the_page(engine: Engine) -> None:
    engine.current.policy = None
    assert hello(engine, FAMILIAR, sni=FAMILIAR) == (False, "sekisho: this connection was not approved")
    assert first_bytes(engine, FAMILIAR, client_hello(FAMILIAR))[0] is None
