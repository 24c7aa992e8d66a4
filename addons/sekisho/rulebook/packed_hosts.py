"""PackedHosts: a million listed names in one block of bytes, which a file can hold and a process can map.

A dict of a million entries takes 300 MB and seconds to build; this takes some 30 bytes an entry, is built
once (in another process) and is then only mapped. Names are kept whole and compared whole, so that two
names never share an answer. Pure.

Layout, numbers little-endian: magic, entry count (u32), length of the names (u32), bucket table (65,537 ×
u32: where the checksums with these upper 16 bits begin), checksums (u32, ascending), where each name begins
(count + 1 × u32), values (u32), names (UTF-8, end to end).
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, pairwise
from zlib import crc32

MAGIC = b"sekisho hosts 1\n"
_BUCKETS = 1 << 16
_HEAD = len(MAGIC) + 8


class PackedHosts(Mapping[str, int]):
    """Name → a number below 2³² of the caller's own meaning (a line, a flag). Immutable."""

    __slots__ = ("_buckets", "_names", "_starts", "_sums", "_values", "buffer")

    def __init__(self, buffer: "bytes | memoryview") -> None:
        """Over `packed` bytes, or over a map of a file of them; raises ValueError for anything else."""
        view = memoryview(buffer)
        if bytes(view[: len(MAGIC)]) != MAGIC or len(view) < _HEAD:
            raise ValueError("no packed list of hosts, or one of another version")
        count, length = _numbers(view[len(MAGIC) : _HEAD])
        sizes = ((_BUCKETS + 1) * 4, count * 4, (count + 1) * 4, count * 4, length)
        ends = list(accumulate(sizes, initial=_HEAD))
        if ends[-1] != len(view):
            raise ValueError(f"the packed list of hosts is cut off: {len(view)} bytes, not {ends[-1]}")
        parts = [view[start:end] for start, end in pairwise(ends)]
        self.buffer = buffer
        self._buckets, self._sums, self._starts, self._values = (_numbers(part) for part in parts[:4])
        self._names = parts[4]

    def _place(self, name: str) -> int:
        """Where the name stands; -1 where it is not listed."""
        wanted = name.encode("utf-8", "surrogatepass")
        checksum = crc32(wanted)
        end = self._buckets[(checksum >> 16) + 1]
        place = bisect_left(self._sums, checksum, self._buckets[checksum >> 16], end)
        while place < end and self._sums[place] == checksum:
            if self._names[self._starts[place] : self._starts[place + 1]] == wanted:
                return place
            place += 1
        return -1

    def __getitem__(self, name: str) -> int:
        place = self._place(name)
        if place < 0:
            raise KeyError(name)
        return int(self._values[place])

    def get(self, name: str, default: int | None = None) -> int | None:  # type: ignore[override]
        """The value of a name, or `default`; about a microsecond."""
        place = self._place(name)
        return default if place < 0 else int(self._values[place])

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._place(name) >= 0

    def __iter__(self) -> Iterator[str]:
        for start, end in pairwise(self._starts):
            yield bytes(self._names[start:end]).decode()

    def __len__(self) -> int:
        return len(self._sums)


def pack(entries: Iterable[tuple[str, int]]) -> bytes:
    """The bytes of a `PackedHosts`; of two entries of one name the first stays.

    Needs some 200 bytes an entry while it works: call it in another process for long lists.
    """
    distinct: dict[bytes, int] = {}
    for name, value in entries:
        distinct.setdefault(name.encode(), value)
    ordered = sorted((crc32(name), name, value) for name, value in distinct.items())
    del distinct
    buckets = array("I", bytes((_BUCKETS + 1) * 4))
    for checksum, _, _ in ordered:
        buckets[(checksum >> 16) + 1] += 1
    buckets = array("I", accumulate(buckets))
    starts = array("I", accumulate((len(name) for _, name, _ in ordered), initial=0))
    numbers = (
        array("I", (len(ordered), starts[-1])),
        buckets,
        array("I", (checksum for checksum, _, _ in ordered)),
        starts,
        array("I", (value for _, _, value in ordered)),
    )
    if sys.byteorder == "big":
        for part in numbers:
            part.byteswap()
    return b"".join((MAGIC, *(part.tobytes() for part in numbers), *(name for _, name, _ in ordered)))


def _numbers(view: memoryview) -> "memoryview | array[int]":
    """Little-endian u32 numbers without a copy, where the machine is little-endian itself."""
    if sys.byteorder == "little":
        return view.cast("I")
    swapped = array("I", view.tobytes())
    swapped.byteswap()
    return swapped
