"""Download: one document over http, bounded in time and size, or a sentence that says why it failed.

The server may be broken, hijacked or hostile: a hotel's login page, an archive that unpacks to
gigabytes, a server that sends a byte a minute. So every redirect is checked before it is followed, the
packed and the unpacked size are counted while they arrive, and a timer shuts the sockets when the time is
up, whatever the library is waiting for. Proxies and passwords of the environment are not used: a list that
came through this program's own proxy would be judged by itself.

Theory: a GET with what is known of the last answer (``ETag``, ``Last-Modified``); 304 costs nothing.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin

import requests
import urllib3
from requests.adapters import HTTPAdapter

from sekisho import __version__
from sekisho.link import is_loopback, parse_link
from sekisho.providers.feeds.cancel_token import CancelToken
from sekisho.providers.feeds.entries import FeedError
from sekisho.providers.feeds.spec import url_problem

_CHUNK = 65_536
_HEAD = 1024
"""So many first bytes are enough to distinguish a web page and a binary file from a list."""
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a download may take, in seconds."""

    connect: float = 10.0
    """For a connection."""
    read: float = 30.0
    """Between two pieces of the answer."""
    total: float = 300.0
    """For all of it, redirects included; only the system's look-up of a name and the beginning of TLS, each with
    its own limit, may end later."""


STANDARD = Limits()


@dataclass(frozen=True, slots=True)
class Answer:
    """The server's answer."""

    status: int
    """200: the document is in the file; 304: it is as it was; 404: there is none."""
    etag: str = ""
    modified: str = ""
    """``Last-Modified`` as it came."""
    size: int = 0
    """Bytes, unpacked."""


Progress = Callable[[int, int], object]
"""Called with the packed bytes so far and those that were announced (0: unknown)."""


def download(
    url: str,
    target: Path,
    max_bytes: int,
    *,
    etag: str = "",
    modified: str = "",
    limits: Limits = STANDARD,
    cancel_token: CancelToken | None = None,
    progress: Progress = lambda done, announced: None,
) -> Answer:
    """Fetch `url` into the new file `target`; `etag` and `modified` are of the last answer.

    Raises FeedError where it cannot be fetched or is no text; `target` is gone then.
    """
    if problem := url_problem(url):
        raise FeedError(problem)
    cancel_token = cancel_token or CancelToken()
    end = CancelToken()  # of this download: the time is up, or `cancel_token` was pulled
    whole = False
    try:
        with cancel_token.watching(end.pull), _session(end, limits.total) as session:
            answer = _fetch(session, url, target, max_bytes, _conditions(etag, modified), limits, progress)
        # A socket that was shut looks like the end of an answer whose length nobody announced.
        if end.cancelled:
            raise FeedError(_interrupted(cancel_token, limits))
        whole = True
        return answer
    except _FAILURES as error:
        sentence = _interrupted(cancel_token, limits) if end.cancelled else _sentence(error, limits)
        raise FeedError(sentence) from error
    finally:
        if not whole:
            target.unlink(missing_ok=True)


def _interrupted(cancel_token: CancelToken, limits: Limits) -> str:
    return (
        "the program ended meanwhile"
        if cancel_token.cancelled
        else f"it took longer than {limits.total:g} seconds"
    )


_FAILURES = (
    FeedError,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
    zlib.error,
)


class _Adapter(HTTPAdapter):
    """Connections whose sockets `opened` gets as soon as they are there, before anything is read from them."""

    def __init__(self, opened: Callable[[socket.socket], object]) -> None:
        self._opened = opened
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        pools = self.poolmanager.pool_classes_by_scheme
        self.poolmanager.pool_classes_by_scheme = {
            scheme: type("Pool", (pool,), {"ConnectionCls": self._told_of(pool.ConnectionCls)})
            for scheme, pool in pools.items()
        }

    def _told_of(self, kind: Any) -> Any:
        opened = self._opened

        class Connection(kind):  # type: ignore[misc]
            def connect(self) -> None:
                super().connect()
                opened(self.sock)

        return Connection


@contextlib.contextmanager
def _session(end: CancelToken, seconds: float) -> Iterator[requests.Session]:
    """A session all of whose sockets are shut when `end` is pulled, which is done after so many seconds."""
    timer = threading.Timer(seconds, end.pull)
    timer.daemon = True
    with contextlib.ExitStack() as stack:

        def opened(connection: socket.socket) -> None:
            stack.enter_context(end.watching(lambda: connection.shutdown(socket.SHUT_RDWR)))

        session = stack.enter_context(requests.Session())
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(opened))
        timer.start()
        stack.callback(timer.cancel)
        yield session


def _conditions(etag: str, modified: str) -> dict[str, str]:
    known = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in known.items() if value}


