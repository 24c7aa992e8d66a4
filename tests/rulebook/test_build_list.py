"""The process that reads a long list: a good one is packed whole, a bad one leaves nothing behind."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from sekisho.link import host_link
from sekisho.rulebook.build_list import build
from sekisho.rulebook.hostlist import MOST_PROBLEMS
from sekisho.rulebook.long_lists import CHANGED, Order
from sekisho.rulebook.packed_list import open_list


def order(path: Path, *, lenient: bool = False, shared: dict[str, str] | None = None) -> Order:
    stat = path.stat()
    stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return Order(str(path), str(path.with_name("target")), "b.txt", stamp, shared or {}, lenient)


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "blocklist.txt"
    path.write_bytes(content)
    return path


def test_a_good_list_is_packed(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbfa.example\r\n# note\r\n=b.example\r\n")
    assert build(order(path)) == []
    entry = open_list(tmp_path / "target", "mine").find(host_link("b.example"))
    assert entry is not None
    assert entry.source == "mine:3"


def test_a_bad_list_is_refused_with_its_lines_and_not_packed(tmp_path: Path) -> None:
    path = written(tmp_path, b"a.example\nco.jp\nweebly.com\nb.example until never\n")
    problems = build(order(path, shared={"weebly.com": "hosting"})) or []
    assert [problem.partition(": ")[0] for problem in problems] == ["b.txt:2", "b.txt:3", "b.txt:4"]
    assert [file.name for file in tmp_path.iterdir()] == ["blocklist.txt"]


def test_a_lenient_reader_keeps_the_good_lines(tmp_path: Path) -> None:
    path = written(tmp_path, b"a.example\nco.jp\n")
    assert len(build(order(path, lenient=True)) or []) == 1
    assert list(open_list(tmp_path / "target", "b").domains) == ["a.example"]


def test_a_file_of_another_kind_tells_the_first_problems_and_their_number(tmp_path: Path) -> None:
    problems = build(order(written(tmp_path, b"<p>two words</p>\n" * 70))) or []
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1] == "b.txt: and 20 more lines that are wrong"


def test_a_file_that_is_no_text_is_told_with_its_line(tmp_path: Path) -> None:
    problems = build(order(written(tmp_path, b"a.example\n\xff\n")))
    assert problems == ["b.txt: line 2 is not UTF-8; save the file as UTF-8"]


def test_a_list_that_was_edited_since_is_not_packed(tmp_path: Path) -> None:
    """Half of a list under the stamp of the whole would stay in force for ever."""
    path = written(tmp_path, b"a.example\n")
    early = order(path)
    path.write_bytes(b"a.example\nb.example\n")
    assert build(early) is None
    done = subprocess.run(
        [sys.executable, "-m", "sekisho.rulebook.build_list"],
        input=json.dumps(asdict(early)).encode(),
        capture_output=True,
        env={"PYTHONPATH": ":".join(sys.path)},
        check=False,
    )
    assert (done.returncode, done.stdout) == (CHANGED, b"")
    assert not (tmp_path / "target").exists()
