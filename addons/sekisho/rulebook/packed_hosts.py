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
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate, pairwise
from zlib import crc32

MAGIC = b"sekisho hosts 1\n"
_BUCKETS = 1 << 16
_HEAD = len(MAGIC) + 8
_PART_SHIFT = 24
_PARTS = 1 << (32 - _PART_SHIFT)


class PackedHosts(Mapping[str, int]):
    """Name → a number below 2³² of the caller's own meaning (a line, a flag). Immutable."""

    __slots__ = ("_buckets", "_names", "_starts", "_sums", "_values", "buffer")

    def __init__(self, buffer: "bytes | memoryview") -> None:
        """Over `packed` bytes, or over a map of a file of them; raises ValueError for anything else."""
        view = memoryview(buffer)
        if bytes(view[: len(MAGIC)]) != MAGIC or len(view) < _HEAD:
            raise ValueError("no packed list of hosts, or one of another version")
        count, length = numbers_of("I", view[len(MAGIC) : _HEAD])
        sizes = ((_BUCKETS + 1) * 4, count * 4, (count + 1) * 4, count * 4, length)
        ends = list(accumulate(sizes, initial=_HEAD))
        if ends[-1] != len(view):
            raise ValueError(f"the packed list of hosts is cut off: {len(view)} bytes, not {ends[-1]}")
        parts = [view[start:end] for start, end in pairwise(ends)]
        self.buffer = buffer
        self._buckets, self._sums, self._starts, self._values = (numbers_of("I", part) for part in parts[:4])
        self._names = parts[4]

    @property
    def checksums(self) -> memoryview:
        """Of each name its `crc32`, ascending."""
        return self._sums

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


class Packer:
    """Collects the entries of a `PackedHosts`, in some 30 bytes each.

    They are parted by the upper bits of their checksums, so that only a small part of them is ever sorted,
    and held as Python objects, at once.
    """

    def __init__(self) -> None:
        self._parts = [(bytearray(), array("I"), array("I")) for _ in range(_PARTS)]

    def add(self, name: str, value: int) -> None:
        """One more entry; a name may be added again."""
        encoded = name.encode()
        names, lengths, values = self._parts[crc32(encoded) >> _PART_SHIFT]
        names += encoded
        lengths.append(len(encoded))
        values.append(value)

    def pack(self, replaces: Callable[[int, int], bool] = lambda value, known: False) -> bytes:
        """The bytes of a `PackedHosts`; nothing is left in here.

        Of two entries for one name the first stays, unless ``replaces(value, known)`` says of a later value
        that it takes the place of the one before.
        """
        sums, sizes, values, names = array("I"), array("I"), array("I"), bytearray()
        for place, part in enumerate(self._parts):
            self._parts[place] = (bytearray(), array("I"), array("I"))
            distinct: dict[bytes, int] = {}
            ends = accumulate(part[1], initial=0)
            encoded = bytes(part[0])
            for (start, end), value in zip(pairwise(ends), part[2], strict=True):
                name = encoded[start:end]
                known = distinct.setdefault(name, value)
                if known != value and replaces(value, known):
                    distinct[name] = value
            ordered = sorted(distinct, key=crc32)
            sums.extend(map(crc32, ordered))
            sizes.extend(map(len, ordered))
            values.extend(map(distinct.__getitem__, ordered))
            names += b"".join(ordered)
        counts = array("I", bytes((_BUCKETS + 1) * 4))
        for checksum in sums:
            counts[(checksum >> 16) + 1] += 1
        buckets = array("I", accumulate(counts))
        starts = array("I", accumulate(sizes, initial=0))
        numbers = (array("I", (len(sums), len(names))), buckets, sums, starts, values)
        return b"".join((MAGIC, *map(little_endian, numbers), names))


def pack(entries: Iterable[tuple[str, int]]) -> bytes:
    """The bytes of a `PackedHosts`; of two entries of one name the first stays."""
    packer = Packer()
    for name, value in entries:
        packer.add(name, value)
    return packer.pack()


def little_endian(numbers: "array[int]") -> "array[int]":
    """The same numbers as a file has them; `numbers` may be changed."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def numbers_of(kind: str, view: memoryview) -> memoryview:
    """Little-endian numbers, without a copy where the machine is little-endian itself.

    kind: as `array` has it, ``I`` for u32 and ``Q`` for u64.
    """
    if sys.byteorder == "little":
        return view.cast("B").cast(kind)  # type: ignore[call-overload,no-any-return]
    return memoryview(little_endian(array(kind, view.tobytes())))
