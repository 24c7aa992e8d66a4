"""Entries: the text of a list → the names that it warns of, as keys of a packed list.

A key is a host (``bad.example``: that host and all below it; a leading ``www.`` is folded away) or, on a
host whose pages belong to thousands of people, one page (``forms.example/d/e/1``, with the query where the
list has one). For each host with such pages there is the mark ``forms.example/`` too, so that other hosts
need no second lookup. An entry for a public suffix or a whole platform is dropped: one line of a
published list must not block thousands of other people's sites. Pure.

Whose pages are whose: below a company's suffix of the public suffix list (``name.pages.dev``) each name
has an owner of its own, so a URL there means its host. Below other platforms a URL means its page alone,
or the host where the page is the host's first.
"""

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

import ada_url

from sekisho.link import Link, LinkError, host_link, parse_link, plain_domain
from sekisho.providers.feeds.spec import Form
from sekisho.rulebook.hostlist import read_line
from sekisho.rulebook.names import is_public_suffix

# Canonical as it stands: a list holds a million such names. No address in any notation, no punycode, no www.
_PLAIN_HOST = re.compile(r"(?!www\.|.*xn--)(?=.{1,230}$)(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{0,62}")
MAX_KEY = 2048
"""Longer pages are not kept: they carry a victim's own number and would never match another click."""
MOST_ENTRIES = 3_000_000
"""More would need gigabytes while they are read, and no list of phishing has them."""


class FeedError(RuntimeError):
    """What was downloaded cannot be used. The message ends the sentence "… was not updated: "."""


@dataclass(slots=True)
class Entries:
    """What a list holds."""

    keys: dict[str, int] = field(default_factory=dict)
    """Key → line (or place) in the list where it stands first."""
    read: int = 0
    """Lines that say something: no comments, no empty ones."""
    unreadable: int = 0
    """Of these, lines that name no host."""
    shared: int = 0
    """Of these, lines that name a public suffix or a whole platform."""


def read_entries(text: str, form: Form, field_name: str, shared: Collection[str]) -> Entries:
    """The entries of a list; `shared`: domains whose pages are their users' (`rulebook.shared_domains`).

    Raises FeedError where the text as a whole is not of this form: no JSON, no such column, more than
    half of its lines unreadable, nothing in it, or too much.
    """
    entries = Entries()
    bare = form in (Form.DOMAINS, Form.HOSTS, Form.ADBLOCK)
    for number, item in _items(text, form, field_name):
        entries.read += 1
        try:
            keys = _host_keys(item, form, shared) if bare else _url_keys(item, shared)
        except ValueError:
            entries.unreadable += 1
            continue
        if not keys:
            entries.shared += 1
        for key in keys:
            entries.keys.setdefault(key, number)
        if len(entries.keys) > MOST_ENTRIES:
            raise FeedError(f"it has more than {MOST_ENTRIES:,} entries")
    if not entries.read:
        raise FeedError("it is empty")
    if entries.unreadable * 2 > entries.read:
        sentence = f"{entries.unreadable:,} of {entries.read:,} lines name no host"
        raise FeedError(f"{sentence}; perhaps it is no list of the form {form.value!r} any more")
    return entries


def folded(host: str) -> str:
    """The host without ``www.``, unless what remains would be a bare top-level domain."""
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


def page_keys(host: str, path: str) -> Iterator[str]:
    """The keys under which a page may stand, the closest first: with its query, without."""
    path = path.partition("#")[0]
    bare, mark, query = path.partition("?")
    bare = bare.rstrip("/")
    if query:
        yield f"{host}{bare}{mark}{query}"
    if bare:
        yield f"{host}{bare}"


def _items(text: str, form: Form, field_name: str) -> Iterator[tuple[int, str]]:
    """(line or place, what stands there), comments and empty lines left out."""
    if form is Form.JSON:
        return _json_items(text, field_name)
    if form is Form.CSV:
        return _csv_items(text, field_name)
    marks = ("!", "[") if form is Form.ADBLOCK else ("#",)
    lines: Iterable[str] = io.StringIO(
        text.removeprefix("\ufeff"), newline="\n"
    )  # no list of a million lines
    return (
        (number, item)
        for number, line in enumerate(lines, 1)
        if (item := line.strip()) and not item.startswith(marks)
    )


def _json_items(text: str, key: str) -> Iterator[tuple[int, str]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"it is no JSON ({type(error).__name__})") from None
    listed = data.get(key) if isinstance(data, dict) else None
    if not isinstance(listed, list):
        raise FeedError(f"it holds no list under {key!r}")
    return ((number, item if isinstance(item, str) else "") for number, item in enumerate(listed, 1))


def _csv_items(text: str, column: str) -> Iterator[tuple[int, str]]:
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff").replace("\0", ""), newline=""))
    try:
        head = [name.strip() for name in next(rows, [])]
        if column not in head:
            raise FeedError(f"its first line names no column {column!r}")
        place = head.index(column)
        items = [(rows.line_num, row[place].strip() if place < len(row) else "") for row in rows if row]
    except csv.Error as error:
        raise FeedError(f"it is no table of comma-separated values ({error})") from None
    return iter(items)


def _host_keys(item: str, form: Form, shared: Collection[str]) -> tuple[str, ...]:
    """The hosts of a line; none where they are shared. Raises ValueError where it names no host."""
    if form is Form.DOMAINS:
        if _PLAIN_HOST.fullmatch(item):
            return _host_key(item, shared)
        name = item.partition("#")[0].strip() if "#" in item else item
        return _host_key(_readable(host_link(name.removeprefix("*.").removeprefix("."))).host, shared)
    listed = read_line(item, "", {})
    if not listed:
        raise ValueError("no host")
    for name in (entry.name for entry in listed):
        if "." not in name or not plain_domain(name):
            _readable(host_link(name))
    return tuple(key for entry in listed for key in _host_key(entry.name, shared))


def _host_key(name: str, shared: Collection[str]) -> tuple[str, ...]:
    """The key of a canonical host; none where it is shared."""
    host = folded(name)
    if host in shared or (not plain_domain(host) and is_public_suffix(host_link(host))):
        return ()
    return (host,)


def _url_keys(item: str, shared: Collection[str]) -> tuple[str, ...]:
    """The key of a URL or a bare host; none where it means a whole platform. Raises ValueError."""
    link = _readable(parse_link(item))
    host = folded(link.host)
    platform = _platform(link, shared)
    if platform is None or (platform == link.suffix and platform != host):
        return _host_key(host, shared)
    # As a browser would send it. A bare host has no page.
    url = ada_url.URL(item if "://" in item else f"https://{item}")
    page = next(page_keys(host, url.pathname + url.search), "")
    if not page:
        return () if host == platform else _host_key(host, shared)
    if len(page) > MAX_KEY:
        raise ValueError("too long")
    return page, f"{host}/"


def _platform(link: Link, shared: Collection[str]) -> str | None:
    """The platform that a host stands on, itself included."""
    private = link.suffix if link.private_suffix else None
    return next((parent for parent in link.parents if parent == private or parent in shared), None)


def _readable(link: Link) -> Link:
    if link.flaws or not (link.is_address or "." in link.host):
        raise LinkError("no host")
    return link
