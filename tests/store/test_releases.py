"""An answer holds for the host, the device and the time that it was given for, and can be taken back."""

from pathlib import Path

import pytest

from sekisho.store import Release, Store

ASKED = [
    ("shop.example", "192.168.1.20", 150.0, True),
    ("www.shop.example", "192.168.1.20", 150.0, False),
    ("shop.example", "192.168.1.30", 150.0, False),
    ("shop.example", "192.168.1.20", 200.0, False),
    ("house.example", "192.168.1.30", 150.0, True),
]


@pytest.mark.parametrize(("host", "client", "now", "released"), ASKED)
def test_who_may_send(tmp_path: Path, host: str, client: str, now: float, released: bool) -> None:
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.releases.add(Release("shop.example", "192.168.1.20", 100.0, 200.0, "form page"))
        store.releases.add(Release("house.example", None, 100.0, 200.0, "form page"))
        assert store.releases.is_released(host, client, now) is released


def test_an_answer_that_was_taken_back_is_asked_for_again(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.releases.add(Release("shop.example", None, 100.0, 200.0, "form page"))
        assert store.releases.end("shop.example", 150.0) == 1
        assert not store.releases.is_released("shop.example", "192.168.1.20", 151.0)
        assert store.releases.end("shop.example", 152.0) == 0
