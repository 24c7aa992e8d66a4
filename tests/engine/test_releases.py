"""What the household knows and said: in doubt a host is new, and nothing may be sent to it."""

import asyncio
from collections.abc import Sequence

import pytest

from sekisho.engine.engine import Engine
from sekisho.engine.held_forms import HeldForm
from sekisho.link import Link, host_link
from sekisho.policy import familiarity
from sekisho.policy.action import HoldReason
from sekisho.records.domains import DomainClick
from sekisho.store import StoreError
from sekisho.verdict import Evidence, Level, Reason, Verdict

from ..proxy.conftest import CLEAN, NOW

CLIENT = "192.168.1.20"
DAY = 86_400.0


def met(engine: Engine, at: float, name: str = CLEAN) -> None:
    assert engine.current.store
    engine.current.store.known_domains.note_clicks(
        [DomainClick(name, at, 739_000, Level.PASS, False, False)], familiarity.after_click
    )


def known(engine: Engine, *names: str) -> float | None:
    return asyncio.run(engine.releases.known_for([host_link(name) for name in names]))


def released(engine: Engine, *links: Link) -> bool:
    asked: Sequence[Link] = links or (host_link(CLEAN),)
    return asyncio.run(engine.releases.is_released(asked, CLIENT))


def form(verdict: Verdict) -> HeldForm:
    return HeldForm("x", host_link(CLEAN), f"https://{CLEAN}/", CLIENT, verdict, (), HoldReason.FORM, NOW)


def test_a_host_that_nobody_clicked_is_new_and_an_old_one_is_not(engine: Engine) -> None:
    assert known(engine, CLEAN) is None
    met(engine, NOW - 2 * DAY)
    assert known(engine, CLEAN) == 2 * DAY
    www = known(engine, f"www.{CLEAN}")
    assert www is not None
    assert www >= DAY
    assert known(engine, CLEAN, "other.example.jp") is None
    assert known(engine, "203.0.113.7") is None


@pytest.mark.parametrize(
    ("verdict", "seconds"),
    [
        (Verdict(Level.PASS), 30 * DAY),
        (Verdict(Level.CAUTION), DAY),
        (Verdict(Level.CAUTION, (Evidence(Reason.GO_ON, Level.CAUTION, "decision 1", "told"),)), 600.0),
    ],
)
def test_a_yes_holds_for_a_while(engine: Engine, verdict: Verdict, seconds: float) -> None:
    engine.releases.release(form(verdict))
    assert released(engine)
    assert not released(engine, host_link(CLEAN), host_link("other.example.jp"))
    engine.clock = lambda: NOW + seconds
    assert not released(engine)


def test_a_no_keeps_the_host_from_becoming_familiar(engine: Engine) -> None:
    met(engine, NOW - 2 * DAY)
    engine.releases.refuse(form(Verdict(Level.PASS)))
    assert engine.current.store
    found = engine.current.store.known_domains.known_domain(CLEAN)
    assert found is not None
    assert found.raised_at == NOW


def test_without_a_store_nothing_may_be_sent(engine: Engine) -> None:
    store, engine.current.store = engine.current.store, None
    assert known(engine, CLEAN) is None
    assert not released(engine)
    with pytest.raises(StoreError):
        engine.releases.release(form(Verdict(Level.PASS)))
    engine.releases.refuse(form(Verdict(Level.PASS)))
    engine.current.store = store
