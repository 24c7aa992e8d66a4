"""Scripts of one label: which mixtures no language writes.

Kana, Chinese characters and Latin together are ordinary Japanese; Latin with Hangul or with Chinese
characters alone is ordinary too. Anything else beside Latin, Cyrillic or Greek in one label is a trick, and
so is a character that passes for a stroke of Latin (ノ, ン, 工, ー) with Latin on both sides.
"""

import unicodedata
from functools import lru_cache

_EAST = {"HAN", "HIRAGANA", "KATAKANA"}
_TOGETHER = ({"LATIN", *_EAST}, {"LATIN", "HAN", "BOPOMOFO"}, {"LATIN", "HAN", "HANGUL"})
"""Scripts that one language mixes: Japanese, Chinese, Korean."""
_STROKES = frozenset("ノンソゾ一工ーエニカロ丨丶")
"""Pass for / l J - I and the like between Latin letters."""
_TWINS = {
    "ヘ": "HIRAGANA",
    "へ": "KATAKANA",
    "ベ": "HIRAGANA",
    "べ": "KATAKANA",
    "ペ": "HIRAGANA",
    "ぺ": "KATAKANA",
}
"""Looks the same in both kana; beside two letters of the other one it is foreign."""


def odd_mixture(head: str) -> tuple[int, int] | None:
    """The stretch of the first label, left to right, that no language writes so; None where all is ordinary."""
    start = 0
    for label in head.split("."):
        if not label.isascii() and (span := _odd_part(label)):
            return start + span[0], start + span[1]
        start += len(label) + 1
    return None


def _odd_part(label: str) -> tuple[int, int] | None:
    scripts = {script for char in label if (script := script_of(char))}
    if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
        return 0, len(label)
    for place, char in enumerate(label):
        before = label[place - 1] if place else ""
        after = label[place + 1] if place + 1 < len(label) else ""
        latin = [bool(side) and side.isascii() and side.isalnum() for side in (before, after)]
        if char in _STROKES and all(latin):
            return place, place + 1
        # One kana in the place of one letter of a Latin word: あplns.
        if script_of(char) in ("HIRAGANA", "KATAKANA") and (all(latin) or (latin[1] and not before)):
            return place, place + 1
        if (
            (foreign := _TWINS.get(char))
            and before
            and after
            and script_of(before) == script_of(after) == foreign
        ):
            return place, place + 1
    return None


@lru_cache(maxsize=4096)
def script_of(char: str) -> str:
    """The script of a letter as the first word of its Unicode name; empty for digits, dashes and marks."""
    if char.isascii():
        return "LATIN" if char.isalpha() else ""
    if char == "ー" or not char.isalpha():
        return ""
    name = unicodedata.name(char, "UNKNOWN")
    if name.startswith(("CJK", "IDEOGRAPHIC")):
        return "HAN"
    first = name.partition(" ")[0]
    return {"HALFWIDTH": "KATAKANA", "FULLWIDTH": "LATIN", "MODIFIER": ""}.get(first, first)
