"""The index: every name of every brand, laid out so that one host costs the same for 100 brands or 50,000.

One Aho-Corasick automaton finds all names and risk words in one pass over the folded host. A dictionary of
deletion neighbours answers for words one letter away from a name; buckets by first letter and consonant
hold the few names that a scrambled word could mean. Built once from a Rulebook and never changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

import ahocorasick

from sekisho.lookalike.folding import bare, fold_word, kana_shape, todays_form
from sekisho.lookalike.letterscore import surprise
from sekisho.lookalike.native_names import native_names
from sekisho.rulebook.model import Brand, Rulebook
from sekisho.verdict import Level

SHORTEST_TYPO = 5
"""Letters of the shortest name whose typos are looked for."""
SHORTEST_WEAK_TYPO = 6
"""The same for a weak name."""
UNSAYABLE_BITS = 4.3
"""Mean surprise of the letters of a name that no word sounds like."""
END = 5
"""Letters at either end of a word that rule out most names at once: `openings` and `endings` of the index."""
SHORTEST_BEGINNING = 6
"""Letters of the shortest name that is looked for at the beginning of a longer word, slip included."""
SHORTEST_AFFIX = 4
"""Letters of the shortest known word that does not count as a name's own: pay is too much of paypal."""
MOST_IN_A_BUCKET = 24
"""Names that a scrambled word is compared with: a bound on its cost."""
_VOWELS = frozenset("aeioul")
"""Letters that scrambling changes first; l stands for i as well."""


class Kind(Enum):
    """What a name is."""

    TOKEN = "token"  # noqa: S105
    """Means its brand wherever it stands alone."""
    WEAK = "weak"
    """A common word or a short one: needs a second sign."""
    DOMAIN = "domain"
    """An official domain spelled without its dots: amazoncojp."""
    RISK = "risk"
    """A word that phishing puts beside a brand; no brand of its own."""
    PLAIN = "plain"
    """An ordinary word; a brand inside it, or beside it by one letter, is chance."""


class Name(NamedTuple):
    """One spelling that is looked for. A tuple: thousands are made while the index is built."""

    text: str
    """Letters and digits as their owner writes them, without separators."""
    folded: str
    kind: Kind
    brand: str
    """Slug; empty for a word."""
    local: bool = False
    """The brand is of the household's own country: hardly anybody else has reason to use its name."""
    front: str = ""
    """A known word at its beginning, folded: ``net`` of netbank; empty where the name is made of such words only."""
    tail: str = ""
    """The same at its end: ``bank`` of kyotobank."""
    unsayable: bool = False
    """Four or five letters, one vowel at most, that no word sounds like: smbc, mufg. They are nobody else's."""
    stem: int = 0
    """Of a domain: how many folded letters stand before its suffix."""
    common: bool = False
    """Of a weak name: it is no word of every day; families, places or other firms bear it."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Names that a scrambled word could mean; filled by `build_index`, then never changed."""

    folded: list[str]
    """Their folded spellings."""
    names: list[Name]
    """The same names, in the same order."""
    long: list[tuple[str, Name]]
    """Those that are looked for at the beginning of a longer word too, each with its second letter."""


@dataclass(frozen=True, slots=True)
class LookalikeIndex:
    """Everything that the tricks need, immutable after `build_index`."""

    rulebook: Rulebook
    automaton: Any
    """ahocorasick.Automaton: folded spelling → tuple of Names."""
    native: Any
    """The same for names and words in Japanese and other letters, by `folding.kana_shape`."""
    names: dict[str, Name]
    """Folded spelling → Name, for tokens and words."""
    near: dict[str, tuple[Name, ...]]
    """Folded spelling, whole or less one letter (never the first) → Names of at least SHORTEST_TYPO letters."""
    openings: frozenset[str]
    """The first END letters of every key of `near` that has them: most words of honest hosts begin otherwise."""
    endings: frozenset[str]
    """The last END letters of the same."""
    buckets: dict[str, Bucket]
    """First letter and a consonant → the names that begin so."""
    ordinary: frozenset[str]
    """Folded ordinary words: no slip of a name, however near."""
    scrambled_alone: bool
    """rules/tricks.toml makes something of a scrambled name even where nothing stands beside it."""
    label_alone: bool
    """rules/tricks.toml makes something of a random label or of digits even where nothing stands beside them."""
    risky: frozenset[str]
    """Folded risk words of four letters and more, each with one letter left out."""
    readable: frozenset[str]
    """Scripts that the household reads, by their Unicode names in lower case."""


