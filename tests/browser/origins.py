"""Servers on loopback that stand for the sites of the story, and count every connection they accept."""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = tuple[int, dict[str, str], bytes]


class Authority:
    """A certificate authority of the tests, which the proxy is told to trust in servers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "origin authority of the tests")])
        self.certificate = self._sign(self.name, self.key.public_key(), None)
        self.file = folder / "origin-ca.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def _sign(self, subject: x509.Name, public_key: Any, hosts: list[str] | None) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=hosts is None, path_length=None), critical=True)
        )
        if hosts:
            names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def context(self, host: str) -> ssl.SSLContext:
        """A server's TLS settings with a certificate for this host."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = self._sign(subject, key.public_key(), [host, f"*.{host}"])
        file = self.folder / f"{host}.pem"
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


class Origin:
    """One site, http and https on one port (told by the first byte), with the pages that a test gives it."""

    def __init__(self, host: str, authority: Authority) -> None:
        self.host = host
        self.pages: dict[str, Answer | Callable[[BaseHTTPRequestHandler], Answer]] = {}
        self.connections = 0
        self.requests: list[tuple[str, str, bytes]] = []
        self._context = authority.context(host)
        self._server = self._serve()
        self.port = self._server.server_address[1]

    def page(self, path: str, body: str | bytes, content_type: str = "text/html; charset=utf-8") -> None:
        """Put a page there."""
        raw = body.encode() if isinstance(body, str) else body
        self.pages[path] = (200, {"Content-Type": content_type, "Cache-Control": "max-age=600"}, raw)

    def close(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()

    def _serve(self) -> ThreadingHTTPServer:
        origin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                origin.requests.append((self.command, self.path, body))
                found = origin.pages.get(self.path.partition("?")[0], (404, {}, b"nothing here"))
                status, headers, content = found(self) if callable(found) else found
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_POST = do_HEAD = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def get_request(self) -> Any:
                connection, address = super().get_request()
                origin.connections += 1
                return connection, address

            def finish_request(self, request: Any, client_address: Any) -> None:
                if request.recv(1, socket.MSG_PEEK) == b"\x16":
                    request = origin._context.wrap_socket(request, server_side=True)
                try:
                    super().finish_request(request, client_address)
                finally:
                    request.close()

            def handle_error(self, *_: object) -> None:
                pass  # browsers drop connections as they like

        server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return server


Origins = dict[str, Origin]
