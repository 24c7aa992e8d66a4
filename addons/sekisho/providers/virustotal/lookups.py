"""Lookups: one question for everybody who waits for the same domain, within the budget.

A lookup is a task of its own. A caller waits for it no longer than its own `wait`; the lookup goes on
without callers, up to 30 s, and `on_report` receives its report whenever it comes. So twenty tabs
cost one question, and an answer that came too late for the page still counts.

The budget is counted in the store, for all processes and across restarts. Over it no caller waits:
the answer is `deferred`, and the re-checks ask again later. Such re-checks leave
the last question of each minute and half of each day to clicks.

When the server is down or hangs, clicks must not wait in vain one after the other: see `pauses`, and
`HANGING` for the time before the first of them has failed.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from sekisho.providers.records import Records, RecordStore
from sekisho.providers.virustotal.pauses import Pause
from sekisho.providers.virustotal.report import SOURCE, DomainReport, report_from_dict, report_to_dict
from sekisho.providers.virustotal.states import SENTENCES, Answer, State, may_ask
from sekisho.records.sources import Limits
from sekisho.records.visits import StoreError, utc_minute
from sekisho.settings import VirusTotalSettings

if TYPE_CHECKING:
    from sekisho.providers.virustotal.client import Client

logger = logging.getLogger(__name__)

FRESH = 6 * 3600.0
"""Seconds for which a kept report answers a click; new phishing is found within hours."""
HANGING = 5.0
"""Seconds without any answer after which nobody new waits, while a question is still under way."""
SILENT = 60.0
"""Seconds for which a store that holds no report is not asked for one, while there is no key."""


@dataclass(slots=True)
class _Lookup:
    task: "asyncio.Task[Answer]"
    click: bool
    asked_at: float | None = None
    """When the question went to the server; None before."""


class Lookups:
    """Asks VirusTotal about domains. Used in one event loop; close it there."""

    def __init__(
        self,
        settings: VirusTotalSettings,
        *,
        find_key: Callable[[], SecretStr],
        find_store: Callable[[], RecordStore | None],
        on_report: Callable[[str, DomainReport], None] = lambda domain, report: None,
        clock: Callable[[], float] = time.time,
        timeout: float = 30.0,
    ) -> None:
        """`find_key` gives the key that counts now, empty for none; `find_store` None while there is none.

        `on_report` is given each new report with its domain, also of lookups that nobody waits for any
        more, and not those that were kept. `timeout`: seconds of one lookup.
        """
        self._settings = settings
        self._limits = Limits(settings.per_minute, settings.per_day)
        self._find_key = find_key
        self._find_store = find_store
        self._on_report = on_report
        self._clock = clock
        self._timeout = timeout
        self._client: Client | None = None
        self._pause = Pause()
        self._running: dict[str, _Lookup] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._answered_at = 0.0
        self._records = Records(SOURCE, find_store, clock)
        self._state: State | None = None
        self._silent_until = 0.0
        """Until when, by the monotonic clock, it is known that there is neither a key nor anything kept."""

    async def start(self) -> None:
        """Do what takes long (importing the client, reading authorities) before somebody clicks; sends nothing.

        Without a key, note that the source is off.
        """
        key = self._find_key().get_secret_value()
        if key:
            await (await self._client_for(key)).open()
        else:
            self._noted(Answer(State.OFF, at=self._clock()))

    async def ask(self, domain: str, *, wait: float, click: bool, max_age: float = FRESH) -> Answer:
        """What VirusTotal says about a registrable domain in ASCII; never raises but when cancelled.

        `wait`: seconds, after which the answer is `TOO_SLOW` and the lookup goes on. `click`: somebody
        waits for the page; else it is a re-check, which must leave questions over for clicks. A report
        that was kept for less than `max_age` seconds counts; a re-check gives 0. The caller has sorted
        out familiar and private names, and asks for the registrable domain only.
        """
        if not may_ask(domain):
            return Answer(State.NOT_ASKED, at=self._clock())
        if time.monotonic() < self._silent_until and not self._find_key().get_secret_value():
            return Answer(State.OFF, at=self._clock())
        deadline = time.monotonic() + wait
        while True:
            lookup = self._running.get(domain) or self._begin(domain, click, max_age)
            mine = lookup.click or not click
            await asyncio.wait({lookup.task}, timeout=max(0.0, deadline - time.monotonic()))
            if not lookup.task.done():
                return Answer(State.TOO_SLOW, at=self._clock())
            if lookup.task.cancelled():
                return Answer(State.UNREACHABLE, "sekisho is being stopped", at=self._clock())
            answer = lookup.task.result()
            # A re-check that was refused its share says nothing about the share of clicks.
            if mine or answer.state is not State.OVER_BUDGET:
                return answer

    async def close(self) -> None:
        """End every lookup and the session."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._records.finish()
        if self._client:
            await self._client.close()
            self._client = None

    def _begin(self, domain: str, click: bool, max_age: float) -> _Lookup:
        lookup = _Lookup(self._spawn(self._answer(domain, click, max_age)), click)
        self._running[domain] = lookup
        lookup.task.add_done_callback(lambda _: self._ended(domain))
        return lookup

    def _ended(self, domain: str) -> None:
        lookup = self._running.pop(domain)
        if lookup.asked_at is None or lookup.task.cancelled():
            return
        if report := lookup.task.result().report:
            try:
                self._on_report(domain, report)
            except Exception:
                # Whoever takes reports must not break the lookups of others.
                logger.exception("a report of VirusTotal could not be applied")

    def _spawn[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _answer(self, domain: str, click: bool, max_age: float) -> Answer:
        """One lookup from beginning to end; raises nothing."""
        try:
            return await self._lookup(domain, click, max_age)
        except Exception:
            # A mistake of ours must not end a click; the caller judges as after any other silence.
            logger.exception("a look-up at VirusTotal failed")
            return Answer(State.UNREADABLE, at=self._clock())

    async def _lookup(self, domain: str, click: bool, max_age: float) -> Answer:
        store = self._find_store()
        if max_age > 0 and (kept := await self._kept(domain, max_age)):
            return kept
        key = self._find_key().get_secret_value()
        if not key:
            await self._check_silence(store)
            return self._noted(Answer(State.OFF, at=self._clock()))
        self._silent_until = 0.0
        client = await self._client_for(key)
        now = self._clock()
        if self._pause.holds(now):
            return Answer(self._pause.state, self._pause_sentence(), at=now)
        if self._hangs(now):
            sentence = "VirusTotal hangs: earlier questions wait for it still"
            return self._noted(Answer(State.TOO_SLOW, sentence, at=now))
        if refused := await self._spend(store, click, now):
            return self._noted(refused)
        if lookup := self._running.get(domain):
            lookup.asked_at = now
        reply = await client.domain(domain)
        now = self._clock()
        if client is self._client:
            self._pause = self._pause.after(reply.state, now, reply.retry_after)
            if reply.state.answered:
                self._answered_at = now
        sentence = reply.sentence or (self._pause_sentence() if reply.state is State.QUOTA else "")
        answer = Answer(reply.state, sentence, reply.report, now)
        if answer.state.answered:
            value = report_to_dict(answer.report) if answer.report else None
            await asyncio.wait({self._records.remember(domain, value, answer.at)})
        return self._noted(answer)

    async def last_answer(self, domain: str) -> Answer | None:
        """What was answered last, however long ago and by whatever process; asks nobody, and never raises."""
        fact = await self._records.fact(domain)
        if fact is None:
            return None
        if fact.value is None:
            return Answer(State.NOT_FOUND, at=fact.at)
        report = report_from_dict(domain, fact.value)
        return Answer(State.OK, report=report, at=fact.at) if report else None

    async def _kept(self, domain: str, max_age: float) -> Answer | None:
        """What was answered less than `max_age` seconds ago."""
        last = await self.last_answer(domain)
        return last if last and 0 <= self._clock() - last.at < max_age else None

    async def _check_silence(self, store: RecordStore | None) -> None:
        """In a household that never had a key no click waits for the store to say that it knows nothing. Another
        process that shares the store may get a key, so it is asked again after a while.
        """
        try:
            if store and not await asyncio.to_thread(store.has_facts, SOURCE):
                self._silent_until = time.monotonic() + SILENT
        except StoreError as error:
            logger.warning("%s", error)

    async def _client_for(self, key: str) -> "Client":
        """The session for this key; a new key begins without the pauses of the old one."""
        if self._client is None or self._client.key != key:
            make = await asyncio.to_thread(_import_client)
            if self._client is None or self._client.key != key:
                old, self._client = self._client, make(key, self._settings.host, timeout=self._timeout)
                self._pause = Pause()
                if old:
                    self._spawn(old.close())
        return self._client

    async def _spend(self, store: RecordStore | None, click: bool, now: float) -> Answer | None:
        """None where the question may be asked and is counted."""
        limits = self._limits if click else self._limits.for_rechecks
        try:
            if store is None:
                raise StoreError("there is no store")
            if await asyncio.to_thread(store.spend, SOURCE, now, limits):
                return None
        except StoreError as error:
            sentence = f"VirusTotal is not asked, since its budget cannot be counted: {error}"
            return Answer(State.OVER_BUDGET, sentence, at=now)
        who = "" if click else " of re-checks"
        limits_text = f"{limits.per_minute} a minute, {limits.per_day} a day (UTC)"
        sentence = (
            f"the questions{who} that VirusTotal may be asked are used up ({limits_text}); it is asked later"
        )
        return Answer(State.OVER_BUDGET, sentence, at=now)

    def _hangs(self, now: float) -> bool:
        """A question is under way for long, and nothing was answered since."""
        asked = [lookup.asked_at for lookup in self._running.values() if lookup.asked_at is not None]
        return any(at <= now - HANGING and at > self._answered_at for at in asked)

    def _pause_sentence(self) -> str:
        """The sentence of the state, with the time where it is known; empty for the plain one."""
        pause = self._pause
        if pause.state is not State.QUOTA:
            return ""
        return (
            f"{SENTENCES[pause.state].rpartition(';')[0]}; it is asked again from {utc_minute(pause.until)}"
        )

    def _noted(self, answer: Answer) -> Answer:
        """The same, when it is kept how the source is now, for `sekisho status`."""
        state = State.OK if answer.state.answered else answer.state
        if state is State.NOT_ASKED:
            return answer
        sentence = SENTENCES[State.OK] if state is State.OK else answer.sentence
        if self._state is not state:
            self._state = state
            expected = state in (State.OK, State.OFF, State.OVER_BUDGET)
            logger.log(logging.INFO if expected else logging.WARNING, "%s", sentence)
        self._records.note(SOURCE, state.value, sentence)
        return answer


def _import_client() -> "type[Client]":
    from sekisho.providers.virustotal.client import Client

    return Client