HOME = frozenset({"jp"})
"""Regions whose brands matter most to the household, unless it says otherwise."""
READABLE = frozenset({"latin", "han", "hiragana", "katakana"})
"""Scripts that the household reads, unless it says otherwise."""


def build_index(
    rulebook: Rulebook, home: frozenset[str] = HOME, readable: frozenset[str] = READABLE
) -> LookalikeIndex:
    """The index of a Rulebook; about 50 ms for 300 brands. Never raises for a validated Rulebook.

    home: regions (``jp``) whose brands the household knows best; their names count for more.
    readable: scripts, by their Unicode names in lower case (``cyrillic``); a name in another is a circumstance.
    """
    spelled: dict[str, list[Name]] = {}
    natives: dict[str, list[Name]] = {}
    for name in _all_names(rulebook, home):
        same = (spelled if name.folded.isascii() else natives).setdefault(name.folded, [])
        if not any(other.kind is name.kind for other in same):
            same.append(name)
    for same in natives.values():
        if any(name.kind is Kind.TOKEN for name in same):
            same[:] = [name for name in same if name.kind is not Kind.WEAK]
    words: dict[str, Name] = {}
    for folded, names in spelled.items():
        if any(name.kind in (Kind.RISK, Kind.PLAIN) for name in names):
            # An ordinary word is never a strong name.
            names[:] = [name for name in names if name.kind is not Kind.TOKEN]
        elif any(name.kind is Kind.TOKEN for name in names):
            # Strong for one brand, shared with its sisters: strong.
            names[:] = [name for name in names if name.kind is not Kind.WEAK]
        if kept := [name for name in names if name.kind is not Kind.DOMAIN]:
            words[folded] = kept[0]
    near: dict[str, list[Name]] = {}
    buckets: dict[str, Bucket] = {}
    long_enough = [
        name
        for name in words.values()
        if name.brand
        and len(name.folded) >= (SHORTEST_TYPO if name.kind is Kind.TOKEN else SHORTEST_WEAK_TYPO)
    ]
    for name in long_enough:
        for shorter in (name.folded, *deletions(name.folded)):
            near.setdefault(shorter, []).append(name)
    # The household's own brands first: where a bucket is full, they are what it holds.
    for name in sorted(long_enough, key=lambda name: not name.local):
        for key in bucket_keys(name.folded):
            bucket = buckets.setdefault(key, Bucket([], [], []))
            if len(bucket.names) < MOST_IN_A_BUCKET:
                bucket.folded.append(name.folded)
                bucket.names.append(name)
                if name.kind is Kind.TOKEN and len(name.folded) >= SHORTEST_BEGINNING:
                    bucket.long.append((name.folded[1], name))
    return LookalikeIndex(
        rulebook=rulebook,
        automaton=_automaton(spelled),
        native=_automaton(natives),
        names=words,
        near={shorter: tuple(names) for shorter, names in near.items()},
        openings=frozenset([shorter[:END] for shorter in near if len(shorter) >= END]),
        endings=frozenset([shorter[-END:] for shorter in near if len(shorter) >= END]),
        buckets=buckets,
        scrambled_alone=any(
            strength.alone > Level.PASS
            for key, strength in rulebook.tricks.items()
            if key.startswith("mangled") or key == "typo-inside"
        ),
        label_alone=any(
            strength.alone > Level.PASS
            for key, strength in rulebook.tricks.items()
            if key in ("random-label", "digits")
        ),
        ordinary=frozenset(map(fold_word, rulebook.ordinary_words)).difference(words),
        risky=frozenset(
            shorter
            for folded, name in words.items()
            if name.kind is Kind.RISK and len(folded) >= 4
            for shorter in deletions(folded)
            if len(shorter) >= 4 or len(folded) == 4
        ),
        readable=readable,
    )


