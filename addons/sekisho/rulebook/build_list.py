"""``python -m sekisho.rulebook.build_list``: read one long list and leave it packed, in a process of its own.

Takes an `Order` as JSON on standard input, and prints the list's problems as a JSON list. The packed file
takes its place in one step, and only where no problem refuses the list. It gives way to the proxy for the
processor. Exit codes: 0 read, 3 the list changed meanwhile, else a message on standard error.
"""

import json
import os
import sys
from pathlib import Path

from sekisho.atomic_file import write_whole
from sekisho.rulebook.hostlist import Problems, read_lines
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
    content = path.read_bytes()
    if not _is_as_ordered(path, order):
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return [f"{order.source}: line {line} is not UTF-8; save the file as UTF-8"]
    del content
    problems = Problems()
    packed = pack_list(read_lines(text, order.source, order.shared, problems))
    told = problems.told()
    if order.lenient or not told:
        write_whole(Path(order.target), packed, durable=False)
    return told


def _is_as_ordered(path: Path, order: Order) -> bool:
    stat = path.stat()
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino) == order.stamp


if __name__ == "__main__":
    sys.exit(main())
