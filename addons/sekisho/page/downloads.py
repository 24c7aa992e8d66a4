"""Downloads: is this answer a program, or an archive that says it holds one? Pure.

What a browser would save is recognised by its name (Content-Disposition first, then the address), by its type and
by its first bytes; one of them is enough, since each of them can lie. Documents, pictures and plain archives
are none: only what runs when somebody opens it.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote

ENOUGH = 4096
"""First bytes of an answer that tell."""
_ENDINGS = """
exe msi msix msixbundle appx appxbundle appinstaller scr com pif cpl bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta lnk
url scf reg inf jar jnlp apk aab xapk apks ipa dmg pkg mpkg iso img vhd vhdx deb rpm run appimage xpi crx chm one xll
msc application gadget
"""
_PROGRAMS = frozenset(_ENDINGS.split())
_ARCHIVES = frozenset(("zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "cab", "tar", "arj", "ace", "lzh"))
_KINDS = """
x-msdownload x-msdos-program x-dosexec x-msi x-ms-installer vnd.microsoft.portable-executable exe x-exe
vnd.android.package-archive x-apple-diskimage x-iso9660-image x-ms-shortcut hta x-bat x-vbs java-archive
x-java-archive x-java-jnlp-file x-debian-package vnd.debian.binary-package x-rpm x-chrome-extension x-xpinstall
vnd.ms-cab-compressed appinstaller msix vnd.apple.installer+xml
"""
_TYPES = frozenset(f"application/{kind}" for kind in _KINDS.split())
_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"xar!",
    b"\x4c\x00\x00\x00\x01\x14\x02\x00",  # a Windows shortcut
    b"Cr24",
    b"ITSF",
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_DOCUMENTS = frozenset(["doc", "xls", "ppt", "dot", "xlt", "pps", "vsd", "msg", "jtd"])
_ZIP = b"PK\x03\x04"
_INSIDE = re.compile(
    rb"AndroidManifest\.xml|META-INF/MANIFEST\.MF|\.(?:exe|scr|lnk|vbs|hta|bat|cmd|msi)\b", re.IGNORECASE
)
"""Names of members, as they stand in the head of each."""
_SHOWN = (
    "text/",
    "image/",
    "audio/",
    "video/",
    "font/",
    "application/xhtml",
    "application/json",
    "application/pdf",
)
"""Types that a browser shows or plays; it saves them only where it is told to."""
_FILE_NAME = re.compile(r"""filename\*?\s*=\s*(?:[\w-]*'[\w-]*')?("(?:[^"\\]|\\.)*"|[^;]+)""", re.IGNORECASE)


def program_in(headers: Mapping[str, str], path: str, start: bytes) -> str | None:
    """The name of the program that an answer brings (its kind where it has none); None where it brings none.

    headers: of the answer, found by any case. path: of the request. start: the first `ENOUGH` bytes or fewer,
    unpacked; empty where they are not at hand.
    """
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    disposition = headers.get("content-disposition", "")
    saved = disposition.strip().lower().startswith("attachment")
    if not saved and content_type.startswith(_SHOWN):
        return None
    named = _file_name(disposition)
    names = [name for name in (named, _last_part(path)) if name]
    shown = names[0] if names else ""
    for name in names:
        if _is_program(name) and (saved or content_type):
            return name
    if content_type in _TYPES or start.startswith(_STARTS) or start[:2] == b"#!":
        return shown or _kind(content_type)
    if start.startswith(_OLE) and _ending(shown) not in _OLE_DOCUMENTS:
        return shown or "msi"
    if start.startswith(_ZIP) and _INSIDE.search(start):
        return shown or "zip"
    return None


def may_be_saved(headers: Mapping[str, str]) -> bool:
    """A browser may save this answer rather than show it, so that its beginning is worth a look."""
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    attached = headers.get("content-disposition", "").strip().lower().startswith("attachment")
    return attached or not content_type.startswith(_SHOWN)


def _is_program(name: str) -> bool:
    parts = name.lower().rstrip(". ").split(".")
    if len(parts) < 2:
        return False
    if parts[-1] in _PROGRAMS:
        return True
    return parts[-1] in _ARCHIVES and len(parts) > 2 and parts[-2].strip() in _PROGRAMS


def _ending(name: str) -> str:
    return name.lower().rpartition(".")[2][:3]


def _file_name(disposition: str) -> str:
    found = [match[1].strip().strip('"') for match in _FILE_NAME.finditer(disposition[:2000])]
    return _last_part(found[-1]) if found else ""


def _last_part(path: str) -> str:
    name = unquote(path.partition("?")[0].partition("#")[0]).replace("\\", "/").rpartition("/")[2]
    return name.strip()[:120] if "." in name else ""


def _kind(content_type: str) -> str:
    kind = content_type.rpartition("/")[2]
    return "program" if kind in ("", "octet-stream") else kind
