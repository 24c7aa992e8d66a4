"""Bodies: what a browser is about to send, read into fields. Names and values, in the order sent. Pure.

What a request says of its own form is not believed: a page's program may call JSON plain text, and wrap
one form into another. So each value is looked at for a form of its own (JSON, urlencoded, base64), a few
layers deep. Everything is bounded; what cannot be read in full is still searched as loose text. Content
that a page's own program has enciphered cannot be read by anybody on the way.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from sekisho.decompress import coding_names, decompress

LONGEST_READ = 1024 * 1024
"""Characters of one text that are taken apart; a longer one is searched for pairs only."""
LONGEST_FILE = 256 * 1024
"""Bytes of a file's text that are read; pictures and other binary files are not."""
_MOST_FIELDS = 20_000
_DEEPEST = 5
_WINDOW = 64 * 1024
_OVERLAP = 512
_LARGEST_UNPACKED = 4 * 1024 * 1024
_ZLIB = ("gzip", "x-gzip", "deflate")

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_FRAMED = re.compile(r"[0-9]{1,6}(?:-|/[^,\s]{0,60},)?(?=[\[{])")
"""What socket.io and its kin write before the JSON of a message."""
_PAIRS = re.compile(r"[^\s=&]{1,300}=[^\n]*", re.DOTALL)
_LOOSE_PAIR = re.compile(
    r"(?<![\w\-.\[\]])(\w[\w\-.\[\]]{0,80})[\"']?\s{0,9}[:=]\s{0,9}[\"']?([^\"'&,}<\r\n]{1,300})"
)
_ELEMENT = re.compile(r"<([A-Za-z_][\w:.-]{0,80})(?:\s[^<>]{0,500})?>([^<]{1,2000})</")
_PRINTABLE = re.compile(rb"[ -~]{4,2000}")
_BOUNDARY = re.compile(r"boundary=(?:\"([^\"]{1,200})\"|([^\s;]{1,200}))", re.IGNORECASE)
_FIRST_LINE = re.compile(rb"--([^\r\n]{1,200})\r?\n")
_PART_NAME = re.compile(rb"[;\s]name=(?:\"([^\"\r\n]{0,300})\"|([^\s;]{1,300}))", re.IGNORECASE)
_FILE_NAME = re.compile(rb"[;\s]filename\*?=", re.IGNORECASE)
_NAME_KEYS = ("name", "key", "field", "id", "fieldName", "label")
_VALUE_KEYS = ("value", "val", "text", "content")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is sent."""

    name: str
    """As sent, inside JSON a path (``user.password``); empty for loose text."""
    value: str


def read_query(query: str) -> list[Field]:
    """The fields of a URL's query, with or without its ``?``."""
    reader = _Reader()
    reader.pairs(query.removeprefix("?"), "", 0)
    return reader.fields


def read_body(body: bytes, content_type: str = "", content_encoding: str = "") -> list[Field]:
    """The fields of a request's body, whatever it claims to be. Never raises."""
    reader = _Reader()
    body = unpacked(body, content_encoding)
    boundary = _boundary(body, content_type)
    if boundary is not None:
        reader.multipart(body, boundary)
    else:
        reader.raw(body, "", 0)
    return reader.fields


