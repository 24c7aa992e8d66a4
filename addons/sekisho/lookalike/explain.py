"""Explaining a finding: which letters of the host are fake, what they stand for, and one plain sentence."""

from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from sekisho.lookalike.folding import bare, todays_form, trace
from sekisho.lookalike.index import LookalikeIndex, Name
from sekisho.lookalike.reading import Finding, Reading, spans_of
from sekisho.rulebook.model import Brand
from sekisho.verdict import Evidence, Fake, Level, Reason, Trick

SOURCE = "lookalike"
MOST_WORDS = 8
"""Risk words of one host whose fake letters are shown beside the brand's."""


def evidence_of(
    reading: Reading, finding: Finding, level: Level, index: LookalikeIndex, at: float = 0.0
) -> Evidence:
    """The Evidence of one finding, with offsets into ``Link.unicode``; at: the time that it carries."""
    name = finding.name
    brand = index.rulebook.brands[name.brand] if name and name.brand else None
    matched = finding.span
    fakes: list[Fake] = []
    if name and finding.end > finding.start:
        spans = spans_of(reading, index)
        matched = spans[finding.start][0], spans[finding.end - 1][1]
        fakes = fakes_of(reading, spans, name, finding.start, finding.end)
        for start, end, word in reading.risks[:MOST_WORDS]:
            if end <= finding.start or start >= finding.end:
                fakes += fakes_of(reading, spans, word, start, end)
        fakes.sort(key=lambda fake: fake.start)
    elif name and matched and finding.trick in (Trick.SKELETON, Trick.TYPO):
        fakes = native_fakes(reading, name, matched[0])
    shown = reading.head[matched[0] : matched[1]] if matched else reading.head
    return Evidence(
        Reason.LOOKALIKE,
        level,
        SOURCE,
        sentence(reading, finding, shown, brand),
        brand.slug if brand else None,
        finding.trick,
        imitated(name, brand) if name and brand else "",
        tuple(fakes),
        matched,
        at,
    )


def imitated(name: Name, brand: Brand) -> str:
    """The brand's domain that fits the name best: one that holds it, else the first."""
    for domain in brand.domains[:8]:
        if domain.replace("-", "").replace(".", "") == name.text:
            return domain
    for domain in brand.domains[:8]:
        if name.text in domain.replace("-", ""):
            return domain
    return brand.site


def sentence(reading: Reading, finding: Finding, shown: str, brand: Brand | None) -> str:
    """What was seen, for logs and the terminal."""
    domain = reading.link.domain
    if brand is None:
        return finding.detail.format(shown=shown, domain=domain)
    return f"{shown!r} imitates {brand.name}, which does not own {domain}."


def fakes_of(reading: Reading, spans: list[tuple[int, int]], name: Name, start: int, end: int) -> list[Fake]:
    """The stretches between start and end that differ from the name as its owner writes it."""
    if bare(reading.head[spans[start][0] : spans[end - 1][1]]) == name.text:
        return []
    theirs, name_spans = _traced(name.text)
    found: dict[int, Fake] = {}

    def put(place: int, stands_for: str) -> None:
        first, last = spans[place]
        if reading.head[first:last] != stands_for:
            found[first] = Fake(first, last, stands_for)

    def letters(first: int, last: int) -> str:
        return "".join(name.text[a:b] for a, b in name_spans[first:last])

    for step in Levenshtein.opcodes(reading.folded[start:end], theirs):
        here = start + step.src_start
        if step.tag in ("equal", "replace"):
            for offset in range(step.src_end - step.src_start):
                put(here + offset, letters(step.dest_start + offset, step.dest_start + offset + 1))
        elif step.tag == "delete":
            for place in range(here, start + step.src_end):
                put(place, "")
        elif step.src_start > 0:
            # Letters that are missing have no place of their own: the letter before the gap stands for them too.
            put(here - 1, letters(step.dest_start - 1, step.dest_end))
    return _apart(found)


def native_fakes(reading: Reading, name: Name, start: int) -> list[Fake]:
    """The letters from `start` on that differ from a name in Japanese letters, one for one."""
    seen = todays_form(reading.head[start : start + len(name.text)])
    return [
        Fake(start + place, start + place + 1, real)
        for place, (letter, real) in enumerate(zip(seen, name.text, strict=True))
        if letter != real
    ]


@lru_cache(maxsize=4096)
def _traced(text: str) -> tuple[str, list[tuple[int, int]]]:
    return trace(text, {})


def _apart(found: dict[int, Fake]) -> list[Fake]:
    """Left to right and not overlapping: a character that looks like two letters (œ) becomes one Fake."""
    return [found[start] for start in sorted(found)]
