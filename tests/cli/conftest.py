"""A household for tests of the command line: a small folder of rules, an empty state folder, no environment."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sekisho.cli import sekisho
from sekisho.rulebook import rules_folder

BRANDS = """\
[microsoft]
name = "Microsoft"
name_ja = "マイクロソフト"
region = "world"
kind = "software"
tokens = ["microsoft"]
domains = ["microsoft.com", "live.com"]

[amazon]
name = "Amazon"
name_ja = "アマゾン"
region = "world"
kind = "shop"
tokens = ["amazon"]
domains = ["amazon.co.jp", "amazon.com"]
"""


@pytest.fixture(scope="session")
def small_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two brands, one familiar domain, one platform."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "brands.toml").write_text(BRANDS, encoding="utf-8")
    (folder / "familiar.txt").write_text("familiar.example\nexample.com\n".replace("familiar.example\n", ""))
    (folder / "platforms.toml").write_text('[hosting]\ndomains = ["weebly.com"]\n')
    (folder / "words.toml").write_text(
        '[risk]\nenglish = ["login", "support"]\n[plain]\nenglish = ["pineapple"]\n'
    )
    (folder / "suffixes.toml").write_text('[cheap]\ntop = "cheap"\n')
    for name in ("tricks.toml", "page.toml", "aftercare.toml", "confusables.txt", "ordinary.txt"):
        shutil.copy(rules_folder() / name, folder)
    return folder


@pytest.fixture
def rules(small_rules: Path, tmp_path: Path) -> Path:
    """A copy that a test may edit."""
    return Path(shutil.copytree(small_rules, tmp_path / "rules"))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where the state folder would be; nobody has made it yet."""
    return tmp_path / "state"


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, rules: Path, state: Path) -> Callable[..., Result]:
    """Run `sekisho --state … ARGUMENTS` with these rules; a mistake of the program fails the test."""
    for name in [name for name in os.environ if name.startswith("SEKISHO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SEKISHO_RULES", str(rules))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("SEKISHO_REGISTRATION__ON", "false")  # nobody outside is asked by a test

    def run(*arguments: str, stdin: bytes | str | None = None) -> Result:
        command = ["--state", str(state), *arguments]
        return CliRunner().invoke(sekisho, command, input=stdin, prog_name="sekisho", catch_exceptions=False)

    return run
