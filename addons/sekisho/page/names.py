"""Names: which brands a short text names, and whether it says nothing else.

A name is looked for as a reader sees it: width, case and letters of other scripts that look the same are one
(`Amаzоn`), what has no width is gone. All names of all brands stand in one automaton, so the time grows with
the text alone. A name in Latin letters must stand alone between other letters; where names overlap the
longest counts. Names that are words of every day too are *weak*. Pure.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import ahocorasick

from sekisho.lookalike.folding import is_east_asian
from sekisho.rulebook.model import Brand, Rulebook

_SEGMENTS = re.compile(
    r"\s[-–—−:~›»‹«•·/]+\s|\s*[|｜│∣・•·»›‹«【】\[\]「」『』()（）<>:：]\s*|\s[-–—]|[-–—]\s"
)
_WIDE_SEGMENTS = re.compile(r"\s[-–—−:~›»‹«•·/]+\s|\s*[|｜│∣]\s*")
_WORD = re.compile(r"[^\W_]+")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_NUMBER = re.compile(r"v?\d{1,9}")
"""Of a year or of a template: "Login V15"."""
_WIDTHLESS = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_DISGUISED = re.compile(
    "(?<![a-z0-9])[a-z0-9]*[\u00c0-\u058f\u1d00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff][\u00c0-\u058f\u1d00-\u1effa-z0-9]*"
)
_OTHER_LETTER = re.compile("[\u00c0-\u058f\u1d00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff]")
_REMARK = re.compile(r"\s*[（(].*")
_SHORTEST = 2
OWN_NAME = 0.8
"""What a brand's own name is worth where it is a word of every day, or short: Apple, Chase."""
WORD = 0.5
"""What its other names are worth that are words of every day."""
_BEHIND = ("account", "id", "support", "アカウント", "サポート")
_BEHIND_BANK = ("bank", "card", "銀行", "カード")
"""What makes a word a brand's name: Apple ID, Chase Bank."""


class Named(NamedTuple):
    """One name in a text."""

    start: int
    """Offset in the text as `PageNames.plain` gives it."""
    end: int
    slug: str
    worth: float
    """1.0 for a name that means the brand wherever it stands, `OWN_NAME` and `WORD` where it is a word too."""
    is_domain: bool = False

    @property
    def weak(self) -> bool:
        """The name is a word of every day too."""
        return self.worth < 1


