"""A server that speaks VirusTotal's API v3, for tests: on 127.0.0.1, in threads, scripted for each domain.

It answers ``/api/v3/domains/{domain}`` and ``/api/v3/users/{key}/overall_quotas`` as documented
(https://docs.virustotal.com/reference/overview): objects in ``data`` with type, id and attributes,
errors in ``error`` with code and message, and 401 for a wrong ``x-apikey``.

    with VirusTotalServer() as server:
        server.behave("bad.example", "bad")
        server.behave("turns.example", "clean", "bad")      # the first answer, and all later ones
        server.behave("slow.example", Step("bad", seconds=3))
        …                                                   # host=server.base, key=server.key
        assert server.asked("bad.example") == 1
"""

import contextlib
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

ENGINES = ("Fortinet", "Kaspersky", "Sophos")
CREATED = 1_500_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """How one question is answered."""

    kind: str
    """clean, bad, unknown, quota, outage, wrong key, forbidden, inactive, bad request, garbage, html, deep,
    other domain, foreign 404, truncated, drip, endless, redirect, reset or silence."""
    engines: tuple[str, ...] = ENGINES
    """Engines that say malicious, for ``bad``."""
    seconds: float = 0.0
    """Wait so long before answering."""
    held: bool = False
    """Wait for `VirusTotalServer.release` before answering."""
    retry_after: str | None = None
    """A Retry-After header."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """Attributes of the domain object, in place of the usual ones."""
    location: str = ""
    """Where ``redirect`` leads."""


NAMES = {
    "late": Step("clean", seconds=3.0),
    "late-then-bad": Step("bad", seconds=3.0),
    "slow drip": Step("drip"),
}
"""More names for `behave`: the answer comes late, and is then good or bad."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that arrived."""

    at: float
    path: str
    key: str
    agent: str


