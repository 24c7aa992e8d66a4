import os
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from sekisho.settings import Settings, VirusTotalSettings, find_key
from sekisho.settings.keyfile import KEY_NAME, remove_key, write_key

KEY = "0123456789abcdef" * 4


def test_a_key_is_kept_for_this_account_only(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert write_key(state, f" {KEY}\n") == state / KEY_NAME
    assert stat.S_IMODE((state / KEY_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert find_key(Settings(state=state)).get_secret_value() == KEY
    assert [path.name for path in state.iterdir()] == [KEY_NAME]


def test_a_new_key_counts_without_a_restart(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    assert find_key(settings).get_secret_value() == ""
    for key in ("one", "two", "six"):
        write_key(tmp_path, key)
        assert find_key(settings).get_secret_value() == key
    assert remove_key(tmp_path)
    assert not remove_key(tmp_path)
    assert find_key(settings).get_secret_value() == ""


def test_the_settings_own_key_comes_first(tmp_path: Path) -> None:
    write_key(tmp_path, "of-the-file")
    settings = Settings(state=tmp_path, virustotal=VirusTotalSettings(key=SecretStr("of-the-settings")))
    assert find_key(settings).get_secret_value() == "of-the-settings"


def test_what_is_no_key_is_not_written(tmp_path: Path) -> None:
    write_key(tmp_path, "good")
    with pytest.raises(ValueError, match="letters and digits"):
        write_key(tmp_path, "no key")
    assert (tmp_path / KEY_NAME).read_text() == "good\n"


def test_a_write_that_fails_leaves_the_old_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk must not cost the family its key."""
    write_key(tmp_path, "good")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_key(tmp_path, "better")
    assert [path.name for path in tmp_path.iterdir()] == [KEY_NAME]
    assert (tmp_path / KEY_NAME).read_text() == "good\n"


def test_a_key_that_others_can_read_is_warned_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_key(tmp_path, KEY)
    path.chmod(0o644)
    for _ in range(3):
        assert find_key(Settings(state=tmp_path)).get_secret_value() == KEY
    (record,) = caplog.records
    assert f"chmod go= {path}" in record.getMessage()
    assert KEY not in record.getMessage()


@pytest.mark.parametrize("content", [b"no key at all\n", b"\xff\xfe", b"x" * 9000])
def test_a_file_that_holds_no_key_is_told_and_nobody_is_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    path = tmp_path / KEY_NAME
    path.write_bytes(content)
    path.chmod(0o600)
    assert find_key(Settings(state=tmp_path)).get_secret_value() == ""
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} holds no key: run `sekisho virustotal key`, or remove the file"
    ]


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / KEY_NAME).mkdir(0o700)
    assert find_key(Settings(state=tmp_path)).get_secret_value() == ""
    assert "cannot be read (Is a directory)" in caplog.text
