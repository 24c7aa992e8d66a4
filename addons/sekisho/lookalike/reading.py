"""Reading: one host taken apart as the tricks need it, once.

What is judged is the part that its owner chose: labels left of the public suffix, or left of the platform
that it stands on. Names are found in that part's folded letters written without separators; where the
separators stood is kept as *cuts*, so that a trick can tell `my-rakuten` from `myrakutenya`.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from sekisho.link import Link
from sekisho.lookalike.folding import bare, fold, fold_word, kana_shape, skeleton, trace
from sekisho.lookalike.index import Kind, LookalikeIndex, Name
from sekisho.verdict import Trick

_FAKE_SUFFIX = re.compile(r"(?<![^.-])(?:co|ne|or|go|ac|lg)(?:[.-](?:jp|ip)|jp)(?![^.-])")
FILLERS = tuple(
    fold_word(word)
    for word in ("www", "my", "jp", "net", "web", "app", "id", "co", "com", "the", "e", "japan")
)
"""What stands before or after a name and means nothing, folded."""
_FILLER = re.compile("|".join(FILLERS[:7]))
MOST_HITS = 48
"""Names looked at in one host: a bound on what a host made of nothing but names can cost."""
SHORTEST_HINT = 5
"""Letters of a risk word that counts within a longer word: updatedmembership."""
MOST_TOKENS = 24
"""Words of one host that are compared with names one by one."""


class Hit(NamedTuple):
    """A name found in the folded letters. A tuple: several are made for one host."""

    start: int
    end: int
    name: Name
    opens: bool
    """Stands at the beginning of a token, or after a digit."""
    closes: bool
    """Stands at the end of a token, or before a digit."""


class Finding(NamedTuple):
    """One trick that was seen."""

    key: str
    """Its table in rules/tricks.toml."""
    trick: Trick | None
    name: Name | None
    """What is imitated; None where the trick is plain and the brand is not."""
    start: int = 0
    """Of the imitation, in ``Reading.folded``; equal to `end` where it has no place there."""
    end: int = 0
    span: tuple[int, int] | None = None
    """Of the imitation in ``Reading.head``, where it has no place in the folded letters."""
    detail: str = ""
    """A format of what was seen, with ``{shown!r}`` and ``{domain}``, where no brand can be named; else empty."""


@dataclass(slots=True)
class Reading:
    """A host as a hurried reader sees it."""

    link: Link
    head: str
    """The judged part, a prefix of ``link.unicode``."""
    plain: str
    """The head in ASCII as it looks."""
    tokens: list[str]
    """Folded words between separators, left to right; never empty ones."""
    starts: list[int]
    """Where each token begins in `folded`."""
    folded: str
    """The folded letters without separators."""
    cuts: frozenset[int]
    """Every place in `folded` where a token begins, and its length."""
    platform: str | None
    """The platform that it stands on."""
    suffix: str
    """Public suffix, or the platform."""
    hits: Sequence[Hit] = ()
    """Brands' names, in order of their ends; none that lies inside an ordinary word."""
    risks: Sequence[tuple[int, int, Name]] = ()
    """Risk words that stand alone: start, end, word."""
    hints: Sequence[tuple[int, int]] = ()
    """Risk words of SHORTEST_HINT letters and more at the beginning or end of a longer word: start, end."""
    native: Sequence[tuple[int, int, Name]] = ()
    """Names and risk words in other letters than ASCII: start, end in `head`; no name inside an ordinary word."""
    fake_suffix: tuple[int, int] | None = None
    """Where `co-jp` and the like stand in `plain`, though they are not its suffix."""
    letters: str | None = None
    """The head without its separators, where each of its letters is one folded letter; else empty. See `written`."""
    spans: list[tuple[int, int]] | None = None
    """For each folded letter its stretch of `head`; see `spans_of`."""


def read_host(link: Link, platform: str | None, index: LookalikeIndex) -> Reading:
    """Take a host apart that stands on a platform, or on none. Never raises; time grows with its length only."""
    suffix = platform if platform is not None else link.suffix
    head = link.unicode
    if suffix:
        if head.isascii():
            head = head[: -len(suffix) - 1]
        else:
            labels = head.split(".")
            head = ".".join(labels[: len(labels) - suffix.count(".") - 1])
    plain = skeleton(head, index.rulebook.confusables)
    folded = fold(plain)
    tokens = [folded]
    starts = [0]
    if "-" in folded or not folded:
        tokens = [token for token in folded.split("-") if token]
        folded = "".join(tokens)
        starts = [0, *accumulate(map(len, tokens))][: len(tokens)]
    cuts = frozenset((*starts, len(folded)))
    reading = Reading(link, head, plain, tokens, starts, folded, cuts, platform, suffix)
    if folded and index.automaton is not None:
        _find_names(reading, index)
    if not head.isascii() and index.native is not None:
        reading.native = _native_names(head, index)
    if ("jp" in plain or "ip" in plain) and (found := _FAKE_SUFFIX.search(plain)):
        reading.fake_suffix = found.span()
    return reading


