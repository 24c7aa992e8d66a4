"""PageWorkers: pages are judged by processes that can be killed, a warm one always in reserve.

`judge_page` never raises and never takes much longer than its deadline: a page that keeps its process busy
beyond it, fills its memory or crashes it is answered as one that could not be checked, and the process is
replaced while the next page goes to the other one. A process starts in about 0.3 s; one that cannot start is
tried again after pauses that grow, and until then pages are unchecked, not clean.

With `serve`, which is the process, the one module of this room that does I/O.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sekisho.link import Link
from sekisho.page.decode import MOST_BYTES
from sekisho.page.examine import Examined, examined_from_dict, unchecked
from sekisho.page.messages import LENGTH, packed_rules
from sekisho.rulebook.model import Rulebook

_log = logging.getLogger(__name__)

DEADLINE = 1.0 if hasattr(signal, "setitimer") else 0.250
"""Seconds until a page is given up. Before that the process ends itself (`PROCESSOR_SECONDS`) where the system
counts for it; then only a busy machine needs more, and a page must not go unread for that."""
PATIENCE = 1.0
"""Seconds that a page waits for a process while all are busy."""
REST = 30.0
"""Seconds in which no page of a domain is read after one that took too long: it would cost a process each time."""
START_SECONDS = 15.0
_MOST_RESTING = 500
_LONGEST_PAUSE = 60.0
_LAST_BREATH = 0.5
"""Seconds until the system tells how a process ended."""
_MOST_ANSWER = 1 << 20
_MOST_HEADER = 200


class _GoneError(Exception):
    """The process ended, or said what none of ours would say."""


@dataclass
class PageWorkers:
    """Processes that judge pages by one Rulebook."""

    rulebook: Rulebook
    count: int = 2
    """Processes: one at work and one in reserve."""
    deadline: float = DEADLINE
    patience: float = PATIENCE
    told: Counter[str] = field(default_factory=Counter)
    """How many pages were judged, and how many not: ``judged``, ``late``, ``crashed``, ``busy``, ``resting``."""

    def __post_init__(self) -> None:
        self._idle: asyncio.Queue[_Process] = asyncio.Queue()
        self._keepers: set[asyncio.Task[None]] = set()
        self._enders: set[asyncio.Task[None]] = set()
        self._processes: set[_Process] = set()
        self._rules = packed_rules(self.rulebook)
        self._slow: dict[str, float] = {}
        self._closed = False

    async def start(self) -> None:
        """Start all processes; returns when the first is ready, or cannot be started."""
        tasks = [self._keep_one() for _ in range(self.count)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED, timeout=START_SECONDS)

    async def close(self) -> None:
        """End all processes."""
        self._closed = True
        for task in self._keepers:
            task.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*self._enders, *(process.end() for process in self._processes))
        self._processes.clear()

    async def renew(self, rulebook: Rulebook) -> None:
        """Judge by newer rules from now on: processes with the old ones are replaced as they become idle."""
        self.rulebook = rulebook
        self._rules = packed_rules(rulebook)
        fresh = [self._keep_one() for _ in range(self.count)]
        await asyncio.wait(fresh, timeout=START_SECONDS)

    async def judge_page(self, body: bytes, content_type: str, link: Link) -> Examined:
        """What is wrong with a page that the host of `link` served. Never raises.

        body: decompressed; what is longer than `MOST_BYTES` is not looked at.
        content_type: the header of that name, or empty.
        """
        now = asyncio.get_running_loop().time()
        if now - self._slow.get(link.domain, -REST) < REST:
            self.told["resting"] += 1
            return unchecked("a page of the same site took too long a moment ago")
        process = await self._free()
        if process is None:
            self.told["busy"] += 1
            return unchecked("too many pages at once")
        try:
            async with asyncio.timeout(self.deadline):
                examined = await process.judge(body[: MOST_BYTES + 1], content_type, link)
        except TimeoutError:
            why = "late"
        except _GoneError as error:
            why = "late" if await process.took_too_long() else "crashed"
            if why == "crashed":
                _log.warning("a page ended the process that judged it: %s", error)
        except asyncio.CancelledError:
            self._replace(process)  # its answer would be taken for that of the next page
            raise
        else:
            self.told["judged"] += 1
            self._idle.put_nowait(process)
            return examined
        self.told[why] += 1
        self._slow.pop(link.domain, None)
        self._slow[link.domain] = now
        if len(self._slow) > _MOST_RESTING:
            del self._slow[next(iter(self._slow))]
        self._replace(process)
        return unchecked(
            "it is made so that reading it takes too long"
            if why == "late"
            else "the program that read it came to its end"
        )

    async def _free(self) -> "_Process | None":
        """An idle process of the present rules, or None where none became free in time."""
        try:
            async with asyncio.timeout(self.patience):
                while True:
                    process = await self._idle.get()
                    if process.rules is self._rules and process.alive:
                        return process
                    self._drop(process)
                    if process.rules is self._rules:
                        self._keep_one()
        except TimeoutError:
            return None

    def _replace(self, process: "_Process") -> None:
        self._drop(process)
        if not self._closed and process.rules is self._rules:
            self._keep_one()

    def _drop(self, process: "_Process") -> None:
        process.kill()
        self._processes.discard(process)
        self._later(process.end(), self._enders)

    def _keep_one(self) -> asyncio.Task[None]:
        return self._later(self._started(), self._keepers)

    def _later(self, work: Coroutine[Any, Any, None], tasks: set[asyncio.Task[None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task

    async def _started(self) -> None:
        """One more idle process, however often it must be tried."""
        pause = 0.5
        while not self._closed:
            process = _Process(self._rules)
            try:
                async with asyncio.timeout(START_SECONDS):
                    await process.start()
            except (TimeoutError, OSError, _GoneError) as error:
                _log.error("the process that judges pages cannot be started: %s", error or "it is not ready")
                await process.end()
            except asyncio.CancelledError:
                await process.end()
                raise
            else:
                self._processes.add(process)
                self._idle.put_nowait(process)
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


class _Process:
    """One `sekisho.page.serve`."""

    def __init__(self, rules: bytes) -> None:
        self.rules = rules
        self._process: asyncio.subprocess.Process | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Raises OSError or _GoneError."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "sekisho.page.serve"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)},
        )
        await self._exchange(self.rules)

    async def judge(self, body: bytes, content_type: str, link: Link) -> Examined:
        """Raises _GoneError."""
        head = json.dumps({"host": link.host, "content_type": content_type[:_MOST_HEADER]}).encode()
        answer = await self._exchange(head, body)
        try:
            return examined_from_dict(json.loads(answer))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise _GoneError(f"it answered {answer[:80]!r}") from error

    async def _exchange(self, *messages: bytes) -> bytes:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise _GoneError("it was not started")
        try:
            for message in messages:
                process.stdin.write(LENGTH.pack(len(message)))
                process.stdin.write(message)
            await process.stdin.drain()
            (size,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
            if size > _MOST_ANSWER:
                raise _GoneError(f"it announced {size} bytes")
            return await process.stdout.readexactly(size)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise _GoneError(str(error) or "it ended") from error

    async def took_too_long(self) -> bool:
        """It ended itself since its page took too much of the processor."""
        if self._process is None or not hasattr(signal, "SIGPROF"):
            return False
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_BREATH):
                await self._process.wait()
        return self._process.returncode == -signal.SIGPROF

    def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def end(self) -> None:
        """Kill it and wait until it is gone."""
        self.kill()
        if self._process is not None:
            if self._process.stdin is not None:
                self._process.stdin.close()
            await self._process.wait()
