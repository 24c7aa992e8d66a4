"""What VirusTotal knows, clicked in a real browser: what it says counts, and whatever it does, nobody waits long."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import BrowserContext, Page

from sekisho.cli import sekisho
from sekisho.providers.virustotal.lookups import HANGING
from sekisho.records.domains import TURNED_BAD, Event
from sekisho.settings.keyfile import write_key
from sekisho.store import Store
from sekisho.verdict import Level

from ..providers.virustotal_server import ENGINES, Step, VirusTotalServer
from .conftest import NOBODY_OUTSIDE, OTHER, Proxy, until
from .origins import Answer, Origins

pytestmark = pytest.mark.browser

WAIT = 1.0
"""Seconds that a click waits for VirusTotal in these tests."""
LATE = WAIT + 1.2
CLEAN, BAD, SLOW, TURNS, TALKS, TABS = (f"example{number}.co.jp" for number in range(6))
TROUBLED = {
    trouble: (f"example{number}.ne.jp", f"example{number}.or.jp")
    for number, trouble in enumerate(("quota", "outage", "wrong key", "garbage", "silence"))
}
HOSTS = (CLEAN, BAD, SLOW, TURNS, TALKS, TABS, OTHER, *(host for pair in TROUBLED.values() for host in pair))


@pytest.fixture(scope="module")
def virustotal() -> Iterator[VirusTotalServer]:
    with VirusTotalServer() as server:
        yield server
        # Never a path, a query or the name of a single host.
        assert {request.path for request in server.requests} <= {f"/api/v3/domains/{name}" for name in HOSTS}


@pytest.fixture(scope="module")
def hosts() -> Sequence[str]:
    return HOSTS


@pytest.fixture(scope="module", autouse=True)
def pages(origins: Origins) -> None:
    for host, site in origins.items():
        site.page("/", f"<title>{host}</title>")
        site.page("/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml")


@pytest.fixture(scope="module")
def settings(virustotal: VirusTotalServer) -> Mapping[str, str]:
    return NOBODY_OUTSIDE | {
        "SEKISHO_VIRUSTOTAL__HOST": virustotal.base,
        "SEKISHO_VIRUSTOTAL__WAIT": str(WAIT),
        "SEKISHO_VIRUSTOTAL__PER_MINUTE": "1000",
    }


@pytest.fixture
def browser(chromium: BrowserContext, proxy: Proxy, virustotal: VirusTotalServer) -> Iterator[BrowserContext]:
    """With a new key, so that no trouble of an earlier test is waited out, and with no tabs left at the end."""
    virustotal.key = secrets.token_hex(32)
    write_key(proxy.state, virustotal.key)
    yield chromium
    for page in chromium.pages:
        page.close()


def click(browser: BrowserContext, url: str) -> tuple[Page, int, float]:
    """A new tab at this address: its status, and the seconds until the page was there."""
    page = browser.new_page()
    begun = time.monotonic()
    response = page.goto(url, wait_until="domcontentloaded")
    assert response
    return page, response.status, time.monotonic() - begun


def levels(proxy: Proxy, host: str, count: int) -> list[Level]:
    """How the last clicks on a host were judged, the oldest first, as soon as they are written."""
    with Store.open(f"sqlite:///{proxy.state / 'sekisho.db'}", read_only=True) as store:
        until(lambda: len(store.visits.log(limit=99, host=host)) >= count)
        return [line.level for line in reversed(store.visits.log(limit=count, host=host))]


def turned_bad(proxy: Proxy, host: str) -> Event:
    """The one event about this host, as soon as it is written."""
    with Store.open(f"sqlite:///{proxy.state / 'sekisho.db'}", read_only=True) as store:
        until(lambda: [event for event in store.events.all() if event.host == host])
        (event,) = (event for event in store.events.all() if event.host == host)
    assert event.kind == TURNED_BAD
    return event


def state_of_virustotal(state: Path) -> str:
    """What `sekisho status --json` says."""
    result = CliRunner().invoke(sekisho, ["--state", str(state), "status", "--json"], catch_exceptions=False)
    sources = {source["source"]: source["state"] for source in json.loads(result.output)["sources"]}
    return str(sources.get("virustotal", ""))


def test_a_clean_domain_opens_and_is_asked_about_once(
    browser: BrowserContext, proxy: Proxy, origins: Origins, virustotal: VirusTotalServer
) -> None:
    virustotal.behave(CLEAN, "clean")
    for url in (f"https://{CLEAN}/", f"https://www.{CLEAN}/", f"http://mail.{CLEAN}/?who=mother"):
        page, status, _ = click(browser, url)
        assert (status, page.title()) == (200, CLEAN)
    assert virustotal.asked(CLEAN) == 1
    assert levels(proxy, CLEAN, 3) == [Level.PASS] * 3
    assert state_of_virustotal(proxy.state) == "ok"


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_bad_domain_gets_the_warning_page_and_its_server_hears_nothing(
    browser: BrowserContext, origins: Origins, virustotal: VirusTotalServer, scheme: str
) -> None:
    virustotal.behave(BAD, "bad")
    page, status, _ = click(browser, f"{scheme}://login.{BAD}/account?who=mother")
    assert status == 403
    page.locator("details summary").first.click()
    text = page.locator("details").first.inner_text()
    assert "VirusTotal" in text
    assert all(engine in text for engine in ENGINES)
    assert page.locator(f'a[href^="{scheme}://sekisho.internal/w/"][href$="/on"]').count() == 1
    assert origins[BAD].connections == 0


def test_a_late_answer_holds_the_page_no_longer_than_it_may_and_counts_when_it_comes(
    browser: BrowserContext, proxy: Proxy, virustotal: VirusTotalServer
) -> None:
    virustotal.behave(SLOW, Step("clean", seconds=LATE))
    page, status, seconds = click(browser, f"https://{SLOW}/")
    assert (status, page.title()) == (200, SLOW)
    assert WAIT - 0.1 < seconds < WAIT + 1
    assert levels(proxy, SLOW, 1) == [Level.CAUTION]

    def judged_again() -> bool:
        click(browser, f"https://{SLOW}/")[0].close()
        return levels(proxy, SLOW, 1) == [Level.PASS]

    until(judged_again)
    assert virustotal.asked(SLOW) == 1


def test_who_was_let_through_before_a_bad_answer_came_is_named_and_the_next_request_is_stopped(
    browser: BrowserContext, proxy: Proxy, origins: Origins, virustotal: VirusTotalServer
) -> None:
    virustotal.behave(TURNS, Step("bad", seconds=LATE))
    begun = time.time()
    page, status, seconds = click(browser, f"https://www.{TURNS}/")
    assert (status, page.title()) == (200, TURNS)
    assert seconds < WAIT + 1
    event = turned_bad(proxy, TURNS)
    assert event.level is Level.WARN
    assert "VirusTotal" in event.evidence[0].detail
    (person,) = event.people
    assert (person.client, person.visits) == ("127.0.0.1", 1)
    assert begun <= person.first_at <= person.last_at <= event.at <= time.time()
    heard = len(origins[TURNS].requests)
    assert page.evaluate("fetch('/x', {method: 'POST', body: 'secret'}).then(r => r.status)") == 403
    other, _, _ = click(browser, f"https://{OTHER}/")
    picture = """address => new Promise(done => {
        const image = new Image();
        image.onload = () => done('shown');
        image.onerror = () => done('stopped');
        image.src = address;
    })"""
    assert other.evaluate(picture, f"https://{OTHER}/a.svg") == "shown"
    assert other.evaluate(picture, f"https://cdn.{TURNS}/a.svg") == "stopped"
    assert click(browser, f"https://{TURNS}/")[1] == 403
    assert len(origins[TURNS].requests) == heard


def test_a_chat_and_an_endless_answer_end_when_their_host_turns_bad(
    browser: BrowserContext, proxy: Proxy, origins: Origins, virustotal: VirusTotalServer
) -> None:
    origin = origins[TALKS]
    ended: list[str] = []
    origin.pages["/chat"] = held_open("chat", chat_begins, ended)
    origin.pages["/stream"] = held_open("stream", stream_begins, ended)
    virustotal.behave(TALKS, Step("bad", seconds=LATE))
    page, status, _ = click(browser, f"https://{TALKS}/")
    assert status == 200
    page.evaluate(
        """async () => {
            window.open_now = new Set(['chat', 'stream']);
            const socket = new WebSocket(location.href.replace('https', 'wss') + 'chat');
            socket.onclose = () => window.open_now.delete('chat');
            await new Promise(done => socket.onmessage = done);
            const reader = (await fetch('/stream')).body.getReader();
            await reader.read();
            const end = () => window.open_now.delete('stream');
            reader.read().then(end, end);
        }"""
    )
    assert page.evaluate("window.open_now.size") == 2
    assert ended == []
    turned_bad(proxy, TALKS)
    page.wait_for_function("window.open_now.size == 0", timeout=3000)
    until(lambda: sorted(ended) == ["chat", "stream"], seconds=3.0)
    assert page.evaluate("fetch('/stream').then(r => r.status)") == 403


def held_open(
    name: str, begin: Callable[[BaseHTTPRequestHandler], bytes], ended: list[str]
) -> Callable[[BaseHTTPRequestHandler], Answer]:
    """A page that says something and then neither ends nor says more, until its connection is closed."""

    def talk(handler: BaseHTTPRequestHandler) -> Answer:
        handler.wfile.write(begin(handler))
        handler.wfile.flush()
        handler.connection.settimeout(20)
        while handler.rfile.read1(4096):
            pass
        ended.append(name)
        raise ConnectionResetError  # there is nothing to answer any more

    return talk


def chat_begins(handler: BaseHTTPRequestHandler) -> bytes:
    """The answer to a WebSocket's handshake, and a text frame (RFC 6455)."""
    key = handler.headers["Sec-WebSocket-Key"].encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(key).digest())
    head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    return head + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n\x81\x05hello"