def _find_names(reading: Reading, index: LookalikeIndex) -> None:
    cuts = reading.cuts
    hits: list[Hit] = []
    risks: list[tuple[int, int, Name]] = []
    hints: list[tuple[int, int]] = []
    plains: list[tuple[int, int]] = []
    for last, names in index.automaton.iter(reading.folded):
        end = last + 1
        closes = end in cuts
        for name in names:
            start = end - len(name.folded)
            opens = start in cuts
            kind = name.kind
            if kind is Kind.RISK:
                if opens and closes:
                    risks.append((start, end, name))
                elif (opens or closes) and end - start >= SHORTEST_HINT:
                    hints.append((start, end))
            elif kind is Kind.PLAIN:
                plains.append((start, end))
            elif len(hits) < MOST_HITS:
                if kind is Kind.WEAK:
                    # Beside a known word it may still be a name of its own: aeonbank.
                    if (opens and closes) or ((opens or closes) and end - start >= 3):
                        hits.append(Hit(start, end, name, opens, closes))
                elif (opens and closes) or (
                    end - start >= 4 and (opens or kind is Kind.DOMAIN or _in_one_token(start, end, cuts))
                ):
                    hits.append(Hit(start, end, name, opens, closes))
    if plains and hits:
        hits = [
            hit for hit in hits if not any(start <= hit.start and hit.end <= end for start, end in plains)
        ]
    reading.hits = hits
    reading.risks = risks
    reading.hints = hints


def _native_names(head: str, index: LookalikeIndex) -> list[tuple[int, int, Name]]:
    found = [
        (last + 1 - len(name.folded), last + 1, name)
        for last, names in index.native.iter(kana_shape(head))
        for name in names
    ]
    plains = [(start, end) for start, end, name in found if name.kind is Kind.PLAIN]
    # A card's own name is no word beside it: イオンカード.
    strong = [(start, end) for start, end, name in found if name.kind is Kind.TOKEN]
    return [
        (first, last, name)
        for first, last, name in found
        if name.kind is not Kind.PLAIN
        and not any(start <= first and last <= end for start, end in (plains if name.brand else strong))
    ][:MOST_HITS]


def _in_one_token(start: int, end: int, cuts: frozenset[int]) -> bool:
    """Letters that happen to meet across a dash are no name: unity-mail."""
    return not any(place in cuts for place in range(start + 1, end))


def longest_first(reading: Reading) -> list[Hit]:
    """The hits, the longest first; of those as long as each other the leftmost."""
    return sorted(reading.hits, key=lambda hit: hit.start - hit.end)


def spans_of(reading: Reading, index: LookalikeIndex) -> list[tuple[int, int]]:
    """For each letter of ``Reading.folded`` its stretch of ``Reading.head``."""
    if reading.spans is None:
        reading.spans = trace(reading.head, index.rulebook.confusables)[1]
    return reading.spans


def written(reading: Reading, start: int, end: int, index: LookalikeIndex) -> str:
    """What really stands in the host at these folded letters, without separators."""
    if reading.letters is None:
        letters = bare(reading.head) if reading.head.isascii() else ""
        reading.letters = letters if len(letters) == len(reading.folded) else ""
    if reading.letters:
        return reading.letters[start:end]
    spans = spans_of(reading, index)
    return bare(reading.head[spans[start][0] : spans[end - 1][1]])


def label_start(reading: Reading) -> int:
    """Where the registrable label, or the user's on a platform, begins in `folded`."""
    above, dot, _ = reading.plain.rpartition(".")
    return len(fold(above).replace("-", "")) if dot else 0


def edges_of(reading: Reading, hit: Hit, index: LookalikeIndex, digits: bool = True) -> tuple[bool, bool]:
    """(opens, closes) of a hit, where a known word fills the rest of the token, or a digit stands beside
    it: myjcb, smbc2. digits: whether a digit counts.
    """
    opens = hit.opens
    closes = hit.closes
    if not opens:
        start = reading.starts[bisect_right(reading.starts, hit.start) - 1]
        opens = is_known(reading.folded[start : hit.start], index) or (
            digits and written(reading, hit.start - 1, hit.start, index).isdigit()
        )
    if not closes:
        after = bisect_right(reading.starts, hit.end - 1)
        stop = reading.starts[after] if after < len(reading.starts) else len(reading.folded)
        closes = is_known(reading.folded[hit.end : stop], index) or (
            digits and written(reading, hit.end, hit.end + 1, index).isdigit()
        )
    return opens, closes


def is_known(rest: str, index: LookalikeIndex) -> bool:
    """The rest of a token is one risk word or filler."""
    return rest in FILLERS or ((name := index.names.get(rest)) is not None and name.kind is Kind.RISK)


def without_filler(token: str) -> int:
    """How many letters of a folded token are a filler (www, my, jp …) before the name."""
    found = _FILLER.match(token)
    return found.end() if found and len(token) - found.end() >= 5 else 0
