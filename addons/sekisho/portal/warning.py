"""Pages that are served in the place of a site's: warnings, refusals, and "could not be checked".

They are served on an origin that may be hostile, so they carry links only — no form, no token, no
script (`portal.page.blocked_origin_headers`). Asking, going on and aftercare are links to the portal, under
``sekisho.internal/w/<ticket>``; decisions are made there. Where the family chose a picture or a phrase, the
click is answered with 303 to that page at once: the parent then sees a warning that no site can imitate.

`could_not_check_page` is what the Guard sends when everything else fails: it is rendered when this module
is imported, and only a host name is put into it.
"""

from base64 import b64encode
from html import escape

from sekisho.link import Link
from sekisho.portal.family_mark import FamilyMark
from sekisho.portal.finding import Finding, find
from sekisho.portal.language import LANGUAGES
from sekisho.portal.page import Page, blocked_origin_headers, portal_root
from sekisho.portal.render import STYLE_SOURCE, render
from sekisho.rulebook.model import Brand
from sekisho.verdict import Level, Verdict
from sekisho.visible import visible, visible_words

_HOST_GOES_HERE = "host-goes-here.invalid"
_JPEG = b"\xff\xd8\xff"
_LONGEST_PHRASE = 200
NO_MARK = FamilyMark("", b"")


def warning_page(
    *,
    link: Link,
    verdict: Verdict,
    brand: Brand | None,
    language: str,
    ticket: str,
    back: str | None,
    was_post: bool,
    has_mark: bool = False,
) -> Page:
    """403: what was found, the real site, the family, the way back, and under details why. Or 303 to the portal.

    `brand` is the one that the verdict names. `ticket` is the portal's page of this click, under which every
    further way lies; `back` a familiar page to return to, or None. `was_post` says that a form was being sent.
    `has_mark`: the family chose a picture or a phrase. The blocked site can read its own origin and would
    learn them there, so the browser is sent to the portal, which shows the same page with them.
    """
    ticket = _web_address(ticket)
    headers = blocked_origin_headers(language, STYLE_SOURCE, clear=verdict.level >= Level.WARN)
    if has_mark and ticket:
        return Page(303, (*headers, ("Location", ticket)), b"")
    finding = find(link, verdict, brand, language)
    html = warning_html(finding, language, ticket, back or "", f"{portal_root(link.scheme)}/safe", was_post)
    return Page(403, headers, html.encode("utf-8", "replace"))


def warning_html(
    finding: Finding,
    language: str,
    ticket: str,
    back: str,
    safe: str,
    was_post: bool,
    mark: FamilyMark = NO_MARK,
) -> str:
    """The warning, for either place. `ticket` and `safe` are addresses; only the portal passes the family mark."""
    return render(
        "warning.html",
        language,
        finding=finding,
        ticket=ticket,
        back=_web_address(back),
        safe=safe,
        was_post=was_post,
        phrase=visible_words(mark.phrase[:_LONGEST_PHRASE]),
        picture=b64encode(mark.picture).decode() if mark.picture.startswith(_JPEG) else "",
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