class VirusTotalServer:
    """The stand-in. Start it, or use it in a `with` block."""

    def __init__(self, key: str = "0123456789abcdef" * 4) -> None:
        self.key = key
        self.requests: list[Asked] = []
        self.otherwise = Step("unknown")
        """How a domain is answered that was given no behaviour."""
        self._steps: dict[str, list[Step]] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._released = threading.Event()
        self._server: _Server | None = None

    @property
    def base(self) -> str:
        """``http://127.0.0.1:PORT``, for the setting `host`."""
        assert self._server, "start it first"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> Self:
        """Listen on a free port."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.virustotal = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """End everything; a port that nobody listens on stays behind."""
        self._stopping.set()
        self._released.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def behave(self, domain: str, *steps: str | Step) -> None:
        """Answer the first question about a domain by the first step and so on; the last one stays."""
        with self._lock:
            self._steps[domain] = [_step(step) for step in steps]

    def release(self) -> None:
        """Let every held answer go."""
        self._released.set()

    def asked(self, domain: str) -> int:
        """How many questions about a domain arrived."""
        with self._lock:
            return Counter(request.path for request in self.requests)[f"/api/v3/domains/{domain}"]

    def wait_for(self, count: int, seconds: float = 5.0) -> None:
        """Return when so many questions arrived; raises TimeoutError."""
        end = time.monotonic() + seconds
        while len(self.requests) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.requests)} of {count} questions arrived")
            time.sleep(0.005)

    def take(self, request: Asked, domain: str) -> Step:
        """Note a question and say how to answer it."""
        with self._lock:
            self.requests.append(request)
            steps = self._steps.get(domain, [self.otherwise])
            step = steps.pop(0) if len(steps) > 1 else steps[0]
        if step.held:
            self._released.wait(30)
        if step.seconds:
            self._stopping.wait(step.seconds)
        return step

    def pause(self, seconds: float) -> bool:
        """Wait between the pieces of a slow answer; True where the server stops."""
        return self._stopping.wait(seconds)


def domain_object(domain: str, engines: tuple[str, ...] = (), **attributes: Any) -> dict[str, Any]:
    """A domain object as VirusTotal sends it; `engines` say malicious."""
    results = {
        name: {"method": "blacklist", "engine_name": name, "category": "malicious", "result": "phishing"}
        for name in engines
    }
    for number in range(60):
        name = f"Engine {number}"
        results[name] = {
            "method": "blacklist",
            "engine_name": name,
            "category": "harmless",
            "result": "clean",
        }
    usual = {
        "last_analysis_stats": {
            "harmless": 60,
            "malicious": len(engines),
            "suspicious": 0,
            "undetected": 30,
            "timeout": 0,
        },
        "last_analysis_results": results,
        "last_analysis_date": 1_764_000_000,
        "creation_date": CREATED,
        "categories": {"Forcepoint ThreatSeeker": "phishing and other frauds"} if engines else {},
        "popularity_ranks": {} if engines else {"Majestic": {"rank": 12_345, "timestamp": 1_764_000_000}},
        "reputation": -len(engines),
        "whois": "Domain Name: …",
    }
    return {
        "id": domain,
        "type": "domain",
        "links": {"self": f"https://www.virustotal.com/api/v3/domains/{domain}"},
        "attributes": {**usual, **attributes},
    }


def _step(step: str | Step) -> Step:
    if isinstance(step, Step):
        return step
    return NAMES.get(step) or replace(Step(step))


ERRORS = {
    "unknown": (404, "NotFoundError", 'Domain "…" not found'),
    "quota": (429, "QuotaExceededError", "Quota exceeded"),
    "outage": (503, "TransientError", "Transient server error, retry might work"),
    "wrong key": (401, "WrongCredentialsError", "Wrong API key"),
    "forbidden": (403, "ForbiddenError", "You are not authorized to perform the requested operation"),
    "inactive": (401, "UserNotActiveError", "User is not active"),
    "bad request": (400, "InvalidArgumentError", "Invalid domain"),
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    virustotal: VirusTotalServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients go away in the middle of an answer; that is what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""

    def do_GET(self) -> None:
        virustotal = self.server.virustotal
        key = self.headers.get("x-apikey", "")
        request = Asked(time.time(), self.path, key, self.headers.get("User-Agent", ""))
        parts = self.path.removeprefix("/api/v3/").split("/")
        if parts[0] == "domains" and len(parts) == 2:
            step = virustotal.take(request, parts[1])
            self._answer(step if key == virustotal.key else Step("wrong key"), parts[1])
        elif parts[0] == "users" and parts[2:] == ["overall_quotas"]:
            step = virustotal.take(request, "quotas")
            if key != virustotal.key or parts[1] != key:
                step = Step("wrong key")
            if step.kind == "unknown":  # nothing was scripted
                user = {"user": {"allowed": 500, "used": 3}}
                self._send(200, {"data": {"api_requests_daily": user, "api_requests_hourly": user}})
            else:
                self._answer(step, "quotas")
        else:
            virustotal.take(request, "")
            self._send(404, {"error": {"code": "NotFoundError", "message": "no such endpoint"}})

    def _answer(self, step: Step, domain: str) -> None:
        if step.kind in ERRORS:
            status, code, message = ERRORS[step.kind]
            self._send(status, {"error": {"code": code, "message": message}}, step.retry_after)
        elif step.kind in {"clean", "bad"}:
            engines = step.engines if step.kind == "bad" else ()
            self._send(200, {"data": domain_object(domain, engines, **step.attributes)})
        elif step.kind == "other domain":
            self._send(200, {"data": domain_object("other.example", ENGINES)})
        elif step.kind == "html":
            self._send_bytes(502, b"<html>bad gateway</html>", "text/html")
        elif step.kind == "foreign 404":
            self._send_bytes(404, b"<html>not found</html>", "text/html")
        elif step.kind == "garbage":
            self._send_bytes(200, b"\x00\xff{]", "application/json")
        elif step.kind == "deep":
            self._send_bytes(200, b"[" * 200_000, "application/json")
        elif step.kind == "endless":
            self._head(200, "application/json", 1 << 40)
            self.close_connection = True
            while not self.server.virustotal.pause(0):
                self.wfile.write(b" " * (1 << 16))
        elif step.kind == "redirect":
            self.send_response(302)
            self.send_header("Location", step.location)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif step.kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif step.kind in {"truncated", "drip"}:
            body = json.dumps({"data": domain_object(domain)}).encode()
            self._head(200, "application/json", len(body))
            self.wfile.write(body[:20])
            self.close_connection = True
            if step.kind == "drip":
                for number in range(20, len(body)):
                    self.wfile.write(body[number : number + 1])
                    if self.server.virustotal.pause(0.05):
                        return
        elif step.kind == "silence":
            self.server.virustotal.pause(60)
        else:
            raise ValueError(f"{step.kind!r} is no behaviour")

    def _send(self, status: int, content: Any, retry_after: str | None = None) -> None:
        self._send_bytes(status, json.dumps(content).encode(), "application/json", retry_after)

    def _send_bytes(self, status: int, body: bytes, kind: str, retry_after: str | None = None) -> None:
        self._head(status, kind, len(body), retry_after)
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def _head(self, status: int, kind: str, length: int, retry_after: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
