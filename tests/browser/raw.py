"""Requests through the proxy without a browser, where a test must see the wire."""

import http.client
import socket
import ssl
from collections.abc import Mapping

from cryptography import x509
from cryptography.x509.oid import NameOID

from .conftest import Proxy


def through(
    proxy: Proxy, method: str, url: str, body: bytes | None = None, *, client: str = "127.0.0.1"
) -> tuple[int, bytes]:
    """One plain-http click from a device with this address; its status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20, source_address=(client, 0))
    try:
        connection.request(method, url, body, {"Accept": "text/html"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def status_of(proxy: Proxy, url: str) -> int | None:
    """None where the connection was closed under the request, since its host has just become a bad one."""
    try:
        return through(proxy, "GET", url)[0]
    except http.client.RemoteDisconnected:
        return None


def connect(proxy: Proxy, host: str, port: int) -> tuple[int, socket.socket]:
    """CONNECT; the status, and the socket to go on with."""
    wire = socket.create_connection(("127.0.0.1", proxy.port), timeout=20)
    wire.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head and (part := wire.recv(4096)):
        head += part
    return int(head.split()[1]) if head else 0, wire


def secured(proxy: Proxy, host: str) -> ssl.SSLSocket:
    """A TLS connection through the proxy, as a browser begins it, whoever signed the certificate."""
    status, wire = connect(proxy, host, 443)
    assert status == 200
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context.wrap_socket(wire, server_hostname=host)


def certificate_through(proxy: Proxy, host: str, path: str) -> tuple[str, Mapping[str, str], bytes]:
    """Who signed the certificate that a client sees through the proxy, and the answer's headers and body."""
    with secured(proxy, host) as tls:
        raw = tls.getpeercert(binary_form=True)
        assert raw
        issuer = (
            x509.load_der_x509_certificate(raw).issuer.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        )
        tls.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nConnection: close\r\n\r\n".encode()
        )
        response = http.client.HTTPResponse(tls)
        response.begin()
        body = response.read()
        response.close()
    return str(issuer), {name.lower(): value for name, value in response.getheaders()}, body
