"""How random a label looks: the mean surprise of its letters, by the pairs of familiar names.

A name that people chose is easy to say; one that a script made is not. English, romaji and pinyin alike
stay near 3.5 bits a letter, random letters near 5. A sign, never a proof: ``hxb`` is a bank.
"""

from sekisho.lookalike.letterpairs import CODES, LETTERS, SURPRISE

_BITS = {
    first + second: CODES.index(code) / 4
    for first, codes in SURPRISE.items()
    for second, code in zip(LETTERS, codes, strict=True)
}
_DIGITS = str.maketrans("123456789", "000000000")
_UNSEEN = 8.0
"""Bits of a letter outside the table (a mark, another script)."""


def surprise(label: str) -> float:
    """Mean bits a letter of a lower-case label, words between dashes each by itself; 0 for no letters."""
    bits = 0.0
    letters = 0
    for word in label.translate(_DIGITS).split("-"):
        if word:
            edged = f".{word}."
            letters += len(edged) - 1
            for place in range(len(edged) - 1):
                bits += _BITS.get(edged[place : place + 2], _UNSEEN)
    return bits / letters if letters else 0.0
