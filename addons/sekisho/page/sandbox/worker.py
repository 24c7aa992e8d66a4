"""PageWorkers: pages are judged by processes that can be killed, a warm one always in reserve.

`judge_page` never raises and never takes much longer than its deadline: a page that keeps its process busy
beyond it, fills its memory or crashes it is answered as one that could not be checked, and the process is
replaced while the next page goes to the other one. Where the system can fork that takes milliseconds, else
0.3 s; a process that cannot be started is tried again after pauses that grow, and until then pages are
unchecked, not clean.
"""

import asyncio
import logging
import signal
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from cachetools import TTLCache

from sekisho.link import Link
from sekisho.page.decode import MOST_BYTES
from sekisho.page.examine import Examined, unchecked
from sekisho.page.sandbox.messages import packed_rules
from sekisho.page.sandbox.processes import CAN_FORK, ForkServer, GoneError, PageProcess, spawned
from sekisho.rulebook.model import Rulebook

_log = logging.getLogger(__name__)

DEADLINE = 1.0 if hasattr(signal, "setitimer") else 0.250
"""Seconds until a page is given up. Before that the process ends itself (`PROCESSOR_SECONDS`) where the system
counts for it; then only a busy machine needs more, and a page must not go unread for that."""
PATIENCE = 1.0
"""Seconds that a page waits for a process while all are busy."""
REST = 30.0
"""Seconds in which no page of a domain is read after one that took too long: each costs its whole deadline."""
START_SECONDS = 15.0
_MOST_RESTING = 500
_LONGEST_PAUSE = 60.0


@dataclass
class PageWorkers:
    """Processes that judge pages by one Rulebook."""

    rulebook: Rulebook
    count: int = 2
    """Processes: one at work and one in reserve."""
    deadline: float = DEADLINE
    patience: float = PATIENCE
    rest: float = REST
    forks: bool = CAN_FORK
    outcomes: Counter[str] = field(default_factory=Counter)
    """How many pages were judged, and how many not: ``judged``, ``late``, ``crashed``, ``busy``, ``resting``."""

    def __post_init__(self) -> None:
        self._idle: asyncio.Queue[PageProcess] = asyncio.Queue()
        self._keepers: set[asyncio.Task[None]] = set()
        self._enders: set[asyncio.Task[None]] = set()
        self._processes: set[PageProcess] = set()
        self._server: ForkServer | None = None
        self._starting = asyncio.Lock()
        self._rules = packed_rules(self.rulebook)
        self._slow: TTLCache[str, None] = TTLCache(_MOST_RESTING, self.rest, timer=time.monotonic)
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
        if self._server is not None:
            await self._server.end()

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
        if link.domain in self._slow:
            self.outcomes["resting"] += 1
            return unchecked("a page of the same site took too long a moment ago")
        process = await self._free()
        if process is None:
            self.outcomes["busy"] += 1
            return unchecked("too many pages at once")
        try:
            async with asyncio.timeout(self.deadline):
                examined = await process.judge(body[: MOST_BYTES + 1], content_type, link)
        except TimeoutError:
            why = "late"
        except GoneError as error:
            why = "late" if error.late else "crashed"
            if why == "crashed":
                _log.warning("a page ended the process that judged it: %s", error)
        except asyncio.CancelledError:
            self._replace(process)  # its answer would be taken for that of the next page
            raise
        else:
            self.outcomes["judged"] += 1
            self._idle.put_nowait(process)
            return examined
        self.outcomes[why] += 1
        self._slow[link.domain] = None
        self._replace(process)
        return unchecked(
            "it is made so that reading it takes too long"
            if why == "late"
            else "the program that read it came to its end"
        )

    async def _free(self) -> PageProcess | None:
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

    def _replace(self, process: PageProcess) -> None:
        self._drop(process)
        if not self._closed and process.rules is self._rules:
            self._keep_one()

    def _drop(self, process: PageProcess) -> None:
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
            try:
                async with asyncio.timeout(START_SECONDS):
                    process = await self._new()
            except (TimeoutError, OSError, GoneError) as error:
                _log.error("the process that judges pages cannot be started: %s", error or "it is not ready")
            else:
                self._processes.add(process)
                self._idle.put_nowait(process)
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _new(self) -> PageProcess:
        """A process of the present rules. Raises OSError, GoneError."""
        rules = self._rules
        if not self.forks:
            return await spawned(rules)
        async with self._starting:
            server = self._server
            if server is None or server.rules is not rules or not server.alive:
                if server is not None:
                    await server.end()
                self._server = server = await ForkServer.start(rules)
            return await server.fork()
