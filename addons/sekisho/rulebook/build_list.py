"""``python -m sekisho.rulebook.build_list``: read one long list and leave it packed, in a process of its own.

Takes an `Order` as JSON on standard input, and prints the list's problems as a JSON list. The packed file
takes its place in one step, and only where no problem refuses the list. It gives way to the proxy for the
processor. Exit codes: 0 read, 3 the list changed meanwhile, else a message on standard error.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from sekisho.atomic_file import write_whole
from sekisho.rulebook.hostlist import Problems, read_rows
from sekisho.rulebook.long_lists import CHANGED, Order
from sekisho.rulebook.packed_list import pack_list


def main() -> int:
    """Run one order; the exit code is in the head of this file."""
    if hasattr(os, "nice"):
        os.nice(10)
    given = json.load(sys.stdin)
    order = Order(**{**given, "stamp": tuple(given["stamp"])})
    try:
        problems = build(order)
    except OSError as error:
        sys.stderr.write(f"{error.strerror}: {error.filename}\n")
        return 1
    if problems is None:
        return CHANGED
    sys.stdout.write(json.dumps(problems))
    return 0


def build(order: Order) -> list[str] | None:
    """The problems of the list, or None where it is not, or no longer, as it was ordered. Raises OSError."""
    path = Path(order.path)
    if not _is_as_ordered(path, order):
        return None
    problems = Problems()
    try:
        with path.open("rb") as file:
            packed = pack_list(read_rows(_decoded(file), order.source, order.shared, problems))
    except UnicodeError as error:
        return [f"{order.source}: {error}; save the file as UTF-8"] if _is_as_ordered(path, order) else None
    if not _is_as_ordered(path, order):
        return None
    sentence = problems.sentence()
    if order.lenient or not sentence:
        write_whole(Path(order.target), packed, durable=False)
    return sentence


def _decoded(lines: Iterable[bytes]) -> Iterator[str]:
    """Each line of a file, which only ``\n`` ends. Raises UnicodeError with the number of the line."""
    for number, line in enumerate(lines, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise UnicodeError(f"line {number} is not UTF-8") from None


def _is_as_ordered(path: Path, order: Order) -> bool:
    stat = path.stat()
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino) == order.stamp


if __name__ == "__main__":
    sys.exit(main())
