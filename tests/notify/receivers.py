"""Receivers of what apprise sends, for tests, on 127.0.0.1: a webhook (``json://``) and a mail server (``mailto://``)."""

import contextlib
import email
import email.policy
import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Webhook:
    """Takes what ``json://`` posts."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        self.hang = threading.Event()
        self.hang.set()
        """Cleared: every answer waits."""
        self.port = 0
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """With a password in it, which nobody may see."""
        return f"json://user:hidden-word@127.0.0.1:{self.port}/hidden-path"

    def __enter__(self) -> Self:
        return self.start()

    def start(self) -> Self:
        """Listen; after a `stop` on the same port."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.hang.wait(30)
                if outer.status == 200:
                    outer.got.append(json.loads(body))
                with contextlib.suppress(OSError):
                    self.send_response(outer.status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads, self._server.block_on_close = True, False
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Nobody listens on the port any more."""
        if self._server:
            self.hang.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __exit__(self, *_: object) -> None:
        self.stop()


class Mailbox:
    """Takes mail as a server that asks for no password (RFC 5321)."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        """The messages, read."""
        self._server: socketserver.ThreadingTCPServer | None = None

    @property
    def url(self) -> str:
        assert self._server
        port = self._server.server_address[1]
        return f"mailto://127.0.0.1:{port}?from=house@example.org&to=child@example.org&mode=insecure"

    def __enter__(self) -> Self:
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 test\r\n")
                while line := self.rfile.readline():
                    word = line.split()[0].upper() if line.split() else b""
                    if word == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        lines = []
                        while (text := self.rfile.readline()) not in (b".\r\n", b""):
                            lines.append(text)
                        outer.got.append(
                            email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                        )
                    self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 OK\r\n")
                    if word == b"QUIT":
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads, self._server.block_on_close = True, False
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
