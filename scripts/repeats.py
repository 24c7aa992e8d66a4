"""Find blocks that stand twice in addons: six or more statements that differ in names and constants alone.

Each run of `WINDOW` statements that follow one another in one body is compared with all others, after names,
attributes, constants and annotations are blanked. Declarations say nothing about repetition and are left out:
imports, docstrings, functions and classes (their bodies count), and names that are given nothing computed. So is a
run of one and the same statement, which is a table.

Exit code: 0 none found, 1 some, printed as FILE:LINE of both.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

CODE = Path("addons")
WINDOW = 6
_DECLARATIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Pass)
_BODIES = ("body", "orelse", "finalbody")
_TYPES = ("annotation", "returns")


def shape(node: ast.AST) -> str:
    """The statement without the names and constants that it uses: what is called how often, in which order."""
    parts = [type(node).__name__]
    for name, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        if name not in _TYPES:
            parts += [shape(child) for child in children if isinstance(child, ast.AST)]
    return f"({' '.join(parts)})"


def is_plain(statement: ast.stmt) -> bool:
    """A declaration: a name or field that is given nothing, a constant or another name."""
    if isinstance(statement, (*_DECLARATIONS, ast.Global, ast.Nonlocal)):
        return True
    if isinstance(statement, ast.AnnAssign | ast.Assign | ast.Expr):
        parts = ast.walk(statement.value) if statement.value else ()
        return not any(isinstance(node, ast.Call | ast.Await | ast.BinOp) for node in parts)
    return False


def windows(path: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    """(shapes, ``FILE:LINE``) of each run of `WINDOW` statements in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for field in _BODIES:
            body = getattr(node, field, None)
            if not isinstance(body, list):
                continue
            is_class = isinstance(node, ast.ClassDef)  # its annotated names are fields
            kept = [
                statement
                for statement in body
                if not is_plain(statement) and not (is_class and isinstance(statement, ast.AnnAssign))
            ]
            for at in range(len(kept) - WINDOW + 1):
                shapes = tuple(shape(statement) for statement in kept[at : at + WINDOW])
                if len(set(shapes)) > 1:
                    yield shapes, f"{path}:{kept[at].lineno}"


def main() -> int:
    """Print every repeated block; the exit code is in the head of this file."""
    first: dict[tuple[str, ...], str] = {}
    found = 0
    for path in sorted(CODE.rglob("*.py")):
        for shapes, place in windows(path):
            other = first.setdefault(shapes, place)
            if other != place:
                found += 1
                print(f"{place}: the same {WINDOW} statements as {other}; say them once")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
