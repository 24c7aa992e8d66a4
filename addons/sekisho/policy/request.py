"""Request and Connection: what a client wants, as plain values. Pure.

`read_request` reads the headers once; everything that the rules ask about a request stands in its fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sekisho.link import Link
from sekisho.policy.navigation import Kind, is_seen, is_typed, kind_of


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request that wants to go up."""

    links: tuple[Link, ...]
    """Every name that it is known by (target, Host, SNI); at least one, the target first."""
    shown: Link
    """As the browser names it (Host); what a page's own addresses are relative to."""
    client: str
    """Address of the device."""
    kind: Kind
    method: str = "GET"
    scheme: str = "https"
    url: str = ""
    """The whole address; it stays in memory."""
    path: str = "/"
    """Path and query; they stay in memory."""
    is_seen: bool = True
    """The person sees what answers it: not in a frame, nor a link that saves (``<a download>``)."""
    is_typed: bool = False
    """It looks as if a person typed its address, by all its names, or follows from such a page."""
    wants_worker: bool = False
    """It fetches the script of a service worker."""
    site: str = ""
    """`Sec-Fetch-Site`, lower case; empty over plain http."""
    referer: str = ""
    agent: str = ""
    """`User-Agent`."""

    @property
    def link(self) -> Link:
        """The target."""
        return self.links[0]

    @property
    def is_navigation(self) -> bool:
        """A click or a frame: its answer is a page."""
        return self.kind in (Kind.CLICK, Kind.FRAME)

    @property
    def is_get_click(self) -> bool:
        """A click that sends nothing but its query: an address that was typed, a link, a form by GET."""
        return self.kind is Kind.CLICK and self.method == "GET"

    @property
    def is_shown(self) -> bool:
        """A click by GET whose answer the person sees: a question can be asked in its place."""
        return self.is_get_click and self.is_seen


@dataclass(frozen=True, slots=True)
class Connection:
    """One TLS connection that a client begins, as its ClientHello shows it."""

    links: tuple[Link, ...]
    """CONNECT target or original destination, and SNI."""
    client: str
    port: int
    is_web: bool
    """It speaks HTTP: by the protocols it offers (ALPN), or by port 443 where it offers none."""


def read_request(
    method: str,
    url: str,
    path: str,
    headers: Mapping[str, str],
    *,
    links: tuple[Link, ...],
    shown: Link,
    client: str,
) -> Request:
    """A request by its head. `headers`: any case-insensitive mapping (mitmproxy's for one)."""
    return Request(
        links,
        shown,
        client,
        kind_of(headers),
        method,
        links[0].scheme,
        url,
        path,
        is_seen(headers),
        all(is_typed(method, headers, link.host) for link in links),
        headers.get("service-worker", "").strip().lower() == "script",
        headers.get("sec-fetch-site", "").strip().lower(),
        headers.get("referer", ""),
        headers.get("user-agent", ""),
    )
