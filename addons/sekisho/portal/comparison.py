"""Comparison: the fake name above the real one, letter under letter.

Highlighting a domain alone protects nobody (Lin et al. 2011); seeing ``micr0s0ft`` right above
``microsoft`` does. The checks say which stretch of the host imitates and which letters are fake; here the
real site is laid under that stretch, so that the templates only have to draw columns.

Pure: a Link, one Evidence and the real site in, a value out. Where the two cannot be aligned there are
no columns, and the page shows the names one above the other as they are.
"""

from dataclasses import dataclass
from itertools import zip_longest

from rapidfuzz.distance import Levenshtein

from sekisho.link import Link, host_link
from sekisho.portal.letters import Letter, name_letters
from sekisho.verdict import Evidence, Fake
from sekisho.visible import visible

_WIDEST = 24
"""Columns of a comparison before its end is cut; the whole host stands above it anyway."""

_SHORTEST_NAME = 3
"""Letters of a name that is looked for inside a stretch; shorter ones turn up by chance."""


@dataclass(frozen=True, slots=True)
class Column:
    """One place of the two names."""

    link: str
    """Characters of the clicked host; empty where it has none."""
    real: str
    """Characters of the real name below; empty where it has none."""
    mark: str = ""
    """``fake`` for a fake letter, ``other`` where the names merely differ, else empty."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the whole host."""

    text: str
    fake: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a page shows of a clicked host."""

    host: tuple[Piece, ...]
    """The host as a person reads it, in stretches, safe to show."""
    ascii: str
    """The ``xn--`` form where it differs, else empty."""
    owner: str
    """The registrable domain as a person reads it: whose site this is."""
    site: str = ""
    """The real site, or empty."""
    words: tuple[tuple[Column, ...], ...] = ()
    """The columns, parted where a line may break; empty where the names cannot be aligned."""
    letters: tuple[Letter, ...] = ()
    """Each different fake once, in the order of reading."""
    carries: str = ""
    """The imitated word where it is spelled truly, only in a foreign name (``amazon``); else empty."""
    endings: tuple[str, str] | None = None
    """(`.org`, `.com`) where the names differ in their suffix and nowhere else but in fake letters."""

    @property
    def text(self) -> str:
        """The whole host in one piece."""
        return "".join(piece.text for piece in self.host)


def compare(link: Link, evidence: Evidence | None, site: str) -> Comparison:
    """Lay the real `site` (an ASCII domain, or empty) under the stretch of the host that imitates it."""
    shown = visible(link.unicode) or visible(link.host)
    xn = visible(link.host) if link.host != link.unicode and link.host.isascii() else ""
    owner = visible(link.unicode.split(".", link.unicode.count(".") - link.domain.count("."))[-1])
    if evidence is None:
        return Comparison((Piece(shown),), xn, owner, site)
    fakes = _usable(evidence.fakes, shown)
    start, end = _stretch(evidence, fakes, shown, site)
    if not site:
        # No brand: the stretch itself is what is false, such as a `co-jp` that is not the end of the name.
        fakes = fakes or ((Fake(start, end, ""),) if start < end else ())
        return Comparison(_pieces(shown, fakes), xn, owner)
    spelled = "".join(column.real for column in _body(shown, fakes, start, end)).lower()
    if not spelled or spelled not in site:
        found, spelled = _closest(shown, start, end, evidence.imitates, site)
        fakes = fakes if not spelled else _merge(fakes, found, start, end)
    fakes = _swaps(shown, fakes, start, end)
    letters = name_letters((link.unicode[fake.start : fake.end], fake.stands_for) for fake in fakes)
    if not spelled:
        carries = "" if letters else shown[start:end]
        return Comparison(_pieces(shown, fakes), xn, owner, site, letters=letters, carries=carries)
    before = site.index(spelled)
    columns = (
        *_head(shown[:start], site[:before]),
        *_body(shown, fakes, start, end),
        *_tail(shown[end:], site[before + len(spelled) :]),
    )
    return Comparison(
        host=_pieces(shown, fakes),
        ascii=xn,
        owner=owner,
        site=site,
        words=_words(columns if len(columns) <= _WIDEST else (*columns[: _WIDEST - 1], Column("…", ""))),
        letters=letters,
        carries="" if letters else shown[start:end],
        endings=_endings(link, end, site, before + len(spelled)),
    )


def _usable(fakes: tuple[Fake, ...], shown: str) -> tuple[Fake, ...]:
    """Fakes within the host and in order, one for each letter where the letters can be aligned.

    ``micosoft`` may come as ``c`` that stands for ``cr``: the ``c`` is true and an ``r`` is missing after it;
    ``amazonn`` as ``nn`` that stands for ``n``: the second is too many.
    """
    kept: list[Fake] = []
    at = 0
    for fake in fakes:
        there = shown[fake.start : fake.end]
        if not at <= fake.start <= fake.end <= len(shown) or there == fake.stands_for:
            continue
        at = fake.end
        if fake.stands_for.startswith(there):
            kept.append(Fake(fake.end, fake.end, fake.stands_for[len(there) :]))
        elif fake.stands_for and there.startswith(fake.stands_for):
            kept.append(Fake(fake.start + len(fake.stands_for), fake.end, ""))
        elif len(there) == len(fake.stands_for) > 1:
            kept += [Fake(fake.start + i, fake.start + i + 1, c) for i, c in enumerate(fake.stands_for)]
        else:
            kept.append(fake)
    return tuple(kept)


def _merge(fakes: tuple[Fake, ...], found: tuple[Fake, ...], start: int, end: int) -> tuple[Fake, ...]:
    """`found` in place of what was known between start and end."""
    outside = (fake for fake in fakes if fake.end <= start or fake.start >= end)
    return tuple(sorted((*outside, *found), key=lambda fake: (fake.start, fake.end)))


def _swaps(shown: str, fakes: tuple[Fake, ...], start: int, end: int) -> tuple[Fake, ...]:
    """Two neighbours that changed places, shown as such: not as one letter missing and another too many."""
    stretch = shown[start:end]
    spelled = "".join(column.real for column in _body(shown, fakes, start, end))
    apart = [i for i, (a, b) in enumerate(zip(stretch, spelled, strict=False)) if a != b]
    if len(spelled) != len(stretch) or len(apart) != 2 or apart[1] != apart[0] + 1:
        return fakes
    there, meant = stretch[apart[0] : apart[1] + 1], spelled[apart[0] : apart[1] + 1]
    if there != meant[::-1]:
        return fakes
    return _merge(fakes, (Fake(start + apart[0], start + apart[1] + 1, meant),), start, end)


def _pieces(shown: str, fakes: tuple[Fake, ...]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = 0
    for fake in fakes:
        pieces += [Piece(shown[at : fake.start]), Piece(shown[fake.start : fake.end], fake=True)]
        at = fake.end
    return tuple(piece for piece in (*pieces, Piece(shown[at:])) if piece.text)


def _stretch(evidence: Evidence, fakes: tuple[Fake, ...], shown: str, site: str) -> tuple[int, int]:
    """The stretch that imitates; where it holds the real site's own name and more, the name only."""
    if not evidence.matched or not 0 <= evidence.matched[0] < evidence.matched[1] <= len(shown):
        return (fakes[0].start, fakes[-1].end) if fakes else (0, 0)
    start, end = evidence.matched
    name = site.partition(".")[0]
    within = shown[start:end].lower()
    if (
        len(name) < _SHORTEST_NAME
        or name not in within
        or within in site
        or any(start <= f.start < end for f in fakes)
    ):
        return start, end
    at = start + within.index(name)
    return at, at + len(name)


