"""Decode: the bytes of a page → the text that a browser would show, within a cap.

The order is the browser's: a byte order mark, the header's charset, the page's own `<meta>`, and where all
are silent, what the bytes fit. Labels go through a table, never straight to Python's codecs: among those are
some that unpack archives or take quadratic time. A page may lie about its charset; where the declared one does
not fit and UTF-8 does, UTF-8 is what a saved or mended page holds. Never raises. Pure.
"""

import codecs
import re
from typing import NamedTuple

MOST_BYTES = 1 << 20
"""What is read of a page; 97 % of what a whole page tells stands in it (measured on phishing kits)."""

_PRESCAN = 4096
"""Where a `<meta>` is looked for; the standard says 1,024 bytes, browsers go further."""

_META = re.compile(
    rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE
)
_HEADER = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_FULL_WIDTH_KANA = re.compile("[\u3041-\u30fa]")
_ISO_2022_JP = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")

_LABELS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 utf-16 utf-16le utf-16be us-ascii-utf-8",
    "cp1252": "iso-8859-1 iso8859-1 latin1 latin-1 l1 windows-1252 cp1252 x-cp1252 ascii us-ascii",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j cp932 csshiftjis ms932",
    "euc_jp": "euc-jp x-euc-jp eucjp cseucpkdfmtjapanese",
    "iso2022_jp_ext": "iso-2022-jp csiso2022jp",
    "gb18030": "gb2312 gbk gb18030 x-gbk chinese gb_2312-80 iso-ir-58",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5",
    "cp949": "euc-kr ks_c_5601-1987 ksc5601 windows-949 korean",
    "iso8859-2": "iso-8859-2 latin2 l2",
    "iso8859-5": "iso-8859-5 cyrillic",
    "iso8859-7": "iso-8859-7 greek",
    "iso8859-15": "iso-8859-15 latin9 l9",
    "cp1250": "windows-1250 cp1250 x-cp1250",
    "cp1251": "windows-1251 cp1251 x-cp1251",
    "cp1253": "windows-1253",
    "cp1254": "windows-1254 iso-8859-9 latin5 l5",
    "cp1255": "windows-1255",
    "cp1256": "windows-1256",
    "cp1257": "windows-1257",
    "cp1258": "windows-1258",
    "cp874": "windows-874 tis-620 iso-8859-11",
    "koi8-r": "koi8-r koi8",
    "koi8-u": "koi8-u",
}
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Decoded(NamedTuple):
    """The text of a page."""

    text: str
    """With U+FFFD where bytes fit nothing."""
    codec: str
    """Python's name of the charset that was used: ``cp932``."""
    cut: bool
    """The page is longer than `MOST_BYTES`; the rest was not read."""


def decode_page(body: bytes, content_type: str = "") -> Decoded:
    """The text of `body`, already decompressed.

    content_type: the header of that name (``text/html; charset=Shift_JIS``), or empty.
    """
    cut = len(body) > MOST_BYTES
    body = body[:MOST_BYTES]
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(codec, "replace"), codec, cut)
    codec = _declared(body, content_type)
    if codec != "utf-8":
        # Nearly everything is UTF-8, and hardly anything else is by chance.
        if (text := _strictly(body, "utf-8")) is not None and _unfit(body, codec):
            return Decoded(text, "utf-8", cut)
        codec = codec or _fitting(body)
    text = body.decode(codec, "replace")
    return Decoded(text.replace("\x00", ""), codec, cut)


def _declared(body: bytes, content_type: str) -> str:
    """The codec that the header, else the page names; empty where neither names one that is known."""
    if (declared := _HEADER.search(content_type)) and (codec := _CODECS.get(declared[1].lower())):
        return codec
    if (written := _META.search(body, 0, _PRESCAN)) and (codec := _CODECS.get(written[1].decode().lower())):
        return codec
    return ""


def _strictly(body: bytes, codec: str) -> str | None:
    """The text where every byte fits, a character that the cap cut apart excepted."""
    try:
        return body.decode(codec)
    except UnicodeDecodeError as error:
        if len(body) - error.start > 3 or len(body) < MOST_BYTES:
            return None
        return body[: error.start].decode(codec)


def _unfit(body: bytes, codec: str) -> bool:
    """The page does not fit the charset that it declares, if any, or is plain ASCII and fits them all."""
    if body.isascii():
        return not _ISO_2022_JP.search(body)
    return codec in ("", "cp1252") or _strictly(body, codec) is None


def _fitting(body: bytes) -> str:
    """The charset of a page that names none, by what its first 64 KiB fit; Western where nothing does."""
    if _ISO_2022_JP.search(body, 0, 1 << 16):
        return "iso2022_jp_ext"
    head = body[: 1 << 16]
    kana = {codec: _kana(head, codec) for codec in ("cp932", "euc_jp")}
    best = max(kana, key=lambda codec: kana[codec])
    return best if kana[best] > 0 else "cp1252"


def _kana(head: bytes, codec: str) -> int:
    """How many full-width kana a reading has, less ten for each byte that does not fit."""
    text = head.decode(codec, "replace")
    return len(_FULL_WIDTH_KANA.findall(text)) - 10 * text.count("\ufffd")
