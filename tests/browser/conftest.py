"""Chromium, a proxy that was started as a family starts it, and the sites that it leads to."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from sekisho.page.icons import hashes_of
from sekisho.rulebook import rules_folder

from .origins import Authority, Origin, Origins

FAKE = "rec0very-supp0rt-micr0s0ft.org"
CLEAN = "tanaka-tofu-ten.jp"
OTHER = "suzuki-hana-ten.jp"
FAMILIAR = "sekisho-test-familiar.jp"
AGODA_ICON = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
"""Stands for the icon of a brand."""
SEKISHO = (sys.executable, "-m", "sekisho.cli")
HOSTS = (FAKE, CLEAN, OTHER, FAMILIAR)
NOBODY_OUTSIDE = {"SEKISHO_FEEDS__ENABLED": "false", "SEKISHO_REGISTRATION__ON": "false"}
"""No test asks a server that is not its own."""


@dataclass
class Proxy:
    """A running `sekisho run`."""

    process: subprocess.Popen[str]
    port: int
    state: Path
    rules: Path
    said: Path
    certificate: Path = field(init=False)

    def __post_init__(self) -> None:
        self.certificate = self.state / "ca" / "mitmproxy-ca-cert.pem"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def own_rules(folder: Path) -> Path:
    """The rules of a proxy that is started in this folder: those of the checkout, unless it has some already."""
    rules = folder / "rules"
    if not rules.exists():
        shutil.copytree(rules_folder(), rules)
        with (rules / "familiar.txt").open("a") as file:
            file.write(f"{FAMILIAR}\n")
        page = rules / "page.toml"
        icons = f'\n[icons]\nagoda = ["{hashes_of(AGODA_ICON)[0]}"]\n'
        page.write_text(page.read_text("utf-8").replace("\n[icons]\n", icons, 1), "utf-8")
    return rules


def start_proxy(
    folder: Path,
    origins: Origins,
    authority: Authority,
    command: Sequence[str] = SEKISHO,
    settings: Mapping[str, str] = NOBODY_OUTSIDE,
) -> Proxy:
    """Start it and wait for its three lines. `settings`: more of the environment."""
    rules, state, said = own_rules(folder), folder / "state", folder / "stderr"
    flags = [f"--resolve={host}=127.0.0.1:{origin.port}" for host, origin in origins.items()]
    flags += [f"--resolve=*.{host}=127.0.0.1:{origin.port}" for host, origin in origins.items()]
    environment = {**os.environ, **settings, "SEKISHO_RULES": str(rules)}
    with said.open("w") as stderr:
        process = subprocess.Popen(
            [*command, "--state", str(state), "run", "--port", "0", "--upstream-ca", str(authority.file), *flags],
            stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment,
        )  # fmt: skip
    assert process.stdout
    first = process.stdout.readline()
    assert "127.0.0.1:" in first, said.read_text()
    assert "sekisho.internal" in process.stdout.readline()
    assert "sekisho.internal" in process.stdout.readline()
    port = int(first.partition("127.0.0.1:")[2].split()[0])
    return Proxy(process, port, state, rules, said)


def stop_proxy(proxy: Proxy, *, tracebacks: bool = False) -> None:
    """As the system does it; it must end by itself and well. `tracebacks`: it was made to raise."""
    proxy.process.send_signal(signal.SIGTERM)
    assert proxy.process.wait(20) == 0, proxy.said.read_text()
    assert proxy.process.stdout
    proxy.process.stdout.close()
    assert tracebacks == ("Traceback" in proxy.said.read_text())


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for a condition, and fail where it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """For one module only: while it lives, an event loop runs in this thread, and no other test may have one."""
    with sync_playwright() as started:
        yield started


def open_browser(playwright: Playwright, home: Path, proxy: Proxy | None, language: str) -> BrowserContext:
    """Chromium with its own profile; it trusts the proxy's certificate as a family makes it trust it."""
    database = home / ".pki" / "nssdb"
    if proxy and not database.exists():
        database.mkdir(parents=True)
        certutil = ["certutil", "-d", f"sql:{database}"]
        subprocess.run([*certutil, "-N", "--empty-password"], check=True)
        subprocess.run([*certutil, "-A", "-t", "C,,", "-n", "sekisho", "-i", proxy.certificate], check=True)
    context = playwright.chromium.launch_persistent_context(
        home / "profile",
        executable_path=shutil.which("chromium"),
        locale=language,
        proxy={"server": proxy.address, "bypass": "<-loopback>"} if proxy else None,
        env={**os.environ, "HOME": str(home)},
        args=["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
              "--disable-component-update", "--disable-sync", "--disable-gpu"],
    )  # fmt: skip
    context.set_default_timeout(15_000)
    return context


@pytest.fixture(scope="module")
def hosts() -> Sequence[str]:
    """The sites of a module; each test has a host of its own below these."""
    return HOSTS


@pytest.fixture(scope="module")
def origins(authority: Authority, hosts: Sequence[str]) -> Iterator[Origins]:
    sites = {host: Origin(host, authority) for host in hosts}
    yield sites
    for site in sites.values():
        site.close()


@pytest.fixture(scope="module")
def settings() -> Mapping[str, str]:
    """The environment of the module's proxy."""
    return NOBODY_OUTSIDE


@pytest.fixture(scope="module")
def proxy(
    tmp_path_factory: pytest.TempPathFactory,
    origins: Origins,
    authority: Authority,
    settings: Mapping[str, str],
) -> Iterator[Proxy]:
    """One for all tests of a module, since a start takes seconds."""
    running = start_proxy(tmp_path_factory.mktemp("proxy"), origins, authority, settings=settings)
    yield running
    stop_proxy(running)


@pytest.fixture
def quiet(origins: Origins) -> None:
    """Sites that have heard nothing yet and serve nothing."""
    for site in origins.values():
        site.requests.clear()
        site.pages.clear()
        site.connections = 0


@pytest.fixture
def browser(chromium: BrowserContext) -> Iterator[BrowserContext]:
    """Without tabs at the end: a page that lives on would go on asking its site."""
    yield chromium
    for page in chromium.pages:
        page.close()


@pytest.fixture(scope="module")
def chromium(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, proxy: Proxy
) -> Iterator[BrowserContext]:
    """The mother's browser, for all tests of a module that has a `proxy`."""
    context = open_browser(playwright, tmp_path_factory.mktemp("browser"), proxy, "ja-JP")
    yield context
    context.close()
