"""blocklist.txt and allowlist.txt: what a family writes, and the lists that it brings along.

A line is a domain with its subdomains, ``=host`` for that host only, or a comment (``#``, ``!``). Two
foreign forms are understood as Pi-hole understands them: a line of a hosts file (``0.0.0.0 host``) means
that host only, AdBlock's ``||domain^`` means the domain with its subdomains. Behind any of them may stand
``until 2026-12-31``. What cannot be kept as it is meant is a problem, never a guess: a path, a range of
addresses, a rule for scripts or images only.

Whole suffixes and platforms are refused as domains: one line would open or shut thousands of other people's
sites. ``=host`` may name them. Pure.
"""

import io
import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sekisho.link import Link, LinkError, host_link, parse_link, plain_domain
from sekisho.rulebook.ends import end_text, split_end
from sekisho.rulebook.model import HostList, ListEntry
from sekisho.rulebook.names import is_public_suffix

_COMMENT = re.compile(r"\s#.*")
# A line of one ASCII name that is canonical once it is in lower case: no address in any notation. Nearly
# every line of a list of a million is one, and is read without the URL parser.
_PLAIN_LINE = re.compile(
    r"[ \t]*(?:(?P<exact>(?:0\.0\.0\.0|127\.0\.0\.1)[ \t]+|=)|(?P<adblock>\|\|))?"
    r"(?P<name>(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{0,62})(?(adblock)\^?)[ \t\r\n]*",
    re.IGNORECASE | re.ASCII,
)
# A hosts file begins with these; they are the computer's own and say nothing about the web.
_OWN_NAMES = frozenset(
    (
        *("localhost", "localhost.localdomain", "local", "broadcasthost", "0.0.0.0"),  # noqa: S104
        *("ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes"),
        *("ip6-allrouters", "ip6-allhosts"),
    )
)
_MAX_NAME = 253  # as `sekisho.link`
_NOWHERE = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104 - what a hosts file blocks with
# Options that leave the meaning "the whole site": others limit a rule to scripts, images, third parties …
_WHOLE_SITE = frozenset({"", "important", "all", "document", "doc"})


Row = tuple[str, bool, int, float | None]
"""An entry of a list as `ListEntry` has it: name, exact, number of its line, until."""
MOST_PROBLEMS = 50
"""Problems of one list that are told; a file of another kind would give one a line."""


class SharedDomainError(ValueError):
    """An entry would open or shut the sites of thousands of other people."""


def parse_host_list(text: str, source: str, platforms: Mapping[str, str]) -> tuple[HostList, list[str]]:
    """The entries of a list and its problems, each with ``source:line`` before it.

    `platforms`: domains whose pages are their users' → kind (`load.shared_domains` of a Rulebook).
    Of two entries for one name the one that holds longer stays, and of two as long the first.
    """
    domains: dict[str, ListEntry] = {}
    hosts: dict[str, ListEntry] = {}
    problems = Problems()
    lines = io.StringIO(text, newline="\n")  # only "\n" ends a line
    for name, exact, line, until in read_rows(lines, source, platforms, problems):
        kept = hosts if exact else domains
        known = kept.get(name)
        if known is None or (known.until is not None and (until is None or until > known.until)):
            kept[name] = ListEntry(name, exact, f"{source}:{line}", until)
    return HostList(domains, hosts), problems.sentence()


class Problems:
    """What is wrong with a list, as many as a person would read, and how many there are."""

    def __init__(self, most: int = MOST_PROBLEMS) -> None:
        self._most = most
        self.first: list[str] = []
        self.count = 0

    def add(self, problem: str) -> None:
        """One more; it begins with its file and line."""
        self.count += 1
        if len(self.first) < self._most:
            self.first.append(problem)

    def sentence(self) -> list[str]:
        """One line for each, and one for those that were left out."""
        more = self.count - len(self.first)
        if not more:
            return self.first
        source = self.first[-1].partition(": ")[0].rpartition(":")[0]
        return [*self.first, f"{source}: and {more} more lines that are wrong"]


