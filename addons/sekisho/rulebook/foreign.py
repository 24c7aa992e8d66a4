"""Foreign: the lists of other blockers, line by line: what of them can be kept as entries of ours.

Understood, in one file side by side: hosts files and plain names, AdBlock and AdGuard (``||d^``, ``@@||d^``,
``|d^``), dnsmasq (``address=``, ``server=``, ``local=``, ``host-record=``), unbound (``local-zone:``,
``local-data:``) and response policy zones (``d CNAME .``). ``*.d`` is kept as ``d``, which covers the domain
itself too; of an exception it is not kept, since that would open more than was said. Everything else is
skipped with its reason, and a public suffix or a platform is a `SharedDomainError`. Pure.
"""

import io
import ipaddress
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal
from zlib import crc32

from sekisho.rulebook.hostlist import Problems, SharedDomainError, entry_line, plain_entry, read_line
from sekisho.rulebook.model import ListEntry

Kind = Literal["block", "allow"]
Found = tuple[Kind, ListEntry]
Seen = Callable[[Kind, str, bool, float | None], None]
"""Called with the kind, name, exact and until of an entry."""

_DNSMASQ = re.compile(r"(?P<option>[a-z][a-z-]*)=(?P<value>.*)")
_UNBOUND = re.compile(r"(?P<option>[a-z][a-z-]*):(?:\s+(?P<value>.*))?")
_RECORD = re.compile(
    r"(?P<name>\S+)\s+(?:\d+[smhdw]?\s+)?(?:IN\s+)?(?:\d+[smhdw]?\s+)?"
    r"(?P<type>CNAME|A|AAAA|TXT|SOA|NS|MX|PTR|SRV|DNAME)\s+(?P<data>.*)",
    re.IGNORECASE,
)
_NOWHERE = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1", "#", ""})  # noqa: S104 - where blockers send to
_SHUT_ZONES = frozenset(
    {
        *("always_nxdomain", "always_null", "always_refuse", "always_nodata", "always_deny", "block_a"),
        *("deny", "refuse", "static", "redirect", "inform_deny", "inform_redirect"),
    }
)
_MEANINGS: dict[str, Kind] = {".": "block", "*.": "block", "rpz-drop.": "block", "rpz-passthru.": "allow"}
"""Where a response policy zone sends a name by CNAME → what it means."""
MOST_TOLD = 5
"""Lines that are told of each kind that could not be kept."""


class DistinctLines:
    """Lines in their order without repeats, and without ``=d`` where ``d`` says it too.

    A million of them take 30 MB, a tenth of what a set does: all stand in one text, and only lines with one
    checksum are compared.
    """

    def __init__(self) -> None:
        self._text = io.BytesIO()
        self._checksums = array("I")
        self._left_out: frozenset[int] | None = None

    def add(self, line: str) -> None:
        """One more line, without its end."""
        encoded = line.encode()
        self._text.write(encoded + b"\n")
        self._checksums.append(crc32(encoded.removeprefix(b"=")))
        self._left_out = None

    def __iter__(self) -> Iterator[str]:
        left_out = self._places_left_out()
        text = io.TextIOWrapper(io.BytesIO(self._text.getvalue()), "utf-8", newline="\n")
        for place, line in enumerate(text):
            if place not in left_out:
                yield line[:-1]

    def __len__(self) -> int:
        return len(self._checksums) - len(self._places_left_out())

    def _places_left_out(self) -> frozenset[int]:
        if self._left_out is None:
            repeated = {one for one, other in pairwise(sorted(self._checksums)) if one == other}
            lines = zip(self._checksums, io.BytesIO(self._text.getvalue()), strict=True)
            doubtful = [(place, line) for place, (sum_, line) in enumerate(lines) if sum_ in repeated]
            first = {line: place for place, line in reversed(doubtful)}
            self._left_out = frozenset(
                place
                for place, line in doubtful
                if first[line] != place or (line.startswith(b"=") and line[1:] in first)
            )
        return self._left_out