def deletions(folded: str) -> list[str]:
    """The word with each letter but the first left out in turn."""
    return [folded[:place] + folded[place + 1 :] for place in range(1, len(folded))]


def bucket_keys(folded: str) -> list[str]:
    """First letter with each of the next two consonants: what a scrambled name mostly keeps."""
    keys: list[str] = []
    for letter in folded[1:]:
        if letter not in _VOWELS and (key := folded[0] + letter) not in keys:
            keys.append(key)
            if len(keys) == 2:
                break
    return keys


def _automaton(spelled: dict[str, list[Name]]) -> Any:
    automaton = ahocorasick.Automaton()
    for folded, same in spelled.items():
        automaton.add_word(folded, tuple(same))
    if spelled:
        automaton.make_automaton()
    return automaton if spelled else None


def _all_names(rulebook: Rulebook, home: frozenset[str]) -> Iterable[Name]:
    ordinary = sorted(rulebook.risk_words | rulebook.plain_words)
    affixes = tuple(fold_word(word) for word in ordinary if word.isascii() and len(word) >= SHORTEST_AFFIX)
    for brand in rulebook.brands.values():
        yield from _names_of(brand, brand.region in home, affixes)
    for kind, words in ((Kind.RISK, rulebook.risk_words), (Kind.PLAIN, rulebook.plain_words)):
        for word in sorted(words):
            if word.isascii():
                yield Name(word, fold_word(word), kind, "")
            else:
                yield Name(todays_form(word), kana_shape(word), kind, "")


def _names_of(brand: Brand, local: bool, affixes: tuple[str, ...]) -> Iterable[Name]:
    for kind, tokens, common in (
        (Kind.TOKEN, brand.tokens, False),
        (Kind.WEAK, brand.weak_tokens, False),
        (Kind.WEAK, brand.common_tokens, True),
    ):
        for token in filter(str.isascii, tokens):
            folded = fold_word(token)
            yield Name(
                bare(token),
                folded,
                kind,
                brand.slug,
                local,
                *_known_ends(folded, affixes),
                _is_unsayable(token),
                common=common,
            )
    for native, strong in native_names(brand):
        yield Name(
            todays_form(native), kana_shape(native), Kind.TOKEN if strong else Kind.WEAK, brand.slug, local
        )
    for domain in brand.domains:
        if not domain.isascii() or "xn--" in domain:
            continue
        label, _, rest = domain.partition(".")
        stem = fold_word(label)
        yield Name(bare(domain), stem + _folded_suffix(rest), Kind.DOMAIN, brand.slug, local, stem=len(stem))


@lru_cache(maxsize=1024)
def _folded_suffix(rest: str) -> str:
    return fold_word(rest)


def _is_unsayable(token: str) -> bool:
    short = len(token) in (4, 5) and sum(letter in "aeiou" for letter in token) <= 1
    return short and surprise(token) >= UNSAYABLE_BITS


def _known_ends(folded: str, affixes: tuple[str, ...]) -> tuple[str, str]:
    """(front, tail) of a name."""
    tail = (
        max((word for word in affixes if folded.endswith(word)), key=len) if folded.endswith(affixes) else ""
    )
    rest = folded[: len(folded) - len(tail)]
    front = (
        max((word for word in affixes if rest.startswith(word)), key=len) if rest.startswith(affixes) else ""
    )
    return (front, tail) if len(rest) > len(front) else ("", "")