def read_rows(
    lines: Iterable[str], source: str, platforms: Mapping[str, str], problems: Problems
) -> Iterator[Row]:
    """Every entry of a list in its order, repeats included."""
    for number, line in enumerate(lines, 1):
        if plain := plain_entry(line, platforms):
            yield *plain, number, None
            continue
        try:
            for entry in read_line(line, "", platforms):
                yield entry.name, entry.exact, number, entry.until
        except ValueError as error:
            problems.add(f"{source}:{number}: {error}")


def plain_entry(line: str, platforms: Mapping[str, str]) -> tuple[str, bool] | None:
    """(name, exact) of a line of one plain ASCII name, just as `read_line` reads it, ten times as fast.

    None for every other line, and for one that `read_line` might refuse.
    """
    found = _PLAIN_LINE.fullmatch(line)
    if not found:
        return None
    name = found["name"].lower()
    if len(name) > _MAX_NAME or "xn--" in name or name in _OWN_NAMES:
        return None
    if found["exact"]:
        return name, True
    return None if name in platforms or not plain_domain(name) else (name, False)


def read_entry(line: str, source: str = "", platforms: Mapping[str, str] | None = None) -> ListEntry | None:
    """The one entry of a line, or None for a comment or an empty line.

    Raises ValueError that says what is wrong and what to write, for a line of a hosts file with several
    names too.
    """
    entries = read_line(line, source, platforms or {})
    if len(entries) > 1:
        raise ValueError("several names on one line; write one a line")
    return entries[0] if entries else None


def entry_line(entry: ListEntry) -> str:
    """The line to write for an entry; `read_entry` reads it back."""
    line = f"={entry.name}" if entry.exact else entry.name
    return line if entry.until is None else f"{line}  until {end_text(entry.until)}"


def read_line(line: str, source: str, platforms: Mapping[str, str]) -> tuple[ListEntry, ...]:
    """Every entry of a line; several only where a hosts file names several. Raises ValueError."""
    if plain := plain_entry(line, platforms):
        return (ListEntry(*plain, source),)
    text = line.strip().removeprefix("\ufeff")
    if not text or text[0] in "#!" or text.startswith("[Adblock"):
        return ()
    text, until = split_end(_COMMENT.sub("", text).rstrip())
    entries = _read_entries(text, source, platforms)
    return entries if until is None else tuple(replace(entry, until=until) for entry in entries)


def _read_entries(text: str, source: str, platforms: Mapping[str, str]) -> tuple[ListEntry, ...]:
    if len(words := text.split()) > 1:
        return _hosts_line(words, source)
    if text.startswith("||"):
        return (_entry(_adblock_domain(text), False, source, platforms),)
    _refuse_foreign(text)
    exact = text.startswith("=")
    return (_entry(_bare_host(text[1:] if exact else text), exact, source, platforms),)


def _hosts_line(words: list[str], source: str) -> tuple[ListEntry, ...]:
    address = words[0].partition("%")[0]
    try:
        if address not in _NOWHERE:  # nearly every line
            ipaddress.ip_address(address)
    except ValueError:
        raise ValueError(f"{_cut(' '.join(words))} is more than one name; write one a line") from None
    names = [name for name in words[1:] if name.lower() not in _OWN_NAMES]
    if names and address not in _NOWHERE:
        raise ValueError(
            f"{_cut(names[0])} is sent to {address}; a line of a hosts file is understood with 0.0.0.0,"
            " 127.0.0.1, :: or ::1 only. Write the name alone"
        )
    return tuple(_entry(name, True, source, {}) for name in names)


