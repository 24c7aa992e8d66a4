"""Respond: what every page of the portal needs of the request that it answers, and how it is answered.

Used inside a Flask request only.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, request

from sekisho.engine.pending import same_secret
from sekisho.link import Link
from sekisho.portal.finding import Finding, find
from sekisho.portal.language import LANGUAGES, best_language
from sekisho.portal.render import render
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Verdict, brand_shown

LANGUAGE_COOKIE = "sekisho-language"
"""What was chosen at the desk, on the portal's own pages; a page on a blocked origin follows the browser."""


def show(template: str, status: int, **values: Any) -> Response:
    """The page in the browser's language."""
    return html_page(render(template, language(), **values), status)


def html_page(html: str, status: int) -> Response:
    """A page that was rendered already."""
    return Response(html.encode("utf-8", "replace"), status, content_type="text/html; charset=utf-8")


def language() -> str:
    """The language of the pages for this browser: the one chosen at the desk, else what it asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return best_language(request.headers.get("Accept-Language", ""))


def client() -> str:
    """Address of the device that asks."""
    return request.remote_addr or ""


def host_name(host: str) -> str:
    """The name in a Host header, without port and last dot; empty where it cannot be read."""
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def from_our_own_page() -> bool:
    """What a browser says about where the form stood; it says nothing over plain http but for Origin."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    return origin in (None, f"{request.scheme}://{request.host}") and site in (None, "same-origin")


def brings(token: str) -> bool:
    """The form that was sent holds just this secret."""
    return same_secret(token, request.form.get("token", ""))


def finding_of(link: Link, verdict: Verdict, rules: Rulebook) -> Finding:
    """What the pages say about a verdict."""
    return find(link, verdict, brand_shown(verdict, rules.brands), language())
