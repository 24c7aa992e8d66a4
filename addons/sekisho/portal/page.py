"""Page: a whole answer as one value, and the headers that belong on it.

Two kinds of origin, two sets of headers. A page *on a blocked origin* shares that origin with a hostile
site, so everything is forbidden to it: no script, no form, no frame, and a sandbox. A page *of the portal*
is ours and may send its own forms to itself. Neither is ever stored, framed, or allowed to load
anything from outside; the only style is the one inside the page, named by its hash.
"""

from dataclasses import dataclass

from sekisho.visible import visible as visible
from sekisho.visible import visible_words as visible_words

PORTAL_HOST = "sekisho.internal"
"""Where forms and tokens live. ``.internal`` is reserved for private use (ICANN board, 2024-07-29)."""

PORTAL_ADDRESS = "192.0.2.1"
"""The portal over plain http where the name does not resolve: no host on the internet has it (RFC 5737)."""


@dataclass(frozen=True, slots=True)
class Page:
    """One HTTP answer: status, headers in order, and body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of the first header of that name, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


def portal_root(scheme: str) -> str:
    """The portal's address, over https where the click was: ``https://sekisho.internal``."""
    return f"{'https' if scheme in ('https', 'wss') else 'http'}://{PORTAL_HOST}"


def blocked_origin_headers(language: str, style_source: str, *, clear: bool) -> tuple[tuple[str, str], ...]:
    """Headers of an HTML page that stands in for a site.

    `style_source` is a CSP source (``'sha256-…'``). `clear` asks the browser to forget what the site kept,
    its service worker included; only warnings do, or an innocent site would lose its data.
    """
    policy = (
        f"default-src 'none'; style-src {style_source}; img-src data:; form-action 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; sandbox"
    )
    headers = (
        ("Content-Security-Policy", policy),
        *_on_every_page(language),
        ("Referrer-Policy", "no-referrer"),
    )
    return (*headers, ("Clear-Site-Data", '"cache", "storage"')) if clear else headers


def portal_headers(language: str, style_source: str) -> tuple[tuple[str, str], ...]:
    """Headers of an HTML page of the portal.

    The referrer policy is ``same-origin``: nothing is sent to other sites, and a browser still sends
    its true ``Origin`` with our own form (under ``no-referrer`` it sends ``null``, Fetch §3.1).
    """
    policy = (
        f"default-src 'none'; style-src {style_source}; img-src data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return (
        ("Content-Security-Policy", policy),
        *_on_every_page(language),
        ("Referrer-Policy", "same-origin"),
    )


def _on_every_page(language: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Language", language),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    )
