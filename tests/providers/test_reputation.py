"""What counts of the providers' answers, and when: a bad one that comes late or is old must not be lost."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from sekisho.link import parse_link
from sekisho.providers import Context, Provider, make_providers
from sekisho.providers import reputation as module
from sekisho.providers.condition import Condition
from sekisho.providers.provider import Opinion, Service, Subject
from sekisho.providers.reputation import Reputation
from sekisho.providers.virustotal.lookups import FRESH
from sekisho.providers.virustotal.provider import UNANSWERED
from sekisho.records.sources import SourceState
from sekisho.settings import RegistrationSettings, Settings, VirusTotalSettings
from sekisho.store import Fact, Store, StoreError
from sekisho.store.sources import Sources
from sekisho.verdict import Evidence, Level, Reason

from .registration.servers import LIST_PATH, Answer, WebServer, domain_answer, list_answer, web_server
from .virustotal_server import CREATED, Step, VirusTotalServer

NOW = 1_795_514_400.0  # 2026-11-24T10:00:00Z
DAY = 86_400.0
LONG = 5.0
"""Seconds to wait where the answer comes at once, on a slow machine too."""
NAME = "example.org"
YOUNG, OLD = "2026-11-21T08:30:00Z", "2001-05-14T00:00:00Z"
Findings = list[tuple[Reason, Level]]


class Household:
    """Both services, a store, a clock that stands still, and whose level rose late."""

    def __init__(self, virustotal: VirusTotalServer, registry: WebServer, store: Store, folder: Path) -> None:
        self.virustotal = virustotal
        self.registry = registry
        self.store = store
        self.now = NOW
        self.key = virustotal.key
        self.per_minute = 100
        self.wait = LONG
        self.registries = False
        self.late: list[tuple[str, Opinion]] = []
        self._folder = folder

    def run[T](self, act: Callable[[Reputation], Awaitable[T]]) -> T:
        """What `act` gives with a Reputation of a process that starts now and ends afterwards."""

        async def together() -> T:
            settings = Settings(
                state=self._folder,
                virustotal=VirusTotalSettings(
                    key=SecretStr(self.key),
                    host=self.virustotal.base,
                    per_minute=self.per_minute,
                    wait=max(0.1, self.wait),  # the least that settings take
                ),
                registration=RegistrationSettings(
                    on=self.registries,
                    wait=self.wait,
                    bootstrap=f"{self.registry.url}{LIST_PATH}",
                    whois="127.0.0.1:9",
                ),
            )
            context = Context(settings, find_store=lambda: self.store.sources, clock=lambda: self.now)
            reputation = Reputation(
                make_providers(context),
                rose=lambda name, opinion: self.late.append((name, opinion)),
                clock=lambda: self.now,
            )
            try:
                return await act(reputation)
            finally:
                await reputation.close()

        return asyncio.run(together())

    def click(self, name: str = NAME) -> Opinion:
        return self.run(lambda reputation: ask(reputation, name))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    with (
        VirusTotalServer() as virustotal,
        web_server() as registry,
        Store.open(f"sqlite:///{tmp_path}/sekisho.db") as store,
    ):
        registry.answers[LIST_PATH] = list_answer({"org": f"{registry.url}/org/"})
        yield Household(virustotal, registry, store, tmp_path)


async def ask(
    reputation: Reputation, name: str = NAME, *, shared: bool = False, click: bool = True
) -> Opinion:
    link = parse_link(f"https://mother.private.{name}/secret?token=hidden")
    return await reputation.ask(Subject(link, name, shared), click=click)


async def settle(done: Callable[[], object]) -> None:
    """Let others run until something is so."""
    async with asyncio.timeout(LONG):
        while not done():  # noqa: ASYNC110  # what happens in the servers' threads sets no event here
            await asyncio.sleep(0.005)


def findings(said: Opinion | None) -> Findings:
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
    house: Household, step: str | Step, found: Findings, answered: bool, fresh: float
) -> None:
    house.virustotal.behave(NAME, step)

    async def act(reputation: Reputation) -> Opinion:
        assert not reputation.is_fresh(NAME)
        said = await ask(reputation)
        assert reputation.known(NAME) == said
        house.now += fresh - 1
        assert reputation.is_fresh(NAME)
        house.now += 1
        assert not reputation.is_fresh(NAME)
        assert reputation.known(NAME) == said  # what was said counts on until something newer is
        return said

    said = house.run(act)
    assert (findings(said), said.answered) == (found, answered)
    assert said.level == max((level for _, level in found), default=Level.PASS)
    assert not said.over_budget
    assert house.late == []  # the click itself heard it


def test_without_a_key_and_registries_nothing_is_known_and_nobody_is_asked(house: Household) -> None:
    house.key = ""
    said = house.click()
    assert (said.evidence, said.answered, said.registered_at) == ((), False, None)
    assert house.virustotal.requests == []
    assert house.registry.heard == []


def test_over_the_budget_a_name_is_unchecked_and_says_so(house: Household) -> None:
    house.per_minute = 1
    house.virustotal.behave("example.net", "clean")
    house.click("example.net")
    said = house.click()
    assert (findings(said), said.answered, said.over_budget) == ([UNCHECKED], False, True)
    assert "used up" in said.evidence[0].detail
    assert house.virustotal.asked(NAME) == 0


def test_a_bad_report_that_comes_late_is_told_and_counts(house: Household) -> None:
    house.virustotal.behave(NAME, Step("bad", held=True))
    house.wait = 0.05

    async def act(reputation: Reputation) -> Opinion | None:
        assert findings(await ask(reputation)) == [UNCHECKED]
        house.virustotal.release()
        await settle(lambda: house.late)
        assert reputation.is_fresh(NAME)
        return reputation.known(NAME)

    said = house.run(act)
    assert findings(said) == [BAD]
    assert house.late == [(NAME, said)]
    assert said is not None
    assert (said.answered, said.until, said.registered_at) == (True, NOW + FRESH, CREATED)


def test_a_clean_report_that_comes_late_takes_the_caution_away_and_troubles_nobody(
    house: Household,
) -> None:
    house.virustotal.behave(NAME, Step("clean", held=True))
    house.wait = 0.05

    async def act(reputation: Reputation) -> None:
        assert findings(await ask(reputation)) == [UNCHECKED]
        house.virustotal.release()
        await settle(lambda: not findings(reputation.known(NAME)))

    house.run(act)
    assert house.late == []


@pytest.mark.parametrize("trouble", ["outage", "quota", "wrong key", "silence"])
def test_what_was_bad_days_ago_is_bad_while_virustotal_does_not_answer(
    house: Household, trouble: str
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


def test_a_bad_report_that_comes_while_the_old_one_is_looked_for_is_not_lost(house: Household) -> None:
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

    async def act(reputation: Reputation) -> tuple[Opinion, Opinion | None]:
        asked = asyncio.create_task(ask(reputation))
        await settle(lambda: house.virustotal.requests)
        house.store.sources = Slow(store.database)
        return await asked, reputation.known(NAME)

    said, known = house.run(act)
    assert findings(known) == findings(said) == [BAD]


def test_a_store_that_fails_costs_the_old_report_only(house: Household) -> None:
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
    house: Household, registered: str, found: Findings
) -> None:
    house.registries = True
    house.registry.answers[f"/org/domain/{NAME}"] = domain_answer(NAME, registered)
    said = house.click()
    assert findings(said) == found
    assert said.registered_at is not None
    assert house.late == []


def test_no_registry_is_asked_where_it_could_say_nothing_new(house: Household) -> None:
    """On a platform the age says nothing about its user; and VirusTotal tells the age of what it knows."""
    house.registries = True
    house.virustotal.behave("user.example.org", "unknown")
    house.virustotal.behave(NAME, Step("clean", attributes={"creation_date": int(NOW - 3 * DAY)}))

    async def act(reputation: Reputation) -> tuple[Opinion, Opinion]:
        return await ask(reputation, "user.example.org", shared=True), await ask(reputation)

    shared, known = house.run(act)
    assert findings(shared) == []
    assert findings(known) == [NEW]
    assert known.evidence[0].source == "virustotal"
    assert house.registry.heard == []


def test_an_age_that_comes_late_is_told_and_counts(house: Household) -> None:
    house.registries, house.wait = True, 0.05
    may_answer = threading.Event()

    def slow() -> Answer:
        may_answer.wait(LONG)
        return domain_answer(NAME, YOUNG)

    house.registry.answers[f"/org/domain/{NAME}"] = slow
    house.key = ""  # VirusTotal answers at once, so that the registry has all of the wait

    async def act(reputation: Reputation) -> Opinion | None:
        assert findings(await ask(reputation)) == []
        await settle(lambda: len(house.registry.heard) == 2)
        assert house.late == []
        may_answer.set()
        await settle(lambda: house.late)
        return reputation.known(NAME)

    said = house.run(act)
    assert findings(said) == [NEW]
    assert house.late == [(NAME, said)]


@pytest.mark.slow
def test_a_late_report_keeps_what_the_registry_said(house: Household) -> None:
    house.registries, house.wait = True, 1.0
    house.registry.answers[f"/org/domain/{NAME}"] = domain_answer(NAME, YOUNG)
    house.virustotal.behave(NAME, Step("bad", held=True, attributes={"creation_date": None}))

    async def act(reputation: Reputation) -> Opinion | None:
        await ask(reputation)
        await settle(lambda: NEW in findings(reputation.known(NAME)))
        house.virustotal.release()
        await settle(lambda: house.late and house.late[-1][1].level is Level.WARN)
        return reputation.known(NAME)

    assert findings(house.run(act)) == [BAD, NEW]


def test_a_re_check_asks_anew_and_has_the_time_that_it_takes(house: Household) -> None:
    house.virustotal.behave(NAME, "clean", Step("bad", seconds=0.2))
    house.wait = 0.1

    async def act(reputation: Reputation) -> Opinion:
        await ask(reputation)
        await settle(lambda: house.store.sources.fact("virustotal", NAME))
        return await ask(reputation, click=False)

    assert findings(house.run(act)) == [BAD]
    assert house.virustotal.asked(NAME) == 2


def test_the_name_that_was_asked_for_longest_ago_makes_room(
    house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)

    async def act(reputation: Reputation) -> list[bool]:
        for name in ("example.org", "example.net", "example.org", "example.com"):
            await ask(reputation, name)
        return [reputation.known(name) is not None for name in ("example.org", "example.net", "example.com")]

    assert house.run(act) == [True, False, True]


def test_an_end_waits_for_nobody_outside(house: Household) -> None:
    house.registries, house.wait = True, 0.05
    may_answer = threading.Event()
    house.virustotal.behave(NAME, Step("bad", held=True))

    def never() -> Answer:
        may_answer.wait(LONG)
        return domain_answer(NAME, YOUNG)

    house.registry.answers[f"/org/domain/{NAME}"] = never

    async def act(reputation: Reputation) -> int:
        await ask(reputation)
        async with asyncio.timeout(1.0):
            await reputation.close()
        return len(asyncio.all_tasks())

    try:
        assert house.run(act) == 1
    finally:
        may_answer.set()
        house.virustotal.release()
    assert house.late == []


class Fake(Provider):
    """A service that answers what a test tells it to, and notes what it was asked."""

    recalls = frozenset({Reason.FEED})

    def __init__(self, name: str, *answers: Opinion) -> None:
        self.name = name
        self.service = Service(wait=2.0, ttl=60.0)
        self.answers = list(answers)
        self.asked: list[tuple[Subject, float, float]] = []

    async def ask(self, subject: Subject, *, wait: float, click: bool, max_age: float) -> Opinion:
        self.asked.append((subject, wait, max_age))
        return self.answers.pop(0)

    def conditions(self, noted: Mapping[str, SourceState]) -> tuple[Condition, ...]:
        return ()


SUBJECT = Subject(parse_link("https://www.example.org/"), NAME)
LISTED = Evidence(Reason.FEED, Level.WARN, "second", "it is listed")


def test_each_answer_replaces_that_of_the_same_provider_and_no_other() -> None:
    """What a second provider warns of must not be forgotten since the first one answers again."""
    first = Fake("first", Opinion(answered=True, registered_at=5.0), Opinion(answered=False))
    second = Fake("second", Opinion((LISTED,), True), Opinion(answered=True))
    reputation = Reputation([first, second])

    async def act() -> list[Opinion]:
        return [await reputation.ask(SUBJECT, click=click) for click in (True, False)]

    one, two = asyncio.run(act())
    assert (one.evidence, one.answered, one.registered_at) == ((LISTED,), True, 5.0)
    assert (two.evidence, two.answered, two.registered_at) == ((), False, None)
    assert second.asked[0][0].registered_at == 5.0, "what the first one knew is told to the second"
    assert [max_age for _, _, max_age in second.asked] == [60.0, 0.0]
    assert second.asked[0][1] <= 2.0 < second.asked[1][1]


def test_what_was_found_before_the_start_counts_until_that_provider_is_asked() -> None:
    provider = Fake("second", Opinion(answered=True))
    reputation = Reputation([provider])
    other = Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "it is dressed up")
    assert reputation.recalls == {Reason.FEED}
    reputation.recall(NAME, (LISTED, other))
    known = reputation.known(NAME)
    assert known is not None
    assert known.evidence == (LISTED,)
    assert not reputation.is_fresh(NAME)
    asyncio.run(reputation.ask(SUBJECT, click=True))
    reputation.recall(NAME, (LISTED,))
    assert findings(reputation.known(NAME)) == [], "what was answered since is newer"


def test_a_mistake_in_one_provider_ends_no_click_and_keeps_no_other_from_being_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, second = Fake("broken"), Fake("second", Opinion((LISTED,), True, until=NOW + FRESH))
    reputation = Reputation([broken, second], clock=lambda: NOW)  # `broken` has no answer, and raises
    opinion = asyncio.run(reputation.ask(SUBJECT, click=True))
    assert (opinion.evidence, opinion.answered) == ((LISTED,), False)
    assert opinion.until == NOW + module.BROKEN_SECONDS
    assert "broken could not be asked" in caplog.text


def test_where_nobody_is_to_be_asked_nothing_is_known() -> None:
    reputation = Reputation([])
    assert asyncio.run(reputation.ask(SUBJECT, click=True)) == Opinion()
    assert reputation.known(NAME) is None
    assert not reputation.vouches
