"""PackedList: a list of a million lines as one file, which a process maps instead of reading.

`pack_list` makes the bytes (in another process: `build_list`), `open_list` gives them back as a HostList
that answers from the map. Nearly every host that is asked for is not listed, so one filter stands before
both tables, 16 bits an entry: it is asked once for each parent domain, and only then a table.

Layout, numbers little-endian: magic; checksum of the rest; lengths of the sections; the sections, each filled
up to four bytes: domains and hosts (`PackedHosts`), filter, parts (digests of 64 bits, ascending), until when
each part is listed (nothing where all are for good), and the ends (pairs of line and end, ascending). The
value of an entry is its line, with the top bit where the line has an end. An end is in seconds since 1970,
all ones for good.
"""

import mmap
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from hashlib import blake2b
from itertools import accumulate, chain
from math import inf
from pathlib import Path
from zlib import crc32

from sekisho.link import Link
from sekisho.rulebook.hostlist import Row
from sekisho.rulebook.model import HostList, ListEntry
from sekisho.rulebook.packed_hosts import PackedHosts, Packer, little_endian, numbers_of
from sekisho.rulebook.parts import part_of

MAGIC = b"sekisho list 1\n\0"
_SECTIONS = 6
_LENGTHS = struct.Struct(f"<{_SECTIONS}I")
_HEAD = struct.Struct(f"<{len(MAGIC)}sI{_SECTIONS}I")
_HAS_END = 1 << 31
_FOR_GOOD = (1 << 32) - 1
_FILTER_BITS = 16
"""Bits of the filter for one entry: some 6 % of the names that are not listed are then looked up in vain."""
_PIECE = 1 << 20


