"""What an attacker writes on the wire, past any browser: one judged request opens nothing for the next one."""

import gzip
import socket
import ssl
from collections.abc import Callable

import pytest

from .conftest import CLEAN, FAKE, FAMILIAR, OTHER, Proxy
from .origins import Origins
from .raw import connect, secured

pytestmark = pytest.mark.usefixtures("quiet")

CARD = b"no=4242424242424242&name=hanako"
HTML = "Accept: text/html\r\n"


def get(host: str, *, shown: str = "", absolute: bool = True, more: str = HTML, method: str = "GET") -> bytes:
    """One request head; `shown` is its Host header where that is another name."""
    target = f"http://{host}/" if absolute else "/"
    return f"{method} {target} HTTP/1.1\r\nHost: {shown or host}\r\n{more}\r\n".encode()


def statuses(wire: socket.socket, sent: bytes, count: int, seconds: float = 5.0) -> list[int]:
    """The statuses of up to `count` answers to what is sent at once; fewer where the connection is ended."""
    wire.settimeout(seconds)
    wire.sendall(sent)
    heard = b""
    try:
        while heard.count(b"HTTP/1.1 ") < count and (part := wire.recv(65536)):
            heard += part
    except (TimeoutError, ConnectionError, ssl.SSLError):
        pass
    return [int(part[:3]) for part in heard.split(b"HTTP/1.1 ")[1:]]


def plain(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=10)


def test_a_good_request_opens_nothing_for_the_next_on_its_connection(proxy: Proxy, origins: Origins) -> None:
    origins[CLEAN].page("/", "tofu")
    with plain(proxy) as wire:
        assert statuses(wire, get(CLEAN), 1) == [200]
        assert statuses(wire, get(FAKE), 1) == [403]
        assert statuses(wire, get(CLEAN), 1) == [200]
    with plain(proxy) as wire:
        found = statuses(wire, get(CLEAN) + get(FAKE) + get(CLEAN), 3)
        assert found[:2] == [200, 403]
    assert origins[FAKE].connections == 0


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PROPFIND", "X"])
def test_no_method_reaches_a_fake(proxy: Proxy, origins: Origins, method: str) -> None:
    with plain(proxy) as wire:
        assert all(status >= 400 for status in statuses(wire, get(FAKE, method=method), 1))
    assert origins[FAKE].connections == 0


@pytest.mark.parametrize(
    ("target", "shown"), [(CLEAN, FAKE), (FAKE, CLEAN), (FAMILIAR, FAKE), (FAKE, FAMILIAR)]
)
def test_a_second_name_hides_no_first_one(proxy: Proxy, origins: Origins, target: str, shown: str) -> None:
    with plain(proxy) as wire:
        assert statuses(wire, get(target, shown=shown), 1) in ([403], [400])
    assert origins[FAKE].connections == origins[target].connections == 0


def test_inside_a_tls_connection_each_name_is_judged(proxy: Proxy, origins: Origins) -> None:
    origins[CLEAN].page("/", "tofu")
    with secured(proxy, CLEAN) as tls:
        assert statuses(tls, get(CLEAN, absolute=False), 1) == [200]
        assert statuses(tls, get(CLEAN, shown=FAKE, absolute=False), 1) == [403]
    status, wire = connect(proxy, CLEAN, 443)
    assert status == 200
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(wire, server_hostname=FAKE) as tls:
        assert statuses(tls, get(CLEAN, absolute=False), 1) == [403]
    assert origins[FAKE].connections == 0


def test_plain_http_inside_connect_is_judged(proxy: Proxy, origins: Origins) -> None:
    for shown in (FAKE, CLEAN):
        status, wire = connect(proxy, CLEAN if shown == FAKE else FAKE, 80)
        with wire:
            assert status == 200
            assert all(code >= 400 for code in statuses(wire, get(shown, absolute=False), 1))
    assert origins[FAKE].connections == 0


@pytest.mark.parametrize(
    "more",
    [
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGVzdA==\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAA\r\n",
        "Sec-Purpose: prefetch\r\n",
        "Service-Worker: script\r\n",
        "Connection: X-Sekisho\r\nX-Forwarded-Host: example.com\r\nForwarded: host=example.com\r\n",
    ],
)
def test_no_header_opens_a_fake(proxy: Proxy, origins: Origins, more: str) -> None:
    with plain(proxy) as wire:
        assert all(status >= 400 for status in statuses(wire, get(FAKE, more=more), 1))
    assert origins[FAKE].connections == 0


def chunked(body: bytes) -> tuple[str, bytes]:
    parts = b"".join(
        b"%x\r\n%s\r\n" % (len(body[at : at + 3]), body[at : at + 3]) for at in range(0, len(body), 3)
    )
    return "Transfer-Encoding: chunked\r\n", parts + b"0\r\n\r\n"


def sized(body: bytes) -> tuple[str, bytes]:
    return f"Content-Length: {len(body)}\r\n", body


def zipped(body: bytes) -> tuple[str, bytes]:
    packed = gzip.compress(body)
    return f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n", packed


def expected(body: bytes) -> tuple[str, bytes]:
    return f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n", body


def padded(body: bytes) -> tuple[str, bytes]:
    long = b"x=" + b"y" * 200_000 + b"&" + body
    return f"Content-Length: {len(long)}\r\n", long


@pytest.mark.parametrize("written", [chunked, sized, zipped, expected, padded])
def test_however_it_is_written_a_card_s_number_does_not_go_up_unasked(
    proxy: Proxy, origins: Origins, written: Callable[[bytes], tuple[str, bytes]]
) -> None:
    head, body = written(CARD)
    more = f"{HTML}Content-Type: application/x-www-form-urlencoded\r\n{head}"
    with plain(proxy) as wire:
        found = statuses(wire, get(OTHER, method="POST", more=more) + body, 2, seconds=3.0)
    assert [status for status in found if status != 100] == [403]
    assert origins[OTHER].requests == []


def test_a_body_that_lies_about_its_length_goes_nowhere(proxy: Proxy, origins: Origins) -> None:
    more = f"{HTML}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n"
    with plain(proxy) as wire:
        wire.sendall(get(OTHER, method="POST", more=more) + CARD)
        wire.shutdown(socket.SHUT_WR)
        wire.settimeout(5.0)
        while wire.recv(4096):  # until the proxy has given it up
            pass
    assert origins[OTHER].requests == []
    assert origins[OTHER].connections == 0


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "2130706433", "0x7f.1"]
)
def test_no_spelling_of_this_computer_is_opened_by_a_page(proxy: Proxy, origins: Origins, host: str) -> None:
    port = origins[CLEAN].port
    with plain(proxy) as wire:
        more = f"{HTML}Sec-Fetch-Site: cross-site\r\nReferer: http://{CLEAN}/\r\n"
        assert all(status >= 400 for status in statuses(wire, get(f"{host}:{port}", more=more), 1))
    assert origins[CLEAN].connections == 0


def test_forty_devices_at_once_get_their_own_answers(proxy: Proxy, origins: Origins) -> None:
    origins[CLEAN].page("/", "tofu")
    wires = [plain(proxy) for _ in range(40)]
    try:
        for number, wire in enumerate(wires):
            wire.sendall(get(FAKE if number % 2 else CLEAN))
        for number, wire in enumerate(wires):
            assert statuses(wire, b"", 1) == [403 if number % 2 else 200]
    finally:
        for wire in wires:
            wire.close()
    assert origins[FAKE].connections == 0
