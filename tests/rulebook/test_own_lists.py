import stat
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.rulebook import own_lists as lists
from sekisho.rulebook import parse_host_list
from sekisho.rulebook.model import ListEntry
from sekisho.rulebook.own_lists import ListFileError, add_entry, own_entries, remove_entries

unhurried = settings(deadline=None)  # a busy machine is no failure

BAD = ListEntry("bad.example", False, "")
ONLY = ListEntry("bad.example", True, "")
OURS = b"# our list\n\nother.example   # keep me \n0.0.0.0 ads.example trk.example # both\n||pop.example^\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "blocklist.txt"


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def test_the_first_entry_makes_a_private_file(path: Path) -> None:
    assert add_entry(path, BAD, "sekisho block, 2026-11-24") == 1
    assert path.read_bytes() == b"bad.example  # sekisho block, 2026-11-24\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (OURS, OURS + b"bad.example\n", 6),
        (b"x.example", b"x.example\nbad.example\n", 2),
        (b"x.example\r\n", b"x.example\r\nbad.example\r\n", 2),
        (b"\xef\xbb\xbfx.example\n", b"\xef\xbb\xbfx.example\nbad.example\n", 2),
        (b"\xff\xfe latin\n", b"\xff\xfe latin\nbad.example\n", 2),
        (b"# bad.example\n", b"# bad.example\nbad.example\n", 2),
        (b"=bad.example\n", b"=bad.example\nbad.example\n", 2),
    ],
)
def test_an_entry_is_added_and_every_other_byte_stays(
    path: Path, before: bytes, after: bytes, line: int
) -> None:
    """People sort and comment these files; a command may not rewrite them."""
    write(path, before)
    assert add_entry(path, BAD) == line
    assert path.read_bytes() == after


@pytest.mark.parametrize(
    "spelled", [b"bad.example", b"||bad.example^", b"BAD.example.  # noted", b"https://bad.example/"]
)
def test_what_stands_there_is_not_written_twice(path: Path, spelled: bytes) -> None:
    write(path, b"# head\n" + spelled + b"\n")
    assert add_entry(path, BAD) == 2
    assert path.read_bytes() == b"# head\n" + spelled + b"\n"


@pytest.mark.parametrize(
    ("there", "line"),
    [(b"bad.example until 2026-12-31\n", 2), (b"bad.example\n", 1), (b"0xcb007107\nbad.example # x\n", 2)],
)
def test_a_line_that_ends_sooner_does_not_stand_for_one_for_good(path: Path, there: bytes, line: int) -> None:
    write(path, there)
    assert add_entry(path, BAD) == line


def test_an_address_is_found_in_every_spelling(path: Path) -> None:
    write(path, b"0xcb007107\n[2001:DB8:0::1]\n")
    assert remove_entries(path, "2001:db8::1") == [2]
    assert remove_entries(path, "203.0.113.7") == [1]


def test_the_parser_reads_what_was_written(path: Path) -> None:
    entries = [BAD, ListEntry("xn--r8jz45g.example", True, ""), ListEntry("192.0.2.7", True, "")]
    for entry in entries:
        add_entry(path, entry, "a note # with a hash")
    read, problems = parse_host_list(path.read_text(encoding="utf-8"), "b", {})
    assert not problems
    assert {*read.domains} == {"bad.example"}
    assert {*read.hosts} == {"xn--r8jz45g.example", "192.0.2.7"}
    assert "例え.example" in path.read_text(encoding="utf-8"), "a person must recognise the name"


def test_a_hostile_name_cannot_write_a_line_of_its_own(path: Path) -> None:
    """Punycode may decode to a line feed."""
    host = "xn--" + "a\nb".encode("punycode").decode() + ".example"
    entry = ListEntry(host.replace("\n", ""), False, "")
    add_entry(path, entry, "note")
    assert path.read_bytes().count(b"\n") == 1


