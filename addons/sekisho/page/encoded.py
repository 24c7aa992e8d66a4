"""Encoded: the markup and the words that stand encoded in a script, read without running it.

Kits hide their form from scanners: `document.write(unescape("%3Cform…"))`, `atob`, a row of character codes,
`\\x3c` in a string. Each has its decoder here, the decoders are tried again on what came out, and all of it
within fixed bounds. What is computed at run time (a key, AES) stays closed: such a page is *opaque*. Pure.
"""

import base64
import binascii
import re
from urllib.parse import unquote

MOST_MARKUP = 200_000
"""Characters of markup taken from the scripts of a page."""
MOST_SCRIPT = 300_000
"""Characters of all scripts of a page that are looked at."""
_MOST_ROUNDS = 3
_LONG = 100
"""Characters of an encoded text that may hold a form."""

_HINTS = (
    *("unescape", "atob", "fromCharCode", "decodeURI", "\\x3c", "\\x3C", "\\u003c", "\\u003C"),
    *("innerHTML", "document.write", "insertAdjacentHTML", ".html(", ".append("),
)
_CODE = "%(?:[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})"
_PERCENT = re.compile(rf"{_CODE}(?:[A-Za-z0-9@*_+./ =;:()&#,!-]{{0,200}}{_CODE}){{11,}}[A-Za-z0-9]{{0,200}}")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{60,}={0,2}")
# It begins with a digit and no group, so that the search leaps to digits.
_CODES = re.compile(r"\d\d\d?\s{0,3},\s{0,3}(?:\d{2,3}\s{0,3},\s{0,3}){19,}\d{2,3}")
_UNICODE_PERCENT = re.compile(r"%u([0-9A-Fa-f]{4})")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|([nrt\"'/\\]))")
_MARKUP = re.compile(
    r"<\s{0,3}(?:form|input|button|label|title|h1|h2|h3|img|div|body|meta|link|select|iframe|p|span)[\s>/]",
    re.IGNORECASE,
)
_WRITES = re.compile(
    r"document\.write|eval\s{0,3}\(|innerHTML|insertAdjacentHTML|Function\s{0,3}\(", re.IGNORECASE
)
_ENCODED = re.compile(r"""["'`][A-Za-z0-9+/=%_\\-]{1500,}["'`]""")


def hidden_markup(script: str) -> str:
    """Markup that the script holds, decoded; empty where it holds none. Time grows with its length alone."""
    script = script[:MOST_SCRIPT]
    if not any(hint in script for hint in _HINTS):
        return ""
    found: list[str] = []
    texts = [script]
    for _ in range(_MOST_ROUNDS):
        opened = [text for source in texts for text in _opened(source, every=source is not script)]
        found += [text for text in opened if _MARKUP.search(text)]
        texts = [text for text in opened if len(text) >= _LONG]
        if not texts:
            break
    if _MARKUP.search(script):
        found.append(_plain(script))
    return "\n".join(found)[:MOST_MARKUP]


def is_closed(script: str) -> bool:
    """The script holds a long encoded text and writes something out."""
    return bool(_WRITES.search(script) and _ENCODED.search(script))


def _opened(text: str, *, every: bool) -> list[str]:
    """What the encoded stretches of a text decode to; every: also where nothing in it says how it is encoded."""
    out: list[str] = []
    if "%" in text and (every or "unescape" in text or "decodeURI" in text or "atob" in text):
        out += [
            unquote(_UNICODE_PERCENT.sub(_char, found[0]), errors="replace")
            for found in _PERCENT.finditer(text)
        ]
    for found in _BASE64.finditer(text) if every or "atob" in text else ():
        if (plain := _from_base64(found[0])) is not None:
            out.append(plain)
    for found in _CODES.finditer(text) if every or "fromCharCode" in text else ():
        out.append("".join(chr(int(code)) for code in found[0].split(",")))
    if "\\x" in text or "\\u" in text:
        out.append(_plain(text))
    return [text for text in out if text][:50]


def _from_base64(text: str) -> str | None:
    text = text[: len(text) // 4 * 4]
    try:
        plain = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return plain if plain.isprintable() or "<" in plain or "%" in plain else None


def _plain(text: str) -> str:
    """The text with the escapes of its strings undone."""
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    if code := found[1] or found[2]:
        return chr(int(code, 16))
    return {"n": "\n", "r": "\n", "t": " "}.get(found[3], found[3])


def _char(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return "?" if 0xD800 <= code < 0xE000 else chr(code)
