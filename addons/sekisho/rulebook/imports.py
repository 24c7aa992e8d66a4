"""Imports: lists of others, each kept as a file of its own in the state folder, under lists/block or
lists/allow.

So an import can be renewed, by the same name again, and removed, and what the family wrote itself stays
apart. A list is written whole and takes its place in one step; its head says where it came from.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from re import fullmatch, sub

from sekisho.atomic_file import write_whole
from sekisho.rulebook.load import imported_folder
from sekisho.rulebook.own_lists import locked, read_list

KINDS = ("block", "allow")


@dataclass(frozen=True, slots=True)
class Imported:
    """One imported list that is there."""

    name: str
    kind: str
    """``block`` or ``allow``."""
    path: Path
    entries: int
    head: str
    """The first line without its ``#``: where it came from, and when."""


def import_name(text: str) -> str:
    """A name for an import out of a file's name: ``my list.txt`` → ``my-list``. Raises ValueError."""
    stem = text.rpartition("/")[2].rpartition("\\")[2]
    stem = sub(r"\.(txt|list|hosts|conf|zone|rpz|db|csv)$", "", stem)
    name = sub(r"[^A-Za-z0-9._-]+", "-", stem).strip(".-")[:64]
    if not fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name):
        raise ValueError(f"{text!r} makes no name for a list; give one with --name, as --name big-list")
    return name


def write_import(state: Path, name: str, head: str, lines: Mapping[str, Iterable[str]]) -> dict[str, Path]:
    """Keep a list, in place of an older one of this name, and return kind → file.

    `lines`: kind → its lines without ends; a kind without lines has no file afterwards. Raises ListFileError.
    """
    written: dict[str, Path] = {}
    with locked(_lock_of(state)):
        for kind in KINDS:
            path = imported_folder(state, kind) / f"{name}.txt"
            batches = batched(lines.get(kind, ()), 1000)  # a million lines are not held as objects at once
            content = b"".join("".join(f"{line}\n" for line in batch).encode() for batch in batches)
            if not content:
                path.unlink(missing_ok=True)
                continue
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, b"# %b\n%b" % (" ".join(head.split()).encode(), content))
            written[kind] = path
    return written


def remove_import(state: Path, name: str) -> list[Path]:
    """Take a list out and return the files that went; none where there is none. Raises ListFileError."""
    there = [item.path for item in imports(state) if item.name == name]
    if there:
        with locked(_lock_of(state)):
            for path in there:
                path.unlink(missing_ok=True)
    return there


def imports(state: Path) -> list[Imported]:
    """The imported lists that are there, by name. Raises ListFileError."""
    return sorted(_found(state), key=lambda item: (item.name, item.kind))


def _found(state: Path) -> Iterator[Imported]:
    for kind in KINDS:
        for path in imported_folder(state, kind).glob("[!.]*.txt"):
            lines = read_list(path).split(b"\n")
            entries = sum(bool(line.strip()) and not line.startswith((b"#", b"!")) for line in lines)
            head = lines[0].decode(errors="replace")
            yield Imported(path.stem, kind, path, entries, head[1:].strip() if head.startswith("#") else "")


def _lock_of(state: Path) -> Path:
    return state / "lists" / "imports"
