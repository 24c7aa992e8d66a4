"""How random a label looks: the mean surprise of its letters, by the pairs of familiar names.

A name that people chose is easy to say; one that a script made is not. English, romaji and pinyin alike
stay near 3.5 bits a letter, random letters near 5. A sign, never a proof: ``hxb`` is a bank.
"""

from functools import lru_cache
from itertools import pairwise

from sekisho.lookalike.letterpairs import CODES, LETTERS, SURPRISE

_UNSEEN = 8.0
"""Bits of a letter outside the table (a mark, another script)."""


class _Bits(dict[tuple[str, str], float]):
    """(first, second) letter → bits of the second; looked up by `map`, without a call of ours for each pair."""

    def __missing__(self, pair: tuple[str, str]) -> float:
        return _UNSEEN


def _all_bits() -> _Bits:
    """The table for every digit: it was counted with all of them as zeros."""
    same = {"0": "0123456789"}
    return _Bits(
        ((one, other), CODES.index(code) / 4)
        for first, codes in SURPRISE.items()
        for second, code in zip(LETTERS, codes, strict=True)
        for one in same.get(first, first)
        for other in same.get(second, second)
    )


_bits_of = _all_bits().__getitem__


@lru_cache(maxsize=512)  # several signs of one host ask for the same label
def surprise(label: str) -> float:
    """Mean bits a letter of a lower-case label, words between dashes each by itself; 0 for no letters."""
    bits = 0.0
    letters = 0
    for word in label.split("-"):
        if word:
            letters += len(word) + 1
            bits += sum(map(_bits_of, pairwise(f".{word}.")))
    return bits / letters if letters else 0.0
