"""Whatever the coding, a family sees the page or a caution; a bomb costs as much as any page."""

import gzip
import zlib

import brotli
import pytest
import zstandard

from sekisho.decompress import decompress

PAGE = b"<title>\xe9\x8a\x80\xe8\xa1\x8c</title>" * 500
_RAW = zlib.compressobj(wbits=-15)
CODINGS = {
    "": PAGE,
    "identity": PAGE,
    "gzip": gzip.compress(PAGE),
    "GZIP": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE),
    "deflate": zlib.compress(PAGE),
    "deflate ": _RAW.compress(PAGE) + _RAW.flush(),
    "br": brotli.compress(PAGE),
    "zstd": zstandard.compress(PAGE),
    "gzip, br": brotli.compress(gzip.compress(PAGE)),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_every_coding_that_a_browser_reads(coding: str) -> None:
    assert decompress(CODINGS[coding], coding, 1 << 20) == PAGE


@pytest.mark.slow
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_part_gives_its_part_and_a_bomb_is_cut(coding: str) -> None:
    packed = CODINGS[coding]
    assert PAGE.startswith(decompress(packed[: len(packed) - 2], coding, 1 << 20))
    assert decompress(b"", coding, 1 << 20) == b""
    bomb = bytes(64 << 20)
    packed = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstandard.compress,
    }[coding](bomb)
    assert decompress(packed, coding, 1 << 20) == bytes(1 << 20)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", PAGE),
        ("br", b"\xff" * 99),
        ("zstd", PAGE),
        ("deflate", PAGE),
        ("compress", PAGE),
        ("gzip," * 9, PAGE),
    ],
)
def test_what_no_browser_reads_is_said(coding: str, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"packed|says"):
        decompress(body, coding, 1 << 20)
