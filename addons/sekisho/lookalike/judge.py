"""Judging: every trick is tried on one host, and what was found becomes Evidence, the strongest first.

Official hosts, brand top-level domains and the suffixes that only an authority hands out are quiet. The
worth of a finding stands in rules/tricks.toml; *supported* means that a fake suffix, a cheap or watched
suffix, a platform that anybody can use, or a risk word stands beside it.
"""

from enum import Enum

from sekisho.link import Link
from sekisho.lookalike.circumstances import (
    CIRCUMSTANCES,
    LABEL_CIRCUMSTANCES,
    Sign,
    foreign_script,
    is_machine_made,
)
from sekisho.lookalike.explain import SOURCE, evidence_of
from sekisho.lookalike.index import LookalikeIndex, deletions
from sekisho.lookalike.reading import MOST_TOKENS, Finding, Reading, label_start, read_host
from sekisho.lookalike.tricks import Trait, keys_with, tricks_for
from sekisho.rulebook.model import TrickStrength
from sekisho.verdict import Evidence, Level, Reason

QUIET_SUFFIXES = frozenset({"go.jp", "lg.jp", "ac.jp", "gov", "mil", "edu", "gov.uk", "nhs.uk", "police.uk"})
"""Only a government or a school is given a name there."""
VETTED_LABELS = frozenset({"gov", "gob", "gouv", "gouvernement", "edu", "ac", "mil", "go"})
"""Second labels of a country's suffix that only an authority or a school is given: gov.uk, ac.nz."""
VETTED_SUFFIXES = frozenset({"jp", "co.jp", "or.jp", "ne.jp", "gr.jp", "ed.jp", "ad.jp"})
"""Given to a body on Japan's registers, one name each; plain jp to whoever has an address in Japan (rules of JPRS)."""
_NEAR_MISSES, _SLIGHT, _SLIGHTEST, _UNMOVED_BY_A_SUFFIX, _MOVED_BY_ITS_PLACE = map(keys_with, Trait)
LONGEST_RISK_WORD = 16
"""Letters of the longest word that may be a risk word with a slip."""
_NOTHING = TrickStrength(Level.PASS, Level.PASS)


class Support(Enum):
    """What stands beside a finding."""

    NONE = 0
    SOME = 1
    """One sign."""
    STRONG = 2
    """A fake or a cheap suffix, or signs of two kinds."""


SUFFIX, PLATFORM, WORD, PLACE, MACHINE = (1 << place for place in range(5))
"""The kinds of signs that may stand beside a finding, as bits: two of one kind are one. A watched suffix; a platform
that anybody can use; a risk word; that the finding lies left of the registrable name, where it was put for somebody
to read; that the registrable name right of it was made by a machine. (An enum of flags takes a microsecond to add.)
"""


def find_lookalikes(link: Link, index: LookalikeIndex, at: float = 0.0) -> tuple[Evidence, ...]:
    """Evidence that the host imitates a brand, strongest first; empty where there is none. Never raises.

    at: the time that the evidence is to carry, seconds since 1970 UTC.
    """
    platform, owner = index.rulebook.standing_of(link)
    if owner is not None or is_quiet(link.suffix):
        return ()
    evidence: list[Evidence] = []
    label = ""
    if not link.is_address:
        reading = read_host(link, platform, index)
        for trick in tricks_for(reading):
            if trick.only_supported and not may_be_supported(reading, index):
                continue
            if finding := trick.find(reading, index):
                level = worth(reading, finding, index)
                if level > Level.PASS:
                    evidence.append(evidence_of(reading, finding, level, index, at))
        label = reading.head.rpartition(".")[2]
    evidence += circumstances(link, label, index, at)
    if len(evidence) > 1:
        evidence.sort(key=lambda item: -item.level)
    return tuple(evidence)


def is_quiet(suffix: str) -> bool:
    """Nobody but its rightful owner can have a name there."""
    return suffix in QUIET_SUFFIXES or suffix.endswith((".lg.jp", ".go.jp"))


def worth(reading: Reading, finding: Finding, index: LookalikeIndex) -> Level:
    """The level of a finding by rules/tricks.toml and what stands beside it."""
    tricks = index.rulebook.tricks
    strength = tricks.get(finding.key, _NOTHING)
    support, signs = support_of(reading, finding, index)
    if finding.key == "weak-token" and signs.bit_count() > 1:
        strength = tricks.get("weak-twice", strength)
    level = strength.alone
    slight = finding.key in _SLIGHT and not (finding.key in _MOVED_BY_ITS_PLACE and signs & PLACE)
    slight |= finding.key in _UNMOVED_BY_A_SUFFIX and signs == SUFFIX
    if support is Support.STRONG or (support is Support.SOME and not slight):
        level = strength.supported
    elif support is Support.SOME and finding.key not in _SLIGHTEST:
        level = max(level, min(strength.supported, Level.CAUTION))
    doubtful = finding.name is not None and support is not Support.STRONG and is_vetted(reading.suffix)
    return Level(level - 1) if doubtful and level > Level.PASS else level


