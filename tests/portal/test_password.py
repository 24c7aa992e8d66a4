"""The desk's password: whoever reads the file must not learn it, and a lost file must not open the door."""

import stat
from pathlib import Path

import pytest

from sekisho.portal.password import (
    PASSWORD_NAME,
    PasswordError,
    has_password,
    is_password,
    mark_of,
    set_password,
)


def test_the_right_one_opens_and_the_file_is_a_hash_for_the_owner(tmp_path: Path) -> None:
    assert not has_password(tmp_path)
    assert not is_password(tmp_path, "")
    path = set_password(tmp_path / "new", "うちの柴犬はハナ")
    assert has_password(tmp_path / "new")
    assert is_password(tmp_path / "new", "うちの柴犬はハナ")
    assert not is_password(tmp_path / "new", "うちの柴犬はハチ")
    assert path.read_text().startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_wide_letters_are_the_same_letters(tmp_path: Path) -> None:
    set_password(tmp_path, "ｓｈｉｂａｉｎｕ８")
    assert is_password(tmp_path, "shibainu8")


@pytest.mark.slow
@pytest.mark.parametrize("bad", ["", "1234567", "x" * 257])
def test_a_bad_one_is_refused_and_the_old_one_stays(tmp_path: Path, bad: str) -> None:
    set_password(tmp_path, "an old password")
    with pytest.raises(ValueError, match="characters"):
        set_password(tmp_path, bad)
    assert is_password(tmp_path, "an old password")


def test_a_new_one_has_another_mark(tmp_path: Path) -> None:
    assert mark_of(tmp_path) == ""
    set_password(tmp_path, "the same words")
    first = mark_of(tmp_path)
    set_password(tmp_path, "the same words")
    assert mark_of(tmp_path) not in ("", first)


@pytest.mark.parametrize("content", [b"", b"hunter22", b"\xff\xfe", b"$argon2i$v=19$m=8,t=1,p=1$YQ$YQ"])
def test_a_damaged_file_is_not_no_password(tmp_path: Path, content: bytes) -> None:
    (tmp_path / PASSWORD_NAME).write_bytes(content)
    with pytest.raises(PasswordError, match="sekisho desk password"):
        has_password(tmp_path)
    with pytest.raises(PasswordError, match="sekisho desk password"):
        mark_of(tmp_path)


def test_a_hash_that_is_cut_off_is_told(tmp_path: Path) -> None:
    (tmp_path / PASSWORD_NAME).write_text("$argon2id$v=19$m=65536")
    with pytest.raises(PasswordError, match="damaged"):
        is_password(tmp_path, "a password")


def test_nothing_that_a_browser_sends_makes_it_fail(tmp_path: Path) -> None:
    set_password(tmp_path, "an old password")
    for odd in ("\x00", "\ud800", "x" * 1_000_000):
        assert not is_password(tmp_path, odd)
