"""What the household knows and said: in doubt a host is new, and nothing may be sent to it."""

import asyncio
from collections.abc import Sequence

import pytest

from sekisho.link import Link, host_link
from sekisho.memory import policy
from sekisho.proxy.answers import Answers
from sekisho.proxy.gatehouse import Gatehouse
from sekisho.store import StoreError
from sekisho.store.remembered import Encounter
from sekisho.verdict import Evidence, Level, Reason, Verdict
from sekisho.web.forms import HeldForm, Why

from .conftest import CLEAN, NOW

CLIENT = "192.168.1.20"
DAY = 86_400.0


def met(house: Gatehouse, at: float, name: str = CLEAN) -> None:
    assert house.store
    house.store.memory.note_clicks([Encounter(name, at, 739_000, Level.PASS, False, False)], policy.met)


def known(house: Gatehouse, *names: str) -> float | None:
    return asyncio.run(Answers(house).known_for([host_link(name) for name in names]))


def released(house: Gatehouse, *links: Link) -> bool:
    asked: Sequence[Link] = links or (host_link(CLEAN),)
    return asyncio.run(Answers(house).is_released(asked, CLIENT))


def form(verdict: Verdict) -> HeldForm:
    return HeldForm("x", host_link(CLEAN), f"https://{CLEAN}/", CLIENT, verdict, (), Why.FORM, NOW)


def test_a_host_that_nobody_clicked_is_new_and_an_old_one_is_not(house: Gatehouse) -> None:
    assert known(house, CLEAN) is None
    met(house, NOW - 2 * DAY)
    assert known(house, CLEAN) == 2 * DAY
    assert known(house, f"www.{CLEAN}") == 2 * DAY
    assert known(house, CLEAN, "other.example.jp") is None
    assert known(house, "203.0.113.7") is None


@pytest.mark.parametrize(
    ("verdict", "seconds"),
    [
        (Verdict(Level.PASS), 30 * DAY),
        (Verdict(Level.CAUTION), DAY),
        (Verdict(Level.CAUTION, (Evidence(Reason.GO_ON, Level.CAUTION, "decision 1", "told"),)), 600.0),
    ],
)
def test_a_yes_holds_for_a_while(house: Gatehouse, verdict: Verdict, seconds: float) -> None:
    Answers(house).release(form(verdict))
    assert released(house)
    assert not released(house, host_link(CLEAN), host_link("other.example.jp"))
    house.clock = lambda: NOW + seconds
    assert not released(house)


def test_a_no_keeps_the_host_from_becoming_familiar(house: Gatehouse) -> None:
    met(house, NOW - 2 * DAY)
    Answers(house).refuse(form(Verdict(Level.PASS)))
    assert house.store
    found = house.store.memory.acquaintance(CLEAN)
    assert found is not None
    assert found.raised_at == NOW


def test_without_a_store_nothing_may_be_sent(house: Gatehouse) -> None:
    store, house.store = house.store, None
    assert known(house, CLEAN) is None
    assert not released(house)
    with pytest.raises(StoreError):
        Answers(house).release(form(Verdict(Level.PASS)))
    Answers(house).refuse(form(Verdict(Level.PASS)))
    house.store = store
