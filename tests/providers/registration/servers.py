"""A registry, a list of registries and a WHOIS server on 127.0.0.1, each in a thread, that log what they hear."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LIST_PATH = "/rdap/dns.json"


@dataclass
class Answer:
    """What a web server says to one path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drips: bool = False
    """After the headers a byte now and then, and never the end."""


class WebServer:
    """`answers` by path; everything else is a 404. `heard` holds each request line, `headers` its headers."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | Callable[[], Answer]] = {}
        self.heard: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.stopping = threading.Event()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def domain_answer(name: str, registered: str | None = "2026-11-21T08:30:00Z", **more: Any) -> Answer:
    """An RDAP answer as registries give it, the time of registration among other events."""
    events = [
        {"eventAction": "last changed", "eventDate": "2026-11-23T00:00:00Z"},
        {"eventAction": "expiration", "eventDate": "2027-11-21T08:30:00Z"},
    ]
    if registered is not None:
        events.append({"eventAction": "registration", "eventDate": registered})
    answer = {"objectClassName": "domain", "ldhName": name.upper(), "events": events, **more}
    return Answer(json.dumps(answer).encode(), headers={"Content-Type": "application/rdap+json"})


def list_answer(services: Mapping[str, str], **headers: str) -> Answer:
    """IANA's list: suffix → base URL; header names with `_` for `-`."""
    body = {"version": "1.0", "services": [[[suffix], [url]] for suffix, url in services.items()]}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(json.dumps(body).encode(), headers=names)


@contextmanager
def web_server() -> Iterator[WebServer]:
    shared = WebServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            shared.heard.append(f"{self.command} {self.path}")
            shared.headers.append({name.lower(): value for name, value in self.headers.items()})
            answer = shared.answers.get(self.path, Answer(status=404))
            answer = answer() if callable(answer) else answer
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.drips:
                self.send_header("Connection", "close")
                self.end_headers()
                _drip(self.wfile.write, shared.stopping)
                return
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            try:
                self.wfile.write(answer.body)
            except OSError:  # who asked has heard enough
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """The log is `heard`."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler), shared.stopping) as port:
        shared.port = port
        yield shared


class WhoisServer:
    """`answers` by question, without its end of line; `heard` holds the raw questions."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.heard: list[bytes] = []
        self.drips = False
        self.stopping = threading.Event()
        self.port = 0


@contextmanager
def whois_server() -> Iterator[WhoisServer]:
    shared = WhoisServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            question = self.rfile.readline()
            shared.heard.append(question)
            if shared.drips:
                _drip(self.wfile.write, shared.stopping)
                return
            try:
                self.wfile.write(shared.answers.get(question.decode("latin-1").rstrip("\r\n"), b""))
            except OSError:  # who asked has heard enough
                return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with serving(Server(("127.0.0.1", 0), Handler), shared.stopping) as port:
        shared.port = port
        yield shared


def _drip(write: Callable[[bytes], object], stopping: threading.Event) -> None:
    try:
        while not stopping.wait(0.01):
            write(b" ")
    except OSError:
        return


@contextmanager
def serving(server: socketserver.TCPServer, stopping: threading.Event) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
