"""Client: one question to VirusTotal by vt-py, and its answer as a value; it raises nothing.

vt-py brings the session: address, headers, gzip, time-outs. Its own reading of answers is not used: it
drops the HTTP status and Retry-After, reads bodies of any length, and lets an attribute named ``id``
break its objects. Its sync methods are never called: they raise inside a running loop.

Made and closed in the loop that uses it. No proxy of the environment is used: it may be sekisho. This
module takes a fifth of a second to import, and is imported where there is a key.
"""

import asyncio
import functools
import json
import re
import ssl
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
import certifi
import vt
import yarl

from sekisho import __version__
from sekisho.backoff import parse_retry_after
from sekisho.providers.virustotal.report import DomainReport, read_report
from sekisho.providers.virustotal.states import SENTENCES, State, may_ask

TIMEOUT = 30.0
"""Seconds for one answer: VirusTotal takes that long at times, and a late answer is still used."""
LONGEST = 8 << 20
"""Bytes of an answer that are read; reports have some hundred kilobytes."""
_CODE = re.compile(r"[A-Za-z]{1,40}")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one question."""

    state: State
    sentence: str = ""
    report: DomainReport | None = None
    retry_after: float | None = None
    """Seconds, where the server asked to wait."""
    data: Any = None
    """The ``data`` of the answer, where there was one."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What a key may ask, as far as VirusTotal says so."""

    used_today: int
    allowed_a_day: int


class OneServer(aiohttp.TCPConnector):
    """Connects to one server only: a redirect to another one would take the key there."""

    def __init__(self, host: str, context: ssl.SSLContext) -> None:
        super().__init__(ssl=context, resolver=aiohttp.ThreadedResolver())
        self._origin = yarl.URL(host).origin()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # aiohttp's own signature
    ) -> Any:
        """Raises ValueError for another server."""
        if req.url.origin() != self._origin:
            raise ValueError("redirected to another server")
        return await super().connect(req, traces, timeout)


class Client:
    """A session with one server and one key. Used in one event loop; close it there."""

    def __init__(self, key: str, host: str, *, timeout: float = TIMEOUT) -> None:
        self.key = key
        self._host = host
        self._timeout = timeout
        self._vt: vt.Client | None = None

    async def domain(self, domain: str) -> Reply:
        """The report of a domain that `may_ask` allows. Raises ValueError for another one, and nothing else."""
        if not may_ask(domain):
            raise ValueError(f"{domain!r} is no registrable domain")
        reply = await self._get(f"/domains/{domain}")
        if reply.state is not State.OK:
            return reply
        try:
            if reply.data["type"] != "domain" or reply.data["id"].lower() != domain:
                raise ValueError("it is about something else")
            return Reply(State.OK, report=read_report(domain, reply.data["attributes"]))
        except (KeyError, TypeError, AttributeError, ValueError):
            return Reply(State.UNREADABLE)

    async def quota(self) -> tuple[Reply, Quota | None]:
        """Whether the key is accepted, and its quota where VirusTotal gives it. Costs no lookup."""
        reply = await self._get(f"/users/{self.key}/overall_quotas")
        if reply.state is not State.OK:
            return reply, None
        try:
            day = reply.data["api_requests_daily"]
            day = day.get("user") or day.get("group") or day
            return reply, Quota(int(day["used"]), int(day["allowed"]))
        except (KeyError, TypeError, AttributeError, ValueError):
            return reply, None

    async def close(self) -> None:
        """End the session; a question that is under way ends as unreachable."""
        if self._vt is not None:
            await self._vt.close_async()
            self._vt = None

    async def _get(self, path: str) -> Reply:
        try:
            return await self._read(path)
        except TimeoutError:
            return Reply(State.TOO_SLOW)
        except (aiohttp.ClientError, OSError, RuntimeError) as error:
            return Reply(*_trouble(error))
        except ValueError:
            return Reply(State.UNREADABLE)

    async def _read(self, path: str) -> Reply:
        session = await self.open()
        response = await session.get_async(path)
        try:
            body = bytearray()
            while len(body) <= LONGEST and (piece := await response.content.readany_async()):
                body += piece
        finally:
            response.close()  # gives a connection back whose answer was read, and ends any other
        content = None
        if len(body) <= LONGEST:
            try:
                content = json.loads(body)
            except (ValueError, RecursionError):
                content = None
        return _reply(response.status, response.headers.get("Retry-After"), content)

    async def open(self) -> vt.Client:
        """The session, made where there is none; nothing is sent."""
        if self._vt is None:
            context = await asyncio.to_thread(_trusted)
            if self._vt is None:  # nobody else was quicker
                self._vt = vt.Client(
                    self.key,
                    agent=f"sekisho {__version__}",
                    host=self._host,
                    trust_env=False,
                    timeout=self._timeout,  # of everything: name, connection, the whole answer
                    connector=OneServer(self._host, context),
                )
        return self._vt


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The authorities of this computer and the well-known ones (Python on a Mac comes without any)."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _reply(status: int, retry_after: str | None, content: Any) -> Reply:
    """An answer's meaning by its status; the codes are those of https://docs.virustotal.com/reference/errors."""
    if status == 200:
        if isinstance(content, dict) and "data" in content:
            return Reply(State.OK, data=content["data"])
        return Reply(State.UNREADABLE)
    code = _code(content)
    if status == 404:
        # Another server (a wrong `host`) has its own 404.
        return Reply(State.NOT_FOUND) if code == "NotFoundError" else Reply(State.UNREADABLE)
    if status in (401, 403):
        if code == "UserNotActiveError":
            sentence = (
                "VirusTotal has not activated the key's account yet: follow the link in its mail, then run"
            )
            return Reply(State.WRONG_KEY, f"{sentence} `sekisho virustotal key` again")
        return Reply(State.WRONG_KEY)
    wait = parse_retry_after(retry_after, time.time())
    if status == 429:
        return Reply(State.QUOTA, retry_after=wait)
    if status == 400:
        return Reply(State.NOT_ASKED, f"VirusTotal does not take this name ({code or 'error 400'})")
    if status >= 500 or status in (408, 424):
        sentence = SENTENCES[State.SERVER_ERROR].replace(";", f" (error {status});")
        return Reply(State.SERVER_ERROR, sentence, retry_after=wait)
    return Reply(State.UNREADABLE)


def _code(content: Any) -> str:
    """The error's code, ``NotFoundError``; empty where there is none."""
    error = content.get("error") if isinstance(content, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _trouble(error: Exception) -> tuple[State, str]:
    """State and sentence of a failed connection. aiohttp's own words may hold the address, and so the key."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return State.UNREACHABLE, (
            "VirusTotal's name is not found; check this computer's internet connection and its DNS"
        )
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return State.UNREACHABLE, (
            "VirusTotal's certificate is not trusted, so somebody may stand in between; check the clock and the network"
        )
    if isinstance(error, aiohttp.ClientResponseError):
        return State.UNREADABLE, ""
    if isinstance(error, aiohttp.ClientConnectorError):
        return State.UNREACHABLE, ""
    return State.UNREACHABLE, "the connection to VirusTotal broke off; it is asked again soon"
