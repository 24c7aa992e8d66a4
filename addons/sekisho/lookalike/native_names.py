"""The names of a brand in other letters than ASCII, and what stands beside one in a host.

The tokens of rules/brands.toml come first. What `name_ja` says counts too, without its remark in brackets: most
brands need no token of their own. Such a name is strong where it is long, or holds three characters and one that
is Chinese; a short one in kana (アップル, ボックス) and two characters (近鉄) are words or families' names as well.
"""

import unicodedata
from collections.abc import Iterator

from sekisho.rulebook.model import Brand

LONGEST_WORD = 5
"""Kana of the longest name of which a word of everyday language may happen to be made."""
_REMARK = "（(【"
_PARTICLES = "のはがをにでとへも"
_DROPPED = dict.fromkeys(map(ord, " 　・‐！!.&"))


def native_names(brand: Brand) -> Iterator[tuple[str, bool]]:
    """(name, strong) of each name, as a host spells it: NFKC, lower case, no separators."""
    for token in brand.tokens:
        if not token.isascii():
            yield token, True
    for token in (*brand.weak_tokens, *brand.common_tokens):
        if not token.isascii():
            yield token, False
    name = derived_name(brand.name_ja)
    if name and name not in (*brand.tokens, *brand.weak_tokens, *brand.common_tokens):
        yield name, is_telling(name)


def derived_name(name_ja: str) -> str:
    """The name without its remark in brackets, as a host spells it; empty where it is no name for a host."""
    for bracket in _REMARK:
        name_ja = name_ja.partition(bracket)[0]
    name = unicodedata.normalize("NFKC", name_ja).lower()
    if "." in name:
        return ""
    name = unicodedata.normalize("NFKC", name.translate(_DROPPED))
    return name if len(name) >= 2 and not name.isascii() else ""


def is_telling(name: str) -> bool:
    """A name that means its brand wherever it stands."""
    if all(is_kana(char) for char in name):
        return len(name) > LONGEST_WORD
    return len(name) >= 3


def is_kana(char: str) -> bool:
    """Hiragana, katakana, or the mark that draws a vowel out."""
    return "\u3041" <= char <= "\u3096" or "\u30a1" <= char <= "\u30fc"


def is_apart(text: str, start: int, end: int, short: bool, opens: bool, closes: bool) -> bool:
    """A name at text[start:end] is no part of another word: オンライン, じゆうちょう, 極楽天国, idカード.

    short: it is made of a few letters, so that any letter of its own script beside it counts; else digits and
    Latin letters only. opens, closes: a known word stands beside it there, or it does not matter.

    What follows Chinese characters may be anything: words are put together to their right.
    """
    first, last = _script(text[start]), _script(text[end - 1])
    if not opens and start and _script(text[start - 1]) == first and (short or first == "LATIN"):
        return False
    if closes or end == len(text) or _script(text[end]) != last or last == "HAN":
        return True
    # A particle: みずほの丘. Not う and the like, which only draw the last sound out.
    particle = last == "HIRAGANA" and text[end] in _PARTICLES
    return particle or not (short or last == "LATIN")


def _script(char: str) -> str:
    if "\u3041" <= char <= "\u3096":
        return "HIRAGANA"
    if is_kana(char):
        return "KATAKANA"
    if "\u4e00" <= char <= "\u9fff" or char == "々":
        return "HAN"
    if not char.isalnum():
        return char
    return "LATIN" if char.isascii() else unicodedata.name(char, "?").partition(" ")[0]
