"""The engine's tests share the proxy's fixtures, and ask with requests of their own: no mitmproxy here."""

from typing import Any

from sekisho.link import parse_link
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request

from ..proxy.conftest import engine, settings

__all__ = ["CLIENT", "engine", "make_request", "settings"]

CLIENT = "192.168.1.20"


def make_request(url: str, kind: Kind = Kind.CLICK, **fields: Any) -> Request:
    """A request of one name for a whole address; `fields` are those of `Request`."""
    link = parse_link(url)
    path = "/" + url.partition("://")[2].partition("/")[2]
    fields = {"links": (link,), "shown": link, "client": CLIENT, "site": "same-origin", **fields}
    return Request(kind=kind, scheme=link.scheme, url=url, path=path, **fields)
