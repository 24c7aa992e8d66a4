"""Bodies: whatever a form calls itself, its fields are read, and a hostile one costs no more than others."""

import gzip
import json
import zlib

import pytest

from sekisho.forms.bodies import Field, read_body, read_query


def pairs(body: bytes, kind: str = "", coding: str = "") -> set[tuple[str, str]]:
    return {(field.name, field.value) for field in read_body(body, kind, coding)}


def test_a_query_is_read_as_browsers_write_it() -> None:
    assert read_query("?a=1+2&b=%E3%81%82&c") == [Field("a", "1 2"), Field("b", "あ"), Field("", "c")]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "application/x-www-form-urlencoded"])
def test_what_a_body_claims_to_be_does_not_matter(kind: str) -> None:
    assert ("user.password", "x=y&z") in pairs(b'{"user": {"password": "x=y&z"}}', kind)
    assert ("b", "2") in pairs(b"a=1&b=2", kind)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_packed_bodies_are_unpacked_and_a_bomb_is_not(coding: str) -> None:
    pack = gzip.compress if coding == "gzip" else zlib.compress
    assert ("a", "1") in pairs(pack(b"a=1&b=2"), "", coding)
    read = sum(len(name) + len(value) for name, value in pairs(pack(b"0" * 30_000_000), "", coding))
    assert read < 20_000_000


def test_files_of_text_are_read_and_pictures_are_not() -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="f"\r\n\r\n%s\r\n'
    body = part % (b"t", b"hello") + part % (b"p", b"\x89PNG\0hello") + b"--b--\r\n"
    assert pairs(body, "multipart/form-data; boundary=b") == {("t", "hello")}
    assert pairs(body, "text/plain") == {("t", "hello")}


def test_words_in_binary_content_are_seen() -> None:
    assert ("", "4242424242424242") in pairs(b"\x00\x01\x9f\x104242424242424242\xff\x00")


@pytest.mark.parametrize(
    "body",
    [b"[" * 1_000_000, b'{"a":' * 200_000, b"a=b&" * 250_000, json.dumps(["a" * 100] * 10_000).encode(),
     b"<a>" * 300_000, b"a:" * 500_000, b"\x00abcd\xff" * 150_000, b"A" * 1_000_000, b"9" * 2_000_000],
    ids=["brackets", "objects", "pairs", "strings", "elements", "colons", "binary", "letters", "digits"],
)  # fmt: skip
def test_a_megabyte_of_anything_is_read_within_bounds(body: bytes) -> None:
    fields = read_body(body)
    assert len(fields) <= 20_100
