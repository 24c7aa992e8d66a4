"""Values: what every table of the settings is made of. Pure.

`Section` is the base of a table; `several`, `text_of`, `fit` and `secret` read what a person wrote, and raise
ValueError with the remedy. A new provider has a `Section` in a file of its own, and one line in `model.Settings`.
"""

import re
from collections.abc import Callable

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr


class Section(BaseModel):
    """A table of the settings. Frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def text_of(value: object) -> str:
    """The text itself, or ValueError."""
    if not isinstance(value, str):
        raise ValueError("write a text in quotes")
    return value


def several(value: object) -> object:
    """A list from the file or the flags as it is; text (environment) split at commas and blanks."""
    return several_words(value.replace(",", " ") if isinstance(value, str) else value)


def several_words(value: object) -> object:
    """A list as it is; text split at blanks alone, for values that hold commas."""
    if isinstance(value, str):
        return tuple(value.split())
    if isinstance(value, list | tuple):
        return tuple(value)
    raise ValueError("write a list of texts in square brackets")


def fit(text: str, pattern: str, rule: str) -> str:
    """The text without the blanks around it. Raises ValueError with the rule where the pattern does not match."""
    text = text.strip()
    if not re.fullmatch(pattern, text):
        raise ValueError(rule)
    return text


def secret(clean: Callable[[str], str]) -> BeforeValidator:
    """Reads a SecretStr; `clean` gets the text and raises ValueError, whose message must not hold it."""

    def read(value: object) -> SecretStr:
        return SecretStr(clean(value.get_secret_value() if isinstance(value, SecretStr) else text_of(value)))

    return BeforeValidator(read)
