import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from sekisho.link import Link
from sekisho.memory import policy
from sekisho.memory.policy import DAY, HOUR, WEEK
from sekisho.memory.rechecks import AT_ONCE, PERIOD, CheckAnswer, Rechecks
from sekisho.store import Store, StoreError, Visit
from sekisho.store.remembered import Encounter
from sekisho.verdict import Evidence, Level, Reason, Verdict

NOW = 1_000 * DAY
BAD = Verdict(Level.WARN, (Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines"),))
CLEAN = CheckAnswer("answered", asked_outside=True, registered_at=NOW - 400 * DAY)


class House:
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
        self.store.record_visits([Visit(f"www.{name}", Level.PASS, at, "192.168.1.5") for name in names])
        clicks = [Encounter(name, at, int(at // DAY), Level.PASS, False, False) for name in names]
        self.store.memory.note_clicks(clicks, policy.met)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        yield House(store)


def test_what_is_due_is_asked_once_and_spaced(house: House) -> None:
    """Clicks share the budget: a burst of re-checks would leave them nobody to ask."""
    house.click(["a.example", "b.example", "c.example"])
    house.now += 2 * HOUR
    done = asyncio.run(house.rechecks.round())
    assert (done.answered, sorted(house.asked)) == (3, ["a.example", "b.example", "c.example"])
    assert house.slept == [20.0, 20.0]
    assert asyncio.run(house.rechecks.round()).answered == 0


def test_over_budget_ends_the_round_and_everything_stays_due(house: House) -> None:
    house.click(["a.example", "b.example"])
    house.now += 2 * HOUR
    house.answers = dict.fromkeys(("a.example", "b.example"), CheckAnswer("over budget"))
    done = asyncio.run(house.rechecks.round())
    assert (done.over_budget, done.answered, len(house.asked)) == (True, 0, 1)
    assert house.store.memory.count_due(house.now) == 2


def test_an_outage_ends_the_round_and_is_tried_again_soon(house: House) -> None:
    names = [f"h{number}.example" for number in range(9)]
    house.click(names)
    house.now += 2 * HOUR
    house.answers = dict.fromkeys(names, OSError("unreachable"))
    assert asyncio.run(house.rechecks.round()).failed == 3
    assert house.store.memory.count_due(house.now) == 6
    house.answers = {}
    house.now += 2 * policy.RETRY
    assert asyncio.run(house.rechecks.round()).answered == 9


def test_a_round_has_an_end(house: House) -> None:
    house.click([f"h{number}.example" for number in range(AT_ONCE + 9)])
    house.now += 2 * HOUR
    assert asyncio.run(house.rechecks.round()).answered == AT_ONCE


def test_a_host_that_turned_bad_is_closed_remembered_and_told(house: House) -> None:
    """The person who typed a password this morning must hear of it."""
    house.click(["a.example"])
    house.now += 2 * HOUR
    house.answers["a.example"] = CheckAnswer("answered", BAD, True)
    assert asyncio.run(house.rechecks.round()).bad == ("a.example",)
    assert house.closed == ["a.example"]
    (event,) = house.store.memory.events(untold_only=True)
    assert (event.host, [person.client for person in event.people]) == ("a.example", ["192.168.1.5"])
    known = house.store.memory.acquaintance("a.example")
    assert known
    assert (known.level, known.raised_at) == (Level.WARN, house.now)
    house.now += 9 * HOUR
    assert asyncio.run(house.rechecks.round()).bad == ()  # still bad, and told
    assert house.closed == ["a.example"]


def test_a_store_that_fails_does_not_keep_a_tunnel_open(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.click(["a.example"])
    house.now += 2 * HOUR
    house.answers["a.example"] = CheckAnswer("answered", BAD, True)

    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(house.store.memory, "turn_bad", full)
        with pytest.raises(StoreError):
            asyncio.run(house.rechecks.round())
    assert house.closed == ["a.example"]
    assert asyncio.run(house.rechecks.round()).bad == ("a.example",)  # told once there is room again
    assert len(house.store.memory.events()) == 1


async def earn(house: House) -> None:
    for day in range(9):
        house.now = max(house.now, NOW + day * DAY)
        house.click(["a.example"], house.now)
        await house.rechecks.settle()
        await house.rechecks.round()
    house.now += WEEK + DAY
    await house.rechecks.round()
    await house.rechecks.settle()


def test_familiar_is_earned_and_lost_at_once_when_somebody_finds_it_bad(house: House) -> None:
    """A feed names a domain that is tunnelled: the next request must be judged again."""
    asyncio.run(earn(house))
    assert house.rechecks.familiar == {"a.example"}
    assert house.changes == 1
    asyncio.run(house.rechecks.found_bad("a.example", BAD))
    assert house.rechecks.familiar == frozenset()
    assert (house.changes, house.closed) == (2, ["a.example"])
    asyncio.run(house.rechecks.settle())
    assert house.rechecks.familiar == frozenset()
    assert house.store.memory.acquaintance("a.example").familiar_at is None  # type: ignore[union-attr]


def test_without_a_key_trust_takes_longer(house: House) -> None:
    house.outside = False
    asyncio.run(earn(house))
    assert house.rechecks.familiar == {"a.example"}  # sixteen days in all
    known = house.store.memory.acquaintance("a.example")
    assert known
    assert known.familiar_at is not None
    assert known.familiar_at >= NOW + 14 * DAY


def test_the_runner_outlives_what_goes_wrong(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.click(["a.example"])
    house.now += 2 * HOUR
    rounds = 0
    genuine = house.rechecks.settle

    async def breaks() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise StoreError("the store is busy")
        if rounds == 2:
            raise ZeroDivisionError
        await genuine()

    async def run() -> None:
        task = asyncio.create_task(house.rechecks.run())

        def stop_when_asked() -> None:
            if house.asked:
                task.cancel()

        house.when_asleep = stop_when_asked
        await asyncio.gather(task, return_exceptions=True)

    house.rechecks.settle = breaks  # type: ignore[method-assign]
    asyncio.run(run())
    assert house.asked == ["a.example"]
    assert house.slept == [PERIOD] * 3
    assert "the store is busy" in caplog.text
    assert "ZeroDivisionError" in caplog.text
