import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from sekisho.engine.rechecks import AT_ONCE, PERIOD, CheckAnswer, Rechecks
from sekisho.link import Link
from sekisho.policy import familiarity
from sekisho.policy.familiarity import DAY, HOUR, WEEK
from sekisho.records.domains import DomainClick
from sekisho.store import Store, StoreError, Visit
from sekisho.verdict import Evidence, Level, Reason, Verdict

NOW = 1_000 * DAY
BAD = Verdict(Level.WARN, (Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines"),))
CLEAN = CheckAnswer("answered", asked_outside=True, registered_at=NOW - 400 * DAY)


class DeskSummary:
    """A runner with a clock of its own; `answers` says what is asked back, the rest is clean."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOW
        self.answers: dict[str, CheckAnswer | Exception] = {}
        self.asked: list[str] = []
        self.closed: list[str] = []
        self.changes = 0
        self.slept: list[float] = []
        self.when_asleep: Callable[[], None] = lambda: None
        self.outside = True
        self.rechecks = Rechecks(
            store,
            self.ask,
            lambda name, _: self.closed.append(name),
            outside=lambda: self.outside,
            familiar_changed=self.changed,
            clock=lambda: self.now,
            sleep=self.sleep,
        )

    def changed(self) -> None:
        self.changes += 1

    async def ask(self, link: Link) -> CheckAnswer:
        self.asked.append(link.host)
        answer = self.answers.get(link.host, CLEAN)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)
        self.when_asleep()
        await asyncio.sleep(0)

    def click(self, names: Sequence[str], at: float = NOW) -> None:
        self.store.visits.record([Visit(f"www.{name}", Level.PASS, at, "192.168.1.5") for name in names])
        clicks = [DomainClick(name, at, int(at // DAY), Level.PASS, False, False) for name in names]
        self.store.known_domains.note_clicks(clicks, familiarity.after_click)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DeskSummary]:
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        yield DeskSummary(store)


def test_what_is_due_is_asked_once_and_spaced(engine: DeskSummary) -> None:
    """Clicks share the budget: a burst of re-checks would leave them nobody to ask."""
    engine.click(["a.example", "b.example", "c.example"])
    engine.now += 2 * HOUR
    done = asyncio.run(engine.rechecks.round())
    assert (done.answered, sorted(engine.asked)) == (3, ["a.example", "b.example", "c.example"])
    assert engine.slept == [20.0, 20.0]
    assert asyncio.run(engine.rechecks.round()).answered == 0


def test_over_budget_ends_the_round_and_everything_stays_due(engine: DeskSummary) -> None:
    engine.click(["a.example", "b.example"])
    engine.now += 2 * HOUR
    engine.answers = dict.fromkeys(("a.example", "b.example"), CheckAnswer("over budget"))
    done = asyncio.run(engine.rechecks.round())
    assert (done.over_budget, done.answered, len(engine.asked)) == (True, 0, 1)
    assert engine.store.known_domains.count_due(engine.now) == 2


def test_an_outage_ends_the_round_and_is_tried_again_soon(engine: DeskSummary) -> None:
    names = [f"h{number}.example" for number in range(9)]
    engine.click(names)
    engine.now += 2 * HOUR
    engine.answers = dict.fromkeys(names, OSError("unreachable"))
    assert asyncio.run(engine.rechecks.round()).failed == 3
    assert engine.store.known_domains.count_due(engine.now) == 6
    engine.answers = {}
    engine.now += 2 * familiarity.RETRY
    assert asyncio.run(engine.rechecks.round()).answered == 9


def test_a_round_has_an_end(engine: DeskSummary) -> None:
    engine.click([f"h{number}.example" for number in range(AT_ONCE + 9)])
    engine.now += 2 * HOUR
    assert asyncio.run(engine.rechecks.round()).answered == AT_ONCE


def test_a_host_that_turned_bad_is_closed_remembered_and_told(engine: DeskSummary) -> None:
    """The person who typed a password this morning must hear of it."""
    engine.click(["a.example"])
    engine.now += 2 * HOUR
    engine.answers["a.example"] = CheckAnswer("answered", BAD, True)
    assert asyncio.run(engine.rechecks.round()).bad == ("a.example",)
    assert engine.closed == ["a.example"]
    (event,) = engine.store.events.all(pending_only=True)
    assert (event.host, [person.client for person in event.people]) == ("a.example", ["192.168.1.5"])
    known = engine.store.known_domains.known_domain("a.example")
    assert known
    assert (known.level, known.raised_at) == (Level.WARN, engine.now)
    engine.now += 9 * HOUR
    assert asyncio.run(engine.rechecks.round()).bad == ()  # still bad, and told
    assert engine.closed == ["a.example"]


def test_a_store_that_fails_does_not_keep_a_tunnel_open(
    engine: DeskSummary, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.click(["a.example"])
    engine.now += 2 * HOUR
    engine.answers["a.example"] = CheckAnswer("answered", BAD, True)

    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(engine.store.events, "turn_bad", full)
        with pytest.raises(StoreError):
            asyncio.run(engine.rechecks.round())
    assert engine.closed == ["a.example"]
    assert asyncio.run(engine.rechecks.round()).bad == ("a.example",)  # told once there is room again
    assert len(engine.store.events.all()) == 1


async def earn(engine: DeskSummary) -> None:
    for day in range(9):
        engine.now = max(engine.now, NOW + day * DAY)
        engine.click(["a.example"], engine.now)
        await engine.rechecks.settle()
        await engine.rechecks.round()
    engine.now += WEEK + DAY
    await engine.rechecks.round()
    await engine.rechecks.settle()


def test_familiar_is_earned_and_lost_at_once_when_somebody_finds_it_bad(engine: DeskSummary) -> None:
    """A feed names a domain that is tunnelled: the next request must be judged again."""
    asyncio.run(earn(engine))
    assert engine.rechecks.familiar == {"a.example"}
    assert engine.changes == 1
    asyncio.run(engine.rechecks.found_bad("a.example", BAD))
    assert engine.rechecks.familiar == frozenset()
    assert (engine.changes, engine.closed) == (2, ["a.example"])
    asyncio.run(engine.rechecks.settle())
    assert engine.rechecks.familiar == frozenset()
    assert engine.store.known_domains.known_domain("a.example").familiar_at is None  # type: ignore[union-attr]


def test_without_a_key_trust_takes_longer(engine: DeskSummary) -> None:
    engine.outside = False
    asyncio.run(earn(engine))
    assert engine.rechecks.familiar == {"a.example"}  # sixteen days in all
    known = engine.store.known_domains.known_domain("a.example")
    assert known
    assert known.familiar_at is not None
    assert known.familiar_at >= NOW + 14 * DAY


def test_the_runner_outlives_what_goes_wrong(engine: DeskSummary, caplog: pytest.LogCaptureFixture) -> None:
    engine.click(["a.example"])
    engine.now += 2 * HOUR
    rounds = 0
    genuine = engine.rechecks.settle

    async def breaks() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise StoreError("the store is busy")
        if rounds == 2:
            raise ZeroDivisionError
        await genuine()

    async def run() -> None:
        task = asyncio.create_task(engine.rechecks.run())

        def stop_when_asked() -> None:
            if engine.asked:
                task.cancel()

        engine.when_asleep = stop_when_asked
        await asyncio.gather(task, return_exceptions=True)

    engine.rechecks.settle = breaks  # type: ignore[method-assign]
    asyncio.run(run())
    assert engine.asked == ["a.example"]
    assert engine.slept == [PERIOD] * 3
    assert "the store is busy" in caplog.text
    assert "ZeroDivisionError" in caplog.text
