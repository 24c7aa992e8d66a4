"""Click stage: the site, the proxies and the clicks that scripts/bench_click.py measures, for one run.

nginx serves one small page under every name, and the list of phishing, over plain http: so a click is one
request on a connection that the browser keeps open, and nothing of TLS is measured. Each proxy runs in a
process of its own, as a family runs it, and asks nobody outside of this computer.
"""

import itertools
import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Self

from http_load import TIMEOUT, LoadError, fetch
from proxy_contenders import SUFFIX, WORDS, CannotMeasureError, Running, Stage, free_port, told, wait_for

FEED = "made-up"
UNJUDGED = Path(__file__).with_name("unjudged_proxy.py")
PER_CONNECTION = 1000
"""Clicks after which a browser opens a new connection, if nothing else is said."""


NO_MORE: Mapping[str, str] = MappingProxyType({})


class ClickStage(Stage):
    """A site that knows every name, and proxies before it."""

    def start_site(self) -> Running:
        """nginx, over http; what stands in `self.site` is served, `/` is a page of 1 KiB."""
        folder, program = self.folder, shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            raise CannotMeasureError("nginx is missing: apt-get install nginx-light (it need not be started)")
        self.site.mkdir()
        (self.site / "index.html").write_bytes(b"<!doctype html><title>bench</title>".ljust(1024, b"\n"))
        address, log = ("127.0.0.1", free_port()), folder / "nginx.log"
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"""daemon off; {user} worker_processes 1; pid {folder}/nginx.pid; error_log {log} warn;
            events {{ worker_connections 8192; }}
            http {{
              access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 600s;
              types {{ text/html html; text/plain txt; }} root {self.site};
              client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
              uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
              server {{ listen 127.0.0.1:{address[1]} backlog=1024; }}
            }}""",
            encoding="utf-8",
        )
        process = self._start(program, "-e", str(log), "-p", str(folder), "-c", f"{folder}/nginx.conf")
        wait_for(address, process, log)
        return Running(address, process.pid, folder)

    def start_proxy(
        self,
        name: str,
        rules: Path,
        site: Running,
        settings: Mapping[str, str] = NO_MORE,
        *,
        judges: bool = True,
    ) -> Running:
        """A proxy with its state in `name`; `settings` are SEKISHO_… variables without that."""
        program = ("-m", "sekisho.cli") if judges else (str(UNJUDGED),)
        process = self._start(
            *(sys.executable, *program, "--state", str(self.folder / name), "run", "--port", "0"),
            *("--resolve", f"*.{SUFFIX}={site.address[0]}:{site.address[1]}"),
            environment=self._environment(rules, settings),
        )
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"(127\.0\.0\.1):([0-9]+)", line)
        if not found:
            raise CannotMeasureError(f"sekisho did not start: {line}{told(self.folder / 'errors.log')}")
        return Running((found[1], int(found[2])), process.pid, self.folder)

    def start_update(self, name: str, rules: Path) -> None:
        """`sekisho update --force` for the proxy `name`; it runs on."""
        command = (sys.executable, "-m", "sekisho.cli", "--state", str(self.folder / name))
        self._start(*command, "update", "--force", environment=self._environment(rules, USES_FEEDS))

    @property
    def site(self) -> Path:
        """The folder that nginx serves."""
        return self.folder / "site"

    def copy_rules(self, rules: Path) -> Path:
        """The same rules without any list of phishing that would be fetched from outside."""
        copy = self.folder / "rules"
        shutil.copytree(rules, copy)
        (copy / "feeds.toml").write_text("# No lists of others in a measurement.\n", encoding="utf-8")
        return copy

    def own_feed(self, name: str, site: Running) -> None:
        """Give the proxy `name` the one list that the site serves."""
        (self.folder / name).mkdir(mode=0o700)
        (self.folder / name / "feeds.toml").write_text(
            f'[{FEED}]\nurl = "http://127.0.0.1:{site.address[1]}/{FEED}.txt"\nformat = "domains"\n'
            "max_mb = 128\nvaries = true\nhours = 24\n",
            encoding="utf-8",
        )

    def swaps(self) -> int:
        """How many times a proxy has said that it uses another list, which is not empty."""
        log = (self.folder / "errors.log").read_text(encoding="utf-8", errors="replace")
        return len(re.findall("[1-9][0-9]* entries of downloaded lists are in use", log))

    def _environment(self, rules: Path, settings: Mapping[str, str]) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("SEKISHO_")}
        wanted = {"FEEDS__ENABLED": "false", "REGISTRATION__ON": "false", "RULES": str(rules), **settings}
        return kept | {f"SEKISHO_{name}": text for name, text in wanted.items()}


USES_FEEDS = {"FEEDS__ENABLED": "true"}


class Browser:
    """One connection to a proxy that is kept open, and clicks on it, as Chromium sends them over http."""

    def __init__(self, proxy: Running, per_connection: int = PER_CONNECTION) -> None:
        self._proxy = proxy
        self._per_connection = per_connection
        self._space = bytearray(64 * 1024)
        self._left = 0
        self._socket: socket.socket | None = None

    def click(self, host: str) -> float:
        """Seconds from the request to the last byte; raises LoadError where the site did not answer."""
        if not self._left:
            self.reconnect()
        self._left -= 1
        request = (
            f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
            "Upgrade-Insecure-Requests: 1\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"
            "Accept-Encoding: gzip, deflate\r\nAccept-Language: ja,en;q=0.8\r\n\r\n"
        ).encode()
        assert self._socket
        began = time.perf_counter()
        status = fetch(self._socket, request, self._space)
        seconds = time.perf_counter() - began
        if status != 200:
            raise LoadError(f"{host}: status {status} where the site was expected")
        return seconds

    def reconnect(self) -> None:
        """A new connection to the proxy."""
        self.close()
        self._socket = socket.create_connection(self._proxy.address, TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = self._per_connection

    def close(self) -> None:
        """End the connection."""
        if self._socket:
            self._socket.close()
        self._socket = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def steady(
    browser: Browser, control: Browser, names: Iterator[str], rate: float, done: Callable[[], bool]
) -> tuple[list[float], list[float]]:
    """Seconds of each of `rate` clicks a second, until `done`, which is asked after each of them; and the same
    of the control, which is sent each click next.

    A click that had to wait for the one before it counts from the moment at which it was due.
    """
    taken: list[float] = []
    beside: list[float] = []
    due = time.perf_counter()
    while not done():
        due += 1 / rate
        late = time.perf_counter() - due
        if late < 0:
            time.sleep(-late)
        name = next(names)
        taken.append(browser.click(name) + max(late, 0.0))
        beside.append(control.click(name))
    return taken, beside


def endless_names() -> Iterator[str]:
    """As `new_hosts`, and more of them than a run needs: 234,256."""
    return (f"{'-'.join(words)}.{SUFFIX}" for words in itertools.product(WORDS, repeat=4))
