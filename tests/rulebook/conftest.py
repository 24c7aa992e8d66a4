"""A small good rules folder, for tests to break."""

from pathlib import Path

import pytest

from sekisho.rulebook import rules_folder
from sekisho.verdict import Trick

GOOD_RULES = {
    "brands.toml": """\
[amazon]
name = "Amazon"
name_ja = "アマゾン"
region = "world"
kind = "shop"
tokens = ["amazon"]
domains = ["amazon.co.jp"]
content = ["amazonaws.com"]
""",
    "words.toml": '[risk]\nenglish = ["login"]\n[plain]\nenglish = ["pineapple"]\n',
    "suffixes.toml": '[cheap]\ntop = "a dollar"\n[watched]\ncc = "sold in bulk"\n',
    "platforms.toml": '[hosting]\ndomains = ["weebly.com"]\n',
    "tricks.toml": "".join(f'[{trick.value}]\nalone = "warn"\n' for trick in Trick),
    "aftercare.toml": (rules_folder() / "aftercare.toml").read_text("utf-8"),
    "page.toml": (rules_folder() / "page.toml").read_text("utf-8"),
    "confusables.txt": "0430 ; a\n",
    "ordinary.txt": "saloon\n",
    "familiar.txt": "example.com\n",
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The folder ``rules`` with every file that must be there, and neither of the two lists."""
    folder = tmp_path / "rules"
    folder.mkdir()
    for name, text in GOOD_RULES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The family's state folder, empty."""
    folder = tmp_path / "state"
    folder.mkdir()
    return folder
