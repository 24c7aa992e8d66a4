"""A registry that is slow, huge or hostile must cost seconds at most, and lead nowhere else."""

import asyncio
import datetime
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sekisho.providers.registration.answer import NoAnswerError, State
from sekisho.providers.registration.fetch import Fetched, Fetcher, is_safe_url, trouble_of

from .conftest import NOW
from .servers import Answer, WebServer, serving


def fetch(url: str, *, hosts: Collection[str] = (), max_bytes: int = 1000, seconds: float = 5.0) -> Fetched:
    async def act() -> Fetched:
        fetcher = Fetcher(seconds)
        try:
            return await fetcher.get(url, hosts=hosts, max_bytes=max_bytes, headers={"Accept": "a/b"})
        finally:
            await fetcher.close()

    return asyncio.run(act())


def trouble(
    url: str, *, hosts: Collection[str] = (), max_bytes: int = 1000, seconds: float = 5.0
) -> NoAnswerError:
    with pytest.raises(NoAnswerError) as error:
        fetch(url, hosts=hosts, max_bytes=max_bytes, seconds=seconds)
    return error.value


def test_an_answer_comes_with_its_status_and_headers(web: WebServer) -> None:
    web.answers["/a"] = Answer(b"hello", 418, {"X-Tea": "green"})
    answer = fetch(f"{web.url}/a")
    assert (answer.host, answer.status, answer.body, answer.headers["x-tea"]) == (
        "127.0.0.1",
        418,
        b"hello",
        "green",
    )


def test_the_request_tells_nothing_but_what_was_asked(web: WebServer) -> None:
    """No cookie, no referrer, no language: a registry learns a domain and that sekisho asks."""
    web.answers["/a"] = Answer(b"", 200, {"Set-Cookie": "who=mother; Path=/"})

    async def act() -> None:
        fetcher = Fetcher()
        for _ in range(2):
            await fetcher.get(f"{web.url}/a", hosts=(), max_bytes=10, headers={"Accept": "a/b"})
        await fetcher.close()

    asyncio.run(act())
    for heard in web.headers:
        assert set(heard) == {"host", "accept", "accept-encoding", "user-agent"}
        assert heard["accept"] == "a/b"
        assert heard["accept-encoding"] == "identity"
        assert heard["user-agent"].startswith("sekisho/")


