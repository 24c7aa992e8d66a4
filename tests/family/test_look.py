"""The family's look: what was chosen is what pages show, and nothing chosen is no error."""

import json
from pathlib import Path

import pytest

from sekisho.family.look import FamilyLook, read_look


def test_what_the_family_chose_is_read(tmp_path: Path) -> None:
    (tmp_path / "family.json").write_text(json.dumps({"phrase": "さくら餅"}), "utf-8")
    (tmp_path / "family.jpg").write_bytes(b"\xff\xd8\xff")
    assert read_look(tmp_path) == FamilyLook("さくら餅", b"\xff\xd8\xff")


def test_a_family_that_chose_nothing_has_no_look(tmp_path: Path) -> None:
    assert read_look(tmp_path) == FamilyLook("", b"")


def test_a_damaged_file_is_an_error_for_the_caller(tmp_path: Path) -> None:
    (tmp_path / "family.json").write_text("{", "utf-8")
    with pytest.raises(ValueError, match="Expecting"):
        read_look(tmp_path)
