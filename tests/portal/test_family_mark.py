"""The family's picture and phrase: an upload is somebody's file, and must come out small, bare and harmless."""

import io
import json
import random
import stat
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from sekisho.portal.family_mark import (
    MARK_NAME,
    PICTURE_BYTES,
    FamilyMark,
    clean_phrase,
    fitted_picture,
    read_mark,
    write_mark,
)


def picture(
    size: tuple[int, int] = (600, 400), form: str = "JPEG", mode: str = "RGB", **more: object
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, form, **more)
    return out.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg))
    image.load()
    return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_every_usual_format_becomes_a_small_jpeg(form: str) -> None:
    made = fitted_picture(picture(form=form))
    assert len(made) <= PICTURE_BYTES
    assert (opened(made).format, opened(made).size) == ("JPEG", (320, 213))


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_a_jpeg_of_any_colours_is_read(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (50, 50)).save(out, "JPEG")
    assert opened(fitted_picture(out.getvalue())).mode == "RGB"


def test_the_worst_picture_still_fits() -> None:
    noise = random.Random(7).randbytes(900 * 900 * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (900, 900), noise).save(out, "PNG")
    made = fitted_picture(out.getvalue())
    assert len(made) <= PICTURE_BYTES
    assert opened(made).width >= 64


def test_what_tells_where_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "home of the Tanakas"
    made = fitted_picture(picture((400, 200), exif=exif, comment=b"secret", icc_profile=b"x" * 200))
    assert opened(made).size == (160, 320)
    assert not opened(made).getexif()
    for word in (b"Exif", b"Tanaka", b"secret", b"ICC_PROFILE"):
        assert word not in made


def test_what_is_clear_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(fitted_picture(out.getvalue())).getpixel((5, 5)) == (255, 255, 255)


def bomb(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes that says to be this large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(6000, 6000), (12_000, 9_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="too many pixels"):
        fitted_picture(bomb(*size))


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture()[:300],
        bomb(10, 10),
        b"%!PS-Adobe-3.0",
    ],
    ids=["empty", "text", "svg", "cut-off", "no-pixels", "postscript"],
)
def test_what_is_no_picture_is_refused_in_a_sentence(upload: bytes) -> None:
    with pytest.raises(ValueError, match="no picture that can be read"):
        fitted_picture(upload)


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(ValueError, match="at most 16 MB"):
        fitted_picture(b"\xff\xd8\xff" + bytes(17 * 2**20))


def test_what_was_chosen_comes_back_and_is_the_owner_s_alone(tmp_path: Path) -> None:
    assert read_mark(tmp_path) == FamilyMark("", b"")
    mark = FamilyMark("うちの柴犬ハナ", fitted_picture(picture()))
    write_mark(tmp_path, mark)
    assert read_mark(tmp_path) == mark
    assert stat.S_IMODE((tmp_path / MARK_NAME).stat().st_mode) == 0o600
    write_mark(tmp_path, FamilyMark("another"))
    assert read_mark(tmp_path) == FamilyMark("another", b"")


@pytest.mark.parametrize("phrase", ["x" * 61, "a\u202eb", "a\x00b", "zero\u200bwidth"])
def test_a_phrase_that_could_not_be_seen_right_is_refused(tmp_path: Path, phrase: str) -> None:
    with pytest.raises(ValueError, match="phrase"):
        write_mark(tmp_path, FamilyMark(phrase))
    assert read_mark(tmp_path) == FamilyMark()


def test_a_phrase_is_one_line() -> None:
    assert clean_phrase("  our \n dog\tHana ") == "our dog Hana"


def test_only_a_picture_that_was_made_fit_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="picture"):
        write_mark(tmp_path, FamilyMark("", b"<svg>"))


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"phrase": 3, "picture": ""}', '{"phrase": "a", "picture": "!"}',
     json.dumps({"phrase": "a", "picture": "PHN2Zz4="})],
)  # fmt: skip
def test_a_damaged_file_is_told_once_and_no_page_fails(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / MARK_NAME).write_text(content)
    assert read_mark(tmp_path) == read_mark(tmp_path) == FamilyMark()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