def _body(shown: str, fakes: tuple[Fake, ...], start: int, end: int) -> tuple[Column, ...]:
    """The imitating stretch over what it spells when each fake is read as meant."""
    columns: list[Column] = []
    at = start
    for fake in fakes:
        if fake.start < at or fake.end > end:
            continue
        columns += [Column(c, c) for c in shown[at : fake.start]]
        columns.append(Column(shown[fake.start : fake.end], fake.stands_for, "fake"))
        at = fake.end
    return (*columns, *(Column(c, c) for c in shown[at:end]))


def _closest(shown: str, start: int, end: int, imitates: str, site: str) -> tuple[tuple[Fake, ...], str]:
    """What differs from the name that the stretch resembles, by the fewest edits; ("") where that is too much."""
    stretch = shown[start:end].lower()
    for real in (imitates.lower(), site.partition(".")[0]):
        if not real or real not in site or Levenshtein.distance(stretch, real) > max(2, len(real) // 3):
            continue
        fakes: list[Fake] = []
        for step in Levenshtein.opcodes(stretch, real):
            above, below = step.src_end - step.src_start, real[step.dest_start : step.dest_end]
            if step.tag == "replace":
                at = start + step.src_start
                fakes += [Fake(at + i, at + i + 1, letter) for i, letter in enumerate(below)]
            elif step.tag != "equal":
                fakes.append(Fake(start + step.src_start, start + step.src_start + above, below))
        return tuple(fakes), real
    return (), ""


def _head(shown: str, real: str) -> tuple[Column, ...]:
    """What stands before the stretch: only as much as the real name needs, then a sign that there is more."""
    near = shown[len(shown) - len(real) :].rjust(len(real)) if real else ""
    more = (Column("…", ""),) if len(shown) > len(real) else ()
    return (
        *more,
        *(Column(a.strip(), b, "" if a == b else "other") for a, b in zip(near, real, strict=True)),
    )


def _tail(shown: str, real: str) -> tuple[Column, ...]:
    """What stands after it. From the first difference on, nothing is the same any more."""
    columns = []
    mark = ""
    for a, b in zip_longest(shown, real, fillvalue=""):
        mark = mark or ("" if a == b else "other")
        columns.append(Column(a, b, mark))
    return tuple(columns)


def _words(columns: tuple[Column, ...]) -> tuple[tuple[Column, ...], ...]:
    """Columns up to each dot or dash of the upper name, together."""
    words: list[list[Column]] = [[]]
    for column in columns:
        words[-1].append(column)
        if (column.link or column.real) in (".", "-"):
            words.append([])
    return tuple(tuple(word) for word in words if word)


def _endings(link: Link, end: int, site: str, site_end: int) -> tuple[str, str] | None:
    theirs, real = link.unicode[end:], site[site_end:]
    suffix = host_link(site).suffix
    if theirs == f".{link.suffix}" and real == f".{suffix}" and theirs != real:
        return visible(theirs), real
    return None
