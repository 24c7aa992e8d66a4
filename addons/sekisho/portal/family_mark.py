"""Family mark: the picture and the phrase by which the family recognises a page of sekisho.

Chosen at the desk and kept in one file of the state folder, for this account only. A site that imitates our page
does not know them. They are shown on the portal only, never on a blocked origin, whose scripts could read
them. An upload is never kept as it came: it is decoded within bounds and written anew, small, without its EXIF.
"""

import base64
import io
import json
import logging
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sekisho.atomic_file import write_whole
from sekisho.rulebook.own_lists import locked

if TYPE_CHECKING:
    from PIL import Image

logger = logging.getLogger(__name__)

MARK_NAME = "family-look.json"
PHRASE_LENGTH = 60
"""Characters of a phrase."""
PICTURE_BYTES = 12 * 1024
"""A page carries the picture inside itself, in base64, each time it is shown."""
LARGEST_UPLOAD = 16 * 1024 * 1024
"""Bytes: what the cameras of phones make."""
_LONGEST_FILE = 64 * 1024
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
_MOST_PIXELS = {"JPEG": 64_000_000}
"""A JPEG is decoded at an eighth of its size; the others are decoded whole, four bytes a pixel."""
_MOST_PIXELS_WHOLE = 20_000_000
_SIDES = (320, 256, 208, 160, 128, 96, 64)
_QUALITIES = (85, 75, 65, 50)
_NO_PICTURE = "the file is no picture that can be read; use a JPEG or a PNG"
_TOO_MANY = "the picture has too many pixels; make it smaller, or take another one"


class UnfitMarkError(ValueError):
    """A phrase or a picture that cannot be kept. The message is for the terminal, `why` for the pages."""

    def __init__(self, message: str, why: Literal["long", "unseen", "large", "picture"]) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class FamilyMark:
    """What the family chose; both may be empty."""

    phrase: str = ""
    """At most 60 characters, of one line."""
    picture: bytes = b""
    """JPEG of at most 12 KB, or nothing."""


def read_mark(state: Path) -> FamilyMark:
    """What is kept in the state folder. Never raises: what cannot be read is logged, and is empty.

    The file is read when it changed; to ask for each page costs some microseconds.
    """
    path = state / MARK_NAME
    try:
        seen = path.stat()
    except FileNotFoundError:
        return FamilyMark()
    except OSError as error:
        return _unreadable(path, error.strerror or "it cannot be reached")
    return _read(path, seen.st_ino, seen.st_mtime_ns, seen.st_size)


def write_mark(state: Path, mark: FamilyMark) -> None:
    """Keep it in place of what was there. Raises UnfitLookError for a phrase or a picture that is none of ours,
    and ListFileError where the folder cannot be written.
    """
    phrase = clean_phrase(mark.phrase)
    if mark.picture and not _is_ours(mark.picture):
        raise UnfitMarkError("the picture is not one that was made fit", "picture")
    path = state / MARK_NAME
    kept = {"phrase": phrase, "picture": base64.b64encode(mark.picture).decode()}
    with locked(path):
        write_whole(path, json.dumps(kept, ensure_ascii=False).encode())


def clean_phrase(text: str) -> str:
    """One line with single spaces. Raises UnfitLookError where it is too long, or holds what cannot be seen."""
    phrase = " ".join(text.split())
    if len(phrase) > PHRASE_LENGTH:
        raise UnfitMarkError(f"the phrase has {len(phrase)} characters; use at most {PHRASE_LENGTH}", "long")
    if not phrase.isprintable():
        raise UnfitMarkError("the phrase holds characters that cannot be seen; type it anew", "unseen")
    return phrase


def fitted_picture(upload: bytes) -> bytes:
    """The picture as a JPEG of at most 12 KB, upright, without EXIF, comments or profiles.

    Raises UnfitLookError, one sentence, for what is no picture, or one too large to be decoded safely.
    """
    from PIL import Image  # a tenth of a second, needed once

    upright = _upright(upload)
    # Pasted on a fresh sheet, so that nothing but its pixels comes along.
    for side in _SIDES:
        small = upright.copy()
        small.thumbnail((side, side))
        sheet = Image.new("RGB", small.size, "white")
        sheet.paste(small, mask=small.getchannel("A"))
        for quality in _QUALITIES:
            out = io.BytesIO()
            sheet.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= PICTURE_BYTES:
                return out.getvalue()
    raise UnfitMarkError("the picture cannot be made small enough; take another one", "large")


def _upright(upload: bytes) -> "Image.Image":
    """The pixels alone, RGBA, hardly larger than the largest picture that is kept. Raises UnfitLookError."""
    from PIL import Image, ImageOps

    if len(upload) > LARGEST_UPLOAD:
        raise UnfitMarkError(
            f"the file is too large; use one of at most {LARGEST_UPLOAD // 2**20} MB", "large"
        )
    try:
        image = Image.open(io.BytesIO(upload), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnfitMarkError(_TOO_MANY, "large") from None
    except Exception:  # decoders of foreign bytes raise whatever they like, here and below
        raise UnfitMarkError(_NO_PICTURE, "picture") from None
    with image:
        # Checked before anything is decoded: a file of some KB may unfold to gigabytes.
        if image.width * image.height > _MOST_PIXELS.get(image.format or "", _MOST_PIXELS_WHOLE):
            raise UnfitMarkError(_TOO_MANY, "large")
        try:
            image.draft("RGB", (2 * _SIDES[0], 2 * _SIDES[0]))
            image.load()
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((2 * _SIDES[0], 2 * _SIDES[0]))
            return upright.convert("RGBA")
        except Exception:
            raise UnfitMarkError(_NO_PICTURE, "picture") from None


def _is_ours(picture: bytes) -> bool:
    return len(picture) <= PICTURE_BYTES and picture.startswith(b"\xff\xd8\xff")


@lru_cache(maxsize=8)
def _read(path: Path, _inode: int, _changed: int, _size: int) -> FamilyMark:
    """The file in just this state, so that each state is read, and logged, once."""
    try:
        with path.open("rb") as file:
            kept = json.loads(file.read(_LONGEST_FILE))
        mark = FamilyMark(clean_phrase(kept["phrase"]), base64.b64decode(kept["picture"], validate=True))
    except OSError as error:
        return _unreadable(path, error.strerror or os.strerror(error.errno or 0))
    except (ValueError, TypeError, KeyError, AttributeError):
        return _unreadable(path, "it is damaged; choose picture and phrase anew at the desk")
    if mark.picture and not _is_ours(mark.picture):
        return _unreadable(path, "its picture is damaged; choose it anew at the desk")
    return mark


@lru_cache(maxsize=8)
def _unreadable(path: Path, why: str) -> FamilyMark:
    logger.error("%s cannot be used: %s; pages are shown without the family's picture and phrase", path, why)
    return FamilyMark()
