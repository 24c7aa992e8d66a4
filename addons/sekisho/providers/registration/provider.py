"""RegistrationProvider: the registries as one provider. They know ages of names, and nothing of dangers.

The caution for a young name is made here, so that an age from another source (VirusTotal) gives the same one.
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sekisho.providers.condition import OFF, OK, UNASKED, Condition
from sekisho.providers.provider import Context, Opinion, Provider, Service, Subject
from sekisho.providers.registration.answer import SOURCE, Registration, State, find_evidence
from sekisho.records.sources import SourceState

if TYPE_CHECKING:
    from sekisho.providers.registration.registrations import Registrations

TTL = 6 * 3600.0
"""Seconds until a name is asked about again; `memory` keeps what was found out for as long as that is true."""
LATE = 30.0
"""Seconds that an age which came too late for the click is still waited for."""
_SERVERS = {
    "rdap": "Registries (RDAP)",
    "rdap-servers": "IANA's list of registries",
    "jprs": "JPRS (names under .jp)",
}
_AGELESS = "names are judged without their age meanwhile"
_REMEDIES: Mapping[str, str] = {
    State.UNREACHABLE: f"{_AGELESS}; nothing to do unless this computer's internet connection is bad",
    State.REFUSED: f"{_AGELESS}; it is asked again by itself",
    State.RATE_LIMITED: f"{_AGELESS}; it is asked again by itself when it may be",
    State.UNREADABLE: f"{_AGELESS}; look for a newer sekisho if this stays",
}


class RegistrationProvider(Provider):
    """A service that is asked about domains, never about users of platforms."""

    name = SOURCE

    def __init__(self, context: Context) -> None:
        """Asks nobody yet, and nobody at all where it is switched off."""
        self.service = Service(context.settings.registration.wait, TTL)
        self._context = context
        self._settings = context.settings.registration
        self._registrations: Registrations | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Have IANA's list of registries at hand before the first click."""
        if self._settings.on:
            await self._opened().start()

    async def close(self) -> None:
        """End every lookup."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._registrations:
            await self._registrations.close()

    async def ask(self, subject: Subject, *, wait: float, click: bool, max_age: float) -> Opinion:
        """As `Provider.ask`. Nobody is asked about a user of a platform, nor where the age is known already."""
        if subject.shared or subject.registered_at is not None or not self._settings.on:
            return self._opinion()
        age = await self._opened().ask(subject.link, wait=wait)
        if age.state is not State.PENDING:
            return self._opinion(age, age.trouble and f"{age.trouble}; how old the name is, is not known")
        task = asyncio.create_task(self._wait_longer(subject))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return self._opinion(age, f"no registry said in time how old {age.domain} is" if wait > 0 else "")

    def conditions(self, noted: Mapping[str, SourceState]) -> tuple[Condition, ...]:
        """As `Provider.conditions`; one for each kind of server."""
        return tuple(self._conditions(noted))

    def _conditions(self, noted: Mapping[str, SourceState]) -> Iterator[Condition]:
        if not self._settings.on:
            sentence = (
                "nobody is asked how old a name is; "
                "on = true below [registration] in sekisho.toml changes that"
            )
            yield Condition(SOURCE, SOURCE, "Age of names", OFF, sentence)
            return
        for source, name in _SERVERS.items():
            known = noted.get(source)
            if known is None:
                sentence = "it is asked when somebody opens an unfamiliar site that it may know"
                yield Condition(SOURCE, source, name, UNASKED, sentence)
                continue
            remedy = "" if known.state == OK else f"; {_REMEDIES.get(known.state, _AGELESS)}"
            sentence = f"{known.sentence}{remedy}"
            yield Condition(SOURCE, source, name, known.state, sentence, known.since, known.last_good_at)

    async def _wait_longer(self, subject: Subject) -> None:
        age = await self._opened().ask(subject.link, wait=LATE)
        if self.listener and age.state is not State.PENDING:
            self.listener.answered(self, subject.name, self._opinion(age))

    def _opinion(self, age: Registration | None = None, trouble: str = "") -> Opinion:
        now = self._context.clock()
        young = find_evidence(age, now, self._settings.young_days) if age else None
        return Opinion(
            (young,) if young else (),
            registered_at=age.registered_at if age else None,
            until=now + TTL,
            troubles=(trouble,) if trouble else (),
        )

    def _opened(self) -> "Registrations":
        """The lookups, made when they are first needed: they import aiohttp, which takes a fifth of a second."""
        if self._registrations is None:
            from sekisho.providers.registration.registrations import Registrations

            self._registrations = Registrations(
                self._context.find_store,
                folder=self._context.settings.state,
                bootstrap=self._settings.bootstrap,
                whois=self._settings.whois_server,
                clock=self._context.clock,
            )
        return self._registrations
