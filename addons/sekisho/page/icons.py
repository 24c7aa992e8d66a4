"""Icons: which brand's picture a page puts into the browser's tab, recognised by the file itself. Pure.

A kit copies the brand's icon with the rest. It is compared as a whole, by the hashes in which such facts are
published: SHA-256 and MD5 of the file (phishing-kit rules, Censys), and MurmurHash3 of its base64 text (Shodan's
``http.favicon.hash``, FOFA's ``icon_hash``). An icon that was changed by one byte is another one.
"""

import base64
import binascii
import hashlib
from urllib.parse import unquote_to_bytes

import ada_url
import mmh3

from sekisho.link import host_link

LARGEST = 256 * 1024
"""Bytes of an icon that is looked at."""
DEFAULT = "/favicon.ico"
"""What a browser asks for where a page names no icon."""
_SHOWN = ("image/", "application/octet-stream", "binary/octet-stream")


def hashes_of(icon: bytes) -> tuple[str, ...]:
    """The names of a file in [icons] of rules/page.toml: ``sha256:…``, ``md5:…``, ``mmh3:…``."""
    # Lines of 76 characters with an end each: what Shodan hashes, and all others after it.
    text = base64.encodebytes(icon)
    return (
        f"sha256:{hashlib.sha256(icon).hexdigest()}",
        f"md5:{hashlib.md5(icon, usedforsecurity=False).hexdigest()}",
        f"mmh3:{mmh3.hash(text)}",
    )


def inline_hashes(address: str) -> tuple[str, ...]:
    """The hashes of an icon that stands in its own address (``data:image/…``); none for every other address."""
    head, comma, data = address.strip().partition(",")
    head = head.lower()
    if not comma or not head.startswith("data:image/") or not 0 < len(data) <= 2 * LARGEST:
        return ()
    packed = unquote_to_bytes(data)
    if not head.endswith(";base64"):
        return hashes_of(packed)
    try:
        return hashes_of(base64.b64decode(packed + b"=" * (-len(packed) % 4)))
    except (binascii.Error, ValueError):
        return ()


def icon_addresses(links: tuple[str, ...], page: str) -> tuple[tuple[str, str], ...]:
    """Host and path (with its query) of the icons of a page, each once.

    links: as the page writes them; without any it is `DEFAULT`. page: the page's own address.
    """
    found: dict[tuple[str, str], None] = {}
    for link in links or (DEFAULT,):
        try:
            url = ada_url.URL(link, base=page)
        except ValueError:
            continue
        if url.hostname and url.protocol in ("http:", "https:"):
            found[host_link(url.hostname).host, url.pathname + url.search] = None
    return tuple(found)


def may_be_icon(path: str, content_type: str) -> bool:
    """An answer of this type from this path may be an icon, though no page that was read names it."""
    return is_picture(content_type) and "icon" in path.lower().partition("?")[0]


def is_picture(content_type: str) -> bool:
    """A browser may show an answer of this type as an icon."""
    kind = content_type.partition(";")[0].strip().lower()
    return not kind or kind.startswith(_SHOWN)
