"""ServerList: IANA's list of RDAP servers (RFC 9224), kept in the state folder and renewed when it is old.

A good list is used until a newer good one is there: an old list costs at most the few suffixes that
moved. So nobody waits for a renewal, only for the very first list. `ServerList` and `read_server_list` are pure.
"""

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from sekisho.atomic_file import write_whole
from sekisho.providers.registration.answer import NoAnswerError, State
from sekisho.providers.registration.fetch import Fetched, Fetcher, is_safe_url, trouble_of

logger = logging.getLogger(__name__)

FILE_NAME = "rdap-servers.json"
MAX_BYTES = 1024 * 1024
"""The list of 2025 has some 60 KiB."""
HOUR, DAY = 3600.0, 86_400.0
_FRESH = (HOUR, 7 * DAY)
"""At least and at most how long a list is fresh, whatever its headers say."""
_RETRY = 600.0
_RETRY_FIRST = 30.0
"""Seconds between two tries where there is no list at all."""

Renewed = Callable[[NoAnswerError | None], None]


@dataclass(frozen=True, slots=True)
class ServerList:
    """Which server knows the names under which suffix."""

    servers: Mapping[str, str]
    """Suffix, lower case, without dots at its ends → base URL that ends in ``/``."""
    hosts: frozenset[str]
    """The hosts of all servers: nobody else is asked, wherever an answer may point."""

    def find(self, domain: str) -> str | None:
        """The base URL for a domain: of the longest entry that ends it. None where nobody serves it."""
        name = domain
        while name:
            if base := self.servers.get(name):
                return base
            name = name.partition(".")[2]
        return None


def read_server_list(body: bytes) -> ServerList:
    """Read IANA's dns.json. An entry that cannot be used is left out.

    Raises NoAnswerError where it is no such list, or names no server at all.
    """
    try:
        services = json.loads(body)["services"]
        entries = [(service[0], service[1]) for service in services]
    except (ValueError, TypeError, LookupError, RecursionError):
        raise NoAnswerError(State.UNREADABLE, "it is no list of RDAP servers (RFC 9224)") from None
    servers: dict[str, str] = {}
    for suffixes, urls in entries:
        if not isinstance(suffixes, list) or not isinstance(urls, list):
            continue
        usable = (url for url in urls if isinstance(url, str) and _is_base(url))
        if base := next(usable, None):
            base = base if base.endswith("/") else f"{base}/"
            names = (name.lower().strip(".") for name in suffixes if isinstance(name, str))
            servers.update((name, base) for name in names if name)
    if not servers:
        raise NoAnswerError(State.UNREADABLE, "the list of RDAP servers names none that could be asked")
    return ServerList(servers, frozenset(urlsplit(base).hostname or "" for base in servers.values()))


def _is_base(url: str) -> bool:
    return is_safe_url(url) and not set("?#") & set(url)


@dataclass(frozen=True, slots=True)
class _Kept:
    body: str
    url: str
    """Where it came from: a list of another address is not used."""
    etag: str
    fresh_until: float


