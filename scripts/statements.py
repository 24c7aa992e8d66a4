"""Count the statements of addons, scripts and tests, docstrings left out: scripts/statements.py [FOLDER…]

Prints each folder's sum, then its packages or files, the largest first.
"""

import ast
import sys
from collections import Counter
from pathlib import Path


def statements(path: Path) -> int:
    """In one file."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return sum(isinstance(node, ast.stmt) and not is_docstring(node) for node in nodes)


def is_docstring(statement: ast.stmt) -> bool:
    """Of a module, class, function or field."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def main(folders: list[str]) -> int:
    """Print the counts."""
    for folder in map(Path, folders or ("addons", "scripts", "tests")):
        parts: Counter[str] = Counter()
        for path in folder.rglob("*.py"):
            parts["/".join(path.relative_to(folder).parts[:2])] += statements(path)
        print(f"{parts.total():7,} {folder}")
        for name, count in parts.most_common():
            print(f"{count:7,}   {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
