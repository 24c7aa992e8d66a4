"""Fetch: one bounded GET. Its hops, bytes and seconds have limits, and so has where it may lead.

aiohttp, not requests in a thread: one `asyncio.timeout` ends a server that drips a byte a second, and
nothing stays behind. Names are resolved by the loop, so that the proxy's own rules about addresses hold
for these connections too. The proxy of the environment is not used: it may be this very program.
"""

import asyncio
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp
import certifi
from yarl import URL

from sekisho import __version__
from sekisho.backoff import parse_retry_after
from sekisho.link import host_link, is_loopback
from sekisho.providers.registration.answer import NoAnswerError, State

MAX_HOPS = 3
"""Redirects that are followed; servers of RDAP need one."""
SECONDS = 8.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer that is not a redirect, whatever its status."""

    host: str
    """Who answered."""
    status: int
    headers: Mapping[str, str]
    """Names in any case."""
    body: bytes


class Fetcher:
    """One connection pool, opened with the first question. Used from one event loop."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """`seconds` bounds one question with all its redirects."""
        self._seconds = seconds
        self._opening = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None

    async def get(
        self, url: str, *, hosts: Collection[str], max_bytes: int, headers: Mapping[str, str]
    ) -> Fetched:
        """Ask for a URL. A redirect is followed to https and to `hosts`, or within the asked owner's domain.

        Raises NoAnswerError: unreachable (nobody there, too slow, a bad certificate), or unreadable (too
        large, compressed unasked, a redirect that leads nowhere).
        """
        host = _host(url)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow(url, hosts, max_bytes, headers)
        except TimeoutError:
            sentence = f"{host} did not answer within {self._seconds:g} s"
        except aiohttp.ClientConnectorCertificateError:
            sentence = f"{host} has no certificate that can be trusted"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            sentence = f"{host} could not be asked ({type(error).__name__})"
        raise NoAnswerError(State.UNREACHABLE, sentence) from None

    async def close(self) -> None:
        """Close every connection."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def _follow(
        self, url: str, hosts: Collection[str], max_bytes: int, headers: Mapping[str, str]
    ) -> Fetched:
        session = await self._open()
        owner = host_link(_host(url)).domain
        for _ in range(MAX_HOPS + 1):
            asked = session.get(URL(url, encoded=True), headers=dict(headers), allow_redirects=False)
            async with asked as response:
                if response.status not in _REDIRECTS:
                    body = await _read(response, _host(url), max_bytes)
                    return Fetched(_host(url), response.status, response.headers, body)
                target = _target(url, response.headers.get("Location", ""))
            if not is_safe_url(target) or not (
                _host(target) in hosts or host_link(_host(target)).domain == owner
            ):
                sentence = (
                    f"{_host(url)} points to a place that is not asked: no https, or nobody of IANA's list"
                )
                raise NoAnswerError(State.UNREADABLE, sentence)
            url = target
        raise NoAnswerError(State.UNREADABLE, f"{_host(url)} redirects more than {MAX_HOPS} times")

    async def _open(self) -> aiohttp.ClientSession:
        async with self._opening:
            if self._session is None:
                trust = await asyncio.to_thread(ssl.create_default_context, cafile=certifi.where())
                self._session = aiohttp.ClientSession(
                    # Not aiodns, even where it is installed: only the loop knows the proxy's rules.
                    connector=aiohttp.TCPConnector(ssl=trust, resolver=aiohttp.ThreadedResolver()),
                    headers={"User-Agent": f"sekisho/{__version__}", "Accept-Encoding": "identity"},
                    timeout=aiohttp.ClientTimeout(total=None),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    trust_env=False,
                )
            return self._session


def is_safe_url(url: str) -> bool:
    """https with a host, no user name and no odd characters; plain http for this computer only (tests)."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or not url.isascii() or not url.isprintable() or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def trouble_of(answer: Fetched, now: float) -> NoAnswerError:
    """What an answer that is not 200 means; `now` is seconds since 1970 UTC."""
    status, host = answer.status, answer.host
    wait = parse_retry_after(answer.headers.get("Retry-After"), now)
    if status == 404:
        return NoAnswerError(State.UNREGISTERED, f"{host} does not know the name")
    if status == 429:
        return NoAnswerError(State.RATE_LIMITED, f"{host} was asked too often", wait)
    if status >= 500:
        return NoAnswerError(State.UNREACHABLE, f"{host} answers that it cannot ({status})", wait)
    if status >= 400:
        return NoAnswerError(State.REFUSED, f"{host} does not want to answer us ({status})", wait)
    return NoAnswerError(State.UNREADABLE, f"{host} answers with the status {status}")


def _target(url: str, location: str) -> str:
    """Where a redirect leads; empty where that cannot be read."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


async def _read(response: aiohttp.ClientResponse, host: str, max_bytes: int) -> bytes:
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise NoAnswerError(State.UNREADABLE, f"{host} sends compressed what was asked for plain")
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > max_bytes:
            raise NoAnswerError(State.UNREADABLE, f"{host} sends more than {max_bytes // 1024} KiB")
    return bytes(body)
