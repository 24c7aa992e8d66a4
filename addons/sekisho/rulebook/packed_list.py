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
import sys
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import accumulate
from math import inf
from pathlib import Path
from zlib import crc32

from sekisho.link import Link
from sekisho.rulebook.model import HostList, ListEntry
from sekisho.rulebook.packed_hosts import PackedHosts, pack
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


def pack_list(entries: Iterable[ListEntry]) -> bytes:
    """The bytes of a list; the source of each entry ends in ``:line``. Of two entries for one name the one
    that holds longer stays.

    Needs some 400 bytes an entry while it works: call it in another process.
    """
    domains: dict[str, int] = {}
    hosts: dict[str, int] = {}
    parts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for entry in entries:
        line = int(entry.source.rpartition(":")[2])
        end = _FOR_GOOD if entry.until is None else int(entry.until)
        if entry.until is not None:
            ends[line] = end
        kept = hosts if entry.exact else domains
        known = kept.get(entry.name)
        if known is None or (known & _HAS_END and end > ends[known & ~_HAS_END]):
            kept[entry.name] = line | (_HAS_END if entry.until is not None else 0)
        if domain := part_of(entry):
            digest = _digest(domain)
            parts[digest] = max(parts.get(digest, 0), end)
    bits = _filter(domains, hosts)
    digests = sorted(parts)
    part_ends = [parts[digest] for digest in digests] if ends else []
    pairs = [number for line in sorted(ends) for number in (line, ends[line])]
    del parts
    sections = (
        pack(_emptied(domains)),
        pack(_emptied(hosts)),
        bits,
        *(_bytes(kind, numbers) for kind, numbers in (("Q", digests), ("I", part_ends), ("I", pairs))),
    )
    lengths = [len(section) for section in sections]
    filled = [section + bytes(-len(section) % 4) for section in sections]
    checksum = crc32(_LENGTHS.pack(*lengths))
    for section in filled:
        checksum = crc32(section, checksum)
    return b"".join((_HEAD.pack(MAGIC, checksum, *lengths), *filled))


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
    ends = _numbers("I", pairs)
    return PackedHostList(
        PackedEntries(PackedHosts(domains), ends, False, source, checksum),
        PackedEntries(PackedHosts(hosts), ends, True, source, checksum),
        PackedParts(_numbers("Q", digests), _numbers("I", part_ends)),
        bits,
    )


def _filter(*tables: Collection[str]) -> bytes:
    count = sum(map(len, tables))
    bits = bytearray(1 << max(6, (count * _FILTER_BITS // 8 - 1).bit_length()))
    mask = len(bits) - 1
    for table in tables:
        for name in table:
            checksum = crc32(name.encode())
            bits[(checksum >> 3) & mask] |= 1 << (checksum & 7)
    return bytes(bits)


def _digest(name: str) -> int:
    """64 bits that no two names of a list share by chance."""
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _emptied(table: dict[str, int]) -> Iterator[tuple[str, int]]:
    """The items of a table, each forgotten as it is given: two of them would not fit a small computer."""
    while table:
        yield table.popitem()


def _bytes(kind: str, numbers: Iterable[int]) -> bytes:
    packed = array(kind, numbers)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def _numbers(kind: str, view: memoryview) -> memoryview:
    if sys.byteorder == "little":
        return view.cast("B").cast(kind)  # type: ignore[call-overload,no-any-return]
    swapped = array(kind, view.tobytes())
    swapped.byteswap()
    return memoryview(swapped)
