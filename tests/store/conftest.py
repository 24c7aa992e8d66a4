"""A store in a file of its own, and a look into its tables."""

import sqlite3
import subprocess
import sys
import textwrap
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


def read_row(url: str, query: str) -> tuple[object, ...]:
    """The first row of a query on the store's file."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        found: tuple[object, ...] = connection.execute(query).fetchone()
        return found
    finally:
        connection.close()


def run_python(script: str, *arguments: str) -> str:
    """What another process prints that runs this script with the same modules."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
    ).stdout
