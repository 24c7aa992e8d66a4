"""Which language a person reads: Japanese or English, by what their browser asks for.

Japanese where the browser names no language: sekisho was made for a Japanese family. A further language is one
catalogue (`translation`) and one entry here.
"""

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

LANGUAGES = ("ja", "en")
"""The first is the default."""

_LONGEST_HEADER = 500
"""Characters of Accept-Language that are read; browsers send under 100."""


def best_language(accept_language: str) -> str:
    """``ja`` or ``en``, whichever an Accept-Language header prefers; ``ja`` where it says neither."""
    try:
        accepted = parse_accept_header(accept_language[:_LONGEST_HEADER], LanguageAccept)
    except ValueError:
        return LANGUAGES[0]
    return accepted.best_match(LANGUAGES, default=LANGUAGES[0]) or LANGUAGES[0]
