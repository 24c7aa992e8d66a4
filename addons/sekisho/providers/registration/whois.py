"""WHOIS: ask JPRS about one .jp domain: a line out, lines back, the end (RFC 3912)."""

import asyncio

from sekisho.providers.registration.answer import NoAnswerError, State
from sekisho.providers.registration.jprs_answer import read_registered

MAX_BYTES = 64 * 1024
"""Answers are of 1 to 2 KiB."""


async def ask_jprs(server: tuple[str, int], domain: str, *, seconds: float) -> float | None:
    """Seconds since 1970 UTC of the day of registration; None where no day is told.

    `server` is host and port; `seconds` bounds the whole question. Raises NoAnswerError.
    """
    host, _ = server
    try:
        async with asyncio.timeout(seconds):
            answer = await _exchange(server, f"{domain}/e\r\n".encode("ascii"))
    except TimeoutError:
        raise NoAnswerError(State.UNREACHABLE, f"{host} did not answer within {seconds:g} s") from None
    except (OSError, ValueError) as error:
        told = f"{host} could not be asked ({type(error).__name__})"
        raise NoAnswerError(State.UNREACHABLE, told) from None
    if not answer.strip():
        raise NoAnswerError(State.UNREACHABLE, f"{host} hung up without an answer")
    try:
        return read_registered(answer, domain)
    except NoAnswerError as error:
        raise NoAnswerError(error.state, f"{host}: {error}") from None


async def _exchange(server: tuple[str, int], question: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*server)
    try:
        writer.write(question)
        await writer.drain()
        answer = bytearray()
        while chunk := await reader.read(16_384):
            answer += chunk
            if len(answer) > MAX_BYTES:
                told = f"{server[0]} sends more than {MAX_BYTES // 1024} KiB"
                raise NoAnswerError(State.UNREADABLE, told)
        return bytes(answer)
    finally:
        writer.transport.abort()  # whatever the other side still wants to say
