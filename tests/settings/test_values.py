"""A value that is read in one table is read so in all of them, and a secret never stands in a message."""

from typing import Annotated

import pytest
from pydantic import SecretStr, ValidationError

from sekisho.settings.values import Section, fit, secret, several, several_words, text_of


def _refuse(text: str) -> str:
    raise ValueError("it is none; copy it again")


class Table(Section):
    """A provider's table."""

    key: Annotated[SecretStr, secret(str.strip)] = SecretStr("")
    other: Annotated[SecretStr, secret(_refuse)] = SecretStr("")


def test_a_section_cannot_be_changed_and_knows_its_keys() -> None:
    table = Table()
    with pytest.raises(ValidationError, match="frozen"):
        table.key = SecretStr("x")
    with pytest.raises(ValidationError, match="not permitted"):
        Table.model_validate({"kye": "x"})


def test_a_secret_is_read_from_text_or_ready_and_never_shown() -> None:
    for given in (" abc ", SecretStr(" abc ")):
        table = Table.model_validate({"key": given})
        assert table.key.get_secret_value() == "abc"
        assert "abc" not in repr(table)
    with pytest.raises(ValidationError, match="write a text in quotes"):
        Table.model_validate({"key": 3})
    with pytest.raises(ValidationError, match="copy it again") as refused:
        Table.model_validate({"other": "abc"})
    assert "abc" not in refused.value.errors()[0]["msg"]


def test_several_values_are_a_list_or_text() -> None:
    assert several("a, b c") == several(["a", "b", "c"]) == several(("a", "b", "c")) == ("a", "b", "c")
    assert several_words("mailto://x?to=a,b  json://y") == ("mailto://x?to=a,b", "json://y")
    for read in (several, several_words):
        with pytest.raises(ValueError, match="square brackets"):
            read(3)


def test_text_is_text_and_fits_its_rule() -> None:
    assert text_of("a") == "a"
    with pytest.raises(ValueError, match="quotes"):
        text_of(None)
    assert fit(" ab ", "[a-z]+", "write letters") == "ab"
    with pytest.raises(ValueError, match="write letters"):
        fit("a1", "[a-z]+", "write letters")