class PackedEntries(Mapping[str, ListEntry]):
    """Name → its entry, made when it is asked for."""

    __slots__ = ("_ends", "_exact", "_source", "_table", "version")

    def __init__(self, table: PackedHosts, ends: memoryview, exact: bool, source: str, checksum: int) -> None:
        self._table = table
        self._ends = ends
        self._exact = exact
        self._source = source
        self.version = (source, exact, checksum)
        """Two mappings of one version are equal."""

    def get(self, name: str, default: ListEntry | None = None) -> ListEntry | None:  # type: ignore[override]
        """The entry, or `default`."""
        value = self._table.get(name)
        if value is None:
            return default
        if not value & _HAS_END:
            return ListEntry(name, self._exact, f"{self._source}:{value}")
        line = value & ~_HAS_END
        place = bisect_left(range(len(self._ends) // 2), line, key=lambda at: self._ends[2 * at])
        return ListEntry(name, self._exact, f"{self._source}:{line}", float(self._ends[2 * place + 1]))

    def __getitem__(self, name: str) -> ListEntry:
        entry = self.get(name)
        if entry is None:
            raise KeyError(name)
        return entry

    def __contains__(self, name: object) -> bool:
        return name in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __eq__(self, other: object) -> bool:
        """Without a look at the entries: a reload asks this of a million of them."""
        return self.version == other.version if isinstance(other, PackedEntries) else NotImplemented


class PackedParts:
    """`parts.Parts` of a packed list."""

    __slots__ = ("_digests", "_ends")

    def __init__(self, digests: memoryview, ends: memoryview) -> None:
        self._digests = digests
        self._ends = ends

    def get(self, domain: str, /) -> float | None:
        """Until when a part of the domain is listed; two microseconds."""
        wanted = _digest(domain)
        place = bisect_left(self._digests, wanted)
        if place == len(self._digests) or self._digests[place] != wanted:
            return None
        end = self._ends[place] if self._ends else _FOR_GOOD
        return inf if end == _FOR_GOOD else float(end)


@dataclass(frozen=True, slots=True)
class PackedHostList(HostList):
    """A HostList over a map; the filter makes most answers without a look into its tables."""

    bits: memoryview = field(default=memoryview(b"\0"), compare=False, repr=False)

    def find(self, link: Link, now: float = 0.0) -> ListEntry | None:
        """As `HostList.find`. (No single label is listed as a domain, so that the last parent is left out.)"""
        bits = self.bits
        mask = len(bits) - 1
        for name in link.parents[:-1] or link.parents:
            checksum = crc32(name.encode("utf-8", "surrogatepass"))
            if bits[(checksum >> 3) & mask] >> (checksum & 7) & 1:
                if name == link.host and (entry := self.hosts.get(name)) and entry.in_force(now):
                    return entry
                if (entry := self.domains.get(name)) and entry.in_force(now):
                    return entry
        return None


def pack_list(rows: Iterable[Row]) -> bytes:
    """The bytes of a list. Of two entries for one name the one that holds longer stays, and of two as long the
    first.

    Needs some 100 bytes an entry while it works.
    """
    packers = (Packer(), Packer())
    parts = _Parts()
    ends: dict[int, int] = {}
    for name, exact, line, until in rows:
        if until is not None:
            ends[line] = int(until)
        packers[exact].add(name, line if until is None else line | _HAS_END)
        if domain := part_of(name, exact):
            parts.add(domain, ends.get(line))

    def end_of(value: int) -> int:
        return ends[value & ~_HAS_END] if value & _HAS_END else _FOR_GOOD

    tables = [packer.pack(lambda value, known: end_of(value) > end_of(known)) for packer in packers]
    digests, part_ends = parts.sorted()
    pairs = array("I", (number for line in sorted(ends) for number in (line, ends[line])))
    sections = (
        *tables,
        _filter(tables),
        *(
            little_endian(numbers).tobytes()
            for numbers in (digests, part_ends if ends else array("I"), pairs)
        ),
    )
    lengths = [len(section) for section in sections]
    filled = [piece for section in sections for piece in (section, bytes(-len(section) % 4))]
    checksum = reduce(lambda known, piece: crc32(piece, known), filled, crc32(_LENGTHS.pack(*lengths)))
    return b"".join((_HEAD.pack(MAGIC, checksum, *lengths), *filled))


class _Parts:
    """Collects the domains of which a part is listed, 8 bytes for each entry that has no end."""

    def __init__(self) -> None:
        # By the upper bits, so that only a small part of the digests is sorted at once.
        self._for_good = [array("Q") for _ in range(256)]
        self._ending: list[dict[int, int]] = [{} for _ in range(256)]

    def add(self, domain: str, end: int | None) -> None:
        digest = _digest(domain)
        if end is None:
            self._for_good[digest >> 56].append(digest)
        else:
            ending = self._ending[digest >> 56]
            ending[digest] = max(ending.get(digest, 0), end)

    def sorted(self) -> "tuple[array[int], array[int]]":
        """Each digest once, ascending, and until when a part of its domain is listed."""
        digests, ends = array("Q"), array("I")
        for for_good, ending in zip(map(set, self._for_good), self._ending, strict=True):
            for digest in sorted(for_good | ending.keys()):
                digests.append(digest)
                ends.append(_FOR_GOOD if digest in for_good else ending[digest])
        return digests, ends


def open_list(path: Path, source: str) -> PackedHostList:
    """The list that a file of `pack_list` holds; `source` is the name by which its list is known.

    Raises ValueError where the file is damaged or of another version, and OSError.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size or not head.startswith(MAGIC):
            raise ValueError(f"{path} is no packed list, or one of another version")
        _, checksum, *lengths = _HEAD.unpack(head)
        # Read, not mapped: pages that are only checked need not stay in memory.
        found = crc32(head[-_LENGTHS.size :])
        while piece := file.read(_PIECE):
            found = crc32(piece, found)
        starts = list(accumulate((length + -length % 4 for length in lengths), initial=_HEAD.size))
        if found != checksum or path.stat().st_size != starts[-1]:
            raise ValueError(f"{path} is damaged")
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    domains, hosts, bits, digests, part_ends, pairs = (
        view[start : start + length] for start, length in zip(starts, lengths, strict=False)
    )
    ends = numbers_of("I", pairs)
    return PackedHostList(
        PackedEntries(PackedHosts(domains), ends, False, source, checksum),
        PackedEntries(PackedHosts(hosts), ends, True, source, checksum),
        PackedParts(numbers_of("Q", digests), numbers_of("I", part_ends)),
        bits,
    )


def _filter(tables: Iterable[bytes]) -> bytes:
    """The filter of packed hosts."""
    checksums = [PackedHosts(table).checksums for table in tables]
    count = sum(map(len, checksums))
    bits = bytearray(1 << max(6, (count * _FILTER_BITS // 8 - 1).bit_length()))
    mask = len(bits) - 1
    for checksum in chain.from_iterable(checksums):
        bits[(checksum >> 3) & mask] |= 1 << (checksum & 7)
    return bytes(bits)


def _digest(name: str) -> int:
    """64 bits that no two names of a list share by chance."""
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest())
