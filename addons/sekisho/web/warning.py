"""The pages that stand where a site would have stood: warnings, refusals, and "could not be checked".

They are served on an origin that may be hostile, so they carry links only — no form, no token, no
script (`page.blocked_origin_headers`). "Go on" is a link to the portal; the decision is made there.

`could_not_check_page` is what the Guard has left when everything else is broken: it was rendered when
this module was imported, and only a host name is put into it.
"""

from html import escape

from sekisho.link import Link
from sekisho.rulebook.model import Brand
from sekisho.verdict import Level, Verdict
from sekisho.web.finding import find
from sekisho.web.language import LANGUAGES
from sekisho.web.page import Page, blocked_origin_headers, portal_root, visible
from sekisho.web.render import STYLE_SOURCE, render

_HOST_GOES_HERE = "host-goes-here.invalid"


def warning_page(
    *,
    link: Link,
    verdict: Verdict,
    brand: Brand | None,
    language: str,
    more: str,
    back: str | None,
    was_post: bool,
) -> Page:
    """403: what was found, the real site, the way back, and under details why.

    `brand` is the one that the verdict names. `more` is the portal's page for this click (unused where the
    level is block); `back` a familiar page to return to, or None. `was_post` says that a form was being sent.
    """
    finding = find(link, verdict, brand, language)
    html = render(
        "warning.html",
        language,
        finding=finding,
        more="" if finding.blocked else _web_address(more),
        back=_web_address(back or ""),
        safe=f"{portal_root(link.scheme)}/safe",
        was_post=was_post,
    )
    return Page(
        403, blocked_origin_headers(language, STYLE_SOURCE, clear=verdict.level >= Level.WARN), html.encode()
    )


def refused_page(*, link: Link, language: str, back: str | None = None, public_name: bool = False) -> Page:
    """403: the target lies in this computer or the home network, so nothing from outside may open it.

    `public_name` where an ordinary name of the internet leads there, which no honest site does.
    """
    html = render(
        "refused.html",
        language,
        host=visible(link.unicode) or visible(link.host),
        back=_web_address(back or ""),
        safe=f"{portal_root(link.scheme)}/safe",
        public_name=public_name,
    )
    return Page(403, blocked_origin_headers(language, STYLE_SOURCE, clear=False), html.encode())


def could_not_check_page(*, link: Link | None, language: str, scheme: str) -> Page:
    """503: there is no verdict, and so no site. Says that it could not be checked, not that it is bad.

    Never raises for any argument: it is the last thing between an error and an open gate.
    """
    named, unnamed = _COULD_NOT_CHECK.get(
        (language, scheme == "https"), _COULD_NOT_CHECK["ja", scheme == "https"]
    )
    language = language if language in LANGUAGES else LANGUAGES[0]
    host = visible(link.unicode) or visible(link.host) if link else ""
    body = named.replace(_HOST_GOES_HERE, escape(host)) if host else unnamed
    headers = blocked_origin_headers(language, STYLE_SOURCE, clear=False)
    return Page(503, (*headers, ("Retry-After", "30")), body.encode("utf-8", "replace"))


def plain_refusal(host: str) -> Page:
    """403 in one line for what is no click: a picture, a script, a call of a page's program."""
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    )
    return Page(403, headers, f"Stopped by sekisho: {visible(host)}\n".encode("utf-8", "replace"))


def _web_address(url: str) -> str:
    """The address where it is of the web, else empty: never a way on to ``javascript:`` or ``data:``."""
    return url if url.startswith(("https://", "http://")) else ""


def _could_not_check(language: str, scheme: str) -> tuple[str, str]:
    safe = f"{portal_root(scheme)}/safe"
    return (
        render("could_not_check.html", language, host=_HOST_GOES_HERE, safe=safe),
        render("could_not_check.html", language, host="", safe=safe),
    )


_COULD_NOT_CHECK = {
    (language, scheme == "https"): _could_not_check(language, scheme)
    for language in LANGUAGES
    for scheme in ("https", "http")
}
