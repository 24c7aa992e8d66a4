"""Decompress: a body without its codings, as a browser reads it, cut where it is long enough.

A few bytes may stand for gigabytes, so each coding is undone by an object that stops at a given size, and
what comes behind is not decompressed at all. A body that is cut itself gives what stands in its part. Pure.
"""

import zlib
from io import BytesIO

import brotli
import zstandard

_MOST_CODINGS = 3
"""Codings one upon another; honest servers use one."""
_LARGEST_WINDOW = 8 << 20
"""Bytes that zstd may look back; RFC 9659 lets browsers refuse more."""


def decompress(body: bytes, codings: str, most: int) -> bytes:
    """The first `most` bytes without its codings.

    body: as it was sent, whole or its beginning. codings: the header Content-Encoding, or empty.
    Raises ValueError where a browser could not read it either: an unknown coding, broken data.
    """
    names = coding_names(codings)
    if len(names) > _MOST_CODINGS:
        raise ValueError("packed many times over")
    for name in reversed(names):
        try:
            body = _without(name, body, most)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise ValueError(f"it is not the {name} that it says") from error
    return body[:most]


def coding_names(codings: str) -> list[str]:
    """The codings of a header Content-Encoding as they were applied, but for those that change nothing."""
    return [name for name in codings.lower().replace(" ", "").split(",") if name not in ("", "identity")]


def _without(name: str, body: bytes, most: int) -> bytes:
    if not body:
        return b""
    if name in ("gzip", "x-gzip"):
        return zlib.decompressobj(31).decompress(body, most)
    if name == "deflate":
        try:
            return zlib.decompressobj(15).decompress(body, most)
        except zlib.error:  # what some servers mean by it, and every browser reads
            return zlib.decompressobj(-15).decompress(body, most)
    if name == "br":
        unpacked: bytes = brotli.Decompressor().process(body, output_buffer_limit=most)
        return unpacked
    if name == "zstd":
        reader = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_reader(BytesIO(body))
        pieces: list[bytes] = []
        while most > 0 and (piece := reader.read(min(most, 1 << 16))):
            pieces.append(piece)
            most -= len(piece)
        return b"".join(pieces)
    raise ValueError(f"it is packed by {name[:20]!r}, which is not known")
