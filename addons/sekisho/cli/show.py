"""Show: a verdict for a person at a terminal.

The level and the host; for a lookalike the fake and the real name one above the other, with carets
under the fake letters (the same comparison as on the warning page); then each finding in a sentence.
Characters that hide or steer others are shown as ``\\ufffd``: a host is hostile text. On a terminal no sentence
and no comparison is broken at its edge, where the carets would no longer stand under the letters; into a
pipe each finding stays one line.
"""

import re

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from sekisho.link import Link
from sekisho.portal.comparison import Column, compare
from sekisho.portal.page import visible
from sekisho.rulebook.model import Brand, Rulebook
from sekisho.verdict import Evidence, Level, Verdict

LEVEL_STYLES = {Level.PASS: "green", Level.CAUTION: "yellow", Level.WARN: "bold red", Level.BLOCK: "bold red"}
_WIDTH = 9
"""Columns of the level and the blanks behind it: everything else stands under the host."""
_BESIDE = 3 + len("the real one")
"""Columns of what stands behind a compared name."""
_NARROWEST = 30
"""Columns of text below which nothing is wrapped any more."""
_ENDLESS = 1 << 20
"""Columns of what is no terminal."""


def print_answer(text: str, judged: tuple[Link, Verdict] | str, rulebook: Rulebook) -> None:
    """Print one answer to standard output."""
    console = Console(highlight=False, soft_wrap=True)
    if isinstance(judged, str):
        console.print(Text("?".ljust(_WIDTH)) + Text(visible(text)))
        console.print(Text(" " * _WIDTH + "".join(c if c.isprintable() else "\ufffd" for c in judged)))
        return
    for line in answer_lines(*judged, rulebook, console.width if console.is_terminal else _ENDLESS):
        console.print(line)


def answer_lines(link: Link, verdict: Verdict, rulebook: Rulebook, width: int = _ENDLESS) -> list[Text]:
    """The answer, line by line, for a terminal so many columns wide. Hosts are never broken."""
    columns = max(width - _WIDTH, _NARROWEST)
    host = visible(link.unicode)
    head = Text(verdict.level.word.ljust(_WIDTH), LEVEL_STYLES[verdict.level]) + Text(host, "bold")
    if link.unicode != link.host and link.host.isascii():
        head += Text(f"  ({visible(link.host)})", "dim")
    if verdict.familiar:
        head += Text("  familiar: tunnelled untouched", "dim")
    lines = [head]
    for number, evidence in enumerate(verdict.evidence):
        brand = rulebook.brands.get(evidence.brand) if evidence.brand else None
        if not number and evidence.trick:
            lines += _comparison(link, evidence, brand, columns)
        sentence = Text(f"{evidence.detail}", "" if not number else "dim")
        if evidence.trick:
            named = f"{brand.name}: " if brand else ""
            sentence += Text(f"  ({named}{evidence.trick.detail})", "dim")
        sentence += Text(f"  [{evidence.source}]", "dim")
        lines += _wrapped(sentence, columns)
    return [lines[0], *(Text(" " * _WIDTH) + line for line in lines[1:])]


def _comparison(link: Link, evidence: Evidence, brand: Brand | None, columns: int) -> list[Text]:
    """The fake name, the real one below it, and carets under what is fake; nothing where none align.

    Names that do not fit into so many columns of the terminal are compared piece by piece.
    """
    pieces: list[list[Column]] = [[]]
    left = columns - _BESIDE
    for word in compare(link, evidence, brand.site if brand else "").words:
        for column in word:
            if column.link and not cell_len(column.link) and not column.real and pieces[-1]:
                # A mark stands on the letter before it, and so do its carets.
                marked = pieces[-1].pop()
                pieces[-1].append(Column(marked.link + column.link, marked.real, column.mark or marked.mark))
                continue
            if _width(column) > left and pieces[-1]:
                pieces.append([])
                left = columns - _BESIDE
            pieces[-1].append(column)
            left -= _width(column)
    return [line for piece in pieces if piece for line in _rows(piece)]


def _wrapped(sentence: Text, columns: int) -> list[Text]:
    """The text in lines of at most so many columns, parted at blanks only."""
    parts: list[int] = []
    filled = 0
    for word in re.finditer(r"\S+\s*", sentence.plain):
        width = cell_len(word[0])
        if filled and filled + cell_len(word[0].rstrip()) > columns:
            parts.append(word.start())
            filled = 0
        filled += width
    lines = list(sentence.divide(parts))
    for line in lines[:-1]:
        line.rstrip()
    return lines


def _width(column: Column) -> int:
    return max(cell_len(column.link), cell_len(column.real), 1)


def _rows(columns: list[Column]) -> list[Text]:
    fake, real, carets = Text(), Text(), Text()
    for column in columns:
        width = _width(column)
        style = "bold red" if column.mark == "fake" else ""
        fake += Text(_padded(column.link, width), style)
        real += Text(_padded(column.real, width), "green" if column.mark == "fake" else "")
        carets += Text(("^" if column.mark == "fake" else " ") * width, "bold red")
    rows = [(fake, "this link"), (real, "the real one")]
    compared = [row + Text(f"   {name}", "dim") for row, name in rows]
    carets.rstrip()
    return [*compared, *([carets] if carets else [])]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
