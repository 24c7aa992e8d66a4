"""Load: a small HTTP client that is not what a proxy's measurement waits for.

asyncio and HTTP libraries cost more CPU a request than a tunnel does, and would measure themselves. This
one is plain sockets and one epoll loop: CONNECT, TLS with a verified certificate and no resumption, GET,
one request at a time on each connection. What it reaches without a proxy is its ceiling.
"""

import re
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

TIMEOUT = 20.0
"""Seconds after which a silent server ends the measurement."""
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_PIECE = 256 * 1024
CLICKS_PER_CONNECTION = 1000
"""Clicks after which a browser opens a new connection, if nothing else is said."""

CLICK = (
    "Upgrade-Insecure-Requests: 1\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\n"
)
"""What Chromium sends with a click."""
RESOURCE = (
    "Accept: image/avif,image/webp,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n"
)
"""What Chromium sends for a picture of the same site."""


class LoadError(RuntimeError):
    """The other side did not do what the measurement needs."""


@dataclass(frozen=True)
class Route:
    """One way to one host."""

    host: str
    """The site's name, for SNI, the Host header and the check of its certificate."""
    tls: ssl.SSLContext
    """Trusts only the authority that must have signed what is shown on this route."""
    address: tuple[str, int]
    """Where to connect: the proxy, or the server itself."""
    target: str = ""
    """`HOST:PORT` for the proxy's CONNECT; empty where there is no proxy."""

    def connect(self) -> ssl.SSLSocket:
        """A new connection with a new TLS session; OSError or LoadError where it fails."""
        raw = socket.create_connection(self.address, TIMEOUT)
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.target:
                raw.sendall(f"CONNECT {self.target} HTTP/1.1\r\nHost: {self.target}\r\n\r\n".encode())
                answer = b""
                while not answer.endswith(b"\r\n\r\n"):
                    if not (piece := raw.recv(4096)):
                        raise LoadError(f"CONNECT {self.target} was not answered: {answer[:200]!r}")
                    answer += piece
                if b" 200 " not in answer.split(b"\r\n", 1)[0]:
                    raise LoadError(f"CONNECT {self.target} was refused: {answer[:200]!r}")
            return self.tls.wrap_socket(raw, server_hostname=self.host)
        except BaseException:
            raw.close()
            raise

    def request(self, path: str, headers: str) -> bytes:
        """The bytes of a GET."""
        return (
            f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
            f"{headers}Accept-Encoding: gzip, deflate, br\r\nAccept-Language: ja,en;q=0.8\r\n\r\n"
        ).encode()


@dataclass
class _Answer:
    """One answer while it arrives: call `more` with each piece; true when it is whole."""

    head: bytearray = field(default_factory=bytearray)
    left: int = -1

    def more(self, piece: bytes | memoryview) -> bool:
        if self.left < 0:
            self.head += piece
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            length = _LENGTH.search(self.head, 0, end + 2)
            if length is None:
                raise LoadError(f"an answer without length: {bytes(self.head[:200])!r}")
            self.left = int(length[1]) - (len(self.head) - end - 4)
        else:
            self.left -= len(piece)
        return self.left <= 0

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])


def fetch(tls: socket.socket, request: bytes, space: bytearray) -> int:
    """Send a request and take in its answer; the status."""
    view = memoryview(space)
    tls.sendall(request)
    answer = _Answer()
    while True:
        count = tls.recv_into(space)
        if not count:
            raise LoadError(f"the answer ended early: {bytes(answer.head[:200])!r}")
        if answer.more(view[:count]):
            return answer.status


def visit(route: Route, path: str = "/", headers: str = CLICK) -> tuple[int, float]:
    """One request on a new connection: its status, and seconds from the first SYN to the last byte."""
    start = time.perf_counter()
    with route.connect() as tls:
        status = fetch(tls, route.request(path, headers), bytearray(_PIECE))
        return status, time.perf_counter() - start


def bulk(route: Route, path: str, size: int) -> float:
    """Bytes a second of one long answer, its request included, its connection not."""
    space = bytearray(_PIECE)
    with route.connect() as tls:
        start = time.perf_counter()
        status = fetch(tls, route.request(path, RESOURCE), space)
        if status != 200:
            raise LoadError(f"{route.host}{path}: status {status}")
        return size / (time.perf_counter() - start)


