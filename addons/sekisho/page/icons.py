"""Icons: which brand's picture a page puts into the browser's tab, told by the file itself. Pure.

A kit copies the brand's icon with the rest. It is compared as a whole (SHA-256): an icon that was changed by one
byte is another one, and no honest icon is ever taken for a brand's.
"""

import base64
import binascii
import hashlib
from urllib.parse import unquote_to_bytes

LARGEST = 256 * 1024
"""Bytes of an icon that is looked at."""


def digest_of(icon: bytes) -> str:
    """SHA-256 of a file, in hexadecimal, as rules/page.toml lists them."""
    return hashlib.sha256(icon).hexdigest()


def inline_digest(address: str) -> str:
    """The digest of an icon that stands in its own address (``data:image/…``); empty for every other address."""
    head, comma, data = address.strip().partition(",")
    head = head.lower()
    if not comma or not head.startswith("data:image/") or not 0 < len(data) <= 2 * LARGEST:
        return ""
    packed = unquote_to_bytes(data)
    if not head.endswith(";base64"):
        return digest_of(packed)
    try:
        return digest_of(base64.b64decode(packed + b"=" * (-len(packed) % 4)))
    except (binascii.Error, ValueError):
        return ""
