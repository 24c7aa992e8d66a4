"""What holds for every test: SIGINT interrupts, the long files come first, and a quick run tries fewer examples."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("quick", max_examples=10)
if profile := os.environ.get("HYPOTHESIS_PROFILE"):  # set by scripts/test --quick
    settings.load_profile(profile)


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """As in a terminal, where the suite was started with SIGINT ignored too: ``nohup scripts/test &``."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of which one test takes seconds first, so that no worker begins one when the other has ended."""
    long = {
        item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")
    }
    items.sort(key=lambda item: item.path not in long)