@dataclass(slots=True)
class Reading:
    """What became of a list."""

    kept: dict[Kind, DistinctLines] = field(
        default_factory=lambda: {"block": DistinctLines(), "allow": DistinctLines()}
    )
    """Kind → its lines in our notation."""
    skipped: Problems = field(default_factory=lambda: Problems(MOST_TOLD))
    """Lines that a list of hosts cannot keep."""
    refused: Problems = field(default_factory=lambda: Problems(MOST_TOLD))
    """Lines that would open or shut the sites of thousands of other people."""
    wildcards: int = 0
    """Lines ``*.d`` that are kept as ``d``."""


class ForeignReader:
    """Reads the lines of one list in their order; zones have lines that change the meaning of later ones."""

    def __init__(self, platforms: Mapping[str, str]) -> None:
        """`platforms`: as for `parse_host_list`."""
        self._platforms = platforms
        self._origin = ""
        self._in_brackets = False
        self.wildcards = 0
        """Entries that were written ``*.d`` and are kept as ``d``."""

    def read_plain(self, line: str) -> tuple[str, bool] | None:
        """(name, exact) of a line that blocks one plain name; None for every other line: see `plain_entry`."""
        return None if self._in_brackets else plain_entry(line, self._platforms)

    def read(self, line: str) -> list[Found]:
        """What a line blocks and allows; nothing for comments and for what only frames a list.

        Raises SharedDomainError for a public suffix or a platform, and ValueError with the reason for any
        other line that cannot be kept.
        """
        if plain := self.read_plain(line):
            return [("block", ListEntry(*plain, ""))]
        text = line.strip().removeprefix("\ufeff").strip()
        if self._in_brackets:  # the serial numbers of a zone
            self._in_brackets = ")" not in text
            return []
        if not text or text[0] in "#!;" or text.startswith(("[Adblock", "//")):
            return []
        if text.startswith("@@"):
            return list(self._entries("allow", text[2:].lstrip()))
        if text[0] not in "|/=" and (lines := self._configured(text)) is not None:
            return [found for kind, one in lines for found in self._entries(kind, one)]
        return list(self._entries("block", text))

    def _entries(self, kind: Kind, text: str) -> Iterator[Found]:
        """Of a line in a notation of `hostlist`, or ``|d^`` or ``*.d``."""
        if text.startswith("|") and not text.startswith("||"):
            text = _exact_adblock(text)
        if text.startswith("*.") and "*" not in text[2:] and "/" not in text:
            text = text[2:]
            if kind == "allow":
                raise ValueError(f"*.{text[:60]} opens subdomains only; allow {text[:60]} to open it too")
            self.wildcards += 1
        for entry in read_line(text, "", self._platforms):
            yield kind, entry

    def _configured(self, text: str) -> list[tuple[Kind, str]] | None:
        """The lines of ours for a line of dnsmasq, unbound or a zone; None where it is none of theirs."""
        if found := _DNSMASQ.fullmatch(text):
            return _dnsmasq(found["option"], found["value"].partition(" #")[0].strip())
        if found := _UNBOUND.fullmatch(text):
            return _unbound(found["option"], (found["value"] or "").partition("#")[0].strip())
        if text.startswith("$"):
            word, _, value = text.partition(" ")
            if word.upper() == "$ORIGIN":
                self._origin = value.strip().strip(".").lower()
            return []
        found = _RECORD.fullmatch(text.partition(";")[0].strip())
        if found and not _is_address(found["name"]):  # "0.0.0.0 a b" is a line of a hosts file
            return self._record(found["name"], found["type"].upper(), found["data"].strip())
        return None

    def _record(self, name: str, kind: str, data: str) -> list[tuple[Kind, str]]:
        if kind == "SOA":
            self._in_brackets = "(" in data and ")" not in data
        if kind in ("SOA", "NS", "TXT") or name == "@":
            return []
        host = name.lower()
        if host.endswith("."):
            host = host[:-1]
            if self._origin:
                host = host.removesuffix(f".{self._origin}")
        if re.search(r"\.rpz-[a-z-]+$", host):
            raise ValueError(f"{host[:60]} is a rule for addresses, which a list of hosts cannot keep")
        verdict = _MEANINGS.get(data.lower()) if kind == "CNAME" else None
        if kind in ("A", "AAAA") and data in _NOWHERE:
            verdict = "block"
        if verdict is None:
            raise ValueError(f"{host[:60]} is sent to {data[:60]}, which a list of hosts cannot keep")
        return [(verdict, host if host.startswith("*.") else f"={host}")]


