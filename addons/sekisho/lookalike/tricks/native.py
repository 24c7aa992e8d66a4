"""Names and words in other letters than ASCII: Japanese names, the language of alarms, odd mixtures of scripts."""

from itertools import pairwise

from sekisho.lookalike.index import Kind, LookalikeIndex, Name
from sekisho.lookalike.reading import Finding, Reading
from sekisho.lookalike.script_mix import odd_mixture
from sekisho.verdict import Trick


def native_name(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """The brand's name in Japanese letters, old and Chinese forms of its characters included."""
    best: tuple[int, int, Name] | None = None
    alarmed = any(name.kind is Kind.RISK for _, _, name in reading.native)
    for start, end, name in reading.native:
        # Short names in kana are words too (アップル, ボックス): they need an alarm beside them.
        longer = best is None or end - start > best[1] - best[0]
        if name.brand and longer and (alarmed or not _is_short_kana(name.text)):
            best = start, end, name
    return best and Finding("native-name", Trick.BRAND_TOKEN, best[2], span=best[:2])


def _is_short_kana(text: str) -> bool:
    return len(text) <= 5 and all("\u3041" <= char <= "\u30ff" for char in text)


def lure(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """Two words of a mail's alarm in Japanese, side by side as a host: アカウント更新."""
    risks = sorted((start, end) for start, end, name in reading.native if name.kind is Kind.RISK)
    for (first, end), (start, last) in pairwise(risks):
        if start >= end and "." not in reading.head[end:start]:
            return Finding("lure", None, None, span=(first, last))
    return None


def mixed_script(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """Scripts in one label that no language mixes, or marks that pass for Latin among Latin letters."""
    if reading.head.isascii():
        return None
    span = odd_mixture(reading.head)
    return span and Finding("mixed-script", Trick.MIXED_SCRIPT, None, span=span)