def test_the_proxy_of_the_environment_is_not_used(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be sekisho itself, which would then wait for itself."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    web.answers["/a"] = Answer(b"hello")
    assert fetch(f"{web.url}/a").body == b"hello"


def test_a_redirect_within_the_owner_is_followed(web: WebServer) -> None:
    web.answers["/a"] = Answer(b"", 302, {"Location": "/b"})
    web.answers["/b"] = Answer(b"", 307, {"Location": f"{web.url}/c"})
    web.answers["/c"] = Answer(b"there")
    assert fetch(f"{web.url}/a").body == b"there"


def test_a_redirect_to_a_listed_server_is_followed(web: WebServer) -> None:
    web.answers["/a"] = Answer(b"", 301, {"Location": f"http://localhost:{web.port}/b"})
    web.answers["/b"] = Answer(b"there")
    assert fetch(f"{web.url}/a", hosts={"localhost"}).host == "localhost"


@pytest.mark.parametrize(
    "location",
    [
        "http://rdap.example/domain/example.org",
        "https://nobody-listed.example/",
        "http://localhost:{port}/b",
        "https://user@127.0.0.1/",
        "file:///etc/passwd",
        "https://[broken/",
        "https://",
    ],
)
def test_a_redirect_to_plain_http_or_to_a_stranger_is_not_followed(web: WebServer, location: str) -> None:
    """A host that is on nobody's list was judged by nobody."""
    web.answers["/a"] = Answer(b"", 302, {"Location": location.format(port=web.port)})
    web.answers["/b"] = Answer(b"there")
    error = trouble(f"{web.url}/a", hosts={"rdap.example"})
    assert error.state is State.UNREADABLE
    assert "points to a place that is not asked" in str(error)
    assert web.heard == ["GET /a"]


@pytest.mark.parametrize("headers", [{"Location": "/a"}, {}], ids=["loop", "nowhere"])
def test_a_circle_of_redirects_ends(web: WebServer, headers: dict[str, str]) -> None:
    web.answers["/a"] = Answer(b"", 302, headers)
    error = trouble(f"{web.url}/a")
    assert error.state is State.UNREADABLE
    assert "redirects more than 3 times" in str(error)
    assert len(web.heard) == 4


def test_a_huge_answer_is_cut_off(web: WebServer) -> None:
    web.answers["/a"] = Answer(b"x" * 50_000_000)
    error = trouble(f"{web.url}/a", max_bytes=256 * 1024)
    assert error.state is State.UNREADABLE
    assert "more than 256 KiB" in str(error)


def test_a_compressed_answer_is_not_unpacked(web: WebServer) -> None:
    """A few bytes may unpack to gigabytes."""
    web.answers["/a"] = Answer(b"\x1f\x8b", 200, {"Content-Encoding": "gzip"})
    error = trouble(f"{web.url}/a")
    assert error.state is State.UNREADABLE
    assert "compressed" in str(error)


def test_a_slow_drip_ends_in_time(web: WebServer) -> None:
    web.answers["/a"] = Answer(drips=True)
    began = time.monotonic()
    error = trouble(f"{web.url}/a", seconds=0.3)
    assert time.monotonic() - began < 3
    assert error.state is State.UNREACHABLE
    assert "did not answer within 0.3 s" in str(error)


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        error = trouble(f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert error.state is State.UNREACHABLE
    assert "127.0.0.1 could not be asked" in str(error)


@pytest.fixture(params=[b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"])
def odd_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """Hears a question, says something and hangs up."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(request.param)

    with serving(socketserver.TCPServer(("127.0.0.1", 0), Handler), threading.Event()) as port:
        yield f"http://127.0.0.1:{port}/"


def test_a_server_that_speaks_no_http_is_unreachable(odd_server: str) -> None:
    assert trouble(odd_server).state is State.UNREACHABLE


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    """Anybody on the way could else say that a name is old."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, pytest.raises(ssl.SSLError):
                context.wrap_socket(connection, server_side=True)

        thread = threading.Thread(target=serve)
        thread.start()
        error = trouble(f"https://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()
    assert error.state is State.UNREACHABLE
    assert "no certificate that can be trusted" in str(error)


def _self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rdap.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (404, State.UNREGISTERED),
        (429, State.RATE_LIMITED),
        (400, State.REFUSED),
        (403, State.REFUSED),
        (451, State.REFUSED),
        (500, State.UNREACHABLE),
        (503, State.UNREACHABLE),
        (204, State.UNREADABLE),
        (304, State.UNREADABLE),
    ],
)
def test_a_status_says_what_is_wrong(status: int, state: State) -> None:
    error = trouble_of(Fetched("rdap.example", status, {"Retry-After": "60"}, b""), NOW)
    assert error.state is state
    assert str(error).startswith("rdap.example ")
    assert error.retry_after == (60.0 if status in {429, 400, 403, 451, 500, 503} else None)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://rdap.example/", True),
        ("https://rdap.example:8443/x", True),
        ("http://127.0.0.1:8000/", True),
        ("http://[::1]/", True),
        ("http://rdap.example/", False),
        ("http://127.0.0.1.rdap.example/", False),
        ("https://", False),
        ("https://user@rdap.example/", False),
        ("https://rdap.example:99999/", False),
        ("https://[rdap/", False),
        ("https://rdap.example/a b", False),
        ("https://rdap.example/\r\nX: y", False),
        ("//rdap.example/", False),
        ("", False),
    ],
)
def test_only_https_is_safe(url: str, safe: bool) -> None:
    assert is_safe_url(url) is safe
