"""A page that is fetched is the one that a browser would be shown, and no server can hold or flood the reader."""

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import Result

from sekisho.cli.failure import Failure
from sekisho.cli.fetch_page import fetch_page
from sekisho.page.decode import MOST_BYTES
from sekisho.settings import Settings, load_settings

Cli = Callable[..., Result]
FAKE = "<title>Amazon ログイン</title><form><input name=user><input type=password></form>"
HOST = "strange-shop.example"


class _Site(BaseHTTPRequestHandler):
    seen: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("Cookie")))
        body, headers, status = b"", {"Content-Type": "text/html; charset=shift_jis"}, 200
        if self.path == "/fake":
            body = gzip.compress(FAKE.encode("shift_jis"))
            headers["Content-Encoding"] = "gzip"
        elif self.path == "/moved":
            status, headers = 302, {"Location": "/fake", "Set-Cookie": "a=1"}
        elif self.path == "/round":
            status, headers = 302, {"Location": "/round"}
        elif self.path == "/home":
            status, headers = 302, {"Location": "http://127.0.0.1:9/"}
        elif self.path == "/file":
            status, headers = 302, {"Location": "file:///etc/hosts"}
        elif self.path == "/bomb":
            body = gzip.compress(b"a" * (64 << 20))
            headers["Content-Encoding"] = "gzip"
        elif self.path == "/silent":
            threading.Event().wait(3)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[tuple[Settings, list[tuple[str, str | None]]]]:
    seen: list[tuple[str, str | None]] = []
    handler = type("Site", (_Site,), {"seen": seen})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield load_settings({"resolve": [f"{HOST}=127.0.0.1:{server.server_port}"]}), seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Site = tuple[Settings, list[tuple[str, str | None]]]


def test_redirects_are_followed_without_cookies(site: Site) -> None:
    got = fetch_page(f"http://{HOST}/moved", site[0])
    assert got.url == f"http://{HOST}/fake"
    assert (got.link.host, got.content_type) == (HOST, "text/html; charset=shift_jis")
    assert got.body.decode("shift_jis") == FAKE
    assert site[1] == [("/moved", None), ("/fake", None)]


def test_a_bomb_is_cut(site: Site) -> None:
    assert len(fetch_page(f"http://{HOST}/bomb", site[0]).body) == MOST_BYTES + 1


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/round", "redirected more than 10 times"),
        ("/home", "127.0.0.1 lies in this computer"),
        ("/file", "is not a web address"),
    ],
)
def test_what_is_not_followed(site: Site, path: str, sentence: str) -> None:
    with pytest.raises(Failure, match=sentence):
        fetch_page(f"http://{HOST}{path}", site[0])


def test_a_silent_server_does_not_hold_it(site: Site) -> None:
    with pytest.raises(Failure, match="not there within"):
        fetch_page(f"http://{HOST}/silent", site[0], seconds=0.5)


@pytest.mark.parametrize(
    "url", ["mailto:x@example.org", "ftp://example.org/", "http://127.0.0.1/", "http://[/"]
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(Failure):
        fetch_page(url, load_settings({}))


def test_the_command_judges_what_it_fetched(site: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    (rule,) = site[0].resolve
    monkeypatch.setenv("SEKISHO_RESOLVE", f"{HOST}=127.0.0.1:{rule.port}")
    result = cli("check", "--fetch", f"http://{HOST}/moved")
    assert result.exit_code == 3, result.output
    assert f"http://{HOST}/fake as a page of {HOST}" in result.stdout
    assert "presents itself as Amazon" in result.stdout
