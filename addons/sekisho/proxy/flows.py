"""Flows: mitmproxy's flows and connections → our Request or Connection, and the key under which an Action is kept.

No decisions.
"""

from collections.abc import Sequence

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.proxy.layers.tls import HTTP_ALPNS

from sekisho.link import Link, host_link
from sekisho.policy.action import Forward
from sekisho.policy.request import Connection, Request, read_request
from sekisho.portal.language import best_language
from sekisho.portal.page import PORTAL_ADDRESS, PORTAL_HOST, Page

ACTION = "sekisho.action"
"""Key in `flow.metadata`: the `Forward` of a request that was judged and may go up."""
_REQUEST = "sekisho.request"
"""Key in `flow.metadata`: the `Request`, read once."""


def request_of(flow: http.HTTPFlow) -> Request:
    """The request of a flow, read once."""
    kept: Request | None = flow.metadata.get(_REQUEST)
    return read_again(flow) if kept is None else kept


def read_again(flow: http.HTTPFlow) -> Request:
    """The request of a flow, read anew: where a flow begins, since a replayed one brings what was kept of its first
    run, and where another request has taken its place.
    """
    request = flow.request
    read = flow.metadata[_REQUEST] = read_request(
        request.method,
        request.pretty_url,
        request.path,
        request.headers,
        links=names_of(flow),
        shown=host_link(request.pretty_host, request.port, request.scheme),
        client=client_address(flow.client_conn),
    )
    return read


def connection_of(
    client: Client, server: tuple[str, int], sni: str | None, offers: Sequence[bytes]
) -> Connection:
    """The TLS connection to `server` (host, port) that a client begins with this SNI and these ALPN protocols."""
    host, port = server
    names = dict.fromkeys(name for name in (host, sni) if name)
    is_web = any(offer in HTTP_ALPNS for offer in offers) if offers else port == 443
    links = tuple(host_link(name, port) for name in names)
    return Connection(links, client_address(client), port, is_web)


def action_of(flow: http.HTTPFlow) -> Forward | None:
    """What was decided of a request, where it may go up and nobody has answered it."""
    if flow.response is not None or flow.error is not None:
        return None
    action: Forward | None = flow.metadata.get(ACTION)
    return action


def is_cleared(flow: http.HTTPFlow) -> bool:
    """Whether nothing more of this request has to be read before it goes up."""
    action: Forward | None = flow.metadata.get(ACTION)
    return action is not None and action.cleared


def answer_with(flow: http.HTTPFlow, page: Page) -> None:
    """Answer in place of the server; nothing goes up."""
    headers = [(name.encode("ascii"), value.encode("utf-8")) for name, value in page.headers]
    flow.response = http.Response.make(page.status, page.body, http.Headers(headers))


def names_of(flow: http.HTTPFlow) -> tuple[Link, ...]:
    """Every name that a request is known by: where it goes, its Host header, its SNI."""
    request = flow.request
    known = dict.fromkeys(filter(None, (request.host, request.pretty_host, flow.client_conn.sni)))
    return tuple(host_link(name, request.port, request.scheme) for name in known) or (host_link(""),)


def length_of(headers: http.Headers) -> int | None:
    """Bytes of a message's body by its head; None where it is not given, or not in digits."""
    text: str = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def client_address(client: Client) -> str:
    """The address of the device that asks, without port and zone."""
    return client.peername[0].partition("%")[0].removeprefix("::ffff:") if client.peername else ""


def language_of(flow: http.HTTPFlow) -> str:
    """The language that the person's browser asks for, among ours."""
    return best_language(flow.request.headers.get("accept-language", ""))


def is_portal(flow: http.HTTPFlow) -> bool:
    """The request is for the proxy itself: by its name, its literal address, or that which this client connected to."""
    request = flow.request
    if request.host == PORTAL_HOST:
        return request.pretty_host == PORTAL_HOST
    if (request.scheme, request.host, request.port) == ("http", PORTAL_ADDRESS, 80):
        return request.pretty_host == PORTAL_ADDRESS
    own = flow.client_conn.sockname
    return own is not None and (request.host, request.port) == own[:2] and request.pretty_host == request.host
