"""Whoever adds a brand's icon copies one line."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.page.icons import LARGEST, hashes_of
from sekisho.rulebook import rules_folder
from sekisho.rulebook.page_rules import parse_page

Cli = Callable[..., Result]


def test_the_line_that_it_prints_is_a_rule(cli: Cli, tmp_path: Path) -> None:
    icon = tmp_path / "favicon.ico"
    icon.write_bytes(b"an icon of ours")
    result = cli("check", "--icon", str(icon))
    assert result.exit_code == 0
    assert result.stdout.startswith("# of no brand in rules/page.toml\n")
    assert tomllib.loads(result.stdout) == {"brand": list(hashes_of(b"an icon of ours"))}
    text = (rules_folder() / "page.toml").read_text("utf-8")
    line = result.stdout.splitlines()[1].replace("brand", "visa", 1)
    rules, problems = parse_page(text.replace("\n[icons]\n", f"\n[icons]\n{line}\n", 1), "page.toml")
    assert not problems
    assert {rules.icons[one] for one in hashes_of(b"an icon of ours")} == {"visa"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "it is empty"), (b"x" * (LARGEST + 1), "longer than"), (None, "cannot be read")],
)
def test_what_is_no_icon_is_told(cli: Cli, tmp_path: Path, content: bytes | None, sentence: str) -> None:
    icon = tmp_path / "favicon.ico"
    if content is not None:
        icon.write_bytes(content)
    result = cli("check", "--icon", str(icon))
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr
