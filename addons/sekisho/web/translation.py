"""Translations: gettext catalogues, read once at start; English is what stands in the templates.

A further language is one file, ``translations/<language>/LC_MESSAGES/messages.po``. No compile step:
the text file itself is read, from a checkout and from an installed wheel alike.

Furigana are written as Japanese books without HTML write them: ``｜偽物《にせもの》`` (Aozora Bunko's
notation). They become ``<ruby>`` here, so that a translator never touches markup.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po
from markupsafe import Markup, escape

TRANSLATIONS = Path(__file__).parent / "translations"

_FURIGANA = re.compile(r"｜([^《》｜]+)《([^《》｜]+)》")
_RUBY = r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"
_RUBY_MARKUP = re.compile(r"<rp>.*?</rp>|<rt>.*?</rt>|</?ruby>")


def later(message: str) -> str:
    """The message itself; marks it for the catalogue where it stands in a table (gettext's ``N_``)."""
    return message


@lru_cache
def words_of(language: str) -> Mapping[str, str]:
    """English message → HTML in that language. Empty for English, whose messages are its words.

    Raises FileNotFoundError where the language has no catalogue, ValueError where it cannot be read.
    """
    if language == "en":
        return {}
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
    except PoFileError as error:
        raise ValueError(
            f"{path}:{error.lineno + 1}: {error}: {error.line!r}; correct it, or restore it"
        ) from error
    texts = {message.id: message.string for message in catalogue if message.id}
    return {
        id_: furigana(text) for id_, text in texts.items() if isinstance(id_, str) and isinstance(text, str)
    }


def furigana(text: str) -> str:
    """HTML of a message: everything escaped, furigana as ``<ruby>``."""
    return _FURIGANA.sub(_RUBY, str(escape(text)))


def without_furigana(html: str) -> Markup:
    """The same HTML with its base text only, for titles and labels, which hold no markup."""
    return Markup(_RUBY_MARKUP.sub("", html))  # noqa: S704 - only ever removes markup