def stream_begins(_: BaseHTTPRequestHandler) -> bytes:
    """The first piece of an answer of unknown length."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"f\r\ndata: hello 1\n\n\r\n"


def test_twenty_tabs_at_twenty_hosts_of_one_domain_cost_one_question(
    browser: BrowserContext, virustotal: VirusTotalServer
) -> None:
    virustotal.behave(TABS, Step("clean", seconds=WAIT / 2))
    tabs = [browser.new_page() for _ in range(20)]
    for number, tab in enumerate(tabs):
        tab.evaluate(f"void setTimeout(() => location.href = 'https://h{number}.{TABS}/', 0)")
    for number, tab in enumerate(tabs):
        tab.wait_for_url(f"https://h{number}.{TABS}/", wait_until="domcontentloaded")
        assert tab.title() == TABS
    assert virustotal.asked(TABS) == 1


@pytest.mark.parametrize(
    ("trouble", "state", "level"),
    [("quota", "quota", Level.CAUTION), ("outage", "server error", Level.CAUTION),
     ("garbage", "unreadable", Level.CAUTION), ("wrong key", "wrong key", Level.PASS)],
)  # fmt: skip
def test_trouble_holds_nobody_up_and_is_told(
    browser: BrowserContext,
    proxy: Proxy,
    virustotal: VirusTotalServer,
    trouble: str,
    state: str,
    level: Level,
) -> None:
    first, second = TROUBLED[trouble]
    virustotal.behave(first, trouble)
    for host in (first, second):
        page, status, seconds = click(browser, f"https://www.{host}/")
        assert (status, page.title()) == (200, host)
        assert seconds < WAIT + 1
        assert levels(proxy, host, 1) == [level]
    assert (virustotal.asked(first), virustotal.asked(second)) == (1, 0)
    assert state_of_virustotal(proxy.state) == state


def test_silence_holds_nobody_up_and_is_told_once_it_lasts(
    browser: BrowserContext, proxy: Proxy, virustotal: VirusTotalServer
) -> None:
    first, second = TROUBLED["silence"]
    for host in (first, second):
        virustotal.behave(host, Step("clean", held=True))
    page, status, seconds = click(browser, f"https://{first}/")
    assert (status, page.title()) == (200, first)
    assert WAIT - 0.1 < seconds < WAIT + 1
    assert levels(proxy, first, 1) == [Level.CAUTION]
    time.sleep(HANGING - WAIT)  # the time itself is what is tested
    page, status, seconds = click(browser, f"https://{second}/")
    assert (status, page.title()) == (200, second)
    assert seconds < 1
    assert levels(proxy, second, 1) == [Level.CAUTION]
    assert virustotal.asked(second) == 0
    assert state_of_virustotal(proxy.state) == "too slow"
    virustotal.release()
