"""A download ends, in time and in size, with the list or with a sentence that a family can read."""

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from sekisho import __version__
from sekisho.providers.feeds.cancel_token import CancelToken
from sekisho.providers.feeds.download import Answer, Limits, download, next_place, refuse_page, unpack_into
from sekisho.providers.feeds.entries import FeedError
from tests.providers.feeds.conftest import Site

MIB = 1 << 20
LIST = b"bad.example\n" * 1000
SHORT = Limits(connect=2.0, read=0.3, total=1.0)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "list.part"


def refused(url: str, target: Path, limits: Limits = SHORT, max_bytes: int = MIB) -> str:
    """The sentence with which a download is refused; nothing of it may remain."""
    with pytest.raises(FeedError) as caught:
        download(url, target, max_bytes, limits=limits)
    assert not target.exists()
    return str(caught.value)


def raw(*pieces: bytes, pause: float = 0.0) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer byte by byte as a test wants it, head included."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        for piece in pieces:
            request.wfile.write(piece)
            request.wfile.flush()
            time.sleep(pause)

    return answer


def test_a_list_and_what_is_known_of_it(site: Site, target: Path) -> None:
    seen: list[tuple[int, int]] = []
    url = site.serve("/list", LIST, ETag='"1"', Last_Modified="Tue, 01 Jul 2025 00:00:00 GMT")
    answer = download(url, target, MIB, progress=lambda *step: seen.append(step))
    assert answer == Answer(200, '"1"', "Tue, 01 Jul 2025 00:00:00 GMT", len(LIST))
    assert target.read_bytes() == LIST
    assert seen[-1] == (len(LIST), len(LIST))


