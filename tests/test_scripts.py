"""The checks of scripts/lint: one that finds nothing wrong in wrong code would let it in."""

from pathlib import Path

import pytest

import repeats
import statements

BLOCK = """
def first(rows):
    found = load(rows)
    found = sort(found, key=name)
    for row in found:
        use(row)
    if not found:
        raise ValueError("nothing")
    keep(found)
    return len(found)
"""


def places(folder: Path, text: str) -> int:
    file = folder / "code.py"
    file.write_text(text)
    shapes = [shape for shape, _ in repeats.windows(file)]
    return len(shapes) - len(set(shapes))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (BLOCK, 0),
        (BLOCK + BLOCK.replace("found", "seen").replace("rows", "lines").replace("first", "second"), 1),
        (BLOCK + BLOCK.replace("    keep(found)\n", "    keep(found + 1)\n"), 0),
        ("\n".join(f"{name} = Column(str)" for name in "abcdefgh"), 0),
        ("class A:\n" + "\n".join(f"    {name}: int | None = None" for name in "abcdefgh"), 0),
    ],
    ids=["once", "renamed", "another step", "a table", "fields"],
)
def test_a_block_that_stands_twice_is_found(tmp_path: Path, text: str, count: int) -> None:
    assert places(tmp_path, text) == count


def test_docstrings_are_no_statements(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_text(
        '"""What it is."""\n\nA = 1\n"""What A is."""\n\n\ndef f():\n    """It."""\n    return A\n'
    )
    assert statements.statements(file) == 3