@pytest.mark.parametrize(
    ("before", "exact", "after", "lines"),
    [
        (OURS + b"bad.example # x\n", None, OURS, [6]),
        (b"bad.example\n" + OURS + b"=bad.example", None, OURS, [1, 7]),
        (b"bad.example\n=bad.example\n", True, b"bad.example\n", [2]),
        (b"bad.example\n=bad.example\n", False, b"=bad.example\n", [1]),
        (b"||bad.example^\r\nx.example\r\n", None, b"x.example\r\n", [1]),
        (b"0.0.0.0 bad.example x.example # c\n", None, b"0.0.0.0 x.example # c\n", [1]),
        (b"0.0.0.0\tbad.example\tx.example\n", None, b"0.0.0.0\tx.example\n", [1]),
        (b"\xef\xbb\xbfbad.example\nx.example\n", None, b"\xef\xbb\xbfx.example\n", [1]),
        (
            b"www.bad.example\n# bad.example\nnot a host\n\xff\n",
            None,
            b"www.bad.example\n# bad.example\nnot a host\n\xff\n",
            [],
        ),
    ],
)
def test_only_the_hosts_own_lines_go(
    path: Path, before: bytes, exact: bool | None, after: bytes, lines: list[int]
) -> None:
    write(path, before)
    assert remove_entries(path, "bad.example", exact=exact) == lines
    assert path.read_bytes() == after


def test_removing_from_no_file_makes_none(path: Path) -> None:
    assert remove_entries(path, "bad.example") == []
    assert not path.parent.exists()


def test_a_host_is_found_in_every_spelling(path: Path) -> None:
    write(path, b"bad.example\n=BAD.example\nx.example\n0.0.0.0 y.example bad.example\n")
    assert remove_entries(path, "none.example") == []
    assert remove_entries(path.with_name("none.txt"), "bad.example") == []
    assert remove_entries(path, "bad.example") == [1, 2, 4]


@unhurried
@given(st.binary(max_size=200))
def test_no_content_is_lost(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever was in the file is there after a line was added, and after it was removed again."""
    path = tmp_path_factory.mktemp("lists") / "blocklist.txt"
    path.write_bytes(content)
    add_entry(path, BAD)
    assert path.read_bytes().startswith(content)
    remove_entries(path, BAD.name)
    ends = (b"",) if not content or content.endswith(b"\n") else (b"\n", b"\r\n")
    assert path.read_bytes() in {content + end for end in ends}


def test_rights_and_links_stay(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.txt"
    real.write_bytes(b"x.example\n")
    real.chmod(0o640)
    path.parent.mkdir()
    path.symlink_to(real)
    add_entry(path, BAD)
    assert path.is_symlink()
    assert real.read_bytes() == b"x.example\nbad.example\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_two_writers_lose_nothing(path: Path) -> None:
    threads = [
        threading.Thread(target=add_entry, args=(path, ListEntry(f"h{number}.example", False, "")))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.read_text().split()) == sorted(f"h{number}.example" for number in range(20))


def test_a_writer_that_hangs_is_told_of(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LOCK_SECONDS", 0.01)
    write(path, OURS)
    with (
        FileLock(path.with_name(".blocklist.txt.lock")),
        pytest.raises(ListFileError, match="edited by another"),
    ):
        add_entry(path, BAD)
    assert path.read_bytes() == OURS


def test_a_write_that_fails_leaves_the_old_list(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk must not cost the family its list."""
    write(path, OURS)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ListFileError, match=r"blocklist\.txt cannot be written \(No space left on device\)"):
        add_entry(path, BAD)
    assert path.read_bytes() == OURS
    assert [p.name for p in path.parent.iterdir() if not p.name.endswith(".lock")] == ["blocklist.txt"]


def test_a_folder_in_the_way_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    for act in (
        lambda: add_entry(path, BAD),
        lambda: remove_entries(path, "x.example"),
        lambda: own_entries(path, 9),
    ):
        with pytest.raises(ListFileError, match=r"blocklist\.txt cannot be read"):
            act()


def test_what_stands_in_a_list_is_told_the_last_line_first(tmp_path: Path) -> None:
    path = tmp_path / "blocklist.txt"
    assert own_entries(path, 9) == []
    path.write_text(
        "# ours\na.example\nnot a host !\n=b.example  until 2026-12-31\n0.0.0.0 c.example d.example\n"
    )
    assert [entry.name for entry in own_entries(path, 9)] == [
        "c.example",
        "d.example",
        "b.example",
        "a.example",
    ]
    assert [entry.name for entry in own_entries(path, 3)] == ["c.example", "d.example", "b.example"]
