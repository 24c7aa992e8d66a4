"""What counts of the outside's answers, and when: a bad one that comes late or is old must not be lost."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from sekisho.link import parse_link
from sekisho.providers import outside as module
from sekisho.providers.outside import FRESH, UNANSWERED, Outside, Said
from sekisho.providers.registration import Registrations
from sekisho.providers.virustotal import Lookups
from sekisho.settings import VirusTotalSettings
from sekisho.store import Fact, Store, StoreError
from sekisho.store.sources import Sources
from sekisho.verdict import Level, Reason

from .registration.servers import LIST_PATH, Answer, WebServer, domain_answer, list_answer, web_server
from .virustotal_server import CREATED, Step, VirusTotalServer

NOW = 1_795_514_400.0  # 2026-11-24T10:00:00Z
DAY = 86_400.0
LONG = 5.0
"""Seconds to wait where the answer comes at once, on a slow machine too."""
NAME = "example.org"
YOUNG, OLD = "2026-11-21T08:30:00Z", "2001-05-14T00:00:00Z"
Findings = list[tuple[Reason, Level]]


class DeskSummary:
    """Both sources, a store, a clock that stands still, and whose level rose late."""

    def __init__(self, virustotal: VirusTotalServer, registry: WebServer, store: Store, folder: Path) -> None:
        self.virustotal = virustotal
        self.registry = registry
        self.store = store
        self.now = NOW
        self.key = virustotal.key
        self.per_minute = 100
        self.wait = LONG
        self.registries = False
        self.late: list[tuple[str, Said]] = []
        self._folder = folder

    def run[T](self, act: Callable[[Outside], Awaitable[T]]) -> T:
        """What `act` gives with an Outside of a process that starts now and ends afterwards."""

        async def together() -> T:
            settings = VirusTotalSettings(host=self.virustotal.base, per_minute=self.per_minute)
            lookups = Lookups(
                settings,
                find_key=lambda: SecretStr(self.key),
                find_store=lambda: self.store.sources,
                on_report=lambda name, report: outside.on_report(name, report),
                clock=lambda: self.now,
            )
            outside = Outside(
                lookups,
                self._registrations() if self.registries else None,
                wait=self.wait,
                age_wait=self.wait,
                young_days=30,
                changed=lambda name, said: self.late.append((name, said)),
                clock=lambda: self.now,
            )
            try:
                return await act(outside)
            finally:
                await outside.close()

        return asyncio.run(together())

    def click(self, name: str = NAME) -> Said:
        return self.run(lambda outside: ask(outside, name))

    def _registrations(self) -> Registrations:
        return Registrations(
            self.store.sources,
            self.store.sources,
            folder=self._folder,
            bootstrap=f"{self.registry.url}{LIST_PATH}",
            whois=("127.0.0.1", 9),
            clock=lambda: self.now,
            gap=0.0,
        )


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DeskSummary]:
    with (
        VirusTotalServer() as virustotal,
        web_server() as registry,
        Store.open(f"sqlite:///{tmp_path}/sekisho.db") as store,
    ):
        registry.answers[LIST_PATH] = list_answer({"org": f"{registry.url}/org/"})
        yield DeskSummary(virustotal, registry, store, tmp_path)


async def ask(outside: Outside, name: str = NAME, *, shared: bool = False) -> Said:
    link = parse_link(f"https://mother.private.{name}/secret?token=hidden")
    return await outside.ask(link, name, shared=shared, click=True)


async def settle(done: Callable[[], object]) -> None:
    """Let others run until something is so."""
    async with asyncio.timeout(LONG):
        while not done():  # noqa: ASYNC110  # what happens in the servers' threads sets no event here
            await asyncio.sleep(0.005)


def findings(said: Said | None) -> Findings:
    assert said is not None
    return [(item.reason, item.level) for item in said.evidence]


BAD = (Reason.VIRUSTOTAL, Level.WARN)
UNCHECKED = (Reason.UNCHECKED, Level.CAUTION)
NEW = (Reason.NEW_NAME, Level.CAUTION)


@pytest.mark.parametrize(
    ("step", "found", "answered", "fresh"),
    [
        ("clean", [], True, FRESH),
        ("bad", [BAD], True, FRESH),
        (Step("bad", engines=("Sophos",)), [(Reason.VIRUSTOTAL, Level.CAUTION)], True, FRESH),
        ("unknown", [], True, FRESH),
        ("bad request", [], False, FRESH),
        ("quota", [UNCHECKED], False, UNANSWERED),
        ("outage", [UNCHECKED], False, UNANSWERED),
        ("garbage", [UNCHECKED], False, UNANSWERED),
        ("reset", [UNCHECKED], False, UNANSWERED),
        ("wrong key", [], False, UNANSWERED),
    ],
    ids=str,
)
def test_each_answer_counts_for_what_it_is_and_for_its_time(
    house: DeskSummary, step: str | Step, found: Findings, answered: bool, fresh: float
) -> None:
    house.virustotal.behave(NAME, step)

    async def act(outside: Outside) -> Said:
        assert not outside.is_fresh(NAME)
        said = await ask(outside)
        assert outside.known(NAME) == said
        house.now += fresh - 1
        assert outside.is_fresh(NAME)
        house.now += 1
        assert not outside.is_fresh(NAME)
        assert outside.known(NAME) == said  # what was said counts on until something newer is
        outside.forget(NAME)
        assert outside.known(NAME) is None
        return said

    said = house.run(act)
    assert (findings(said), said.answered) == (found, answered)
    assert said.level == max((level for _, level in found), default=Level.PASS)
    assert not said.over_budget
    assert house.late == []  # the click itself heard it


def test_without_a_key_and_registries_nothing_is_known_and_nobody_is_asked(house: DeskSummary) -> None:
    house.key = ""
    said = house.click()
    assert (said.evidence, said.answered, said.registered_at) == ((), False, None)
    assert house.virustotal.requests == []
    assert house.registry.heard == []


def test_over_the_budget_a_name_is_unchecked_and_says_so(house: DeskSummary) -> None:
    house.per_minute = 1
    house.virustotal.behave("example.net", "clean")
    house.click("example.net")
    said = house.click()
    assert (findings(said), said.answered, said.over_budget) == ([UNCHECKED], False, True)
    assert "used up" in said.evidence[0].detail
    assert house.virustotal.asked(NAME) == 0


def test_a_bad_report_that_comes_late_is_told_and_counts(house: DeskSummary) -> None:
    house.virustotal.behave(NAME, Step("bad", held=True))
    house.wait = 0.05

    async def act(outside: Outside) -> Said | None:
        assert findings(await ask(outside)) == [UNCHECKED]
        house.virustotal.release()
        await settle(lambda: house.late)
        assert outside.is_fresh(NAME)
        return outside.known(NAME)

    said = house.run(act)
    assert findings(said) == [BAD]
    assert house.late == [(NAME, said)]
    assert said is not None
    assert (said.answered, said.until, said.registered_at) == (True, NOW + FRESH, CREATED)


def test_a_clean_report_that_comes_late_takes_the_caution_away_and_troubles_nobody(
    house: DeskSummary,
) -> None:
    house.virustotal.behave(NAME, Step("clean", held=True))
    house.wait = 0.05

    async def act(outside: Outside) -> None:
        assert findings(await ask(outside)) == [UNCHECKED]
        house.virustotal.release()
        await settle(lambda: not findings(outside.known(NAME)))

    house.run(act)
    assert house.late == []


@pytest.mark.parametrize("trouble", ["outage", "quota", "wrong key", "silence"])
def test_what_was_bad_days_ago_is_bad_while_virustotal_does_not_answer(
    house: DeskSummary, trouble: str
) -> None:
    house.virustotal.behave(NAME, "bad", trouble)
    house.click()
    house.now += 8 * DAY
    if trouble == "silence":
        house.wait = 0.05
    said = house.click()
    assert findings(said)[0] == BAD
    assert said.evidence[0].at == NOW
    assert not said.answered
    house.now += 60 * DAY
    house.virustotal.behave(NAME, "clean")
    house.wait = LONG
    assert findings(house.click()) == []


def test_a_bad_report_that_comes_while_the_old_one_is_looked_for_is_not_lost(house: DeskSummary) -> None:
    class Slow(Sources):
        def fact(self, source: str, subject: str) -> Fact | None:
            house.virustotal.release()
            end = time.monotonic() + LONG
            while not house.late and time.monotonic() < end:
                time.sleep(0.005)
            return None

    house.virustotal.behave(NAME, Step("bad", held=True))
    house.wait = 0.05
    store = house.store

    async def act(outside: Outside) -> tuple[Said, Said | None]:
        asked = asyncio.create_task(ask(outside))
        await settle(lambda: house.virustotal.requests)
        house.store.sources = Slow(store.database)
        return await asked, outside.known(NAME)

    said, known = house.run(act)
    assert findings(known) == findings(said) == [BAD]


def test_a_store_that_fails_costs_the_old_report_only(house: DeskSummary) -> None:
    class Broken(Sources):
        def fact(self, source: str, subject: str) -> Fact | None:
            raise StoreError("the disk is full")

    house.virustotal.behave(NAME, "bad", "outage")
    house.click()
    house.now += DAY
    house.store.sources = Broken(house.store.database)
    assert findings(house.click()) == [UNCHECKED]


@pytest.mark.parametrize(("registered", "found"), [(YOUNG, [NEW]), (OLD, [])])
def test_the_age_of_a_name_is_asked_and_a_young_one_is_a_caution(
    house: DeskSummary, registered: str, found: Findings
) -> None:
    house.registries = True
    house.registry.answers[f"/org/domain/{NAME}"] = domain_answer(NAME, registered)
    said = house.click()
    assert findings(said) == found
    assert said.registered_at is not None
    assert house.late == []


def test_no_registry_is_asked_where_it_could_say_nothing_new(house: DeskSummary) -> None:
    """On a platform the age says nothing about its user; and VirusTotal tells the age of what it knows."""
    house.registries = True
    house.virustotal.behave("user.example.org", "unknown")
    house.virustotal.behave(NAME, Step("clean", attributes={"creation_date": int(NOW - 3 * DAY)}))

    async def act(outside: Outside) -> tuple[Said, Said]:
        return await ask(outside, "user.example.org", shared=True), await ask(outside)

    shared, known = house.run(act)
    assert findings(shared) == []
    assert findings(known) == [NEW]
    assert known.evidence[0].source == "virustotal"
    assert house.registry.heard == []


def test_an_age_that_comes_late_is_told_and_counts(house: DeskSummary) -> None:
    house.registries, house.wait = True, 0.05
    may_answer = threading.Event()

    def slow() -> Answer:
        may_answer.wait(LONG)
        return domain_answer(NAME, YOUNG)

    house.registry.answers[f"/org/domain/{NAME}"] = slow
    house.key = ""  # VirusTotal answers at once, so that the registry has all of the wait

    async def act(outside: Outside) -> Said | None:
        assert findings(await ask(outside)) == []
        await settle(lambda: len(house.registry.heard) == 2)
        assert house.late == []
        may_answer.set()
        await settle(lambda: house.late)
        return outside.known(NAME)

    said = house.run(act)
    assert findings(said) == [NEW]
    assert house.late == [(NAME, said)]


def test_a_late_report_keeps_what_the_registry_said(house: DeskSummary) -> None:
    house.registries, house.wait = True, 1.0
    house.registry.answers[f"/org/domain/{NAME}"] = domain_answer(NAME, YOUNG)
    house.virustotal.behave(NAME, Step("bad", held=True, attributes={"creation_date": None}))

    async def act(outside: Outside) -> Said | None:
        await ask(outside)
        await settle(lambda: NEW in findings(outside.known(NAME)))
        house.virustotal.release()
        await settle(lambda: house.late and house.late[-1][1].level is Level.WARN)
        return outside.known(NAME)

    assert findings(house.run(act)) == [BAD, NEW]


def test_a_re_check_asks_anew_and_has_the_time_that_it_takes(house: DeskSummary) -> None:
    house.virustotal.behave(NAME, "clean", Step("bad", seconds=0.2))
    house.wait = 0.1

    async def act(outside: Outside) -> Said:
        await ask(outside)
        await settle(lambda: house.store.sources.fact("virustotal", NAME))
        link = parse_link(f"https://{NAME}/")
        return await outside.ask(link, NAME, shared=False, click=False, max_age=0.0)

    assert findings(house.run(act)) == [BAD]
    assert house.virustotal.asked(NAME) == 2


def test_the_name_that_was_asked_for_longest_ago_makes_room(
    house: DeskSummary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)

    async def act(outside: Outside) -> list[bool]:
        for name in ("example.org", "example.net", "example.org", "example.com"):
            await ask(outside, name)
        return [outside.known(name) is not None for name in ("example.org", "example.net", "example.com")]

    assert house.run(act) == [True, False, True]


def test_an_end_waits_for_nobody_outside(house: DeskSummary) -> None:
    house.registries, house.wait = True, 0.05
    may_answer = threading.Event()
    house.virustotal.behave(NAME, Step("bad", held=True))

    def never() -> Answer:
        may_answer.wait(LONG)
        return domain_answer(NAME, YOUNG)

    house.registry.answers[f"/org/domain/{NAME}"] = never

    async def act(outside: Outside) -> int:
        await ask(outside)
        async with asyncio.timeout(1.0):
            await outside.close()
        return len(asyncio.all_tasks())

    try:
        assert house.run(act) == 1
    finally:
        may_answer.set()
        house.virustotal.release()
    assert house.late == []
