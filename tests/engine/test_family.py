"""Who decides on a page of ours must not meet the warning once more, and nobody else may pass by it."""

import asyncio
import threading

import pytest

from sekisho.engine.asks import ask_family
from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.store import StoreError
from sekisho.verdict import Evidence, Level, Reason, Verdict

from ..proxy.conftest import FAKE, NOW
from .conftest import CLIENT

BAD = Verdict(Level.WARN, (Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "it imitates Microsoft"),))
LINK = host_link(FAKE)


def level(engine: Engine, client: str = CLIENT) -> Level:
    return engine.judge.verdict(LINK, client, is_click=True).level


def test_to_go_on_holds_for_the_next_request_of_this_device(engine: Engine) -> None:
    ticket_id = engine.tickets.issue(
        link=LINK, url=f"https://{FAKE}/", client=CLIENT, level=Level.WARN, verdict=BAD,
        was_post=False, now=NOW,
    )  # fmt: skip
    ticket = engine.tickets.find(ticket_id, CLIENT, NOW)
    assert ticket is not None

    async def choose() -> None:
        engine.current.started()
        await asyncio.to_thread(engine.family.go_on, ticket)

    asyncio.run(choose())
    assert level(engine) is Level.CAUTION
    assert level(engine, "192.168.1.30") is Level.WARN


def test_to_go_on_without_a_store_opens_nothing(engine: Engine) -> None:
    engine.current.store = None
    failed: list[StoreError] = []

    def choose() -> None:
        try:
            engine.family.go_on(None)  # type: ignore[arg-type]
        except StoreError as error:
            failed.append(error)

    thread = threading.Thread(target=choose)
    thread.start()
    thread.join()
    assert failed


def test_an_answer_to_an_ask_holds_for_the_next_request(engine: Engine) -> None:
    """The mother's page moves on by itself: it must not meet the warning once more."""

    async def run() -> list[Level]:
        engine.current.started()
        assert engine.current.store
        ask, _ = ask_family(engine.current.store, LINK, CLIENT, BAD, NOW)
        levels = [level(engine, "")]
        outcome = await asyncio.to_thread(engine.family.answer_ask, ask.id, "1d", "desk, phone")
        assert (outcome.kind, outcome.ask and outcome.ask.answered_by) == ("accepted", "desk, phone")
        levels.append(level(engine, ""))
        again = await asyncio.to_thread(engine.family.answer_ask, ask.id, "block", "desk, tablet")
        assert again.kind == "answered"
        return [*levels, level(engine, "")]

    assert asyncio.run(run()) == [Level.WARN, Level.PASS, Level.PASS]


def test_only_an_answer_that_counts_is_sent_to_the_others(engine: Engine) -> None:
    nudges: list[int] = []
    engine.family.nudge()  # nobody to send it: no error
    engine.family.nudge = lambda: nudges.append(1)

    async def run() -> None:
        engine.current.started()
        assert engine.current.store
        ask, _ = ask_family(engine.current.store, LINK, CLIENT, BAD, NOW)
        for ask_id in ("unknown", ask.id, ask.id):
            await asyncio.to_thread(engine.family.answer_ask, ask_id, "1d", "desk")

    asyncio.run(run())
    assert len(nudges) == 1


def test_without_a_store_no_ask_is_answered(engine: Engine) -> None:
    with pytest.raises(StoreError):
        engine.family.answer_ask("x", "1d", "desk")
    with pytest.raises(StoreError):
        engine.current.decided()
