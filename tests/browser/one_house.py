"""One proxy, one browser and its sites for all tests of a module, each at a host of its own: a start takes seconds."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from .conftest import HOSTS, Proxy, start_proxy, stop_proxy
from .origins import Authority, Origin

Origins = dict[str, Origin]


@pytest.fixture(scope="module")
def origins(authority: Authority) -> Iterator[Origins]:
    """One house for all tests here: each has a host of its own below these."""
    sites = {host: Origin(host, authority) for host in HOSTS}
    yield sites
    for site in sites.values():
        site.close()


@pytest.fixture(scope="module")
def proxy(
    tmp_path_factory: pytest.TempPathFactory, origins: Origins, authority: Authority
) -> Iterator[Proxy]:
    running = start_proxy(tmp_path_factory.mktemp("house"), origins, authority)
    yield running
    stop_proxy(running)


@pytest.fixture
def browser(chromium: BrowserContext) -> Iterator[BrowserContext]:
    """Without tabs at the end: a page that lives on would go on asking its site."""
    yield chromium
    for page in chromium.pages:
        page.close()


@pytest.fixture(autouse=True)
def quiet(origins: Origins) -> None:
    for site in origins.values():
        site.requests.clear()
        site.pages.clear()
        site.connections = 0
