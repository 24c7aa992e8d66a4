"""What a page shows, as `seen`: by brand."""

from collections.abc import Callable

import pytest

from sekisho.link import host_link
from sekisho.page import PageIndex
from sekisho.page.presented import signs_of
from sekisho.page.reading import read_page
from sekisho.verdict import PageSign

Seen = Callable[..., dict[str, set[PageSign]]]
LOGIN = "<form><input type=password name=p></form>"


@pytest.fixture(scope="session")
def seen(index: PageIndex) -> Seen:
    """Slug → signs of a page's text, before the form of a login, on an unfamiliar host or on another."""

    def run(page: str, host: str = "qz7-hvkw.example") -> dict[str, set[PageSign]]:
        found = signs_of(read_page(page + LOGIN, index.fields), host_link(host), index)
        return {slug: set(signs) for slug, signs in found.items()}

    return run
