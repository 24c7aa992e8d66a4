"""Catalogue: gettext catalogues of a folder, read once at start; English is what stands in the code.

A further language is one file, ``translations/<language>/LC_MESSAGES/messages.po``. No compile step: the text file
itself is read, from a checkout and from an installed wheel alike. Furigana are written as Japanese books without
HTML write them, ``｜偽物《にせもの》`` (Aozora Bunko's notation); plain text has no room for them.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from sekisho.findings.wording import Sentence

TRANSLATIONS = Path(__file__).parent / "translations"
"""Of the sentences about findings."""
FURIGANA = re.compile(r"｜([^《》｜]+)《([^《》｜]+)》")
_JOINER = "\u2060"
"""Keeps a value and its particle on one line of a page."""


def read_messages(folder: Path, language: str) -> dict[str, str]:
    """English message → translation, as the catalogue has it. Empty for English, whose messages are its words.

    Raises FileNotFoundError where the language has no catalogue, ValueError where it cannot be read.
    """
    if language == "en":
        return {}
    path = folder / language / "LC_MESSAGES" / "messages.po"
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
    except PoFileError as error:
        raise ValueError(
            f"{path}:{error.lineno + 1}: {error}: {error.line!r}; correct it, or restore it"
        ) from error
    return {
        message.id: message.string
        for message in catalogue
        if message.id and isinstance(message.id, str) and isinstance(message.string, str)
    }


def plain_text(sentence: Sentence, language: str) -> str:
    """The sentence for a message or a terminal, without furigana. Its values must be safe to send."""
    text = _messages(language).get(sentence.message, sentence.message)
    return FURIGANA.sub(r"\1", text).replace(_JOINER, "") % sentence.values


@lru_cache
def _messages(language: str) -> Mapping[str, str]:
    return read_messages(TRANSLATIONS, language)