class _Reader:
    """Collects fields within bounds."""

    def __init__(self) -> None:
        self.fields: list[Field] = []

    def add(self, name: str, value: str) -> None:
        if value and len(self.fields) < _MOST_FIELDS:
            self.fields.append(Field(name, value))

    def raw(self, body: bytes, name: str, depth: int) -> None:
        text = _text(body)
        if text is None:
            # No text at all: words of letters and digits may stand in it (gRPC, a packed form).
            for found in _PRINTABLE.finditer(body.replace(b"\0", b"")):
                self.add(name, found[0].decode("ascii"))
        else:
            self.value(name, text, depth)

    def value(self, name: str, text: str, depth: int) -> None:
        """A value, and what it may hold inside."""
        if len(text) > LONGEST_READ:
            self.loose(name, text)
            return
        nested = depth < _DEEPEST and self._inside(name, text.strip(), depth + 1)
        if not nested or depth:
            self.add(name, text)

    def _inside(self, name: str, text: str, depth: int) -> bool:
        framed = _FRAMED.match(text)
        start = text[framed.end() :] if framed else text
        if start[:1] in {"{", "[", '"'}:
            try:
                self.json(json.loads(start), name, depth)
            except (ValueError, RecursionError):
                self.loose(name, text)
            return True
        if text[:1] == "<":
            for element in _ELEMENT.finditer(text):
                self.value(element[1], element[2], depth)
            return False
        if (found := _BASE64.fullmatch(text)) and (plain := _from_base64(found[0])) is not None:
            self.value(name, plain, depth)
            return True
        if "=" in text and _PAIRS.match(text):
            self.pairs(text, name, depth)
            return True
        if depth == 1 and not name and "\n" in text:
            self.loose(name, text)
            return True
        return False

    def pairs(self, text: str, name: str, depth: int) -> None:
        """``a=b&c=d``, or with a line for each pair."""
        for line in text.split("\n") if "&" not in text else [text]:
            for piece in line.rstrip("\r").split("&"):
                key, equals, value = piece.partition("=")
                if equals:
                    own = _unquoted(key)
                    self.value(f"{name}.{own}" if name else own, _unquoted(value), depth + 1)
                elif piece:
                    self.value(name, _unquoted(piece), depth + 1)
                if len(self.fields) >= _MOST_FIELDS:
                    return

    def json(self, item: object, name: str, depth: int) -> None:
        """Walk through JSON without recursion: it may be thousands deep."""
        waiting: list[tuple[str, object]] = [(name, item)]
        while waiting and len(self.fields) < _MOST_FIELDS:
            path, here = waiting.pop()
            if isinstance(here, dict):
                if named := _named_value(here):
                    waiting.append(named)
                inner = [(f"{path}.{key}" if path else str(key), value) for key, value in here.items()]
                waiting += reversed(inner)
            elif isinstance(here, list):
                waiting += [(path, value) for value in reversed(here)]
            elif isinstance(here, str):
                self.value(path, here, depth)
            elif isinstance(here, int | float) and not isinstance(here, bool):
                self.add(path, str(here))

    def multipart(self, body: bytes, boundary: bytes) -> None:
        for part in body.split(b"--" + boundary)[1:]:
            head, blank, content = part.partition(b"\r\n\r\n")
            if not blank:
                continue
            found = _PART_NAME.search(head)
            name = (_text(found[1] or found[2] or b"") or "") if found else ""
            content = content.removesuffix(b"\r\n")
            if _FILE_NAME.search(head):
                content = content[:LONGEST_FILE]
                if b"\0" in content or _text(content) is None:
                    continue
            self.raw(content, name, 1)

    def loose(self, name: str, text: str) -> None:
        """Whatever looks like a name and a value, and the whole text for the numbers in it."""
        # In windows: one search holds every other thread for as long as it takes.
        for start in range(0, len(text), _WINDOW - _OVERLAP):
            window = text[start : start + _WINDOW]
            for found in _LOOSE_PAIR.finditer(window):
                self.add(found[1], found[2])
            self.fields.append(Field(name, window))


def _named_value(item: dict[str, object]) -> tuple[str, object] | None:
    """``{"name": "password", "value": "…"}``: how programs write a form down."""
    name = next((item[key] for key in _NAME_KEYS if isinstance(item.get(key), str)), None)
    value = next((item[key] for key in _VALUE_KEYS if item.get(key)), None)
    return (str(name), value) if name and value is not None else None


def _unquoted(text: str) -> str:
    raw = unquote_to_bytes(text.replace("+", " "))
    decoded = _text(raw)
    return decoded if decoded is not None else raw.decode("latin-1")


def _text(raw: bytes) -> str | None:
    """The bytes as text, in UTF-8 or in the old Japanese codings; None where they are none."""
    if b"\0" in raw:
        return None
    for coding in ("utf-8", "cp932", "euc_jp"):
        try:
            return raw.decode(coding)
        except UnicodeDecodeError:
            continue
    return None


def _from_base64(text: str) -> str | None:
    """The text that was base64, where it was; a long word in letters is not."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        decoded = raw.decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return decoded if decoded and all(char.isprintable() or char in "\r\n\t" for char in decoded) else None


def _boundary(body: bytes, content_type: str) -> bytes | None:
    if "multipart" in content_type.lower() and (found := _BOUNDARY.search(content_type)):
        return (found[1] or found[2]).encode("utf-8", "replace")
    first = _FIRST_LINE.match(body)
    return first[1].strip() if first and b"content-disposition" in body[:4096].lower() else None


def unpacked(body: bytes, content_encoding: str) -> bytes:
    """The body without its codings, as far as it is worth reading; one that cannot be undone is left as it is.

    A hostile page may write one coding and use another that its server reads, so gzip and deflate stand for each other.
    """
    for coding in reversed(coding_names(content_encoding)):
        for name in sorted(_ZLIB, key=lambda name: name != coding) if coding in _ZLIB else (coding,):
            try:
                body = decompress(body, name, _LARGEST_UNPACKED)
            except ValueError:
                continue
            break
    return body
