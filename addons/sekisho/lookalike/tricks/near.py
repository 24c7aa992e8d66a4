"""Names with a slip: one letter away (typo), or scrambled and padded (mangled).

Ordinary words lie near brands' names too (saloon, saison; telegraf, telegram), so a slip counts for what its
letters are worth: long names more than short ones, the household's own brands more than the world's, and a
word that honest sites use is never a slip.
"""

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from sekisho.lookalike.index import (
    END,
    SHORTEST_BEGINNING,
    SHORTEST_TYPO,
    Kind,
    LookalikeIndex,
    Name,
    bucket_keys,
)
from sekisho.lookalike.reading import MOST_TOKENS, Finding, Reading, without_filler
from sekisho.lookalike.tricks.spec import Trait, TrickSpec
from sekisho.verdict import Trick

FARTHEST = 4
"""Steps from a name to the most scrambled form of it that is still looked at."""
LONG = 8
"""Letters from which a slip in a name of the household's own country is hardly chance, nor two slips in any name
with one sign beside it."""
LONG_WORLD = 10
"""Letters from which one slip in a name that the whole world uses is hardly chance."""
LONGEST_TOKEN = 40
"""Longer words hold random letters; no brand is compared with them."""


def typo(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """One letter added, dropped, changed or swapped in a word that is otherwise the brand's name."""
    names = index.names
    for place, token in enumerate(reading.tokens[:MOST_TOKENS]):
        if (
            len(token) < SHORTEST_TYPO - 1
            or len(token) > LONGEST_TOKEN
            or token in names
            or token in index.ordinary
        ):
            continue
        for name in _neighbours(token, index):
            if _is_slip(token, name.folded):
                key = _typo_key(token, name)
                start = reading.starts[place]
                trick, key = (Trick.SKELETON, "skeleton") if "?" in token else (Trick.TYPO, key)
                return Finding(key, trick, name, start, start + len(token))
    return None


def _typo_key(token: str, name: Name) -> str:
    """How telling a slip is: by the letters that it stands among, a known word at either end left out."""
    if name.kind is Kind.WEAK:
        return "typo-weak"
    size = own_letters(token, name)
    if size >= (LONG if name.local else LONG_WORLD):
        return "typo-long"
    if size < 6:
        return "typo-short"
    return "typo" if name.local else "typo-world"


def own_letters(token: str, name: Name) -> int:
    """Letters of the name that count in a comparison. A known word that both share counts half: ayabank and
    awabank have four letters in common with every bank.
    """
    size = len(name.folded)
    if name.tail and token.endswith(name.tail):
        size -= len(name.tail) // 2
    if name.front and token.startswith(name.front):
        size -= len(name.front) // 2
    return size


def _neighbours(token: str, index: LookalikeIndex) -> tuple[Name, ...]:
    """Names that one slip could have made into the token, and a few more."""
    near = index.near
    found = near.get(token, ())
    # With a letter left out farther right the opening stays as it is, farther left the ending.
    size = len(token)
    first = 1 if token[-END:] in index.endings else max(1, size - END)
    stop = size if token[:END] in index.openings else min(END, size)
    for place in range(first, stop):
        if more := near.get(token[:place] + token[place + 1 :]):
            found += more
    return found


def _is_slip(token: str, folded: str) -> bool:
    """One slip away. The first letter always stays, or half the dictionary is near some brand; a plural
    is a word of its own.
    """
    plural = token == folded + "s" or token + "s" == folded
    return token[0] == folded[0] and not plural and OSA.distance(token, folded, score_cutoff=1) == 1


def mangled(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """The brand's letters scrambled, or with noise between or after them."""
    for place, whole in enumerate(reading.tokens[:MOST_TOKENS]):
        if (
            not SHORTEST_TYPO <= len(whole) <= LONGEST_TOKEN
            or whole in index.names
            or whole in index.ordinary
        ):
            continue
        filler = without_filler(whole)
        for skipped in (0, filler) if filler else (0,):
            token = whole[skipped:]
            if found := _most_alike(token, index):
                key, length, name = found
                start = reading.starts[place] + skipped
                trick = Trick.TYPO if key == "typo-inside" else Trick.MANGLED
                return Finding(key, trick, name, start, start + min(length, len(token)))
    return None


def _most_alike(token: str, index: LookalikeIndex) -> tuple[str, int, Name] | None:
    """(key, letters, name) of a name that the token is a scrambled form of, whole or at its beginning."""
    buckets = [index.buckets[key] for key in bucket_keys(token) if key in index.buckets]
    for bucket in buckets:
        for _, distance, place in extract(
            token, bucket.folded, scorer=OSA.distance, score_cutoff=FARTHEST, limit=4
        ):
            if key := _likeness(token, bucket.names[place], int(distance)):
                return key, len(token), bucket.names[place]
    if len(token) > SHORTEST_BEGINNING:
        early = token[1:3]
        tried: set[str] = set()
        for bucket in buckets:
            for second, name in bucket.long:
                if second in early and name.folded not in tried:
                    if found := _beginning(token, name):
                        return *found, name
                    tried.add(name.folded)
    return None


def _likeness(token: str, name: Name, distance: int) -> str:
    """How a whole word resembles a name that begins with the same letter: a key, or nothing."""
    folded = name.folded
    size = len(folded)
    spare = len(token) - size
    if not -1 <= spare <= FARTHEST:
        return ""
    if not (distance <= 2 or (distance == 3 and size >= 8) or _is_scrambled(token, folded, distance)):
        return ""
    own = own_letters(token, name)
    if distance <= 2 and own >= LONG:
        return "mangled-long"
    if not name.local:
        near = own >= 6 and (distance <= 2 or size >= 9) and spare >= 0
        return "mangled-world" if near else "mangled-far"
    if name.kind is Kind.TOKEN and own >= 6 and (distance <= 2 or size >= 9):
        return "mangled-near"
    return "mangled" if own >= 5 else "mangled-far"


def _beginning(token: str, name: Name) -> tuple[str, int] | None:
    """(key, letters) where the beginning of a longer word resembles the name."""
    folded = name.folded
    size = len(folded)
    if len(token) <= size or own_letters(token, name) < (SHORTEST_BEGINNING if name.local else 7):
        return None
    for cut in (size, size - 1, size + 1):
        distance = OSA.distance(token[:cut], folded, score_cutoff=3)
        if distance <= 1:
            return "typo-inside", cut
        if distance == 2 and size >= 7:
            return "mangled-far", cut
        if distance > 3 and cut == size:
            return None  # a letter less or more saves one step at most: the other cuts are too far too
    return None


def _is_scrambled(token: str, name: str, distance: int) -> bool:
    """The name with letters between its own, each of them one step, or its letters in another order."""
    spare = len(token) - len(name)
    if spare and spare == distance:
        letters = iter(token)
        return all(letter in letters for letter in name)
    return spare == 0 and len(name) >= 6 and sorted(token) == sorted(name)


_NEAR = frozenset({Trait.NEAR_MISS})
_SLIGHT = _NEAR | {Trait.SLIGHT}
_SLIGHTEST = _SLIGHT | {Trait.SLIGHTEST}

TRICKS = (
    TrickSpec(
        typo,
        50,
        nameless=True,
        traits={
            "typo": _NEAR,
            "typo-world": _NEAR | {Trait.UNMOVED_BY_A_SUFFIX},
            "typo-weak": _SLIGHT | {Trait.MOVED_BY_ITS_PLACE},
            "typo-short": _SLIGHT | {Trait.MOVED_BY_ITS_PLACE},
        },
    ),
    TrickSpec(
        mangled,
        70,
        nameless=True,
        only_supported=True,
        traits={
            "typo-inside": _SLIGHTEST | {Trait.MOVED_BY_ITS_PLACE},
            "mangled": _SLIGHTEST,
            "mangled-near": _SLIGHT,
            "mangled-long": _NEAR,
            "mangled-world": _SLIGHTEST,
            "mangled-far": _SLIGHTEST,
        },
    ),
)
