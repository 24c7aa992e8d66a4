"""Names as they are spelled: whole, in disguise, inside a word, or as a whole domain.

Everything here starts from names that the automaton found letter by letter in the folded host. What such a
name is worth depends on where it stands; that is told apart here, by the finding's key.
"""

from sekisho.lookalike.folding import LETTER_FOR, PAIRS
from sekisho.lookalike.index import Kind, LookalikeIndex, Name
from sekisho.lookalike.reading import Finding, Hit, Reading, edges_of, label_start, longest_first, written
from sekisho.lookalike.tricks.spec import Trait, TrickSpec
from sekisho.verdict import Trick

JOINED_SUFFIXES = ("com", "net", "org", "jp", "cojp", "nejp", "orjp", "gojp", "couk", "comau", "combr")
"""Endings that a reader knows for an address even without the dot: googlecom."""
LONG_ENDING = 4
"""Letters from which such an ending is one wherever it stands, not at the end of a word only."""


def embedding(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """The official domain spelled out in labels, with dots, dashes or nothing between."""
    for hit in longest_first(reading):
        name = hit.name
        if name.kind is Kind.DOMAIN and _is_spelled_out(reading, hit):
            # Brands themselves register yandex-net.ru.
            bare = not name.local and hit.end == len(reading.folded) and hit.start >= label_start(reading)
            key = "embedding-bare" if bare else "embedding"
            return Finding(key, Trick.EMBEDDING, name, hit.start, hit.end)
    return None


def _is_spelled_out(reading: Reading, hit: Hit) -> bool:
    """Not by chance: the domain stands alone, with its dots as cuts; or without them, and is long enough."""
    name = hit.name
    ending = name.folded[name.stem :]
    alone = hit.opens and hit.closes
    if hit.start + name.stem in reading.cuts:
        # x.com and t.co are spelled by chance; a name of two letters needs com or a full Japanese ending.
        known = len(ending) >= LONG_ENDING or (name.stem == 2 and ending == "com")
        return alone and (name.stem >= 3 or known)
    if ending not in JOINED_SUFFIXES:
        return False
    if len(ending) >= LONG_ENDING:
        return name.stem >= 4
    return alone and name.stem >= 6


def fake_suffix(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """`co-jp` and the like in the middle of a host, where no honest host has them."""
    if reading.fake_suffix is None:
        return None
    detail = "{shown!r} is made to look like the end of a Japanese address, but the host belongs to {domain}."
    return Finding("fake-suffix", Trick.FAKE_SUFFIX, None, span=reading.fake_suffix, detail=detail)


def disguised(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """A name in other letters: of another script (skeleton), or digits and pairs for letters (leet)."""
    for hit in longest_first(reading):
        name = hit.name
        if name.kind is Kind.DOMAIN:
            continue
        text = written(reading, hit.start, hit.end, index)
        if text == name.text:
            continue
        size = len(name.text)
        if not text.isascii():
            if size >= (4 if hit.opens and hit.closes else 5):
                return Finding("skeleton", Trick.SKELETON, name, hit.start, hit.end)
            continue
        fakes = (name.kind is Kind.TOKEN or (name.local and size >= 5)) and _leet_letters(text, name.text)
        if not fakes:
            continue
        opens, closes = edges_of(reading, hit, index, digits=False)
        if opens and closes:
            # i for l is seen in honest names too, by chance of spelling: it takes six letters.
            strong = (
                (size >= 5 or name.unsayable) if fakes == "leet" else (size >= 6 and name.kind is Kind.TOKEN)
            )
            return Finding("leet" if strong else "short-leet", Trick.LEET, name, hit.start, hit.end)
        if size >= 6 and opens:
            return Finding("short-leet", Trick.LEET, name, hit.start, hit.end)
    return None


def _leet_letters(text: str, name: str) -> str:
    """``leet`` where text is the name in digits and pairs, ``swap`` where only i and l changed places, or
    nothing: letters where the name has digits, or more digits than letters, are chance.
    """
    place = 0
    kind = ""
    digits = 0
    for letter in name:
        if text.startswith(letter, place):
            place += 1
        elif (pair := text[place : place + 2]) and (pair, letter) in PAIRS:
            place += 2
            kind = "leet"
        elif (
            place < len(text)
            and text[place].isdigit()
            and LETTER_FOR.get(text[place]) == LETTER_FOR.get(letter, letter)
        ):
            place += 1
            digits += 1
            kind = "leet"
        elif place < len(text) and {text[place], letter} == {"i", "l"}:
            place += 1
            kind = kind or "swap"
        else:
            return ""
    return kind if place == len(text) and digits * 2 <= len(name) else ""


def named_token(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """The brand's name between dots and dashes of a host that it does not own."""
    for hit in longest_first(reading):
        if (
            hit.name.kind is Kind.TOKEN
            and all(edges_of(reading, hit, index))
            and written(reading, hit.start, hit.end, index) == hit.name.text
        ):
            key = _token_key(reading, hit.name, index)
            return Finding(key, Trick.BRAND_TOKEN, hit.name, hit.start, hit.end)
    return None


def _token_key(reading: Reading, name: Name, index: LookalikeIndex) -> str:
    """How telling it is that the name stands alone here."""
    if len(name.text) <= 4 and not name.unsayable:
        return "short-token"
    if reading.platform is None:
        label = reading.head.rpartition(".")[2]
        country = reading.suffix.rpartition(".")[2]
        # Under its own country's suffix, or for a world brand under any country's, it may be the brand's own.
        likely = not name.local or country == index.rulebook.brands[name.brand].region
        if likely and label.replace("-", "") == name.text and len(country) == 2:
            return "other-suffix"
    return "brand-token" if name.local else "world-token"


def weak_token(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """A brand whose name is a common word, standing alone: means little without a second sign."""
    for hit in reading.hits:
        if (
            hit.name.kind is Kind.WEAK
            and all(edges_of(reading, hit, index))
            and written(reading, hit.start, hit.end, index) == hit.name.text
        ):
            key = "weak-local" if hit.name.local and len(hit.name.text) >= 4 else "weak-token"
            return Finding(key, Trick.BRAND_TOKEN, hit.name, hit.start, hit.end)
    return None


def combosquat(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """The brand's name run together with other words."""
    for hit in longest_first(reading):
        name = hit.name
        length = len(name.folded)
        if not name.brand or name.kind is Kind.DOMAIN:
            continue
        if (hit.opens and hit.closes) or written(reading, hit.start, hit.end, index) != name.text:
            continue
        opens, closes = edges_of(reading, hit, index)
        if opens and closes:
            continue
        if name.kind is Kind.WEAK:
            if not (opens and name.local and length >= 5):
                continue
            key = "combosquat-short"
        elif name.local and opens and (length >= 6 or name.unsayable):
            key = "combosquat-local"
        elif opens and length >= 5:
            key = "combosquat" if name.local else "combosquat-world"
        elif length >= 6 or ((length == 5 or name.unsayable) and closes):
            key = "combosquat" if name.local else "combosquat-inside"
        elif opens and name.local:
            key = "combosquat-short"
        else:
            continue
        return Finding(key, Trick.COMBOSQUAT, name, hit.start, hit.end)
    return None


_UNMOVED = frozenset({Trait.UNMOVED_BY_A_SUFFIX})
_NEAR = frozenset({Trait.NEAR_MISS})

TRICKS = (
    TrickSpec(embedding, 10),
    TrickSpec(disguised, 20, traits={"short-leet": _NEAR}),
    TrickSpec(named_token, 30, traits={"world-token": _UNMOVED, "other-suffix": _UNMOVED}),
    TrickSpec(
        combosquat,
        60,
        traits={
            "combosquat": _NEAR,
            "combosquat-world": _NEAR | {Trait.SLIGHT},
            "combosquat-inside": _NEAR | {Trait.SLIGHT, Trait.SLIGHTEST},
            "combosquat-short": _NEAR,
        },
    ),
    TrickSpec(fake_suffix, 90, nameless=True),
)
