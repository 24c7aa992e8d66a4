"""Processes that judge pages, as the proxy sees them: started, asked, ended.

A `ForkServer` gives them where the system can fork, `spawned` elsewhere.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import NamedTuple

from sekisho.link import Link
from sekisho.page.examine import Examined, examined_from_dict
from sekisho.page.sandbox.messages import ENDED, KILL, LENGTH, ORDER, START, framed

CAN_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds")
_MOST_ANSWER = 1 << 20
_MOST_HEADER = 200
_TOO_LONG = -getattr(signal, "SIGPROF", 0)


class GoneError(Exception):
    """A process ended, or wrote what none of ours would write."""

    def __init__(self, what: str, *, late: bool = False) -> None:
        super().__init__(what)
        self.late = late
        """It was ended since its page took too much of the processor."""


class PageProcess:
    """A process of `serve.answer_pages`; one page at a time."""

    def __init__(
        self, rules: bytes, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.rules = rules
        self.number = number
        """The system's number of the process."""
        self._reader = reader
        self._writer = writer
        # Always waited for: an idle process that says anything has ended, or is not to be trusted.
        self._next = asyncio.create_task(self._message())

    @property
    def alive(self) -> bool:
        """It waits for a page."""
        return not self._next.done()

    async def judge(self, body: bytes, content_type: str, link: Link) -> Examined:
        """Raises GoneError."""
        head = json.dumps({"host": link.host, "content_type": content_type[:_MOST_HEADER]}).encode()
        with suppress(OSError):  # then it has ended, and the next message says how
            self._writer.write(framed(head) + LENGTH.pack(len(body)))
            self._writer.write(body)
            await self._writer.drain()
        await asyncio.wait((self._next,))
        answer = b"" if self._next.cancelled() else self._next.result()
        self._next = asyncio.create_task(self._message())
        try:
            fields = json.loads(answer)
            if ENDED in fields:
                raise GoneError(f"it ended with {fields[ENDED]}", late=fields[ENDED] == _TOO_LONG)
            return examined_from_dict(fields)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise GoneError(f"it answered {answer[:80]!r}" if answer else "it ended") from error

    async def end(self) -> None:
        """Kill it."""
        self._next.cancel()
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _message(self) -> bytes:
        """The next message; empty where none comes any more."""
        try:
            (size,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
            return await self._reader.readexactly(size) if size <= _MOST_ANSWER else b""
        except (OSError, asyncio.IncompleteReadError):
            return b""


class _Spawned(PageProcess):
    """A Python of its own."""

    def __init__(self, rules: bytes, python: "_Python") -> None:
        super().__init__(rules, python.process.pid, python.out, python.source)
        self._process = python.process

    async def end(self) -> None:
        await _kill(self._process)
        await super().end()


async def spawned(rules: bytes) -> PageProcess:
    """A new process that has read the rules. Raises OSError, GoneError."""
    return _Spawned(rules, await _python("sekisho.page.sandbox.serve", rules))


class ForkServer:
    """A process that has read the rules, and whose children judge pages."""

    def __init__(self, rules: bytes, process: asyncio.subprocess.Process, orders: socket.socket) -> None:
        self.rules = rules
        self._process = process
        self._orders = orders

    @classmethod
    async def start(cls, rules: bytes) -> "ForkServer":
        """Raises OSError, GoneError."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                python = await _python("sekisho.page.sandbox.fork_server", rules, theirs)
        except BaseException:
            ours.close()
            raise
        ours.setblocking(False)
        return cls(rules, python.process, ours)

    @property
    def alive(self) -> bool:
        """It can be asked for a process."""
        return self._process.returncode is None

    async def fork(self) -> PageProcess:
        """A new process. Raises OSError, GoneError."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._orders, [ORDER.pack(START, 0)], [theirs.fileno()])
            reader, writer = await asyncio.open_connection(sock=ours)
        except BaseException:
            ours.close()
            raise
        try:
            number = await self._announced(reader)
        except (OSError, asyncio.IncompleteReadError) as error:
            writer.close()
            raise GoneError("it was not forked") from error
        except BaseException:
            writer.close()
            raise
        return _Forked(self, number, reader, writer)

    async def _announced(self, reader: asyncio.StreamReader) -> int:
        """The number of the new process. Raises OSError, IncompleteReadError, GoneError.

        A server that dies behind the fork never announces its child, and the child keeps the socket open.
        """
        number = asyncio.create_task(reader.readexactly(LENGTH.size))
        end = asyncio.create_task(self._process.wait())
        try:
            await asyncio.wait((number, end), return_when=asyncio.FIRST_COMPLETED)
            if not number.done():
                raise GoneError("the fork server ended")
            (found,) = LENGTH.unpack(number.result())
            return int(found)
        finally:
            number.cancel()
            end.cancel()

    def kill(self, number: int) -> None:
        """End a child, if it still is one."""
        with suppress(OSError):
            self._orders.send(ORDER.pack(KILL, number))

    async def end(self) -> None:
        """Kill it; its children end with their sockets."""
        self._orders.close()
        await _kill(self._process)


class _Forked(PageProcess):
    """A child of a `ForkServer`."""

    def __init__(
        self, server: ForkServer, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        super().__init__(server.rules, number, reader, writer)
        self._server = server

    async def end(self) -> None:
        self._server.kill(self.number)
        await super().end()


class _Python(NamedTuple):
    """A running module, and its pipes."""

    process: asyncio.subprocess.Process
    source: asyncio.StreamWriter
    out: asyncio.StreamReader


async def _python(module: str, rules: bytes, orders: socket.socket | None = None) -> _Python:
    """A Python that runs the module and has read the rules. Raises OSError, GoneError."""
    descriptors = () if orders is None else (orders.fileno(),)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", module, *map(str, descriptors)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        pass_fds=descriptors,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)},
    )
    try:
        if process.stdin is None or process.stdout is None:
            raise GoneError("it has no pipes")
        process.stdin.write(framed(rules))
        await process.stdin.drain()
        if await process.stdout.readexactly(LENGTH.size) != framed(b""):
            raise GoneError("it does not say that it is ready")
    except (OSError, asyncio.IncompleteReadError) as error:
        await _kill(process)
        raise GoneError("it ended before it was ready") from error
    except BaseException:
        await _kill(process)
        raise
    return _Python(process, process.stdin, process.stdout)


async def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()