def _adblock_domain(text: str) -> str:
    rule, _, options = text[2:].partition("$")
    for option in options.split(","):
        if option.strip().lower() not in _WHOLE_SITE:
            raise ValueError(
                f"{_cut(text)}: ${_cut(option)} limits the rule to a part of what the site does, which a list"
                " of hosts cannot keep. Write the domain alone to mean the whole site, or remove the line"
            )
    name = rule.removesuffix("|").removesuffix("^")
    if "/" in name or "^" in name:
        raise ValueError(f"{_cut(text)} names a path; write the domain alone to mean the whole site")
    if "*" in name:
        raise ValueError(f"{_cut(text)} holds a wildcard; write the domain alone: it covers its subdomains")
    return name


def _refuse_foreign(text: str) -> None:
    if text.startswith("@@"):
        raise ValueError(f"{_cut(text)} is an exception; write its domain alone into allowlist.txt instead")
    if re.search(r"#[@?$%]*#", text):
        raise ValueError(f"{_cut(text)} hides parts of a page; only hosts can be listed. Remove it")
    if _is_range(text.removeprefix("=")):
        raise ValueError(f"{_cut(text)} is a range of addresses; write one address a line")
    if text.removeprefix("=").startswith(("*.", ".")):
        name = text.removeprefix("=").removeprefix("*").lstrip(".")
        raise ValueError(f"{_cut(text)} holds a wildcard; write {_cut(name)} alone: it covers its subdomains")
    if text.startswith("/") or "*" in text:
        raise ValueError(f"{_cut(text)} is a pattern; write a domain such as example.org")


def _is_range(text: str) -> bool:
    """``192.0.2.0/24`` or ``192.0.2.1-192.0.2.9``."""
    if text[:1].isalpha() and ":" not in text:  # most names; asking costs a fifth of reading a line
        return False
    first, _, last = text.partition("-")
    try:
        if last:
            ipaddress.ip_address(first.strip())
            ipaddress.ip_address(last.strip())
        else:
            ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return bool(last) or "/" in text


def _bare_host(text: str) -> str:
    """The host of a pasted address (``https://example.org/``) that names nothing but a host."""
    if "//" not in text:
        if "/" in text and host_link(text.partition("/")[0]).suffix:
            raise ValueError(f"{_cut(text)} names a path; write the domain alone to mean the whole site")
        return text
    try:
        link = parse_link(text)
    except LinkError as error:
        raise ValueError(str(error)) from None
    scheme, _, rest = text.partition("//")
    rest = rest.removesuffix("/")
    if scheme.lower() not in ("http:", "https:") or re.search(r"[/\\?#@]|:\d*$", rest):
        raise ValueError(f"{_cut(text)} names more than a host; write {_cut(link.host)} alone")
    return link.host


def _entry(name: str, exact: bool, source: str, platforms: Mapping[str, str]) -> ListEntry:
    link = host_link(name)
    if link.flaws or not link.host:
        raise ValueError(f"{_cut(name)} is no host name; write a domain such as example.org")
    if link.is_address:
        return ListEntry(link.host, True, source)
    if not exact:
        _refuse_shared(link, platforms)
    return ListEntry(link.host, exact, source)


def _refuse_shared(link: Link, platforms: Mapping[str, str]) -> None:
    only = f"write ={link.host} to mean that host only"
    kind = platforms.get(link.host)
    if kind or (link.private_suffix and link.host == link.suffix):
        about = f"a platform ({kind})" if kind else "a platform"
        raise SharedDomainError(
            f"{_cut(link.host)} is {about}: its pages belong to its users. Name one of them, as"
            f" name.{link.host}, or {only}"
        )
    if is_public_suffix(link):
        raise SharedDomainError(
            f"{_cut(link.host)} is a public suffix: thousands of owners have names under it; {only}"
        )
    if "." not in link.host:
        raise ValueError(f"{_cut(link.host)} is a single word, not a domain; {only}")


def _cut(text: str) -> str:
    cut = text if len(text) <= 60 else f"{text[:59]}…"
    return "".join(c if c.isprintable() else "\ufffd" for c in cut)
