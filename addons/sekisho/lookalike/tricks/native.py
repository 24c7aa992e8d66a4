"""Names and words in other letters than ASCII: Japanese names, the language of alarms, odd mixtures of scripts."""

from itertools import pairwise

from sekisho.link import Link
from sekisho.lookalike.circumstances import Measure, script_names
from sekisho.lookalike.folding import fold_word, todays_form
from sekisho.lookalike.index import Kind, LookalikeIndex, Name
from sekisho.lookalike.native_names import LONGEST_WORD, is_apart, is_kana
from sekisho.lookalike.reading import Finding, Reading, is_known
from sekisho.lookalike.script_mix import odd_mixture
from sekisho.lookalike.tricks.spec import TrickSpec
from sekisho.verdict import Trick

EVERYDAY = frozenset(
    {
        "サービス",
        "電子",
        "銀行",
        "カード",
        "会員",
        "メンバー",
        "ポイント",
        "キャンペーン",
        "利用",
        "荷物",
        "登録",
        "お客様",
    }
)
"""Risk words that honest companies have in their own names: 川獺電子, 川獺サービス."""
SHORTEST_SPOKEN = 3
"""Kana up to which a name in the other kana, or one letter off, is another word: ドコモ, どこも."""
LAST_HIRAGANA = "\u309f"
LONGEST_NOISE = 6
"""Letters and digits that a campaign puts behind a name to get a fresh one each day: 川獺a5v."""


def native_name(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """The brand's name in its own letters, with old and Chinese forms of its characters, or with letters that
    pass for them.
    """
    best: tuple[int, Finding] | None = None
    starts = frozenset(start for start, _, _ in reading.native)
    ends = frozenset(end for _, end, _ in reading.native)
    for start, end, name in reading.native:
        if not name.brand or (best and end - start <= best[0]):
            continue
        if finding := _read_as(reading, index, start, end, name, starts, ends):
            best = end - start, finding
    return best and best[1]


def _read_as(
    reading: Reading,
    index: LookalikeIndex,
    start: int,
    end: int,
    name: Name,
    starts: frozenset[int],
    ends: frozenset[int],
) -> Finding | None:
    """What this stretch of the host is worth as this name; starts, ends: of all known words."""
    head = reading.head
    span = start, end
    alarmed = _is_alarmed(reading)
    in_kana = all(map(is_kana, name.text))
    short = name.kind is Kind.WEAK or (end - start <= LONGEST_WORD and in_kana)
    # Beside the language of alarms a word may go on: アップルジャパンのログイン.
    closes = end in starts or (alarmed and end - start > SHORTEST_SPOKEN)
    # Of a name that is no word either, in katakana: ドコモショップ. In hiragana the next letter may be its grammar.
    closes = closes or (name.kind is Kind.TOKEN and head[end - 1] > LAST_HIRAGANA)
    if not is_apart(head, start, end, short, start in ends, closes):
        return None
    text = todays_form(head[start:end])
    if text != name.text:
        if name.kind is Kind.WEAK:
            # A common word, in other kana: another word.
            return None
        if any(not is_kana(seen) and is_kana(real) for seen, real in zip(text, name.text, strict=True)):
            # Nobody writes a Chinese character for a kana by mistake.
            return Finding("skeleton", Trick.SKELETON, name, span=span)
        if in_kana and end - start <= SHORTEST_SPOKEN:
            return None
        if _sounds(text) != _sounds(name.text):
            return Finding("typo", Trick.TYPO, name, span=span)
    noisy = _has_noise(head, start, end, index)
    if name.kind is Kind.TOKEN and noisy and name.local:
        # Whoever talks about the brand has a word to say beside its name.
        return Finding("brand-token", Trick.BRAND_TOKEN, name, span=span)
    if name.kind is Kind.TOKEN or alarmed or noisy:
        return Finding("native-name", Trick.BRAND_TOKEN, name, span=span)
    return Finding("weak-token", Trick.BRAND_TOKEN, name, span=span)


def _sounds(text: str) -> str:
    """The text in katakana."""
    return "".join(chr(ord(char) + 0x60) if "\u3041" <= char <= "\u3096" else char for char in text)


def _is_alarmed(reading: Reading) -> bool:
    return any(not name.brand and name.text not in EVERYDAY for _, _, name in reading.native)


def _has_noise(head: str, start: int, end: int, index: LookalikeIndex) -> bool:
    """A few ASCII letters run into the name, which are no word: 川獺a5v, 川獺ww, a5v川獺."""
    after, _, _ = head[end:].partition(".")
    before = head[:start].rpartition(".")[2]
    return _is_noise(after, index) or _is_noise(before, index)


def _is_noise(rest: str, index: LookalikeIndex) -> bool:
    if not (rest.isascii() and rest.isalnum() and len(rest) <= LONGEST_NOISE) or rest.isdecimal():
        return False
    says_nothing = len(rest) <= 2 or not rest.isalpha() or not any(letter in "aeiou" for letter in rest)
    return says_nothing and not is_known(fold_word(rest), index)


def lure(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """Two words of a mail's alarm in Japanese, side by side as a host: アカウント更新. A company's own name may
    be made of two as well: ポイントカード.
    """
    risks = sorted(
        (start, end, name.text in EVERYDAY) for start, end, name in reading.native if name.kind is Kind.RISK
    )
    for (first, end, everyday), (start, last, both) in pairwise(risks):
        if start >= end and "." not in reading.head[end:start] and not (everyday and both):
            detail = "{shown!r} is the language of an alarming mail, not the name of a site."
            return Finding("lure", None, None, span=(first, last), detail=detail)
    return None


def mixed_script(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """Scripts in one label that no language mixes, or marks that pass for Latin among Latin letters."""
    if reading.head.isascii():
        return None
    span = odd_mixture(reading.head)
    detail = "{shown!r} mixes scripts that no language mixes."
    return span and Finding("mixed-script", Trick.MIXED_SCRIPT, None, span=span, detail=detail)


def _scripts_of_labels(_: Link, head: str) -> Measure:
    return Measure("; ".join(map(script_names, head.split("."))))


TRICKS = (
    TrickSpec(native_name, 40, beyond_ascii=True),
    TrickSpec(lure, 100, beyond_ascii=True),
    TrickSpec(mixed_script, 110, beyond_ascii=True, measure=_scripts_of_labels),
)
