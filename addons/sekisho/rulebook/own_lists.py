"""Lists: the family's own blocklist.txt and allowlist.txt in the state folder, edited line by line.

These files belong to people: they sort them, comment them and paste lists into them. So an edit here
touches one line and leaves every other byte as it was. The new file is written beside the old one and
takes its place in one step: who reads at the same time sees the one or the other, and a power cut
leaves one of them. A lock keeps two writers of this program from losing each other's line.
"""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from filelock import Timeout

from sekisho import atomic_file
from sekisho.atomic_file import write_whole
from sekisho.link import host_link
from sekisho.rulebook import entry_line
from sekisho.rulebook.hostlist import read_line
from sekisho.rulebook.model import ListEntry

LOCK_SECONDS = 5.0
"""How long to wait for another writer; each needs milliseconds."""
_BOM = b"\xef\xbb\xbf"


class ListFileError(RuntimeError):
    """A list cannot be read or written. The message names the file and the remedy."""


def add_entry(path: Path, entry: ListEntry, note: str = "") -> int:
    """Append an entry, with a comment behind it, and return the number of its line.

    An entry that stands there already, and holds as long, is left as it is. Makes the file, and its folder
    for this account only, where they are missing. Raises ListFileError.
    """
    with locked(path):
        content = read_list(path)
        for number, line in enumerate(_lines(content), 1):
            if any(
                _same(o, entry.name, entry.exact) and _lasts(o, entry) for o in _entries(line, entry.name)
            ):
                return number
        end = b"\r\n" if content.partition(b"\n")[0].endswith(b"\r") else b"\n"
        if content and not content.endswith(b"\n"):
            content += end
        write_whole(path, content + _written(entry, note).encode() + end)
        return content.count(b"\n") + 1


def remove_entries(path: Path, name: str, *, exact: bool | None = None) -> list[int]:
    """Take a host's lines out and return the numbers that they had; none where it is not there.

    `exact`: only ``=host`` (True), only the domain (False), or both (None). A line of a hosts file that
    names several hosts keeps the others. Raises ListFileError.
    """
    if not path.exists():
        return []
    with locked(path):
        kept: list[bytes] = []
        removed: list[int] = []
        for number, line in enumerate(_lines(read_list(path)), 1):
            entries = _entries(line, name)
            if not any(_same(entry, name, exact) for entry in entries):
                kept.append(line)
                continue
            removed.append(number)
            if not all(_same(entry, name, exact) for entry in entries):
                kept.append(_without_word(line, name))
            elif line.startswith(_BOM):
                kept.append(_BOM)
        if removed:
            write_whole(path, b"".join(kept))
    return removed


def own_entries(path: Path, limit: int) -> list[ListEntry]:
    """What the file lists, the last line first, without lines that cannot be read. Raises ListFileError."""
    found: list[ListEntry] = []
    for line in reversed(_lines(read_list(path))):
        found += _entries(line, "")[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def _lines(content: bytes) -> list[bytes]:
    """Each line with its end; only ``\\n`` ends one, as for the parser of the lists."""
    lines = [line + b"\n" for line in content.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _entries(line: bytes, name: str) -> tuple[ListEntry, ...]:
    """What a line lists, if it may name this host; nothing for a line that the parser would refuse."""
    # Half a second, not twenty, in a list of a million lines. An address has spellings without its digits.
    if line.isascii() and name[-1:].isalpha() and ":" not in name and name.encode() not in line.lower():
        return ()
    try:
        return read_line(line.decode(), "", {})
    except ValueError:
        return ()


def _lasts(entry: ListEntry, wanted: ListEntry) -> bool:
    """The entry holds as long as the wanted one."""
    return entry.until is None or (wanted.until is not None and entry.until >= wanted.until)


def _same(entry: ListEntry, name: str, exact: bool | None) -> bool:
    return entry.name == name and exact in (None, entry.exact)


def _written(entry: ListEntry, note: str) -> str:
    shown = host_link(entry.name).unicode
    sentence = [shown] if shown != entry.name and shown.isprintable() else []
    sentence += [note] if note else []
    return f"{entry_line(entry)}  # {', '.join(sentence)}" if sentence else entry_line(entry)


def _without_word(line: bytes, name: str) -> bytes:
    """``0.0.0.0 a.example b.example  # …`` without one of its names; the comment stays."""
    code, hash_sign, comment = line.partition(b"#")
    kept: list[bytes] = []
    for part in re.findall(rb"\s*\S+|\s+", code):  # a word with the blanks before it
        word = part.strip().decode()
        if not word or host_link(word).host != name:
            kept.append(part)
    return b"".join(kept) + hash_sign + comment


def read_list(path: Path) -> bytes:
    """The bytes of a list, none where it is not there. Raises ListFileError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise ListFileError(f"{path} cannot be read ({error.strerror}): check who owns it") from error


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """The file, there or not, is this process's to write; its folder is made. Raises ListFileError."""
    try:
        with atomic_file.locked(path, LOCK_SECONDS):
            yield
    except Timeout as error:
        raise ListFileError(
            f"{path} is being edited by another program (lock {atomic_file.lock_path(path)}): "
            "end that one, then try again"
        ) from error
    except OSError as error:
        raise ListFileError(
            f"{path} cannot be written ({error.strerror}): check who owns its folder, or give another --state"
        ) from error