def keep_alive(route: Route, connections: int, seconds: float) -> tuple[int, float]:
    """Requests for `seconds` on connections that stay open: how many were answered, and the true seconds."""
    request = route.request("/", RESOURCE)
    space = bytearray(_PIECE)
    view = memoryview(space)
    open_sockets: dict[int, ssl.SSLSocket] = {}
    waiting: dict[int, _Answer] = {}
    done = 0
    with select.epoll() as ready:
        try:
            for _ in range(connections):
                tls = route.connect()
                open_sockets[tls.fileno()] = tls
                fetch(tls, request, space)
                tls.setblocking(False)
                ready.register(tls.fileno(), select.EPOLLIN)
            start = time.perf_counter()
            end = start + seconds
            for number, tls in open_sockets.items():
                tls.send(request)
                waiting[number] = _Answer()
            while waiting:
                events = ready.poll(TIMEOUT)
                if not events:
                    raise LoadError(f"{route.host}: no answer for {TIMEOUT:.0f} s")
                for number, _ in events:
                    tls, answer = open_sockets[number], waiting.get(number)
                    if answer is None or not _drain(tls, answer, view):
                        continue
                    if answer.status != 200:
                        raise LoadError(f"{route.host}: status {answer.status}")
                    done += 1
                    if time.perf_counter() < end:
                        tls.send(request)
                        waiting[number] = _Answer()
                    else:
                        del waiting[number]
            return done, time.perf_counter() - start
        finally:
            for tls in open_sockets.values():
                tls.close()


def _drain(tls: ssl.SSLSocket, answer: _Answer, view: memoryview) -> bool:
    """Read what has arrived. Until the last byte: epoll knows nothing of what OpenSSL has taken in."""
    while True:
        try:
            count = tls.recv_into(view)
        except ssl.SSLWantReadError:
            return False
        if not count:
            raise LoadError("a connection was closed while a request waited")
        if answer.more(view[:count]):
            return True


class Browser(AbstractContextManager["Browser"]):
    """One connection to a proxy that is kept open, and clicks on it, as Chromium sends them over http."""

    def __init__(self, proxy: tuple[str, int], per_connection: int = CLICKS_PER_CONNECTION) -> None:
        self._proxy = proxy
        self._per_connection = per_connection
        self._space = bytearray(64 * 1024)
        self._left = 0
        self._socket: socket.socket | None = None

    def click(self, host: str) -> float:
        """Seconds from the request to the last byte; raises LoadError where the site did not answer."""
        if not self._left:
            self.reconnect()
        self._left -= 1
        request = (
            f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
            "Upgrade-Insecure-Requests: 1\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"
            "Accept-Encoding: gzip, deflate\r\nAccept-Language: ja,en;q=0.8\r\n\r\n"
        ).encode()
        assert self._socket
        began = time.perf_counter()
        status = fetch(self._socket, request, self._space)
        seconds = time.perf_counter() - began
        if status != 200:
            raise LoadError(f"{host}: status {status} where the site was expected")
        return seconds

    def reconnect(self) -> None:
        """A new connection to the proxy."""
        self.close()
        self._socket = socket.create_connection(self._proxy, TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = self._per_connection

    def close(self) -> None:
        """End the connection."""
        if self._socket:
            self._socket.close()
        self._socket = None

    def __exit__(self, *_: object) -> None:
        self.close()


def steady(
    browser: Browser, control: Browser, names: Iterator[str], rate: float, done: Callable[[], bool]
) -> tuple[list[float], list[float]]:
    """Seconds of each of `rate` clicks a second, until `done`, which is asked after each of them; and the same
    of the control, which is sent each click next.

    A click that had to wait for the one before it counts from the moment at which it was due.
    """
    taken: list[float] = []
    beside: list[float] = []
    due = time.perf_counter()
    while not done():
        due += 1 / rate
        late = time.perf_counter() - due
        if late < 0:
            time.sleep(-late)
        name = next(names)
        taken.append(browser.click(name) + max(late, 0.0))
        beside.append(control.click(name))
    return taken, beside