def test_who_asks_is_told_and_nothing_else(
    site: Site, target: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No proxy of the environment, no password of .netrc: the first would lead into this very program."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password word\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    download(site.serve("/list", LIST), target, MIB)
    headers = site.asked[0][1]
    assert headers["User-Agent"] == f"sekisho/{__version__}"
    assert set(headers) == {"Host", "User-Agent", "Accept-Encoding", "Accept", "Connection"}


def test_an_unchanged_list_costs_nothing(site: Site, target: Path) -> None:
    def unchanged(request: BaseHTTPRequestHandler) -> None:
        request.send_response(304)
        request.end_headers()

    site.answers["/list"] = unchanged
    answer = download(site.url + "/list", target, MIB, etag='"1"', modified="then")
    assert answer == Answer(304, '"1"', "then")
    assert not target.exists()
    headers = site.asked[0][1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"1"', "then")
    assert "status 304" in refused(site.url + "/list", target)


def test_a_packed_list_is_unpacked(site: Site, target: Path) -> None:
    url = site.serve("/list", gzip.compress(LIST), Content_Encoding="gzip")
    assert download(url, target, MIB).size == len(LIST)
    assert target.read_bytes() == LIST


def test_a_list_in_pieces_of_unknown_length(site: Site, target: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    site.answers["/list"] = raw(head, b"4\r\nbad.\r\n", b"8\r\nexample\n\r\n", b"0\r\n\r\n")
    assert download(site.url + "/list", target, MIB).size == 12
    site.answers["/half"] = raw(head, b"4\r\nbad.\r\n", b"8\r\nexa")
    assert refused(site.url + "/half", target) == "it broke off before its end"


def test_redirects_are_followed(site: Site, target: Path) -> None:
    site.serve("/list", LIST)
    site.serve("/a", b"", 301, Location="b")
    site.serve("/b", b"", 308, Location=f"{site.url}/list")
    assert download(site.url + "/a", target, MIB).size == len(LIST)


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("http://lists.example/list", "not encrypted"),
        ("ftp://lists.example/list", "not encrypted"),
        ("file:///etc/hosts", "not encrypted"),
        ("", "not encrypted, or to none"),
        ("/redirect", "more than 5 times"),
    ],
)
def test_redirects_that_are_not_followed(site: Site, target: Path, location: str, sentence: str) -> None:
    """A hotel's network leads every plain request to its own page."""
    url = site.serve("/redirect", b"", 302, Location=location)
    assert sentence in refused(url, target)
    assert {path for path, _ in site.asked} == {"/redirect"}


@pytest.mark.parametrize(
    ("url", "location", "sentence"),
    [
        ("https://lists.example/a", "http://lists.example/b", "not encrypted"),
        ("https://127.0.0.1/a", "http://127.0.0.1/b", "not encrypted"),
        ("https://lists.example/a", "https://127.0.0.1/b", "into this computer"),
        ("https://lists.example/a", "https://localhost:8443/b", "into this computer"),
    ],
)
def test_a_redirect_never_leads_out_of_https_or_into_this_computer(
    url: str, location: str, sentence: str
) -> None:
    """A list's server must not have this program ask the proxy's own desk, or be read on the way."""
    with pytest.raises(FeedError, match=sentence):
        next_place(url, location)


def test_a_redirect_may_lead_to_another_server() -> None:
    assert next_place("https://lists.example/a/b", "../c") == "https://lists.example/c"
    assert next_place("https://lists.example/a", "//files.example/b") == "https://files.example/b"


@pytest.mark.parametrize("url", ["http://lists.example/", "ftp://127.0.0.1/", "https://a:b@lists.example/"])
def test_places_that_are_not_asked_at_all(target: Path, url: str) -> None:
    assert refused(url, target)


@pytest.mark.parametrize("status", [204, 403, 429, 500, 503])
def test_a_server_in_trouble(site: Site, target: Path, status: int) -> None:
    assert refused(site.serve("/list", b"", status), target) == f"the server answers with the status {status}"


def test_a_document_that_is_not_there(site: Site, target: Path) -> None:
    assert download(site.url + "/none", target, MIB).status == 404


@pytest.mark.parametrize(
    ("body", "headers", "sentence"),
    [
        (b"<!DOCTYPE html><title>Log in", {}, "a web page came"),
        (b"\xef\xbb\xbf \n<html>", {}, "a web page came"),
        (b"Please log in", {"Content_Type": "text/html; charset=utf-8"}, "a web page came"),
        (b"PK\x03\x04\0\0" * 100, {}, "binary data"),
        (LIST + b"\0", {}, "binary data"),
        (LIST, {"Content_Encoding": "br"}, "packed as 'br'"),
        (LIST, {"Content_Encoding": "gzip"}, "its packing is damaged"),
        (gzip.compress(LIST, mtime=0)[:-9], {"Content_Encoding": "gzip"}, "broke off"),
        (LIST, {"Content_Length": str(len(LIST) + 1)}, "broke off"),
        (LIST, {"Content_Length": str(2 * MIB)}, "larger than the 1 MiB"),
        (b"x" * (MIB + 1), {}, "larger than the 1 MiB"),
    ],
)
def test_what_is_no_list(
    site: Site, target: Path, body: bytes, headers: dict[str, str], sentence: str
) -> None:
    assert sentence in refused(site.serve("/list", body, 200, **headers), target)


def test_a_packed_list_never_fills_the_disk(site: Site, target: Path) -> None:
    """A megabyte of zeros packs into a thousandth; this one unpacks to 21 of them."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(b"a.example\n" * 100_000) + packer.compress(b"b" * 20 * MIB) + packer.flush()
    assert len(bomb) < MIB / 8
    began = time.monotonic()
    assert "larger than the 1 MiB" in refused(site.serve("/list", bomb, Content_Encoding="gzip"), target)
    assert time.monotonic() - began < 1


def test_unpacking_goes_in_small_steps() -> None:
    packed = gzip.compress(bytes(8 * MIB))
    pieces: list[bytes] = []
    unpack_into(zlib.decompressobj(31), packed, pieces.append)
    assert sum(map(len, pieces)) == 8 * MIB
    assert max(map(len, pieces)) <= 65_536


def test_an_endless_answer_is_cut(site: Site, target: Path) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            request.wfile.write(LIST)

    site.answers["/list"] = endless
    assert "larger than the 1 MiB" in refused(site.url + "/list", target)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b"b"] * 99], "it took longer than 1 seconds"),
        ([b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 99], "it took longer than 1 seconds"),
    ],
    ids=["body", "head"],
)
def test_a_slow_drip_ends_in_time(site: Site, target: Path, pieces: list[bytes], sentence: str) -> None:
    """Each byte comes in time, the whole never would: the next update must not wait for this one."""
    site.answers["/list"] = raw(*pieces, pause=0.1)
    began = time.monotonic()
    assert refused(site.url + "/list", target) == sentence
    assert time.monotonic() - began < 2


@pytest.mark.slow
def test_a_server_that_falls_silent(site: Site, target: Path) -> None:
    site.answers["/list"] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nb", b"", pause=0.6)
    assert refused(site.url + "/list", target) == "the server was silent for 0.3 seconds"
    site.answers["/head"] = raw(b"HTTP/1.1", b"", pause=0.6)
    assert refused(site.url + "/head", target) == "the server was silent for 0.3 seconds"


def test_nobody_listens(target: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert refused(url, target) == "no connection to the server; perhaps this computer is offline"


def test_a_house_without_internet(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    sentence = "the server's name cannot be looked up; perhaps this computer is offline"
    assert refused("https://lists.example/list", target) == sentence


def test_a_server_that_is_not_who_it_says(site: Site, target: Path) -> None:
    """Plain http where https is expected: the certificate never comes."""
    assert (
        refused(site.url.replace("http:", "https:"), target) == "the server's certificate cannot be trusted"
    )


def test_a_full_or_foreign_disk_is_told(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "none" / "list"
    assert refused(site.serve("/list", LIST), target).startswith(f"{target} cannot be written (No such file")


def test_a_program_that_stops_does_not_wait(site: Site, target: Path) -> None:
    cancel_token = CancelToken()
    reached = threading.Event()

    def silent(request: BaseHTTPRequestHandler) -> None:
        reached.set()
        time.sleep(3)

    site.answers["/list"] = silent

    def stop() -> None:
        reached.wait(5)
        cancel_token.pull()

    stopper = threading.Thread(target=stop)
    stopper.start()
    began = time.monotonic()
    with pytest.raises(FeedError, match="the program ended meanwhile"):
        download(site.url + "/list", target, MIB, cancel_token=cancel_token)
    assert time.monotonic() - began < 1.5
    stopper.join()
    with pytest.raises(FeedError, match="the program ended meanwhile"):
        download(site.url + "/list", target, MIB, cancel_token=cancel_token)


@pytest.mark.parametrize("head", [b"bad.example\n", b"||bad.example^", b"# <html>", b"", b"<"])
def test_a_list_is_no_page(head: bytes) -> None:
    refuse_page(head)