def support_of(reading: Reading, finding: Finding, index: LookalikeIndex) -> tuple[Support, int]:
    """What stands beside a finding: how much, and of which kinds."""
    signs = signs_beside(reading, finding, index)
    if reading.fake_suffix is not None or reading.link.suffix in index.rulebook.cheap_suffixes:
        return Support.STRONG, signs | SUFFIX
    return (Support.NONE, Support.SOME, Support.STRONG)[min(2, signs.bit_count())], signs


def signs_beside(reading: Reading, finding: Finding, index: LookalikeIndex) -> int:
    """The kinds of signs beside a finding."""
    signs = 0
    if reading.platform is not None:
        if finding.key not in _NEAR_MISSES:
            signs |= PLATFORM
    elif stands_above(reading, finding, index):
        signs |= PLACE
        if is_machine_made(reading.head.rpartition(".")[2]):
            signs |= MACHINE
    if reading.link.suffix in index.rulebook.watched_suffixes:
        signs |= SUFFIX
    if has_risk_word(reading, finding, index):
        signs |= WORD
    return signs


def may_be_supported(reading: Reading, index: LookalikeIndex) -> bool:
    """Something stands in the host that could lift a slight finding; most honest hosts have nothing."""
    rulebook = index.rulebook
    suffix = reading.link.suffix
    return (
        index.scrambled_alone
        or suffix in rulebook.cheap_suffixes
        or suffix in rulebook.watched_suffixes
        or reading.fake_suffix is not None
        or bool(reading.risks or reading.hints or reading.native)
        or (reading.platform is None and "." in reading.head.removeprefix("www."))
    )


def has_risk_word(reading: Reading, finding: Finding, index: LookalikeIndex) -> bool:
    """A risk word, or one with a slip of its own (miziho-bamk), outside the finding."""
    if any(end <= finding.start or start >= finding.end for start, end, _ in reading.risks):
        return True
    if any(not name.brand for _, _, name in reading.native):
        return True
    if finding.key != "weak-token" and any(
        end <= finding.start or start >= finding.end for start, end in reading.hints
    ):
        return True
    if finding.end == finding.start:
        return False
    return any(
        (start >= finding.end or start + len(token) <= finding.start)
        and 4 <= len(token) <= LONGEST_RISK_WORD
        and any(shorter in index.risky for shorter in (token, *deletions(token)))
        for start, token in zip(reading.starts[:MOST_TOKENS], reading.tokens, strict=False)
    )


def stands_above(reading: Reading, finding: Finding, index: LookalikeIndex) -> bool:
    """The finding lies left of the registrable label."""
    dot = reading.head.rfind(".")
    if dot < 0:
        return False
    if finding.span is not None:
        return finding.span[1] <= dot
    return 0 < finding.end <= label_start(reading)


def is_vetted(suffix: str) -> bool:
    """Whoever registers there was looked at by an authority."""
    if suffix in VETTED_SUFFIXES:
        return True
    return "." in suffix and suffix.partition(".")[0] in VETTED_LABELS


def circumstances(link: Link, label: str, index: LookalikeIndex, at: float) -> list[Evidence]:
    """Signs that are worth something alone or together; label: the registrable one, or the user's.

    Two signs about the same thing, say the letters of the label, do not support each other.
    """
    rulebook = index.rulebook
    signs: list[Sign] = [sign for sign_of in CIRCUMSTANCES if (sign := sign_of(link, rulebook))]
    if not link.unicode.isascii() and (foreign := foreign_script(link, index.readable)):
        signs.append(foreign)
    if signs or index.label_alone:
        signs += [sign for sign_of in LABEL_CIRCUMSTANCES if (sign := sign_of(label))]
    if not signs:
        return []
    several = len(signs) > 1 and len({sign.about for sign in signs}) > 1
    evidence: list[Evidence] = []
    for sign in signs:
        strength = index.rulebook.tricks.get(sign.key, _NOTHING)
        level = strength.supported if several else strength.alone
        if level > Level.PASS:
            level = min(level, Level.CAUTION)
            evidence.append(
                Evidence(Reason.CIRCUMSTANCE, level, SOURCE, sign.detail, at=at, circumstance=sign.key)
            )
    return evidence
