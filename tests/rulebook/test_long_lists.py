"""Long lists: built once, by another process, and never half."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sekisho.link import host_link
from sekisho.rulebook import long_lists
from sekisho.rulebook.long_lists import BuildError, FileChangedError, Order, read_long
from sekisho.rulebook.model import HostList

Read = Callable[..., tuple[HostList | None, list[str]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "blocklist.txt"
    file.write_text("bad.example\n=one.example\n")
    return file


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "state" / "cache"


def read(path: Path, cache: Path | None, **more: bool) -> tuple[HostList | None, list[str]]:
    stat = path.stat()
    stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return read_long(path, stamp, "b.txt", {"weebly.com": "hosting"}, cache, **more)


def blocks(host_list: HostList | None, host: str) -> bool:
    return host_list is not None and host_list.find(host_link(host)) is not None


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """The orders that were given to other processes."""
    orders: list[Order] = []
    build = long_lists._build

    def counted(order: Order) -> list[str]:
        orders.append(order)
        return build(order)

    monkeypatch.setattr(long_lists, "_build", counted)
    return orders


def test_a_list_is_built_once_and_then_mapped(path: Path, cache: Path, builds: list[Order]) -> None:
    for _ in range(2):
        host_list, problems = read(path, cache)
        assert problems == []
        assert blocks(host_list, "www.bad.example")
        assert not blocks(host_list, "www.one.example")
    assert len(builds) == 1


def test_an_edit_is_built_again_and_the_old_file_goes(path: Path, cache: Path, builds: list[Order]) -> None:
    old, _ = read(path, cache)
    path.write_text("worse.example\n")
    new, _ = read(path, cache)
    assert blocks(new, "worse.example")
    assert not blocks(new, "bad.example")
    assert blocks(old, "bad.example"), "a check that has begun keeps its list"
    assert len(list(cache.iterdir())) == 1


@pytest.mark.slow
@pytest.mark.parametrize("damage", [b"", b"rubbish", None])
def test_a_damaged_or_missing_file_is_built_again(
    path: Path, cache: Path, builds: list[Order], damage: bytes | None
) -> None:
    read(path, cache)
    (file,) = cache.iterdir()
    file.unlink()
    if damage is not None:
        file.write_bytes(damage)
    assert blocks(read(path, cache)[0], "bad.example")
    assert len(builds) == 2


def test_without_a_cache_nothing_is_left_behind(path: Path, tmp_path: Path) -> None:
    assert blocks(read(path, None)[0], "bad.example")
    assert [file.name for file in tmp_path.iterdir()] == ["blocklist.txt"]


@pytest.mark.skipif(os.name == "nt", reason="rights of a folder mean another thing there")
def test_a_cache_that_may_not_be_written_is_done_without(path: Path, tmp_path: Path) -> None:
    """`sekisho check` as another account than the proxy's."""
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert blocks(read(path, in_the_way / "cache")[0], "bad.example")


def test_problems_refuse_the_list(path: Path, cache: Path) -> None:
    path.write_text("bad.example\nweebly.com\n")
    host_list, problems = read(path, cache)
    assert host_list is None
    assert problems[0].startswith("b.txt:2: weebly.com is a platform (hosting)")
    host_list, problems = read(path, cache, lenient=True)
    assert blocks(host_list, "bad.example")
    assert len(problems) == 1


def test_a_list_that_changes_meanwhile_is_told_apart(path: Path, cache: Path) -> None:
    with pytest.raises(FileChangedError):
        read_long(path, (1, 2, 3), "b.txt", {}, cache)


def test_a_process_that_fails_is_told(path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(BuildError, match="could not be read in another process"):
        read(path, cache)


def test_the_other_process_finds_our_modules(
    path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Started by `mitmdump -s`, only this process's path knows where they are; and a stranger's json.py in
    the current folder is none of ours.
    """
    monkeypatch.delenv("PYTHONPATH", raising=False)
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    monkeypatch.chdir(tmp_path)
    assert blocks(read(path, cache)[0], "bad.example")