class KeptServers:
    """The list in force. Used from one event loop."""

    def __init__(
        self, folder: Path, url: str, fetcher: Fetcher, clock: Callable[[], float], renewed: Renewed
    ) -> None:
        """`renewed` is called with how each download ended: None where it succeeded."""
        self._path = folder / FILE_NAME
        self._url = url
        self._fetcher = fetcher
        self._clock = clock
        self._renewed = renewed
        self._reading = asyncio.Lock()
        self._was_read = False
        self._kept: _Kept | None = None
        self._list: ServerList | None = None
        self._next_try = 0.0
        self._trouble = NoAnswerError(State.UNREACHABLE, "the list of RDAP servers was not fetched yet")
        self._renewal: asyncio.Task[None] | None = None

    async def current(self) -> ServerList:
        """The last good list. Raises NoAnswerError where there never was one."""
        async with self._reading:
            if not self._was_read:
                await self._load()
                self._was_read = True
        if self._renewal is None and self._is_due():
            self._renewal = asyncio.create_task(self._renew_safely())
        if self._list is None and self._renewal is not None:
            await asyncio.wait({self._renewal})
        if self._list is None:
            raise NoAnswerError(self._trouble.state, str(self._trouble))
        return self._list

    async def close(self) -> None:
        """End a download that still runs."""
        if self._renewal:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    def _is_due(self) -> bool:
        now = self._clock()
        # A clock that was set back by more than the longest life must not keep the list for ever.
        fresh = self._kept is not None and now < self._kept.fresh_until <= now + _FRESH[1]
        return not fresh and not now < self._next_try <= now + _RETRY

    async def _renew_safely(self) -> None:
        """Nothing that goes wrong here may cost the list that is in force."""
        try:
            await self._renew()
        except Exception:
            logger.exception("the list of RDAP servers could not be renewed")
        finally:
            self._renewal = None

    async def _load(self) -> None:
        try:
            kept = await asyncio.to_thread(_read_file, self._path)
            if kept.url == self._url:
                self._list, self._kept = read_server_list(kept.body.encode()), kept
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, NoAnswerError) as error:
            logger.warning("%s cannot be used (%s); it is fetched anew", self._path, error)

    async def _renew(self) -> None:
        headers = {"Accept": "application/json"}
        if self._kept and self._kept.etag:
            headers["If-None-Match"] = self._kept.etag
        try:
            answer = await self._fetcher.get(self._url, hosts=(), max_bytes=MAX_BYTES, headers=headers)
            await self._take(answer)
        except NoAnswerError as error:
            self._next_try = self._clock() + (_RETRY if self._list else _RETRY_FIRST)
            self._trouble = NoAnswerError(error.state, f"the list of RDAP servers: {error}")
            self._renewed(self._trouble)
        else:
            self._renewed(None)

    async def _take(self, answer: Fetched) -> None:
        now = self._clock()
        fresh_until = now + fresh_seconds(answer.headers, now)
        if answer.status == 304 and self._kept:
            kept = _Kept(self._kept.body, self._url, self._kept.etag, fresh_until)
        elif answer.status == 200:
            self._list = read_server_list(answer.body)
            etag = answer.headers.get("ETag", "")
            kept = _Kept(answer.body.decode("utf-8", "replace"), self._url, etag, fresh_until)
        else:
            trouble = trouble_of(answer, now)
            if trouble.state is State.UNREGISTERED:
                trouble = NoAnswerError(State.UNREADABLE, f"{answer.host} has no such list (404)")
            raise trouble
        self._kept = kept
        try:
            await asyncio.to_thread(_write_file, self._path, kept)
        except OSError as error:
            logger.warning("%s cannot be written (%s); the list is fetched again", self._path, error.strerror)


def fresh_seconds(headers: Mapping[str, str], now: float) -> float:
    """How long an answer says that it is fresh, within limits; a day where it does not say.

    Cache-Control is believed before Expires (RFC 9111 §4.2.1); `now` is seconds since 1970 UTC.
    """
    seconds = DAY
    if found := re.search(r"max-age=\"?([0-9]{1,9})", headers.get("Cache-Control", ""), re.IGNORECASE):
        seconds = float(found[1])
    elif expires := headers.get("Expires"):
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            seconds = parsedate_to_datetime(expires).timestamp() - now
    return min(max(seconds, _FRESH[0]), _FRESH[1])


def _read_file(path: Path) -> _Kept:
    """Raises OSError, ValueError or TypeError."""
    fields = json.loads(path.read_bytes())
    kept = _Kept(**fields)
    if not all(isinstance(text, str) for text in (kept.body, kept.url, kept.etag)):
        raise TypeError("its fields are no texts")
    return _Kept(kept.body, kept.url, kept.etag, float(kept.fresh_until))


def _write_file(path: Path, kept: _Kept) -> None:
    """The whole file or the old one. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fields = asdict(kept)
    write_whole(path, json.dumps(fields).encode(), durable=False)
