"""A whole year of one household on an injected clock: the promises of the memory, all at once."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from zlib import crc32

import pytest
import sqlalchemy as sa

from sekisho.engine.rechecks import AT_ONCE, PERIOD, CheckAnswer, Rechecks
from sekisho.engine.retention import age
from sekisho.link import Link
from sekisho.policy import familiarity
from sekisho.policy.familiarity import DAY, DAYS_NEEDED, HOUR, MARKS, NAME_AGE, WEEK
from sekisho.records.domains import CLEAN_FOR, Event
from sekisho.rulebook.model import Rulebook
from sekisho.store import Decision, Store, Visit
from sekisho.store.schema import verdicts, visits
from sekisho.verdict import Evidence, Level, Reason, Verdict, evidence_to_dict

pytestmark = pytest.mark.slow

START = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
DAYS = 365
FINE_DAYS = 9
"""Days that are lived hour by hour, to see that re-checks come at their times."""
NEW_A_DAY = 40
BUSY_DAY, NEW_ON_BUSY_DAY = 100, 900
AGAIN_A_DAY = 60
REFUSED_A_DAY = 120
"""Sub-resources that the proxy refuses; they fill the log faster than clicks do."""
OUTAGE = (START + 200 * DAY, START + 235 * DAY)
PEOPLE = [f"192.168.1.{number}" for number in range(5)]
RULES = Rulebook()
CLEAN = Verdict(Level.PASS)
FOUND = Evidence(
    Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines hold it to be malicious: A, B, C", at=START
)
BAD = Verdict(Level.WARN, (FOUND,))
STORED = [evidence_to_dict(FOUND)]


class World:
    """The outside: who is bad from when on, how old a name is, and what one may ask."""

    def __init__(self) -> None:
        self.now = START
        self.bad_from: dict[str, float] = {}
        self.questions: Counter[int] = Counter()
        """By minute, those that were refused too."""
        self.spent: Counter[int] = Counter()
        """By day."""
        self.refused = 0
        self.asked: dict[str, list[float]] = {}

    @staticmethod
    def registered_at(name: str) -> float:
        """One name in five was registered three days before it was first seen."""
        first_seen = START + int(name.split("-")[1]) * DAY
        return first_seen - (3 if crc32(name.encode()) % 5 == 0 else 400) * DAY

    async def ask(self, link: Link) -> CheckAnswer:
        self.questions[int(self.now // 60)] += 1
        if OUTAGE[0] <= self.now < OUTAGE[1]:
            return CheckAnswer("failed")
        day = int(self.now // DAY)
        if self.spent[day] >= 500:
            self.refused += 1
            return CheckAnswer("over budget")
        self.spent[day] += 1
        self.asked.setdefault(link.host, []).append(self.now)
        is_bad = self.now >= self.bad_from.get(link.host, float("inf"))
        return CheckAnswer("answered", BAD if is_bad else CLEAN, True, self.registered_at(link.host))

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class DeskSummary:
    """Five people who click, and what the proxy does for the memory."""

    def __init__(self, world: World, store: Store) -> None:
        self.world = world
        self.store = store
        self.random = random.Random(7)
        self.closed: dict[str, float] = {}
        self.familiar_since: dict[str, float] = {}
        self.let_through: dict[str, set[str]] = {}
        self.clicked_days: dict[str, set[int]] = {}
        self.first_clicks: dict[str, list[float]] = {}
        self.familiar_on: dict[int, int] = {}
        self.over_budget_rounds = 0
        self.largest = 0
        self.favourites = [f"site-0-{number}.test" for number in range(30)]
        self.rechecks = Rechecks(
            store,
            world.ask,
            self.close,
            outside=lambda: True,
            familiar_changed=self.note_familiar,
            clock=lambda: world.now,
            sleep=world.sleep,
        )

    def close(self, name: str, _: Verdict) -> None:
        self.closed.setdefault(name, self.world.now)

    def note_familiar(self) -> None:
        for name in self.rechecks.familiar:
            self.familiar_since.setdefault(name, self.world.now)

    async def live(self) -> None:
        for day in range(DAYS):
            await self.live_a_day(day)
            if day % 7 == 0:
                self.largest = max(self.largest, self.store.size() or 0)
                age(self.store, self.world.now, UTC)

    async def live_a_day(self, day: int) -> None:
        world, midnight = self.world, START + day * DAY
        names = self.names_of_day(day)
        hours = range(0, 24, 2) if day < FINE_DAYS else (9, 19)
        clicked = [hour for hour in hours if 7 <= hour <= 21]
        for hour in hours:
            world.now = max(world.now, midnight + hour * HOUR)
            if hour in clicked:
                self.click(names[clicked.index(hour) :: len(clicked)])
            await self.rechecks.settle()
            while (done := await self.rechecks.round()).answered == AT_ONCE:
                await world.sleep(PERIOD)
            self.over_budget_rounds += done.over_budget
        self.familiar_on[day] = len(self.rechecks.familiar)

    def names_of_day(self, day: int) -> list[str]:
        new = [
            f"site-{day}-{number}.test" for number in range(NEW_ON_BUSY_DAY if day == BUSY_DAY else NEW_A_DAY)
        ]
        for name in new:
            if self.random.random() < 0.01:
                self.world.bad_from[name] = START + day * DAY + self.random.uniform(1, 60) * HOUR
        self.favourites += self.random.sample(new, 1)
        names = [*new, *self.random.choices(self.favourites[-100:], k=AGAIN_A_DAY)]
        self.random.shuffle(names)
        return names

    def click(self, names: list[str]) -> None:
        """A batch, as the proxy writes it: what is familiar is tunnelled and leaves no visit."""
        now = self.world.now
        tunnelled = [name for name in names if name in self.rechecks.familiar]
        self.store.known_domains.change([(name, partial(familiarity.passed, at=now)) for name in tunnelled])
        visits, clicks, rows = [], [], []
        for name in names:
            if name in self.rechecks.familiar:
                continue
            client, verdict = self.random.choice(PEOPLE), BAD if name in self.closed else CLEAN
            link = Link(
                f"www.{name}", name, "test", False, f"www.{name}", parents=(f"www.{name}", name, "test")
            )
            visits.append(Visit(link.host, verdict.level, now, client))
            met = familiarity.domain_click(link, verdict, now, UTC, RULES)
            assert met
            clicks.append(met)
            if name not in self.clicked_days:
                rows.append(
                    {
                        "host": link.host,
                        "domain": name,
                        "level": 0,
                        "evidence": STORED,
                        "at": now,
                        "last_at": now,
                    }
                )
            self.clicked_days.setdefault(name, set()).add(met.day)
            self.first_clicks.setdefault(name, []).append(now - START)
            if verdict is CLEAN:
                self.let_through.setdefault(name, set()).add(client)
        share = len(names) * REFUSED_A_DAY // (NEW_A_DAY + AGAIN_A_DAY)
        visits += [
            Visit(f"ad{n}.tracker.test", Level.WARN, now, PEOPLE[0], "https", "resource")
            for n in range(share)
        ]
        self.store.visits.record(visits)
        self.store.known_domains.note_clicks(clicks, familiarity.after_click)
        if rows:
            with self.store.database.transaction("write") as connection:
                connection.execute(sa.insert(verdicts), rows)


@dataclass(frozen=True)
class Lived:
    """A year that is over."""

    world: World
    engine: DeskSummary
    events: list[Event]
    due: int
    size: int
    oldest: dict[str, float]
    decisions: int


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    world = World()
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('year')}/s.db") as store:
        store.decisions.add(Decision("block", "blocked.test", START, "sekisho block"))
        engine = DeskSummary(world, store)
        asyncio.run(engine.live())
        age(store, world.now, UTC)
        with store.database.transaction("read") as connection:
            first = sa.func.min(visits.c.at)
            by_kind = connection.execute(sa.select(visits.c.kind, first).group_by(visits.c.kind))
            oldest = {row.kind: row[1] for row in by_kind}
        return Lived(
            world,
            engine,
            store.events.all(limit=10_000),
            store.known_domains.count_due(world.now),
            store.size() or 0,
            oldest,
            len(store.decisions.in_force(world.now)),
        )


def test_the_outside_is_never_asked_more_than_it_allows(lived: Lived) -> None:
    """Who asks too much is refused, and then clicks find nobody to ask."""
    assert max(lived.world.questions.values()) <= 4
    assert max(lived.world.spent.values()) == 500  # the busy day came to the limit
    assert 0 < lived.world.refused == lived.engine.over_budget_rounds


def test_nobody_is_left_unasked(lived: Lived) -> None:
    """What the budget or an outage put off is caught up."""
    met = {name for name in lived.engine.clicked_days if int(name.split("-")[1]) < DAYS - 10}
    assert len(met) == (DAYS - 11) * NEW_A_DAY + NEW_ON_BUSY_DAY
    assert met - set(lived.world.asked) == set()
    assert lived.due < 2 * NEW_A_DAY


def test_rechecks_come_after_an_hour_six_hours_a_day_and_a_week(lived: Lived) -> None:
    late = 2 * HOUR + 40 * 60  # the next round, and its queue
    for number in range(NEW_A_DAY):
        name = f"site-0-{number}.test"
        first = START + min(at for at in lived.engine.first_clicks[name])
        asked = [at - first for at in lived.world.asked[name]]
        for mark, at in zip(MARKS, asked, strict=False):
            assert mark <= at <= mark * 1.1 + late, (name, mark, at)
        assert len(asked) >= len(MARKS)


def test_who_turned_bad_was_found_and_those_who_were_there_are_named(lived: Lived) -> None:
    """ "You were there": the person who clicked in the morning hears of it by evening."""
    engine = lived.engine
    bad = {name for name, at in lived.world.bad_from.items() if at < START + (DAYS - 9) * DAY}
    assert len(bad) > 100
    assert bad - set(engine.closed) == set()
    people = {event.host: {person.client for person in event.people} for event in lived.events}
    assert people == {name: engine.let_through[name] for name in engine.closed}
    in_time = [engine.closed[name] - at for name, at in lived.world.bad_from.items() if name in bad]
    quiet = [late for late, name in zip(in_time, bad, strict=True)]
    assert sorted(quiet)[len(quiet) // 2] < DAY


def test_nobody_becomes_familiar_early_young_or_bad(lived: Lived) -> None:
    engine, world = lived.engine, lived.world
    assert len(engine.familiar_since) > 100
    for name, since in engine.familiar_since.items():
        today = datetime.fromtimestamp(since, UTC).toordinal()
        assert len([day for day in engine.clicked_days[name] if day <= today]) >= DAYS_NEEDED
        assert since - world.registered_at(name) > NAME_AGE
        assert since < world.bad_from.get(name, float("inf"))
        first = engine.first_clicks[name][0]
        assert [at for at in world.asked[name] if START + first + WEEK <= at <= since]


def test_trust_runs_out_in_an_outage_and_is_earned_again(lived: Lived) -> None:
    """After 30 days without a clean re-check nothing is tunnelled on old knowledge."""
    on = lived.engine.familiar_on
    begin, end = (int((at - START) / DAY) for at in OUTAGE)
    assert on[begin - 1] > 50
    assert on[begin + 20] > 50
    assert on[begin + int(CLEAN_FOR / DAY) + 1] == 0
    assert on[end + 1] < on[begin - 1] / 2
    assert on[DAYS - 1] > 50


def test_the_store_stays_small_and_forgets_visits_but_no_decision(lived: Lived) -> None:
    assert lived.engine.largest < 50 * 2**20
    assert lived.size < 50 * 2**20
    end = lived.world.now
    assert 85 * DAY < end - lived.oldest["click"] < 366 * DAY
    assert end - lived.oldest["resource"] <= 30 * DAY
    assert lived.decisions == 1
