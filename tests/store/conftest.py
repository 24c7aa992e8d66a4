"""A store in a file of its own, and the values that several tests need."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.store import Store


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/sekisho.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened
