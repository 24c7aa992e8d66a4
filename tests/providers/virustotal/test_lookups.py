import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from sekisho.providers.virustotal import Answer, DomainReport, Lookups, State, find_evidence
from sekisho.settings import VirusTotalSettings
from sekisho.store import Limits, Store
from sekisho.verdict import Level

from ..virustotal_server import Step, VirusTotalServer

NOON = 1_764_028_800.0
LONG = 5.0
"""Seconds to wait where the answer comes at once, on a slow machine too."""


class DeskSummary:
    """A store, a clock that stands still, a key, and what was reported."""

    def __init__(self, server: VirusTotalServer, store: Store) -> None:
        self.server = server
        self.store: Store | None = store
        self.now = NOON
        self.key = server.key
        self.host = ""
        self.seconds = 5.0
        self.limits = (100, 500)
        self.reports: list[tuple[str, int]] = []

    def on_report(self, domain: str, report: DomainReport) -> None:
        self.reports.append((domain, report.count))

    def run[T](self, act: Callable[[Lookups], Awaitable[T]]) -> T:
        """What `act` gives with look-ups of a process that starts now and ends afterwards."""

        async def together() -> T:
            lookups = Lookups(
                VirusTotalSettings(
                    host=self.host or self.server.base, per_minute=self.limits[0], per_day=self.limits[1]
                ),
                find_key=lambda: SecretStr(self.key),
                find_store=lambda: self.store.sources if self.store else None,
                on_report=self.on_report,
                clock=lambda: self.now,
                timeout=self.seconds,
            )
            try:
                return await act(lookups)
            finally:
                await lookups.close()

        return asyncio.run(together())

    def click(self, domain: str) -> Answer:
        return self.run(lambda lookups: lookups.ask(domain, wait=LONG, click=True))

    @property
    def state(self) -> tuple[str, str]:
        """The state of the source and its sentence, as `sekisho status` shows them."""
        assert self.store
        (noted,) = self.store.sources.states()
        return noted.state, noted.sentence


@pytest.fixture
def house(server: VirusTotalServer, tmp_path: Path) -> Iterator[DeskSummary]:
    with Store.open(f"sqlite:///{tmp_path}/sekisho.db") as store:
        yield DeskSummary(server, store)


async def settle(done: Callable[[], object]) -> None:
    """Let others run until something is so."""
    async with asyncio.timeout(LONG):
        while not done():  # noqa: ASYNC110  # what happens in the server's thread sets no event here
            await asyncio.sleep(0.005)


def test_a_report_answers_is_handed_on_and_proves_something(house: DeskSummary) -> None:
    house.server.behave("bad.example", "bad")
    answer = house.click("bad.example")
    assert (answer.state, answer.at, answer.deferred) == (State.OK, NOON, False)
    assert answer.report is not None
    assert [item.level for item in find_evidence(answer.report, answer.at)] == [Level.WARN]
    assert house.state == ("ok", "VirusTotal answers")


def test_twenty_tabs_cost_one_question(house: DeskSummary) -> None:
    """Four questions a minute are all that a free key has."""
    house.server.behave("bad.example", Step("bad", held=True))

    async def act(lookups: Lookups) -> list[Answer]:
        asks = [asyncio.create_task(lookups.ask("bad.example", wait=LONG, click=True)) for _ in range(20)]
        await settle(lambda: house.server.asked("bad.example"))
        house.server.release()
        return await asyncio.gather(*asks)

    answers = house.run(act)
    assert [answer.state for answer in answers] == [State.OK] * 20
    assert house.server.asked("bad.example") == 1
    assert house.store
    assert house.store.sources.spent("virustotal", NOON).in_day == 1
    assert house.reports == [("bad.example", 3)]


def test_nobody_waits_longer_than_allowed_and_the_late_answer_still_counts(house: DeskSummary) -> None:
    """VirusTotal took 4 s: the page came up after 2.5 s, and closes again when the answer is there."""
    house.server.behave("bad.example", Step("bad", held=True))

    async def act(lookups: Lookups) -> tuple[Answer, float]:
        before = time.monotonic()
        answer = await lookups.ask("bad.example", wait=0.1, click=True)
        waited = time.monotonic() - before
        assert house.reports == []
        house.server.release()
        await settle(lambda: house.reports)
        return answer, waited

    answer, waited = house.run(act)
    assert (answer.state, answer.deferred) == (State.TOO_SLOW, True)
    assert 0.09 < waited < 1
    assert house.reports == [("bad.example", 3)]
    assert house.server.asked("bad.example") == 1
    assert house.store
    assert house.store.sources.fact("virustotal", "bad.example") is not None


def test_whoever_goes_away_does_not_end_the_look_up_of_others(house: DeskSummary) -> None:
    """A closed tab ends its request, and must not take the answer from the tab beside it."""
    house.server.behave("bad.example", Step("bad", held=True))

    async def act(lookups: Lookups) -> Answer:
        asks = [asyncio.create_task(lookups.ask("bad.example", wait=LONG, click=True)) for _ in range(3)]
        await settle(lambda: house.server.asked("bad.example"))
        for ask in asks[:2]:
            ask.cancel()
        await asyncio.gather(*asks[:2], return_exceptions=True)
        house.server.release()
        return await asks[2]

    assert house.run(act).state is State.OK
    assert house.server.asked("bad.example") == 1


def test_a_look_up_outlives_everybody_who_waited(house: DeskSummary) -> None:
    house.server.behave("bad.example", Step("bad", held=True))

    async def act(lookups: Lookups) -> None:
        ask = asyncio.create_task(lookups.ask("bad.example", wait=LONG, click=True))
        await settle(lambda: house.server.asked("bad.example"))
        ask.cancel()
        await asyncio.gather(ask, return_exceptions=True)
        house.server.release()
        await settle(lambda: house.reports)

    house.run(act)
    assert house.reports == [("bad.example", 3)]


def test_a_hundred_domains_in_a_minute_are_four_questions_a_minute(house: DeskSummary) -> None:
    house.limits = (4, 500)
    asked: list[float] = []

    async def act(lookups: Lookups) -> list[Answer]:
        answers = []
        for number in range(100):
            house.now = NOON + number * 0.6
            before = len(house.server.requests)
            answers.append(await lookups.ask(f"d{number}.example", wait=LONG, click=True))
            asked.extend([house.now] * (len(house.server.requests) - before))
        return answers

    before = time.monotonic()
    answers = house.run(act)
    assert len(asked) == 4
    refused = [answer for answer in answers if answer.state is State.OVER_BUDGET]
    assert len(refused) == 96
    assert all(answer.deferred for answer in refused)
    assert "4 a minute" in refused[0].sentence
    assert time.monotonic() - before < 10  # nobody waited for a turn


def test_over_minutes_no_sixty_seconds_hold_more_than_four_questions(house: DeskSummary) -> None:
    house.limits = (4, 500)
    asked: list[float] = []

    async def act(lookups: Lookups) -> None:
        for number in range(60):
            house.now = NOON + number * 7
            before = len(house.server.requests)
            await lookups.ask(f"d{number}.example", wait=LONG, click=number % 2 == 0)
            asked.extend([house.now] * (len(house.server.requests) - before))

    house.run(act)
    assert len(asked) > 20
    assert max(sum(at <= other < at + 60 for other in asked) for at in asked) == 4


def test_a_restart_does_not_bring_a_new_budget(house: DeskSummary) -> None:
    house.limits = (2, 500)
    states = [house.click(f"{name}.example").state for name in "abc"]
    assert states == [State.NOT_FOUND, State.NOT_FOUND, State.OVER_BUDGET]


def test_rechecks_leave_questions_for_clicks(house: DeskSummary) -> None:
    house.limits = (4, 500)

    async def act(lookups: Lookups) -> list[State]:
        rechecks = [
            (await lookups.ask(f"r{number}.example", wait=LONG, click=False)).state for number in range(4)
        ]
        return [*rechecks, (await lookups.ask("c.example", wait=LONG, click=True)).state]

    assert house.run(act) == [*[State.NOT_FOUND] * 3, State.OVER_BUDGET, State.NOT_FOUND]


def test_a_click_does_not_fare_as_the_recheck_that_it_meets(house: DeskSummary) -> None:
    """The re-check was refused; the mother who clicks in that moment has a share of her own."""
    house.limits = (2, 500)

    async def act(lookups: Lookups) -> list[State]:
        await lookups.ask("a.example", wait=LONG, click=True)
        asks = [lookups.ask("b.example", wait=LONG, click=click) for click in (False, True)]
        return [answer.state for answer in await asyncio.gather(*asks)]

    assert house.run(act) == [State.OVER_BUDGET, State.NOT_FOUND]


def test_a_kept_report_costs_no_question_until_it_is_old(house: DeskSummary) -> None:
    house.server.behave("turns.example", "clean", "bad")
    for _ in range(3):
        assert house.click("turns.example").state is State.OK
    assert house.server.asked("turns.example") == 1
    house.now += 3600
    answer = house.click("turns.example")
    assert answer.at == NOON
    again = house.run(lambda lookups: lookups.ask("turns.example", wait=LONG, click=False, max_age=0))
    assert again.report is not None
    assert (again.report.count, again.at) == (3, NOON + 3600)
    house.now += 7 * 3600
    house.click("turns.example")
    assert house.server.asked("turns.example") == 3


def test_an_unknown_domain_is_remembered_as_unknown(house: DeskSummary) -> None:
    assert house.click("new.example").state is State.NOT_FOUND
    assert house.click("new.example").state is State.NOT_FOUND
    assert house.server.asked("new.example") == 1
    assert house.state[0] == "ok"


@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("quota", State.QUOTA),
        ("wrong key", State.WRONG_KEY),
        ("outage", State.SERVER_ERROR),
        ("garbage", State.UNREADABLE),
        ("reset", State.UNREACHABLE),
        ("silence", State.TOO_SLOW),
    ],
)
def test_each_failure_is_kept_for_status_and_pauses_the_questions(
    house: DeskSummary, step: str, state: State
) -> None:
    """An outage is told once, and does not hold up every click after it."""
    house.server.otherwise = Step(step)
    house.seconds = 0.3

    async def act(lookups: Lookups) -> list[Answer]:
        return [await lookups.ask(f"{name}.example", wait=LONG, click=True) for name in "abc"]

    answers = house.run(act)
    assert [answer.state for answer in answers] == [state] * 3
    assert all(answer.deferred for answer in answers)
    # aiohttp itself asks a second time where the connection breaks off before an answer.
    assert {asked.path for asked in house.server.requests} == {"/api/v3/domains/a.example"}
    assert house.state == (state.value, answers[0].sentence)
    assert house.reports == []


def test_the_questions_go_on_when_the_outage_is_over(house: DeskSummary) -> None:
    house.server.behave("a.example", "outage")

    async def act(lookups: Lookups) -> list[State]:
        states = []
        for seconds, name in ((0, "a"), (10, "b"), (16, "c"), (17, "d")):
            house.now = NOON + seconds
            states.append((await lookups.ask(f"{name}.example", wait=LONG, click=True)).state)
        return states

    assert house.run(act) == [State.SERVER_ERROR] * 2 + [State.NOT_FOUND] * 2
    assert house.store
    (noted,) = house.store.sources.states()
    assert (noted.state, noted.since, noted.last_good_at) == ("ok", NOON + 16, NOON + 16)


def test_a_quota_is_told_with_the_time_when_it_is_over(house: DeskSummary) -> None:
    house.server.behave("a.example", Step("quota", retry_after="7200"))
    assert "asked again from 2025-11-25 02:00 UTC" in house.click("a.example").sentence


def test_a_refused_key_is_not_sent_again_until_it_changes(house: DeskSummary) -> None:
    house.key = "wrong"

    async def act(lookups: Lookups) -> list[State]:
        states = []
        for number in range(4):
            house.now += 86_400
            states.append((await lookups.ask(f"d{number}.example", wait=LONG, click=True)).state)
        house.key = house.server.key
        states.append((await lookups.ask("last.example", wait=LONG, click=True)).state)
        return states

    assert house.run(act) == [State.WRONG_KEY] * 4 + [State.NOT_FOUND]
    assert [asked.key for asked in house.server.requests] == ["wrong", house.server.key]
    assert house.state[0] == "ok"


def test_without_a_key_nobody_is_asked(house: DeskSummary) -> None:
    house.key = ""
    answer = house.click("a.example")
    assert (answer.state, answer.deferred) == (State.OFF, False)
    assert "sekisho virustotal key" in answer.sentence
    assert house.server.requests == []
    assert house.state[0] == "off"
    assert house.store
    assert house.store.sources.spend("virustotal", NOON, Limits(1, 1))  # nothing was counted


def test_a_start_prepares_and_sends_nothing(house: DeskSummary) -> None:
    """The first click of the day must not wait for imports; nor may a start cost a question."""

    async def act(lookups: Lookups) -> State:
        await lookups.start()
        assert "vt" in sys.modules
        assert house.server.requests == []
        return (await lookups.ask("a.example", wait=LONG, click=True)).state

    assert house.run(act) is State.NOT_FOUND
    house.key = ""
    house.run(lambda lookups: lookups.start())
    assert house.state[0] == "off"


@pytest.mark.parametrize("name", ["192.0.2.1", "2001:db8::1", "router", "../users/me"])
def test_addresses_and_names_of_the_home_are_never_asked_about(house: DeskSummary, name: str) -> None:
    answer = house.click(name)
    assert (answer.state, answer.deferred) == (State.NOT_ASKED, False)
    assert house.server.requests == []


