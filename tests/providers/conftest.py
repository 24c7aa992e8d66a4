"""A household to read conditions in: two lists, one of which is on."""

from pathlib import Path

import pytest

from sekisho.providers import read_conditions
from sekisho.providers.condition import Condition
from sekisho.records.sources import SourceState
from sekisho.settings import Settings

FEEDS = """\
[good]
name = "Good List"
url = "https://lists.example/good"
format = "domains"
licence = "MIT"
terms = "MIT"
on = true

[spare]
name = "Spare List"
url = "https://lists.example/spare"
format = "domains"
licence = "none"
terms = "ask"
"""


@pytest.fixture
def household(tmp_path: Path) -> dict[str, object]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "feeds.toml").write_text(FEEDS)
    (tmp_path / "state" / "feeds").mkdir(parents=True)
    return {"rules": tmp_path / "rules", "state": tmp_path / "state"}


def conditions(household: dict[str, object], *noted: SourceState, **more: object) -> dict[str, Condition]:
    settings = Settings.model_validate({**household, **more})
    return {found.source: found for found in read_conditions(settings, noted)}
