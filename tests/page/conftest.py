"""The project's own rules, read once: pages are judged by words and weights that people edit."""

from collections.abc import Callable

import pytest

from sekisho.link import Link, host_link
from sekisho.page import Examined, PageIndex, examine
from sekisho.rulebook.load import load_rulebook
from sekisho.rulebook.model import Rulebook


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load_rulebook()


@pytest.fixture(scope="session")
def index(rulebook: Rulebook) -> PageIndex:
    return PageIndex(rulebook)


@pytest.fixture(scope="session")
def unfamiliar() -> Link:
    return host_link("qz7-hvkw.example")


@pytest.fixture(scope="session")
def judge(index: PageIndex, unfamiliar: Link) -> Callable[..., Examined]:
    """What becomes of a page's text on an unfamiliar host, or on another."""

    def run(page: str, host: str = "") -> Examined:
        return examine(page.encode(), "", host_link(host) if host else unfamiliar, index)

    return run
