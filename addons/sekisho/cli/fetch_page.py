"""Fetch one page, for `sekisho check --fetch`: what a browser would be shown first, and nothing that it refers to.

The site learns that somebody asked, as it would from a browser; it gets no cookie and runs nothing. Bounded in
time, size and redirects, and names that lead into the home network are refused, as in the proxy.
"""

import asyncio
import ssl
from typing import NamedTuple
from urllib.parse import urljoin

import aiohttp
import certifi

from sekisho import __version__
from sekisho.cli.failure import Failure, UsageFailure
from sekisho.engine.resolver import install_resolver
from sekisho.link import Link, LinkError, parse_link
from sekisho.page.decode import MOST_BYTES
from sekisho.policy.home_network import HomeNetwork
from sekisho.settings import Settings

SECONDS = 20.0
"""For all of it, redirects included."""
_MOST_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "User-Agent": f"Mozilla/5.0 (compatible; sekisho/{__version__})",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "ja,en;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}
_REASONS: dict[type[Exception], str] = {
    aiohttp.ClientConnectorCertificateError: "the server's certificate cannot be trusted",
    aiohttp.ClientConnectorDNSError: "the server's name cannot be looked up, or leads into the home network",
    aiohttp.ClientConnectorError: "there is no connection to the server",
    aiohttp.ServerDisconnectedError: "the answer broke off",
    aiohttp.ClientPayloadError: "the answer broke off",
}
"""The first that fits counts: a subclass stands before its base."""


class Fetched(NamedTuple):
    """What a server answered."""

    link: Link
    """Where it was in the end."""
    url: str
    content_type: str
    body: bytes
    """Unpacked; at most one byte more than is read."""


def fetch_page(url: str, settings: Settings, *, seconds: float = SECONDS) -> Fetched:
    """The page at `url`, redirects followed. Raises Failure."""
    try:
        if not parse_link(url).scheme.startswith("http"):
            raise UsageFailure(f"--fetch: {url}: write an address that begins with http:// or https://")
    except LinkError as error:
        raise UsageFailure(f"--fetch: {error}") from error
    try:
        return asyncio.run(_fetch(url if "://" in url else f"https://{url}", settings, seconds))
    except TimeoutError as error:
        raise Failure(f"{url}: it was not there within {seconds:g} seconds") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Failure(f"{url}: cannot be fetched: {_reason(error)}") from error


async def _fetch(url: str, settings: Settings, seconds: float) -> Fetched:
    home = HomeNetwork(settings.resolve, settings.allow_private)
    install_resolver(asyncio.get_running_loop(), home)
    trusted = ssl.create_default_context(cafile=certifi.where())
    if settings.upstream_ca is not None:
        trusted.load_verify_locations(settings.upstream_ca)
    connector = aiohttp.TCPConnector(ssl=trusted, use_dns_cache=False, resolver=aiohttp.ThreadedResolver())
    async with (
        asyncio.timeout(seconds),
        aiohttp.ClientSession(
            connector=connector, headers=_HEADERS, cookie_jar=aiohttp.DummyCookieJar()
        ) as web,
    ):
        for _ in range(_MOST_REDIRECTS + 1):
            link = parse_link(url)
            if home.contains(link):
                raise ValueError(f"{link.host} lies in this computer or the home network")
            async with web.get(url, allow_redirects=False) as answer:
                place = answer.headers.get("Location", "")
                if answer.status in _REDIRECTS and place:
                    url = urljoin(url, place)
                    continue
                body = b""
                while len(body) <= MOST_BYTES and (piece := await answer.content.read(65_536)):
                    body += piece
                return Fetched(link, url, answer.headers.get("Content-Type", ""), body[: MOST_BYTES + 1])
    raise ValueError(f"it is redirected more than {_MOST_REDIRECTS} times")


def _reason(error: BaseException) -> str:
    """The end of a sentence."""
    known = next((reason for kind, reason in _REASONS.items() if isinstance(error, kind)), "")
    return known or str(error) or type(error).__name__
