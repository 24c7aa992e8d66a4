"""Registrations: ask for the age of a link's domain, once for all who wait, and remember the answer.

A click waits a moment (`wait`), never for the whole lookup; the lookup goes on, and its answer is there
for the next check. At most four questions are with servers at one time, within the rate limit of each
server (`rate_limit`).
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from sekisho.link import Link
from sekisho.providers.records import Records, RecordStore
from sekisho.providers.registration.answer import (
    ANSWERED,
    SOURCE,
    NoAnswerError,
    Registration,
    State,
    askable_domain,
    is_plausible,
)
from sekisho.providers.registration.fetch import SECONDS, Fetcher
from sekisho.providers.registration.memory import FRESH, HOUR, Memory
from sekisho.providers.registration.protocols import ask_jprs, ask_rdap
from sekisho.providers.registration.rate_limit import GAP, RateLimit
from sekisho.providers.registration.server_list import KeptServers
from sekisho.records.sources import GOOD

logger = logging.getLogger(__name__)

AT_ONCE = 4
"""Look-ups that are with servers at one time."""
PATIENCE = 30.0
"""Seconds that a look-up stands in the queue of one server."""
MAX_RUNNING = 64
"""Look-ups that wait or are with servers; further ones are not begun."""


class _Whom(NamedTuple):
    """Who knows a domain, and how to ask."""

    source: str
    """Its name for `sekisho status`."""
    host: str
    ask: Callable[[], Awaitable[float | None]]


class Registrations:
    """The look-ups of one process. Used from its event loop only."""

    def __init__(
        self,
        find_store: Callable[[], RecordStore | None],
        *,
        folder: Path,
        bootstrap: str,
        whois: tuple[str, int],
        clock: Callable[[], float] = time.time,
        seconds: float = SECONDS,
        gap: float = GAP,
    ) -> None:
        """Asks nobody yet.

        `find_store` gives the store in use, None while there is none; `folder` keeps IANA's list, which `bootstrap`
        is the URL of; `whois` is host and port of JPRS; `seconds` bounds one question to one server, `gap` lies
        between two.
        """
        self._whois = whois
        self._clock = clock
        self._seconds = seconds
        self._records = Records(SOURCE, find_store, clock)
        self._memory = Memory(self._records, clock)
        self._fetcher = Fetcher(seconds)
        self._servers = KeptServers(folder, bootstrap, self._fetcher, clock, self._list_renewed)
        self._rate_limit = RateLimit(gap)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._running: dict[str, asyncio.Task[Registration]] = {}
        self._closed = False

    async def start(self) -> None:
        """Have IANA's list at hand before the first click. Never raises; what fails is noted."""
        try:
            await self._servers.current()
        except NoAnswerError as error:
            logger.warning("%s", error)

    async def close(self) -> None:
        """End what is under way, and wait a moment for what is being written."""
        self._closed = True
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._servers.close()
        await self._records.finish()
        await self._fetcher.close()

    async def ask(self, link: Link, *, wait: float) -> Registration:
        """What is known of the link's registrable domain after at most `wait` seconds.

        Never raises. The state is NOT_ASKED for links that `askable_domain` keeps to itself, and PENDING
        while a look-up goes on; that one goes on whatever becomes of who waits.
        """
        now = self._clock()
        domain = askable_domain(link)
        if domain is None:
            return Registration(link.domain, None, "", now, State.NOT_ASKED)
        if remembered := self._memory.recall(domain):
            return remembered
        pending = Registration(domain, None, "", now, State.PENDING)
        task = self._running.get(domain)
        if task is None:
            if self._closed or len(self._running) >= MAX_RUNNING:
                return pending
            task = asyncio.create_task(self._lookup(domain))
            self._running[domain] = task
            task.add_done_callback(lambda _: self._running.pop(domain, None))
        await asyncio.wait({task}, timeout=wait)
        return task.result() if task.done() and not task.cancelled() else pending

    async def _lookup(self, domain: str) -> Registration:
        try:
            return await self._find(domain)
        except Exception:
            # Whoever waits gets an answer, and the click its verdict without this finding.
            logger.exception("the age of %s could not be looked up", domain)
            return Registration(domain, None, "", self._clock(), State.UNREADABLE)

    async def _find(self, domain: str) -> Registration:
        kept = await self._memory.read(domain)
        if kept and (fresh := self._memory.fresh_for(kept)) > 0:
            self._memory.keep_here(kept, fresh)
            return kept
        found = await self._ask(domain)
        if kept and kept.state is State.KNOWN and found.state not in ANSWERED:
            self._memory.keep_here(kept, HOUR)  # old, and still the best that is known
            return kept
        if found.state is State.UNSERVED:
            self._memory.keep_here(found, FRESH[found.state])
        elif found.source and found.state in FRESH:
            self._memory.keep(found)
        return found

    async def _ask(self, domain: str) -> Registration:
        """Ask whoever knows, in turn; whatever comes of it is a Registration."""
        asked_at = self._clock()
        host = ""
        try:
            whom = await self._whom(domain)
            if whom is None:
                return Registration(domain, None, "", asked_at, State.UNSERVED)
            host = whom.host
            registered_at = await self._ask_in_turn(whom)
        except NoAnswerError as error:
            trouble = "" if error.state in ANSWERED else str(error)
            return Registration(domain, None, host, asked_at, error.state, trouble)
        state = State.UNDATED if registered_at is None else State.KNOWN
        return Registration(domain, registered_at, host, asked_at, state)

    async def _whom(self, domain: str) -> _Whom | None:
        """Raises NoAnswerError where IANA's list is needed and cannot be had."""
        if domain.endswith(".jp"):
            ask_whois = partial(ask_jprs, self._whois, domain, seconds=self._seconds)
            return _Whom("jprs", self._whois[0], ask_whois)
        servers = await self._servers.current()
        base = servers.find(domain)
        if base is None:
            return None
        ask = partial(ask_rdap, self._fetcher, base, domain, hosts=servers.hosts, clock=self._clock)
        return _Whom("rdap", urlsplit(base).hostname or "", ask)

    async def _ask_in_turn(self, whom: _Whom) -> float | None:
        """Wait for the server's turn, ask it, and note how it does. Raises NoAnswerError."""
        time_now = asyncio.get_running_loop().time
        self._rate_limit.check(whom.host, time_now())
        delay = self._rate_limit.take_turn(whom.host, time_now(), PATIENCE)
        if delay is None:
            raise NoAnswerError(State.PENDING, f"too many wait for {whom.host}")
        await asyncio.sleep(delay)
        async with self._places:
            self._rate_limit.check(whom.host, time_now())  # it may have failed in the meantime
            try:
                registered_at = await self._plausible(whom)
            except NoAnswerError as error:
                if error.state in ANSWERED:
                    self._went_well(whom)
                else:
                    self._rate_limit.went_wrong(whom.host, error, time_now())
                    self._records.note(whom.source, error.state.value, str(error))
                raise
            self._went_well(whom)
            return registered_at

    async def _plausible(self, whom: _Whom) -> float | None:
        registered_at = await whom.ask()
        if registered_at is not None and not is_plausible(registered_at, self._clock()):
            sentence = (
                f"{whom.host} tells a day that is still to come; are this computer's date and time right?"
            )
            raise NoAnswerError(State.UNREADABLE, sentence)
        return registered_at

    def _went_well(self, whom: _Whom) -> None:
        self._rate_limit.went_well(whom.host)
        self._records.note(whom.source, GOOD, f"{whom.host} answers")

    def _list_renewed(self, trouble: NoAnswerError | None) -> None:
        state, sentence = (
            (trouble.state.value, str(trouble))
            if trouble
            else (GOOD, "the list of RDAP servers is up to date")
        )
        self._records.note("rdap-servers", state, sentence)
