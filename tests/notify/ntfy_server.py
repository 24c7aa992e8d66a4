"""A server that speaks ntfy's protocol, for tests: on 127.0.0.1, in threads, with a phone that presses buttons.

It takes messages as JSON (``POST /``) and as plain text (``POST /TOPIC``), and gives them as a stream of JSON lines
(``GET /TOPIC/json``, with ``since`` and ``poll``) as documented (https://docs.ntfy.sh/publish/,
https://docs.ntfy.sh/subscribe/api/): ``open``, ``keepalive``, ``message``. Messages outlive `stop` and `start`, as
the cache of the real server does.

    with NtfyServer(token="tk_1") as server:
        …                                          # server=server.base, token=server.token
        message = server.wait_for("topic")         # what the phone shows
        server.press(message, "1 day")             # the phone sends what the button says
"""

import contextlib
import json
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

MOST_ACTIONS = 3
LONGEST = 4096


class NtfyServer:
    """The stand-in. Start it, or use it in a `with` block."""

    def __init__(self, token: str = "", *, keepalive: float = 45.0) -> None:
        self.token = token
        """Where there is one, only who brings it may publish to the root and subscribe; everybody may post."""
        self.keepalive = keepalive
        self.messages: list[dict[str, Any]] = []
        self.status = 200
        """Another one is the answer to everything."""
        self.garbage = False
        """Subscriptions get what no ntfy server sends."""
        self.subscriptions: list[str] = []
        """The paths, with their queries, of all subscriptions so far."""
        self.port = 0
        self.changed = threading.Condition()
        self._server: _Server | None = None

    @property
    def base(self) -> str:
        """``http://127.0.0.1:PORT``, for the setting `ntfy.server`."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Listen; after a `stop` on the same port."""
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.ntfy = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Cut every connection; nobody listens on the port any more."""
        if server := self._server:
            self._server = None
            with self.changed:
                self.changed.notify_all()
            server.shutdown()
            server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        return self._server is not None

    def of(self, topic: str) -> list[dict[str, Any]]:
        """Every message of a topic, the oldest first."""
        return [message for message in self.messages if message["topic"] == topic]

    def wait_for(self, topic: str, count: int = 1, seconds: float = 10.0) -> dict[str, Any]:
        """The count-th message of a topic, as soon as it is there. Raises TimeoutError."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.of(topic)) >= count, seconds):
                raise TimeoutError(f"{len(self.of(topic))} of {count} messages came")
        return self.of(topic)[count - 1]

    def wait_for_subscriptions(self, count: int = 1, seconds: float = 10.0) -> str:
        """The path of the count-th subscription."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.subscriptions) >= count, seconds):
                raise TimeoutError(f"{len(self.subscriptions)} of {count} subscriptions came")
        return self.subscriptions[count - 1]

    def press(self, message: dict[str, Any], label: str) -> str:
        """Do what a phone does when somebody presses a button; what was sent."""
        action = next(action for action in message["actions"] if action["label"] == label)
        assert action["action"] == "http"
        self.post(action["url"].rpartition("/")[2], action["body"])
        return str(action["body"])

    def post(self, topic: str, text: str) -> None:
        """What anybody can send to a topic that they know."""
        request = urllib.request.Request(f"{self.base}/{topic}", text.encode(), method="POST")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            request, timeout=5
        ) as response:
            assert response.status == 200

    def keep(self, message: dict[str, Any]) -> dict[str, Any]:
        """Keep a message and wake who waits for it."""
        with self.changed:
            kept = {"id": f"m{len(self.messages)}", "time": int(time.time()), "event": "message", **message}
            self.messages.append(kept)
            self.changed.notify_all()
        return kept


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    ntfy: NtfyServer


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        ntfy, topic = self.server.ntfy, self.path.strip("/")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if ntfy.status != 200:
            self._send(ntfy.status, {"error": "told to"})
        elif topic:
            self._send(200, ntfy.keep({"topic": topic, "message": body.decode()}))
        elif not self._allowed():
            self._send(403, {"error": "forbidden"})
        else:
            message = json.loads(body)
            fits = (
                len(message.get("actions", ())) <= MOST_ACTIONS
                and len(message["message"].encode()) <= LONGEST
            )
            if fits and message.get("priority") in range(1, 6):
                self._send(200, ntfy.keep(message))
            else:
                self._send(400, {"error": "invalid request"})

    def do_GET(self) -> None:
        ntfy = self.server.ntfy
        url = urllib.parse.urlsplit(self.path)
        topics, _, form = url.path.strip("/").partition("/")
        query = dict(urllib.parse.parse_qsl(url.query))
        with ntfy.changed:
            ntfy.subscriptions.append(self.path)
            ntfy.changed.notify_all()
        if ntfy.status != 200 or form != "json":
            self._send(ntfy.status if ntfy.status != 200 else 404, {"error": "told to"})
            return
        if not self._allowed():
            self._send(403, {"error": "forbidden"})
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        with contextlib.suppress(OSError):
            self._stream(topics, query)

    def _stream(self, topic: str, query: dict[str, str]) -> None:
        ntfy, serving = self.server.ntfy, self.server
        if ntfy.garbage:
            self.wfile.write(b"<html>no ntfy</html>\n")
            return
        since = query.get("since", "")
        self._line({"id": "o", "time": int(time.time()), "event": "open", "topic": topic})
        seen = 0 if since else len(ntfy.messages)
        while ntfy._server is serving:
            with ntfy.changed:
                fresh = ntfy.messages[seen:]
                if not fresh and not query.get("poll"):
                    ntfy.changed.wait(ntfy.keepalive)
                    fresh = ntfy.messages[seen:]
                seen += len(fresh)
            if ntfy._server is not serving:
                return
            for message in fresh:
                if message["topic"] == topic and (not since.isdigit() or message["time"] >= int(since)):
                    self._line(message)
            if query.get("poll"):
                return
            if not fresh:
                self._line({"id": "k", "time": int(time.time()), "event": "keepalive", "topic": topic})

    def _line(self, sentence: dict[str, Any]) -> None:
        self.wfile.write(json.dumps(sentence).encode() + b"\n")

    def _allowed(self) -> bool:
        token = self.server.ntfy.token
        return not token or self.headers.get("Authorization") == f"Bearer {token}"

    def _send(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)
