"""Letters: what a fake letter is, in words that a reader can check on the screen.

``0`` for ``o`` is a digit, ``а`` for ``a`` is Cyrillic, ``rn`` for ``m`` is two letters. This module says
which kind it is and what the characters are called; `LetterKind` has the sentence.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sekisho.reasons import SEVERAL_LETTERS, LetterKind, later
from sekisho.visible import visible


@dataclass(frozen=True, slots=True)
class Letter:
    """One fake, named; several where one sentence covers them all (letters of one script)."""

    kind: LetterKind
    fakes: tuple[str, ...]
    """What stands there, safe to show; a space for `MISSING`."""
    fake_name: str
    """A message of the catalogue: ``0 (zero)``; the first fake itself where it has no name of its own."""
    real_names: tuple[str, ...]
    """What a reader takes each for: messages of the catalogue, or the characters themselves."""
    script: str = ""
    """A message of the catalogue: ``Cyrillic``; empty but for `SCRIPT`."""

    @property
    def sentence(self) -> str:
        """The message that describes it."""
        return SEVERAL_LETTERS if len(self.fakes) > 1 else self.kind.sentence


NAMES = {
    "0": later("0 (zero)"),
    "1": later("1 (one)"),
    "2": later("2 (two)"),
    "3": later("3 (three)"),
    "4": later("4 (four)"),
    "5": later("5 (five)"),
    "6": later("6 (six)"),
    "7": later("7 (seven)"),
    "8": later("8 (eight)"),
    "9": later("9 (nine)"),
    "-": later("- (hyphen)"),
    ".": later(". (dot)"),
    "a": later("a"),
    "b": later("b"),
    "c": later("c"),
    "d": later("d"),
    "e": later("e"),
    "f": later("f"),
    "g": later("g"),
    "h": later("h"),
    "i": later("i"),
    "j": later("j"),
    "k": later("k"),
    "l": later("l"),
    "m": later("m"),
    "n": later("n"),
    "o": later("o"),
    "p": later("p"),
    "q": later("q"),
    "r": later("r"),
    "s": later("s"),
    "t": later("t"),
    "u": later("u"),
    "v": later("v"),
    "w": later("w"),
    "x": later("x"),
    "y": later("y"),
    "z": later("z"),
}
"""What people call the characters of plain host names; a translation adds how they are read."""

SCRIPTS = {
    "ARABIC": later("Arabic"),
    "ARMENIAN": later("Armenian"),
    "CHEROKEE": later("Cherokee"),
    "CJK": later("Chinese or Japanese"),
    "COPTIC": later("Coptic"),
    "CYRILLIC": later("Cyrillic"),
    "DEVANAGARI": later("Devanagari"),
    "GEORGIAN": later("Georgian"),
    "GREEK": later("Greek"),
    "HANGUL": later("Korean"),
    "HEBREW": later("Hebrew"),
    "HIRAGANA": later("Japanese hiragana"),
    "KATAKANA": later("Japanese katakana"),
    "LISU": later("Lisu"),
    "THAI": later("Thai"),
}
"""First word of a character's Unicode name → what people call the script."""

ANOTHER_SCRIPT = later("foreign")


def name_letters(pairs: Iterable[tuple[str, str]]) -> tuple[Letter, ...]:
    """Name each different (fake, real) once, in their order; those of one script share a Letter."""
    letters: list[Letter] = []
    places: dict[str, int] = {}
    for fake, real in dict.fromkeys(pairs):
        letter = name_letter(fake, real)
        if letter.kind is LetterKind.SCRIPT and letter.script in places:
            at = places[letter.script]
            known = letters[at]
            fakes, names = known.fakes + letter.fakes, known.real_names + letter.real_names
            letters[at] = replace(known, fakes=fakes, real_names=names)
        else:
            places[letter.script] = len(letters)
            letters.append(letter)
    return tuple(letters)


def name_letter(fake: str, real: str) -> Letter:
    """Say what `fake` is where a reader sees `real`; either may be empty, not both."""
    kind = _kind(fake, real)
    shown = visible(fake) or " "
    script = ""
    if kind is LetterKind.SCRIPT:
        script = SCRIPTS.get(_first_word(next(c for c in fake if not c.isascii())), ANOTHER_SCRIPT)
    return Letter(kind, (shown,), NAMES.get(fake, shown), (NAMES.get(real, visible(real)),), script)


def _kind(fake: str, real: str) -> LetterKind:
    if not fake:
        return LetterKind.MISSING
    if any(unicodedata.category(c)[0] in "CZ" for c in fake):
        return LetterKind.HIDDEN
    if not real:
        return LetterKind.EXTRA
    if not fake.isascii():
        strange = next(c for c in fake if not c.isascii())
        return LetterKind.MARKED if _first_word(strange) in ("LATIN", "COMBINING") else LetterKind.SCRIPT
    if len(fake) == 2 and fake == real[::-1]:
        return LetterKind.ORDER
    if len(fake) > len(real):
        return LetterKind.PAIR
    return LetterKind.DIGIT if fake.isdigit() and real.isalpha() else LetterKind.OTHER


def _first_word(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0].partition("-")[0]
