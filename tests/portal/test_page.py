"""Page: the headers that keep a warning harmless on a hostile origin, and text that cannot deceive."""

import pytest

from sekisho.portal.page import Page, blocked_origin_headers, portal_headers, portal_root


def test_a_warning_on_a_hostile_origin_may_do_nothing() -> None:
    headers = dict(blocked_origin_headers("ja", "'sha256-x'", clear=True))
    assert headers == {
        "Content-Security-Policy": "default-src 'none'; style-src 'sha256-x'; img-src data:; form-action 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; sandbox",
        "Content-Type": "text/html; charset=utf-8",
        "Content-Language": "ja",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Clear-Site-Data": '"cache", "storage"',
    }


def test_an_innocent_site_keeps_its_data() -> None:
    assert "Clear-Site-Data" not in dict(blocked_origin_headers("ja", "'sha256-x'", clear=False))


def test_the_portal_sends_forms_to_itself_only_and_is_never_framed() -> None:
    policy = dict(portal_headers("en", "'sha256-x'"))["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; style-src 'sha256-x'; img-src data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


@pytest.mark.parametrize(
    ("scheme", "root"), [("https", "https"), ("wss", "https"), ("http", "http"), ("ws", "http")]
)
def test_going_on_never_falls_back_from_https(scheme: str, root: str) -> None:
    assert portal_root(scheme) == f"{root}://sekisho.internal"


def test_a_header_is_found_in_any_case() -> None:
    page = Page(403, (("Cache-Control", "no-store"),), b"")
    assert page.header("cache-control") == "no-store"
    assert page.header("Set-Cookie") is None