class PageNames:
    """The names of all brands. Immutable."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._confusables = {
            ord(char): letters for char, letters in rulebook.confusables.items() if not is_east_asian(char)
        }
        generic = frozenset(map(self.plain, rulebook.page.generic))
        names: dict[str, tuple[str, float, bool]] = {}
        # Its own name is a brand's before it is another's: JAL is no card, AEON Bank no "bank" of AEON's.
        for names_of in (_written, _names_of, _longer_names_of):
            for brand in rulebook.brands.values():
                for written, worth, is_domain in names_of(brand):
                    name = self.plain(written)
                    if len(name) < _SHORTEST or (worth < 1 and name in generic):
                        continue
                    if name not in names or names[name][1] < worth:
                        names[name] = (brand.slug, worth, is_domain)
        self._automaton = ahocorasick.Automaton()
        for name, meant in names.items():
            self._automaton.add_word(name, (len(name), meant))
        if names:
            self._automaton.make_automaton()
        self._any = bool(names)
        self._generic = frozenset(word for word in generic if not is_east_asian(word[0]))
        native = sorted((word for word in generic if is_east_asian(word[0])), key=len, reverse=True)
        self._native = re.compile("|".join(map(re.escape, native))) if native else None
        pairs = (self.plain(phrase).split("{}") for phrase in rulebook.page.borrowed)
        self._borrowed = tuple((before, after) for before, after in pairs)

    def plain(self, text: str) -> str:
        """The text as a reader sees it, in lower case, without accents; a letter may become two."""
        if text.isascii():
            return text.lower()
        text = unicodedata.normalize("NFKC", _WIDTHLESS.sub("", text)).lower()
        # Whole words as well as mixed ones: раура is made of Cyrillic letters alone.
        return _DISGUISED.sub(self._unmasked, text) if _OTHER_LETTER.search(text) else text

    def _unmasked(self, word: re.Match[str]) -> str:
        return word[0].translate(self._confusables)

    def find(self, text: str) -> list[Named]:
        """The names in a text that `plain` gave, left to right, the longest where they overlap."""
        if not self._any:
            return []
        found: list[Named] = []
        for end, (length, meant) in self._automaton.iter(text):
            start = end - length + 1
            # Nearly all are parts of longer words, behind a letter.
            if start and text[start - 1] in _LATIN and text[start] in _LATIN:
                continue
            if _is_alone(text, start, end + 1):
                found.append(Named(start, end + 1, *meant))
        if len(found) < 2:
            return found
        kept: list[Named] = []
        for name in sorted(found, key=lambda name: (name.start, -name.end)):
            if not kept or name.start >= kept[-1].end:
                kept.append(name)
            elif name.end - name.start > kept[-1].end - kept[-1].start:
                kept[-1] = name
        return kept

    def says_only(self, text: str) -> Named | None:
        """The brand that a text names, where beside it only words stand that say nothing; text from `plain`."""
        found = self.find(text)
        slugs = {name.slug for name in found}
        if len(slugs) != 1:
            return None
        rest, last = [], 0
        for name in found:
            rest.append(text[last : name.start])
            last = name.end
        rest.append(text[last:])
        if not self.says_nothing(" ".join(rest)):
            return None
        return max(found, key=lambda name: name.worth)

    def segments(self, text: str) -> list[str]:
        """The title as a whole, its wider and its narrower parts, in the form of `plain`, each once.

        A name may hold what stands between parts: J:COM, バンク・オブ・アメリカ.
        """
        whole = self.plain(text)
        parts = [whole, *_WIDE_SEGMENTS.split(whole), *_SEGMENTS.split(whole)]
        return list(dict.fromkeys(stripped for part in parts if part and (stripped := part.strip())))

    def is_borrowed(self, text: str, name: Named) -> bool:
        """An honest page names the brand so: "Sign in with {}"; text from `plain`."""
        before, after = text[: name.start], text[name.end :].lstrip()
        return any(
            before.endswith(left) and after.startswith(right.strip()) for left, right in self._borrowed
        )

    def says_nothing(self, text: str) -> bool:
        """Only words stand there that do not tell whose a page is; text from `plain`."""
        if self._native and not text.isascii():
            text = self._native.sub(" ", text)
        return all(word in self._generic or _NUMBER.fullmatch(word) for word in _WORD.findall(text))


def _names_of(brand: Brand) -> Iterator[tuple[str, float, bool]]:
    """(name in lower case, worth, is a domain)."""
    for token in brand.tokens:
        yield token, 1.0, False
    for word in (*brand.weak_tokens, *brand.common_tokens):
        yield word, WORD, False
    for name, _, _ in _written(brand):
        if name.endswith(".com"):
            yield name.removesuffix(".com"), OWN_NAME, False
    for domain in brand.domains:
        yield domain, 1.0, True


def _longer_names_of(brand: Brand) -> Iterator[tuple[str, float, bool]]:
    """As `_names_of`: names that others follow from, with a word behind them."""
    firsts = (*brand.weak_tokens, *brand.common_tokens, *brand.tokens, brand.name.lower())
    for token in brand.tokens:
        # "appleid" is written "Apple ID".
        for first in firsts:
            if token != first and token.startswith(first) and len(first) >= 3:
                yield f"{first} {token.removeprefix(first)}", 1.0, False
    for name, worth, _ in _written(brand):
        if worth < 1:
            for behind in _BEHIND + (_BEHIND_BANK if brand.kind in ("bank", "card") else ()):
                yield f"{name} {behind}", 1.0, False
                if not behind.isascii():
                    yield f"{name}{behind}", 1.0, False


def _written(brand: Brand) -> Iterator[tuple[str, float, bool]]:
    """As `_names_of`: its name in Latin letters and in Japanese, without the remark."""
    words = {*brand.weak_tokens, *brand.common_tokens}
    for written in (brand.name, brand.name_ja):
        name = unicodedata.normalize("NFKC", _REMARK.sub("", written)).lower().strip()
        if len(name) < 3 and name.isascii():
            continue
        short = len(name) <= (4 if name.isascii() else 3)
        worth = 1.0
        if (short or name in words) and name not in brand.tokens:
            worth = WORD if short and name in words else OWN_NAME
        yield name, worth, False


def _is_alone(text: str, start: int, end: int) -> bool:
    """No letter of the same kind stands before or behind."""
    if start and _clings(text[start - 1], text[start]):
        return False
    return end == len(text) or not _clings(text[end], text[end - 1])


def _clings(outer: str, inner: str) -> bool:
    if inner.isascii():
        return outer.isalnum() and not is_east_asian(outer)
    return _is_katakana(inner) and _is_katakana(outer)


def _is_katakana(char: str) -> bool:
    return "\u30a1" <= char <= "\u30ff" and char != "・"