def _fetch(
    session: requests.Session,
    url: str,
    target: Path,
    max_bytes: int,
    conditions: dict[str, str],
    limits: Limits,
    progress: Progress,
) -> Answer:
    headers = {"User-Agent": f"sekisho/{__version__}", "Accept-Encoding": "gzip", **conditions}
    for _ in range(_MOST_REDIRECTS + 1):
        session.close()  # its connections: one that is used again may be gone in the very moment
        with session.get(
            url,
            headers=headers,
            stream=True,
            allow_redirects=False,
            timeout=(limits.connect, limits.read),
        ) as response:
            if response.status_code in _REDIRECTS:
                url = next_place(url, response.headers.get("Location", ""))
                continue
            if response.status_code == 304 and conditions:
                return Answer(
                    304, conditions.get("If-None-Match", ""), conditions.get("If-Modified-Since", "")
                )
            if response.status_code == 404:
                return Answer(404)
            if response.status_code != 200:
                raise FeedError(f"the server answers with the status {response.status_code}")
            size = _save(response, target, max_bytes, progress)
            known = response.headers
            return Answer(200, known.get("ETag", ""), known.get("Last-Modified", ""), size)
    raise FeedError(f"it is redirected more than {_MOST_REDIRECTS} times")


def next_place(url: str, location: str) -> str:
    """Where a redirect leads; never out of https, and never from the internet into this computer.

    Raises FeedError.
    """
    place = urljoin(url, location)
    if not location or url_problem(place):
        raise FeedError("it is redirected to a place that is not encrypted, or to none")
    if is_loopback(parse_link(place).host) and not is_loopback(parse_link(url).host):
        raise FeedError("it is redirected into this computer")
    if url.startswith("https:") and not place.startswith("https:"):
        raise FeedError("it is redirected to a place that is not encrypted")
    return place


def _save(response: requests.Response, target: Path, max_bytes: int, progress: Progress) -> int:
    """Write the body, unpacked, and return its size."""
    length = response.headers.get("Content-Length", "")
    announced = int(length) if length.isascii() and length.isdigit() else 0
    if announced > max_bytes:
        raise FeedError(_too_large(max_bytes))
    kind = response.headers.get("Content-Type", "").lower()
    if kind.startswith(("text/html", "application/xhtml")):
        raise FeedError(_WEB_PAGE)
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip", ""):
        raise FeedError(f"it is packed as {coding!r}, which nobody asked for")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in coding else None
    arrived = 0
    with target.open("wb") as file:
        body = _Body(file, max_bytes)
        # `read1` gives what is there: `read` would wait for a whole piece, however slowly it drips.
        while piece := response.raw.read1(_CHUNK, decode_content=False):
            arrived += len(piece)
            if arrived > max_bytes:
                raise FeedError(_too_large(max_bytes))
            if unpack is None:
                body.write(piece)
            else:
                unpack_into(unpack, piece, body.write)
            progress(arrived, announced)
        body.end()
    if (announced and arrived != announced) or (unpack is not None and not unpack.eof):
        raise FeedError("it broke off before its end")
    return body.size


def unpack_into(unpack: Any, piece: bytes, write: Callable[[bytes], object]) -> None:
    """Unpack with a `zlib.decompressobj`, in small steps: 64 KiB of packed bytes may hold 64 MiB."""
    while piece and not unpack.eof:
        write(unpack.decompress(piece, _CHUNK))
        piece = unpack.unconsumed_tail


class _Body:
    """The unpacked bytes on their way into the file: counted, and their beginning looked at."""

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        self.size = 0
        self._file = file
        self._max_bytes = max_bytes
        self._head: bytes | None = b""

    def write(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self._max_bytes:
            raise FeedError(_too_large(self._max_bytes))
        if b"\0" in piece:
            raise FeedError("it is no text, but binary data")
        if self._head is not None:
            self._head += piece
            if len(self._head) >= _HEAD:
                self.end()
        self._file.write(piece)

    def end(self) -> None:
        """Look at the beginning, where that has not been done."""
        if self._head is not None:
            refuse_page(self._head[:_HEAD])
            self._head = None


def refuse_page(head: bytes) -> None:
    """Raises FeedError where the first bytes are those of a web page."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<script", b"<!--")):
        raise FeedError(_WEB_PAGE)


_WEB_PAGE = "a web page came instead of the list; perhaps this network asks for a log-in first"


def _too_large(max_bytes: int) -> str:
    return f"it is larger than the {max_bytes / 1048576:g} MiB that are allowed"


def _sentence(error: BaseException, limits: Limits) -> str:
    """A library's error as the end of a sentence."""
    if isinstance(error, FeedError):
        return str(error)
    causes = _causes(error)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "the server's name cannot be looked up; perhaps this computer is offline"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "the server's certificate cannot be trusted"
    if isinstance(error, requests.ConnectTimeout):
        return f"no connection within {limits.connect:g} seconds"
    if isinstance(error, requests.ReadTimeout | urllib3.exceptions.ReadTimeoutError):
        return f"the server was silent for {limits.read:g} seconds"
    if isinstance(error, urllib3.exceptions.ProtocolError | http.client.IncompleteRead):
        return "it broke off before its end"
    if isinstance(error, zlib.error):
        return "its packing is damaged"
    if isinstance(error, requests.ConnectionError):
        return "no connection to the server; perhaps this computer is offline"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be written ({error.strerror}); check who owns the folder"
    return f"it failed ({type(error).__name__})"


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it came of, however the libraries wrapped it."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting and len(found) < 20:
        cause = waiting.pop()
        if cause in found:
            continue
        found.append(cause)
        inner = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        waiting += [item for item in inner if isinstance(item, BaseException)]
    return found
