"""An error never opens the gate: whatever is locked, broken or raises, the click gets a page."""

import contextlib
import socket
import sqlite3
import ssl
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.rulebook import rules_folder

from .conftest import CLEAN, FAKE, FAMILIAR, OTHER, Proxy, own_rules, start_proxy, stop_proxy, until
from .origins import Authority, Origins
from .raw import certificate_through, connect, secured, status_of, through

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quiet")]

HOOKS = [
    ("clients", "Clients", "client_connected"),
    ("portal", "Portal", "request"),
    ("tunnel", "Tunnel", "http_connect"),
    ("tunnel", "Tunnel", "http_connected"),
    ("tunnel", "Tunnel", "next_layer"),
    ("tunnel", "Tunnel", "tls_clienthello"),
    ("click", "Click", "requestheaders"),
    ("click", "Click", "responseheaders"),
    ("page", "Page", "responseheaders"),
    ("secret", "Secret", "request"),
    ("trim", "Trim", "tcp_message"),
    ("guard", "Guard", "requestheaders"),
    ("guard", "Guard", "request"),
    ("guard", "Guard", "server_connect"),
]

TRIES = 3
"""Of what is bounded in seconds: a machine that does something else for a moment is not our fault."""

BREAKABLE = """
import sys
from importlib import import_module
from pathlib import Path
from sekisho.cli import main

def breakable(name, hook, works):
    def called(*arguments):
        if Path({chosen!r}).read_text() == f"{{name}}.{{hook}}":
            raise RuntimeError("broken on purpose")
        return works(*arguments)
    return called

for module, name, hook in {hooks!r}:
    addon = getattr(import_module(f"sekisho.proxy.{{module}}"), name)
    setattr(addon, hook, breakable(name, hook, getattr(addon, hook)))
sys.exit(main())
"""


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds the name of the hook that raises."""
    file = tmp_path_factory.mktemp("chosen") / "hook"
    file.write_text("")
    return file


@pytest.fixture(scope="module")
def breakable(
    tmp_path_factory: pytest.TempPathFactory, origins: Origins, authority: Authority, chosen: Path
) -> Iterator[Proxy]:
    """A proxy in which the chosen hook raises."""
    folder = tmp_path_factory.mktemp("breakable")
    script = folder / "breakable.py"
    script.write_text(BREAKABLE.format(chosen=str(chosen), hooks=HOOKS))
    running = start_proxy(folder, origins, authority, command=[sys.executable, str(script)])
    yield running
    chosen.write_text("")
    stop_proxy(running, tracebacks=True)


@pytest.mark.parametrize(("module", "name", "hook"), HOOKS, ids=[f"{row[1]}.{row[2]}" for row in HOOKS])
def test_a_hook_that_raises_opens_nothing(
    breakable: Proxy, chosen: Path, origins: Origins, module: str, name: str, hook: str
) -> None:
    said = len(breakable.said.read_text())
    chosen.write_text(f"{name}.{hook}")
    origins[CLEAN].page("/", "tofu")
    assert through(breakable, "GET", f"http://{FAKE}/")[0] in {403, 503}
    assert certificate_through(breakable, FAKE, "/")[0] == "sekisho"
    assert origins[FAKE].connections == 0
    status, _ = through(breakable, "GET", f"http://{CLEAN}/")
    if (name, hook) in {("Click", "requestheaders"), ("Secret", "request")}:
        assert status == 503
        assert origins[CLEAN].connections == 0
    if hook != "tcp_message":  # nothing is tunnelled here
        assert "broken on purpose" in breakable.said.read_text()[said:]


def test_a_locked_store_gets_a_page_and_the_site_again_when_it_is_free(
    proxy: Proxy, origins: Origins
) -> None:
    origins[CLEAN].page("/", "tofu")
    lock = sqlite3.connect(proxy.state / "sekisho.db", isolation_level=None)
    lock.execute("begin exclusive")
    try:
        status, body = through(proxy, "GET", f"http://{CLEAN}/")
        assert status == 503
        assert b"<html" in body
        assert origins[CLEAN].connections == 0
        assert through(proxy, "GET", f"http://{FAKE}/")[0] == 403
    finally:
        lock.execute("rollback")
        lock.close()
    until(lambda: through(proxy, "GET", f"http://{CLEAN}/") == (200, b"tofu"))
    assert origins[FAKE].connections == 0


def test_rules_that_are_broken_at_the_start_get_a_page_until_they_are_mended(
    tmp_path: Path, origins: Origins, authority: Authority
) -> None:
    brands = own_rules(tmp_path) / "brands.toml"
    good = brands.read_text()
    brands.write_text(good + "\n[broken\n")
    proxy = start_proxy(tmp_path, origins, authority)
    for host in (CLEAN, FAKE, FAMILIAR):
        assert through(proxy, "GET", f"http://{host}/")[0] == 503
        assert origins[host].connections == 0
    assert f"brands.toml:{good.count(chr(10)) + 2}" in proxy.said.read_text()
    brands.write_text(good)
    until(lambda: through(proxy, "GET", f"http://{FAKE}/")[0] == 403)
    stop_proxy(proxy)


def test_a_bad_edit_is_told_and_the_last_good_rules_stay_and_a_good_one_takes_effect_in_two_seconds(
    proxy: Proxy, origins: Origins
) -> None:
    origins[OTHER].page("/", "flowers")
    familiar, words = proxy.rules / "familiar.txt", proxy.rules / "words.toml"
    few = familiar.read_text()
    words.write_text("[risk\n")
    until(lambda: "words.toml:1" in proxy.said.read_text())
    familiar.write_text(f"{few}{OTHER}\n")
    assert through(proxy, "GET", f"http://{FAKE}/")[0] == 403
    assert certificate_through(proxy, OTHER, "/")[0] == "sekisho"
    took = [seconds_until_tunnelled(proxy, words, (rules_folder() / "words.toml").read_text(), is_so=True)]
    while min(took) > 2.0 and len(took) < TRIES:
        seconds_until_tunnelled(proxy, familiar, few, is_so=False)
        took.append(seconds_until_tunnelled(proxy, familiar, f"{few}{OTHER}\n", is_so=True))
    assert min(took) <= 2.0, took


def seconds_until_tunnelled(proxy: Proxy, file: Path, text: str, *, is_so: bool) -> float:
    """From an edit until it is in force: the other site is tunnelled, or is so no more."""
    begun = time.monotonic()
    file.write_text(text)
    until(lambda: (certificate_through(proxy, OTHER, "/")[0] != "sekisho") is is_so)
    return time.monotonic() - begun


def test_a_familiar_site_that_the_family_blocks_is_stopped_within_two_seconds_with_its_live_tunnels(
    proxy: Proxy, origins: Origins
) -> None:
    origins[FAMILIAR].page("/", "familiar")
    with secured(proxy, FAMILIAR) as tls:
        tls.settimeout(5)
        (proxy.state / "blocklist.txt").write_text(f"{FAMILIAR}\n")
        until(lambda: status_of(proxy, f"http://{FAMILIAR}/") == 403, seconds=2.0)
        with contextlib.suppress(ConnectionError, ssl.SSLError):  # however it ends, it ends
            assert tls.recv(1) == b""


@pytest.mark.parametrize("target", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433"])
def test_this_computer_is_not_reached_through_the_proxy(proxy: Proxy, origins: Origins, target: str) -> None:
    port = origins[CLEAN].port
    status, _ = through(proxy, "GET", f"http://{target}:{port}/")
    assert status in {400, 403, 502}
    assert origins[CLEAN].connections == 0


def test_a_protocol_that_could_only_hang_is_refused_at_once(proxy: Proxy) -> None:
    status, wire = connect(proxy, CLEAN, 22)
    wire.close()
    assert status == 501


@pytest.mark.parametrize(
    "host",
    [
        "a..b",
        "xn--0",
        "%00",
        "a_b.c",
        "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
        "a" * 300,
        "-",
        "...",
    ],
)
def test_no_host_of_any_bytes_passes_or_breaks_the_proxy(proxy: Proxy, host: str) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as wire:
        wire.sendall(
            f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n".encode("latin-1")
        )
        head = wire.recv(64)
    assert head.split()[1] in {b"400", b"403", b"502", b"503"}
    assert through(proxy, "GET", f"http://{FAKE}/")[0] == 403
