"""A program that comes by a link is asked about; a bill, a picture or a plain archive is not."""

import pytest

from sekisho.page.downloads import may_be_saved, program_in

ATTACHED = "content-disposition"


def headers(content_type: str = "", disposition: str = "") -> dict[str, str]:
    return {"content-type": content_type, ATTACHED: disposition}


@pytest.mark.parametrize(
    ("content_type", "disposition", "path", "start", "name"),
    [
        ("application/octet-stream", 'attachment; filename="setup.exe"', "/x", b"", "setup.exe"),
        ("application/octet-stream", "attachment; filename*=UTF-8''%E8%AB%8B%E6%B1%82.exe", "/", b"", "請求.exe"),
        ("application/octet-stream", "", "/files/tool.MSI?x=1", b"", "tool.MSI"),
        ("application/x-msdownload", "", "/get", b"", "x-msdownload"),
        ("application/octet-stream", "", "/get", b"MZ\x90\0", "program"),
        ("", "", "/get", b"\x7fELF", "program"),
        ("application/zip", 'attachment; filename="bill.exe.zip"', "/", b"PK\x03\x04", "bill.exe.zip"),
        ("application/zip", "", "/bill.zip", b"PK\x03\x04" + bytes(26) + b"bill.exe\0", "bill.zip"),
        ("application/vnd.android.package-archive", "", "/app.apk", b"", "app.apk"),
        ("application/octet-stream", "", "/Anydesk.dmg", b"", "Anydesk.dmg"),
        ("application/octet-stream", "", "/disk.iso", b"", "disk.iso"),
        ("application/octet-stream", "attachment; filename=open.lnk", "/", b"", "open.lnk"),
        ("text/plain", "attachment; filename=run.ps1", "/", b"", "run.ps1"),
        ("text/javascript", "attachment; filename=bill.js", "/", b"", "bill.js"),
        ("text/html", "attachment; filename=a.hta", "/", b"", "a.hta"),
        ("application/octet-stream", "", "/install", b"#!/bin/sh\n", "program"),
        ("image/png", "attachment; filename=a.png", "/a.png", b"MZ", "a.png"),
    ],
)  # fmt: skip
def test_programs(content_type: str, disposition: str, path: str, start: bytes, name: str) -> None:
    assert program_in(headers(content_type, disposition), path, start) == name


@pytest.mark.parametrize(
    ("content_type", "disposition", "path", "start"),
    [
        ("application/pdf", "", "/bill.pdf", b"%PDF"),
        ("application/zip", "attachment; filename=photos.zip", "/", b"PK\x03\x04" + bytes(26) + b"a.jpg"),
        ("application/msword", "attachment; filename=letter.doc", "/", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("text/html; charset=utf-8", "", "/index.com", b"<html>"),
        ("text/javascript", "", "/app.js", b"let a"),
        ("image/jpeg", "attachment; filename=a.jpg", "/", b"\xff\xd8"),
        ("application/octet-stream", "attachment; filename=data.csv", "/", b"a,b"),
        ("text/calendar", "attachment; filename=day.ics", "/", b"BEGIN"),
        ("", "", "/", b""),
    ],
)
def test_what_is_no_program(content_type: str, disposition: str, path: str, start: bytes) -> None:
    assert program_in(headers(content_type, disposition), path, start) is None


def test_only_what_a_browser_may_save_is_worth_a_look() -> None:
    assert may_be_saved(headers("application/octet-stream"))
    assert may_be_saved(headers("text/plain", "attachment; filename=a.bat"))
    assert may_be_saved(headers())
    assert not may_be_saved(headers("image/png"))
    assert not may_be_saved(headers("application/pdf", "inline"))
