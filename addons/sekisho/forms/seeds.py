"""Seed phrases: the words that open a wallet of digital money, twelve or more in a row (BIP-39).

The word lists are those of the `mnemonic` package, read once, when the first long enough text comes.
The check sum is not asked: a phrase with one word wrong is as good as stolen, and no sentence has twelve
words of such a list in a row, since the small words of a language are not in it.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

FEWEST = 12
"""Words of the shortest phrase."""
_LONGEST_WORD = 24
_WORD = re.compile(r"[^\W\d_]+")
_APART = re.compile(r"[\s,;.\-_|/0-9()\[\]]+")


def holds_seed(text: str) -> bool:
    """Whether twelve words in a row are of one language's list; numbers and commas may stand between them."""
    if len(text) < FEWEST * 2 or len(text) > 1_000_000:
        return False
    words = [word for word in _APART.split(_folded(text)) if word]
    return is_seed(words)


def is_seed(words: list[str]) -> bool:
    """Whether `FEWEST` neighbours among these words, lower case, are of one language's list."""
    if len(words) < FEWEST:
        return False
    for known in _lists():
        row = 0
        for word in words:
            row = row + 1 if word in known else 0
            if row >= FEWEST:
                return True
    return False


def one_word(value: str) -> str:
    """The value as one word of a phrase, or empty where it is none."""
    word = _folded(value.strip())
    return word if len(word) <= _LONGEST_WORD and _WORD.fullmatch(word) else ""


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


@cache
def _lists() -> tuple[frozenset[str], ...]:
    folder = files("mnemonic") / "wordlist"
    return tuple(
        frozenset(_folded(file.read_text("utf-8")).split())
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".txt")
    )
