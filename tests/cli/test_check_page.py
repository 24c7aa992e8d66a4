import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.page.icons import LARGEST, hashes_of
from sekisho.rulebook import rules_folder
from sekisho.rulebook.page_rules import parse_page

Cli = Callable[..., Result]
FAKE = "<title>Microsoft</title><form><input name=user><input type=password></form>"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(FAKE, encoding="utf-8")
    return path


def test_a_saved_page_is_explained(cli: Cli, page: Path) -> None:
    result = cli("check", "--page", str(page))
    assert result.exit_code == 3
    assert result.stdout.startswith("warn ")
    assert "asks for: password, identity" in result.stdout
    assert "presents itself as Microsoft" in result.stdout


def test_the_address_makes_it_the_brands_own(cli: Cli, page: Path) -> None:
    result = cli("check", "--page", str(page), "--url", "https://login.live.com/x")
    assert (result.exit_code, result.stdout[:4]) == (0, "pass")


def test_many_pages_are_answered_in_their_order(cli: Cli, page: Path) -> None:
    lines = (
        f"https://strange.example/\t{page}\nhttps://microsoft.com/\t{page}\n\t{page}\n\t{page}.none\nno tab\n"
    )
    result = cli("check", "--pages", "-", "--jsonl", stdin=lines)
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["level"] for answer in answers] == ["warn", "pass", "warn", None, None]
    first = answers[0]
    assert first.keys() == {"url", "level", "asks", "brand", "reasons"}
    assert (first["brand"], first["asks"]) == ("microsoft", ["password", "identity"])
    assert answers[1]["asks"] == ["password", "identity"]
    assert "error" in answers[3]
    assert "a tab" in answers[4]["error"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((), 2, "give URLs, or --page FILE"),
        (("--page", "x", "example.org"), 2, "one of them"),
        (("--url", "https://example.org/", "example.org"), 2, "give --page FILE too"),
        (("--fetch", "https://example.org/", "example.org"), 2, "one of them"),
        (("--page", "/nowhere/page.html"), 1, "cannot be read"),
        (("--pages", "/nowhere/list"), 1, "cannot be read"),
        (("--page", __file__, "--url", "mailto:x"), 2, "--url:"),
    ],
)
def test_wrong_use_is_told(cli: Cli, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    result = cli("check", *arguments)
    assert result.exit_code == code
    assert sentence in result.stderr


def test_the_line_that_it_prints_is_a_rule(cli: Cli, tmp_path: Path) -> None:
    """Whoever adds a brand's icon copies one line."""
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