def read_foreign(
    lines: Iterable[str],
    source: str,
    platforms: Mapping[str, str],
    seen: Seen = lambda kind, name, exact, until: None,
) -> Reading:
    """Everything that can be kept of a list, and what cannot, with ``source:line`` before it.

    `seen` is called for each entry that is kept, repeats included.
    """
    reading = Reading()
    reader = ForeignReader(platforms)
    for number, line in enumerate(lines, 1):
        if plain := reader.read_plain(line):
            name, exact = plain
            reading.kept["block"].add(f"={name}" if exact else name)
            seen("block", name, exact, None)
            continue
        try:
            found = reader.read(line)
        except SharedDomainError as error:
            reading.refused.add(f"{source}:{number}: {error}")
            continue
        except ValueError as error:
            reading.skipped.add(f"{source}:{number}: {error}")
            continue
        for kind, entry in found:
            reading.kept[kind].add(entry_line(entry))
            seen(kind, entry.name, entry.exact, entry.until)
    reading.wildcards = reader.wildcards
    return reading


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _exact_adblock(text: str) -> str:
    """``|d^`` means the host alone."""
    rule, _, options = text[1:].partition("$")
    if options and options != "important":
        raise ValueError(f"${options[:60]} limits the rule, which a list of hosts cannot keep")
    return f"={rule.removesuffix('|').removesuffix('^')}"


def _dnsmasq(option: str, value: str) -> list[tuple[Kind, str]]:
    if option == "host-record":
        name, *addresses = (part.strip() for part in value.split(","))
        _refuse_elsewhere(name, addresses)
        return [("block", f"={name}")]
    if option not in ("address", "server", "local") or not value.startswith("/"):
        raise ValueError(f"{option}= of dnsmasq says nothing about a host that a list could keep")
    *names, target = value[1:].split("/")
    if not names or any(name in ("", "#") for name in names):
        raise ValueError(f"{option}={value[:60]} is for every name")
    if option != "address" and target == "#":
        return [("allow", name.lstrip(".")) for name in names]
    if option == "address" or target:
        _refuse_elsewhere(names[0], [target] if option == "address" else [target, "another server"])
    return [("block", name.lstrip(".")) for name in names]


def _unbound(option: str, value: str) -> list[tuple[Kind, str]]:
    if option == "server":
        return []
    if option == "local-zone":
        name, _, kind = value.rpartition(" ")
        if kind.strip("\"'") not in _SHUT_ZONES:
            raise ValueError(f"local-zone of the kind {kind[:60]} does not shut a site")
        return [("block", name.strip().strip("\"'"))]
    found = _RECORD.fullmatch(value.strip("\"'").strip()) if option == "local-data" else None
    if not found:
        raise ValueError(f"{option}: of unbound says nothing about a host that a list could keep")
    if found["type"].upper() not in ("A", "AAAA"):
        return []
    _refuse_elsewhere(found["name"], [found["data"].strip()])
    return [("block", f"={found['name']}")]


def _refuse_elsewhere(name: str, addresses: list[str]) -> None:
    for address in addresses:
        if address not in _NOWHERE:
            raise ValueError(f"{name[:60]} is sent to {address[:60]}, which a list of hosts cannot keep")
