"""Navigation: what kind of request is this: a click, a frame, a part of a page, or a prefetch?

Browsers send it in Fetch Metadata headers, but only over https; over plain http, and for Safari before 16.4,
the `Accept` header shows it. In doubt a request counts as a click: a click is
checked more, and answered with a page. Theory and measurements: W3C Fetch Metadata, and what
Chromium 156 and Firefox 153 were seen to send. Pure.
"""

from collections.abc import Mapping
from enum import StrEnum

_FRAMES = frozenset({"iframe", "frame", "object", "embed", "fencedframe"})


class Kind(StrEnum):
    """What a request wants, and so how it is answered when its host is bad."""

    CLICK = "click"
    """A top-level navigation: the person will look at the answer."""
    FRAME = "frame"
    """A navigation inside a page."""
    RESOURCE = "resource"
    """An image, a script, a fetch, a socket: a plain refusal will do."""
    AHEAD = "ahead"
    """Prefetch or prerender: once served, the later click would send no request at all."""


def kind_of(headers: Mapping[str, str]) -> Kind:
    """The kind of a request by its headers (any case-insensitive mapping, mitmproxy's for one)."""
    purpose = f"{headers.get('sec-purpose', '')},{headers.get('purpose', '')},{headers.get('x-moz', '')}"
    if "prefetch" in purpose.lower():
        return Kind.AHEAD
    mode = headers.get("sec-fetch-mode", "").strip().lower()
    if mode == "navigate":
        # Not `== "document"`: navigations that pass a service worker say "empty".
        dest = headers.get("sec-fetch-dest", "").strip().lower()
        return Kind.FRAME if dest in _FRAMES else Kind.CLICK
    if mode:
        return Kind.RESOURCE
    return Kind.CLICK if "text/html" in headers.get("accept", "").lower() else Kind.RESOURCE


def is_seen(headers: Mapping[str, str]) -> bool:
    """Whether the person sees what answers this navigation.

    Not in a frame, which may be hidden, nor where a link says that it saves (``<a download>``): Chromium calls that
    a navigation to nowhere, and what it gets of an error is "failed".
    """
    return headers.get("sec-fetch-dest", "").strip().lower() not in {*_FRAMES, "empty"}


def is_typed(method: str, headers: Mapping[str, str], host: str) -> bool:
    """Whether a request looks as if a person of this computer typed its address, or follows from that.

    True for a plain GET click that no other site started, and for whatever a page of `host` itself asks for.
    """
    site = headers.get("sec-fetch-site", "").strip().lower()
    if site:
        return site in {"none", "same-origin"}
    source = headers.get("origin") or headers.get("referer") or ""
    if source:
        return _host_of(source) == host
    return method == "GET" and kind_of(headers) is Kind.CLICK


def _host_of(url: str) -> str:
    authority = url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]
