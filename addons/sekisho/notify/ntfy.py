"""ntfy: publishing to the family's topic, and one outgoing subscription to the reply topic. Async.

The protocol is https://docs.ntfy.sh/publish/#publish-as-json and https://docs.ntfy.sh/subscribe/api/: a JSON object
a line, ``open`` first, ``keepalive`` every 45 seconds, ``message`` for each message; ``since`` gives those that
the server kept while nobody listened. No port is open at home. Nothing is followed elsewhere (redirects),
and no proxy of the environment is used, since that may be ourselves.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp
from pydantic import SecretStr

PUBLISH_SECONDS = 15.0
SILENCE_SECONDS = 150.0
"""Three keep-alives that did not come: the connection is dead."""
_LONGEST_LINE = 2**16
_SENTENCES = {
    "wrong token": "the server does not let us in: check ntfy.token and who may use the topics",
    "too many": "the server takes no more messages for now",
    "refused": "the server refused the request: check ntfy.server",
    "server error": "the server has an error of its own",
    "unreachable": "the server could not be reached: check ntfy.server, and the internet",
    "too slow": "the server did not answer in time",
    "unreadable": "what answers there is no ntfy server: check ntfy.server",
    "cut off": "the server ended the subscription",
}


class NtfyError(RuntimeError):
    """The server did not do it. The message says what to do; it holds no topic and no token."""

    def __init__(self, state: str, code: int = 0) -> None:
        self.state = state
        """A word or two for `sekisho status`."""
        super().__init__(_SENTENCES[state] + (f" (HTTP {code})" if code else ""))


@dataclass(frozen=True, slots=True)
class Received:
    """One message on the reply topic."""

    id: str
    topic: str
    text: str
    at: float
    """Seconds since 1970, by the server's clock; whole ones."""


class Ntfy:
    """One server. Use it in an `async with` block."""

    def __init__(self, server: str, token: SecretStr, *, silence: float = SILENCE_SECONDS) -> None:
        self.server = server
        self._token = token
        self._silence = silence
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        headers = {"User-Agent": "sekisho"}
        if token := self._token.get_secret_value():
            headers["Authorization"] = f"Bearer {token}"
        self._session = aiohttp.ClientSession(headers=headers, trust_env=False, read_bufsize=_LONGEST_LINE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    async def publish(self, message: dict[str, Any]) -> None:
        """Publish a message, as `replies.published` makes it. Raises NtfyError."""
        timeout = aiohttp.ClientTimeout(total=PUBLISH_SECONDS)
        try:
            async with self._open.post(
                f"{self.server}/", json=message, timeout=timeout, allow_redirects=False
            ) as response:
                _check(response.status)
                await response.content.read(_LONGEST_LINE)
        except TimeoutError:
            raise NtfyError("too slow") from None
        except aiohttp.ClientError:
            raise NtfyError("unreachable") from None

    async def receive(self, topic: str, since: int) -> AsyncIterator[Received | None]:
        """Messages of a topic from a time on (seconds since 1970), then whatever comes; None when it is connected
        and at each keep-alive. Ends by NtfyError: the caller connects again.
        """
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=PUBLISH_SECONDS, sock_read=self._silence)
        try:
            async with self._open.get(
                f"{self.server}/{topic}/json",
                params={"since": str(since)},
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                _check(response.status)
                async for line in response.content:
                    if line.strip():
                        yield _received(line)
        except TimeoutError:
            raise NtfyError("too slow") from None
        except aiohttp.ClientError:
            raise NtfyError("unreachable") from None
        except ValueError:  # a line that is too long, or no JSON
            raise NtfyError("unreadable") from None
        raise NtfyError("cut off")

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use it in an `async with` block")
        return self._session


def _received(line: bytes) -> Received | None:
    """Raises ValueError where it is nothing that ntfy sends."""
    sent = json.loads(line)
    if not isinstance(sent, dict):
        raise ValueError("no object")
    if sent.get("event") != "message":
        return None
    at = sent.get("time")
    return Received(
        id=str(sent.get("id", "")),
        topic=str(sent.get("topic", "")),
        text=str(sent.get("message", "")),
        at=float(at) if isinstance(at, int | float) else 0.0,
    )


def _check(status: int) -> None:
    if status == 200:
        return
    if status in (401, 403):
        raise NtfyError("wrong token", status)
    if status == 429:
        raise NtfyError("too many", status)
    raise NtfyError("server error" if status >= 500 else "refused", status)