def test_while_the_server_hangs_new_clicks_do_not_wait(house: DeskSummary) -> None:
    """A line that swallows everything would otherwise cost each click its 2.5 s, for half a minute."""
    house.server.behave("a.example", Step("clean", held=True))

    async def act(lookups: Lookups) -> list[Answer]:
        answers = [await lookups.ask("a.example", wait=0.05, click=True)]
        await settle(lambda: house.server.requests)
        house.now += 6
        answers.append(await lookups.ask("b.example", wait=LONG, click=True))
        house.server.release()
        await settle(lambda: house.reports)
        answers.append(await lookups.ask("c.example", wait=LONG, click=True))
        return answers

    answers = house.run(act)
    assert [answer.state for answer in answers] == [State.TOO_SLOW, State.TOO_SLOW, State.NOT_FOUND]
    assert "hangs" in answers[1].sentence
    assert house.server.asked("b.example") == 0


def test_without_a_store_nobody_is_asked(house: DeskSummary) -> None:
    """What cannot be counted could use up the key of the whole family."""
    assert house.store
    good, house.store = house.store, None
    assert house.click("a.example").state is State.OVER_BUDGET
    assert house.server.requests == []
    house.store = good
    assert house.click("a.example").state is State.NOT_FOUND


def test_a_store_that_fails_does_not_fail_a_click(
    house: DeskSummary, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Callable[..., object]:
            from sekisho.store import StoreError

            def fails(*_: object) -> object:
                raise StoreError("the disk is full")

            return fails

    assert house.store
    house.store.sources = Broken()  # type: ignore[assignment]
    answer = house.click("a.example")
    assert answer.state is State.OVER_BUDGET
    assert "the disk is full" in answer.sentence
    assert house.server.requests == []


def test_a_mistake_in_applying_a_report_is_logged_and_breaks_nothing(
    house: DeskSummary, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(domain: str, report: DomainReport) -> None:
        raise KeyError(domain)

    house.on_report = breaks  # type: ignore[method-assign]
    house.server.otherwise = Step("bad")

    async def act(lookups: Lookups) -> list[State]:
        states = [(await lookups.ask(f"{name}.example", wait=LONG, click=True)).state for name in "ab"]
        await settle(lambda: len(caplog.records) >= 2)
        return states

    assert house.run(act) == [State.OK, State.OK]
    assert "could not be applied" in caplog.text


def test_closing_ends_what_is_under_way(house: DeskSummary) -> None:
    """SIGTERM must not wait for VirusTotal."""
    house.server.behave("a.example", Step("clean", held=True))

    async def act(lookups: Lookups) -> Answer:
        ask = asyncio.create_task(lookups.ask("a.example", wait=60, click=True))
        await settle(lambda: house.server.requests)
        async with asyncio.timeout(2):
            await lookups.close()
        return await ask

    answer = house.run(act)
    assert (answer.state, answer.sentence) == (State.UNREACHABLE, "sekisho is being stopped")


def test_no_log_line_holds_the_key_or_a_domain(house: DeskSummary, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "sekisho")
    for step in ("clean", "wrong key", "quota", "outage", "garbage", "reset"):
        house.server.behave(f"{step.replace(' ', '')}.example", step)
        house.click(f"{step.replace(' ', '')}.example")
    sentence = [record.getMessage() for record in caplog.records if record.name.startswith("sekisho")]
    assert len(sentence) == 6
    assert not any(house.server.key in line or ".example" in line for line in sentence)


def test_a_home_without_a_key_does_not_pay_for_the_client() -> None:
    """An HTTP client and its TLS are a quarter of a second at each start."""
    script = (
        "import sys, sekisho.providers.virustotal\n"
        "heavy = {'vt', 'aiohttp', 'sqlalchemy'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={"PYTHONPATH": ":".join(sys.path)})


def test_without_a_key_clicks_do_not_wait_for_a_store_that_knows_nothing(house: DeskSummary) -> None:
    """Most homes have no key: each of their clicks would pay for a look that finds nothing."""
    house.key = ""
    house.server.behave("bad.example", "bad")

    async def act(lookups: Lookups) -> list[State]:
        states = [(await lookups.ask("a.example", wait=LONG, click=True)).state]
        kept, house.store = house.store, None
        states.append(
            (await lookups.ask("b.example", wait=0.0, click=True)).state
        )  # not even a turn of the loop
        house.key, house.store = house.server.key, kept
        states.append((await lookups.ask("bad.example", wait=LONG, click=True)).state)
        return states

    assert house.run(act) == [State.OFF, State.OFF, State.OK]


def test_what_was_said_of_bad_hosts_counts_after_the_key_is_gone(house: DeskSummary) -> None:
    house.server.behave("bad.example", "bad")
    house.click("bad.example")
    house.key = ""

    async def act(lookups: Lookups) -> list[State]:
        names = ("a.example", "bad.example")
        return [(await lookups.ask(name, wait=LONG, click=True)).state for name in names]

    assert house.run(act) == [State.OFF, State.OK]
