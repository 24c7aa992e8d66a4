import stat
from pathlib import Path

import pytest

from sekisho.rulebook.imports import import_name, imports, remove_import, write_import
from sekisho.rulebook.own_lists import ListFileError


def test_a_list_is_kept_renewed_and_removed(tmp_path: Path) -> None:
    first = write_import(
        tmp_path, "big", "from big.txt\n2026", {"block": ["a.example"], "allow": ["b.example"]}
    )
    assert first["block"].read_text() == "# from big.txt 2026\na.example\n"
    assert stat.S_IMODE(first["block"].stat().st_mode) == 0o600
    assert [(item.name, item.kind, item.entries, item.head) for item in imports(tmp_path)] == [
        ("big", "allow", 1, "from big.txt 2026"),
        ("big", "block", 1, "from big.txt 2026"),
    ]
    second = write_import(tmp_path, "big", "again", {"block": ["c.example", "d.example"]})
    assert second.keys() == {"block"}
    assert not first["allow"].exists(), "exceptions that the list no longer has must not stay in force"
    assert [item.entries for item in imports(tmp_path)] == [2]
    assert remove_import(tmp_path, "big") == [first["block"]]
    assert imports(tmp_path) == []
    assert remove_import(tmp_path, "big") == []


def test_a_write_that_fails_leaves_the_old_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_import(tmp_path, "big", "h", {"block": ["a.example"]})["block"]

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ListFileError, match="No space left on device"):
        write_import(tmp_path, "big", "h", {"block": ["b.example"]})
    assert path.read_text() == "# h\na.example\n"
    assert [file.name for file in path.parent.iterdir()] == ["big.txt"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/var/lists/big list.txt", "big-list"),
        ("hosts", "hosts"),
        ("gravity.db", "gravity"),
        ("C:\\lists\\ads.hosts", "ads"),
        ("..%2f..%2fetc", "2f..-2fetc"),
        ("x" * 99, "x" * 64),
    ],
)
def test_a_name_is_made_of_the_files(text: str, name: str) -> None:
    assert import_name(text) == name


@pytest.mark.parametrize("text", ["", ".txt", "...", "///", "リスト"])
def test_what_makes_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="give one with --name"):
        import_name(text)
