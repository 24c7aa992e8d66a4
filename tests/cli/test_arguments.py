"""A wrong argument ends with what to write instead, in every command in the same way."""

import click
import pytest

from sekisho.cli.arguments import Parsed, host_of
from sekisho.cli.failure import UsageFailure


def test_text_is_read_and_what_was_read_stays() -> None:
    """click converts a default a second time."""
    number = Parsed("number", int)
    assert number.convert("12", None, None) == number.convert(12, None, None) == 12
    assert number.name == "number"


def test_what_cannot_be_read_is_wrong_usage_with_the_remedy() -> None:
    def parse(text: str) -> int:
        raise ValueError(f"{text!r} is none; write 5")

    with pytest.raises(click.BadParameter, match="'x' is none; write 5"):
        Parsed("number", parse).convert("x", None, None)


def test_a_host_is_read_from_a_url_too() -> None:
    assert host_of("https://Shop.EXAMPLE:8443/a?b") == host_of("shop.example") == "shop.example"


def test_what_is_no_host_is_wrong_usage() -> None:
    with pytest.raises(UsageFailure):
        host_of("mailto:a@b.example")
