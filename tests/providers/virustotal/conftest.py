"""A VirusTotal of our own on 127.0.0.1."""

from collections.abc import Iterator

import pytest

from ..virustotal_server import VirusTotalServer


@pytest.fixture
def server() -> Iterator[VirusTotalServer]:
    with VirusTotalServer() as running:
        yield running
