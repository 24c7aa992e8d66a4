import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.rulebook import load
from sekisho.rulebook.long_lists import BuildError
from sekisho.rulebook.own_lists import ListFileError

Cli = Callable[..., Result]
MIXED = """\
[Adblock Plus 2.0]
||ads.example^
@@||good.example^
0.0.0.0 host.example
address=/dns.example/0.0.0.0
||example.com^
/pattern/
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "big.txt"
    path.write_text(MIXED)
    return path


def level(cli: Cli, host: str) -> str:
    return str(cli("check", "--fail-on", "never", host).stdout.split()[0])


def test_a_list_of_several_notations_is_taken_in(cli: Cli, file: Path, state: Path) -> None:
    result = cli("import", str(file))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "big: imported",
        f"  blocked 4 ({state}/lists/block/big.txt)",
        f"  allowed 1 ({state}/lists/allow/big.txt)",
        "  on the allowlist: 1 exception (@@), which open whatever the rules find",
        "  skipped 1 line that a list of hosts cannot keep:",
        "    big.txt:7: /pattern/ is a pattern; write a domain such as example.org",
        (
            "  open all the same (1), as familiar sites and the family's own word outweigh imported lists;"
            " `sekisho block HOST` shuts one:"
        ),
        "    example.com: example.com is well known (rules/familiar.txt)",
    ]
    expected = {"www.ads.example": "block", "host.example": "block", "x.dns.example": "block"}
    expected |= {"www.host.example": "pass", "www.example.com": "pass"}
    assert {host: level(cli, host) for host in expected} == expected


def test_a_dry_run_writes_nothing(cli: Cli, file: Path, state: Path) -> None:
    result = cli("import", "--dry-run", str(file))
    assert result.exit_code == 0
    assert "nothing written" in result.stdout
    assert "would block 4" in result.stdout
    assert not state.exists()


def test_a_list_is_renewed_listed_and_removed(cli: Cli, file: Path, state: Path) -> None:
    cli("import", str(file))
    file.write_text("new.example\n")
    assert cli("import", str(file)).exit_code == 0
    assert (level(cli, "ads.example"), level(cli, "new.example")) == ("pass", "block")
    assert cli("import", "--list").stdout.startswith("big  blocks 1  from big.txt by sekisho import, 20")
    assert cli("import", "--remove", "big").stdout == f"removed {state}/lists/block/big.txt\n"
    assert level(cli, "new.example") == "pass"
    result = cli("import", "--remove", "big")
    assert result.exit_code == 1
    assert "no imported list is named big" in result.stderr


def test_with_allow_everything_is_allowed(cli: Cli, file: Path, state: Path) -> None:
    story = "rec0very-supp0rt-micr0s0ft.org"
    result = cli("import", "--allow", "--name", "friends", "-", stdin=f"{story}\n@@||good.example^\n")
    assert result.exit_code == 0
    assert (state / "lists" / "allow" / "friends.txt").read_text().splitlines()[1:] == [story, "good.example"]
    assert level(cli, story) == "pass"
    assert not (state / "lists" / "block" / "friends.txt").exists()


def test_a_suffix_or_a_platform_refuses_the_list(cli: Cli, state: Path) -> None:
    """Skipped in silence, the family would think it blocked; kept, it would shut thousands of sites."""
    result = cli("import", "-", stdin="a.example\n||co.jp^\nweebly.com\n")
    assert result.exit_code == 1
    assert "2 lines would block the sites of strangers; --skip-bad leaves them out" in result.stderr
    assert "standard input:2: co.jp is a public suffix" in result.stderr
    assert not state.exists()
    result = cli("import", "--skip-bad", "-", stdin="a.example\n||co.jp^\nweebly.com\n")
    assert result.exit_code == 0
    assert "left out 2 lines for the sites of strangers:" in result.stdout
    assert level(cli, "a.example") == "block"
    assert level(cli, "other.co.jp") == "pass"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<!DOCTYPE html><title>404</title>", "is a web page, not a list"),
        (b"\xff\xfea\0.\0e\0x\0", "is no text in UTF-8"),
        (b"# nothing\n/x/\n", "no line of it names a host\n    big.txt:2: /x/ is a pattern"),
        (b"", "no line of it names a host"),
        (b"SQLite format 3\0" + b"\xff" * 600, "cannot be read as the database of a Pi-hole"),
    ],
)
def test_what_is_no_list_is_told_and_the_other_files_are_read(
    cli: Cli, tmp_path: Path, file: Path, content: bytes, sentence: str
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("other.example\n")
    file.write_bytes(content)
    result = cli("import", str(file), str(tmp_path / "missing.txt"), str(other))
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert "missing.txt cannot be read: No such file" in result.stderr
    assert level(cli, "other.example") == "block"


def test_the_database_of_a_pi_hole_is_read(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "gravity.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE gravity (domain TEXT, adlist_id INTEGER)")
        database.execute("INSERT INTO gravity VALUES ('ads.example', 1)")
        database.commit()
    assert cli("import", str(path)).exit_code == 0
    assert (level(cli, "ads.example"), level(cli, "www.ads.example")) == ("block", "pass")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "give files to import"),
        (("a.txt", "--list"), "give files to import"),
        (("a.txt", "b.txt", "--name", "x"), "--name names one list"),
        (("a.txt", "sub/a.txt"), "two of the files have one name"),
        (("リスト",), "give one with --name"),
    ],
)
def test_wrong_usage(cli: Cli, arguments: tuple[str, ...], sentence: str) -> None:
    result = cli("import", *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_a_state_folder_that_cannot_be_written_is_one_message(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ListFileError("lists cannot be written")

    monkeypatch.setattr("sekisho.cli.import_lists.write_import", fails)
    result = cli("import", str(file))
    assert (result.exit_code, result.stderr) == (1, "sekisho: lists cannot be written\n")


def test_a_long_list_is_judged_by_as_a_short_one(
    cli: Cli, file: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "LONG_BYTES", 10)
    cli("import", str(file))
    assert level(cli, "www.ads.example") == "block"
    assert list((state / "cache" / "lists").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--skip-bad", "--allow"])
def test_a_long_list_is_packed_by_its_import_and_not_again(
    cli: Cli, tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    """The first click after an import would wait half a minute, and a small box run out of memory."""
    path = tmp_path / "long.txt"
    path.write_text("".join(f"0.0.0.0 host-{number}.example.net\n" for number in range(20_000)))
    assert cli("import", option, str(path)).exit_code == 0
    assert len(list((state / "cache" / "lists").glob("*.list"))) == 1

    def unexpected(*_: object) -> None:
        raise AssertionError("packed again")

    monkeypatch.setattr("sekisho.rulebook.long_lists._build", unexpected)
    assert level(cli, "host-7.example.net") == ("pass" if option == "--allow" else "block")


def test_a_list_that_cannot_be_packed_is_imported_all_the_same(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise BuildError("could not be packed: the disk is full")

    monkeypatch.setattr("sekisho.cli.import_lists.pack_imported", fails)
    result = cli("import", str(file))
    assert result.exit_code == 0
    assert "big.txt: could not be packed: the disk is full; the next check tries again" in result.stderr
