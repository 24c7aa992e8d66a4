"""TomlFile: a TOML rule file whose mistakes can be told with their line.

`tomllib` gives a line for a syntax error but none for a value. So the line of a bad value is found
again in the text: the header of its table, then its key, then the quoted value before the next key.
A text that defeats this search (a header inside a multi-line string) costs the right line number,
never the problem itself. Pure: text in, values out.
"""

import json
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

_HEADER = re.compile(r"""[ \t]*\[[ \t]*(["']?)(?P<name>[^\[\]"']+)\1[ \t]*\]""")
_KEY = re.compile(r"""[ \t]*(["']?)(?P<name>[^\s"'=#\[\],]+)\1[ \t]*=""")
_LINE_OF_SYNTAX_ERROR = re.compile(r" \(at line (\d+), column \d+\)$")


class TomlFile:
    """The tables of one file, and the problems found in it so far."""

    def __init__(self, text: str, source: str) -> None:
        """Reads `text`, known to its reader as `source` (``rules/brands.toml``).

        A syntax error becomes the only problem, and the file has no tables.
        """
        self.source = source
        self.problems: list[str] = []
        self._lines = text.split("\n")
        self.data: Mapping[str, Any] = {}
        try:
            self.data = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            message = str(error)
            found = _LINE_OF_SYNTAX_ERROR.search(message)
            line = int(found[1]) if found else len(self._lines)
            message = _LINE_OF_SYNTAX_ERROR.sub("", message).removesuffix(" (at end of document)")
            self.problems.append(f"{source}:{line}: not TOML: {message}")

    def tables(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Each top-level table by its name; what stands outside of a table becomes a problem."""
        for name, table in self.data.items():
            if isinstance(table, dict):
                yield name, table
            else:
                self.problem(f"{name!r} stands outside of a table; put it below its [table]", None, name)

    def problem(
        self, message: str, table: str | None, key: str = "", value: object = None, nth: int = 0
    ) -> None:
        """Records what is wrong with a value, or with its key or table where there is no value.

        `nth`: which of several equal values is meant, counted from 0.
        """
        where = f"{self.source}:{self._line(table, key, value, nth)}: "
        self.problems.append(f"{where}{table}: {message}" if table else f"{where}{message}")

    def require(
        self, ok: object, message: str, table: str | None, key: str = "", value: object = None
    ) -> None:
        """`problem` where something does not hold."""
        if not ok:
            self.problem(message, table, key, value)

    def require_known(self, table: str, keys: Iterable[str], known: Collection[str]) -> None:
        """Each key that the table may not have becomes a problem."""
        for key in keys:
            if key not in known:
                self.problem(f"unknown key {key!r}; known: {', '.join(known)}", table, key)

    def strings(self, table: str, key: str, values: object) -> tuple[str, ...]:
        """`values` as a tuple of distinct non-empty strings; what is not so becomes a problem."""
        if not isinstance(values, list):
            self.problem(f"{key} must be a list of strings, not {_shown(values)}", table, key)
            return ()
        kept: dict[str, None] = {}
        for value in values:
            if not isinstance(value, str) or not value.strip():
                self.problem(f"{key} holds {_shown(value)}; write strings only", table, key, value)
            elif value in kept:
                self.problem(f"{key} names {value!r} twice; remove one", table, key, value, nth=1)
            else:
                kept[value] = None
        return tuple(kept)

    def string(self, table: str, key: str, value: object) -> str:
        """`value` as a string with something in it; else empty and a problem."""
        if isinstance(value, str) and value.strip():
            return value
        self.problem(f"{key} must be a text that is not empty, not {_shown(value)}", table, key)
        return ""

    def _line(self, table: str | None, key: str, value: object, nth: int) -> int:
        start, end = self._span_of_table(table)
        if not key:
            return start + 1
        keys = [
            (index, found["name"]) for index in range(start, end) if (found := _KEY.match(self._lines[index]))
        ]
        first = next((index for index, name in keys if name == key), None)
        if first is None:
            return start + 1
        last = next((index for index, _ in keys if index > first), end)
        if isinstance(value, str):
            quoted = (json.dumps(value, ensure_ascii=False), json.dumps(value), f"'{value}'")
            hits = [
                index
                for index in range(first, last)
                for _ in range(max(self._lines[index].count(form) for form in quoted))
            ]
            if hits:
                return hits[min(nth, len(hits) - 1)] + 1
        return first + 1

    def _span_of_table(self, table: str | None) -> tuple[int, int]:
        """Index of the table's header (0 for the top of the file), and of the line after the table."""
        headers = [
            (index, found["name"].strip())
            for index, line in enumerate(self._lines)
            if (found := _HEADER.match(line))
        ]
        if table is None:
            return 0, headers[0][0] if headers else len(self._lines)
        for position, (index, name) in enumerate(headers):
            if name == table:
                after = headers[position + 1][0] if position + 1 < len(headers) else len(self._lines)
                return index, after
        return 0, len(self._lines)


def _shown(value: object) -> str:
    return repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:59]}…"
