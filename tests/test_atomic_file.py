import os
from pathlib import Path

import pytest
from filelock import Timeout

from sekisho.atomic_file import locked, write_whole


def test_a_new_file_is_for_its_owner_alone_and_an_old_one_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    write_whole(path, b"one")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"one", 0o600)
    path.chmod(0o644)
    write_whole(path, b"two")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o644)
    write_whole(path, b"three", mode=0o400, durable=False)
    assert path.stat().st_mode & 0o777 == 0o400


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"what the family wrote")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    owner: object = os if fails == "fsync" else Path
    monkeypatch.setattr(owner, fails, fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"half")
    assert path.read_bytes() == b"what the family wrote"
    assert [file.name for file in tmp_path.iterdir()] == ["list.txt"]


def test_one_process_at_a_time_edits(tmp_path: Path) -> None:
    path = tmp_path / "state" / "list.txt"
    with locked(path, 1.0), pytest.raises(Timeout), locked(path, 0.01):
        pass
    with locked(path, 0.01):
        assert path.parent.stat().st_mode & 0o777 == 0o700
