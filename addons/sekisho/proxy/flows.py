"""What every addon reads off a flow, and how a Page becomes its answer."""

from mitmproxy import http
from mitmproxy.connection import Client

from sekisho.link import Link, LinkError, host_link, parse_link
from sekisho.portal.language import best_language
from sekisho.portal.page import PORTAL_ADDRESS, PORTAL_HOST, Page


def answer_with(flow: http.HTTPFlow, page: Page) -> None:
    """Answer in place of the server; nothing goes up."""
    headers = [(name.encode("ascii"), value.encode("utf-8")) for name, value in page.headers]
    flow.response = http.Response.make(page.status, page.body, http.Headers(headers))


def names_of(flow: http.HTTPFlow) -> list[Link]:
    """Every name that a request is known by: where it goes, its Host header, its SNI."""
    request = flow.request
    known = (request.host, request.pretty_host, flow.client_conn.sni)
    return [host_link(name, request.port, request.scheme) for name in dict.fromkeys(filter(None, known))] or [
        host_link("")
    ]


def host_of(url: str) -> str:
    """The host of an address that a header gives; empty where it gives none."""
    try:
        return parse_link(url).host if url.startswith(("http://", "https://")) else ""
    except LinkError:
        return ""


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
