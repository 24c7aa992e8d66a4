import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import SecretStr

from sekisho.notify.listening import LONGEST_PAUSE, SLACK, Listening
from sekisho.notify.ntfy import Ntfy, Received
from sekisho.notify.replies import sign
from sekisho.records.asks import Answer, Ask
from sekisho.store import Decision, StoreError

from .conftest import Household

_numbers = itertools.count(100_000_000_000_000_000)


def reply(household: Household, ask: Ask, answer: Answer = "1d", **other: object) -> str:
    signing: dict[str, object] = {
        "secret": household.keys.signing,
        "topic": household.keys.reply_topic,
        **other,
    }
    return sign(ask.id, answer, ask.expires, random_name=lambda: str(next(_numbers)), **signing)  # type: ignore[arg-type]


def listening_of(household: Household, ntfy: Ntfy, **options: Any) -> Listening:
    fields: dict[str, Any] = {
        "keys": household.keys,
        "answered": household.answered,
        "clock": household.clock,
    }
    return Listening(household.store, "en", ntfy=ntfy, **fields | options)


async def hear(household: Household, *texts: str, topic: str = "") -> None:
    async with Ntfy(household.server.base, SecretStr("")) as ntfy:
        listening = listening_of(household, ntfy)
        for text in texts:
            name = f"m{next(_numbers)}"
            await listening.hear(Received(name, topic or household.keys.reply_topic, text, household.now))


def decisions(household: Household) -> list[tuple[str, str]]:
    return [(decision.kind, decision.by) for decision in household.store.decisions.in_force(household.now)]


def test_a_button_decides_and_the_proxy_knows_at_once(household: Household) -> None:
    ask = household.ask()
    asyncio.run(hear(household, reply(household, ask)))
    assert decisions(household) == [("allow", "ntfy")]
    assert household.answers == 1
    kept = household.store.asks.find(ask.id)
    assert kept
    assert (kept.answer, kept.answered_by) == ("1d", "ntfy")


def test_a_refusal_shuts_the_host(household: Household) -> None:
    asyncio.run(hear(household, reply(household, household.ask(), "block")))
    assert decisions(household) == [("block", "ntfy")]


def test_the_second_who_answers_is_told_that_there_was_a_first(household: Household) -> None:
    ask = household.ask()
    asyncio.run(
        hear(
            household,
            reply(household, ask, "block"),
            reply(household, ask, "always"),
            reply(household, ask, "1w"),
        )
    )
    assert decisions(household) == [("block", "ntfy")]
    assert household.answers == 1
    (sentence,) = household.server.of(household.keys.topic)
    assert sentence["title"] == "Somebody has answered already"
    assert "ntfy answered “Keep it shut”" in sentence["message"]


def test_a_reply_that_is_played_again_does_nothing(
    household: Household, caplog: pytest.LogCaptureFixture
) -> None:
    """Who reads the reply topic could send it again after the family took the decision back."""
    ask = household.ask()
    again = reply(household, ask, "always")
    asyncio.run(hear(household, again))
    household.store.decisions.end_on(ask.host, by="desk", at=household.now)
    asyncio.run(hear(household, again))
    assert decisions(household) == []
    assert household.answers == 1
    assert "used before" in caplog.text
    assert household.server.messages == []


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda household, ask: reply(household, ask, "block").replace(".block.", ".1w."), "not ours"),
        (lambda household, ask: reply(household, ask, secret=b"x" * 32), "not ours"),
        (lambda household, ask: reply(household, ask, topic="another-topic"), "not ours"),
        (lambda household, ask: reply(household, ask)[:-1], "form of a reply"),
        (lambda household, ask: "always, please", "form of a reply"),
    ],
    ids=["answer changed", "other household", "other topic", "cut off", "words"],
)
def test_what_no_button_of_ours_said_is_refused(
    household: Household, caplog: pytest.LogCaptureFixture, spoil: Callable[[Household, Ask], str], why: str
) -> None:
    ask = household.ask()
    text = spoil(household, ask)
    asyncio.run(hear(household, text))
    assert decisions(household) == []
    assert [kept.id for kept in household.store.asks.open_asks(household.now)] == [ask.id]
    assert f"was refused (1 so far): " in caplog.text  # noqa: F541
    assert why in caplog.text
    assert text not in caplog.text


def test_a_good_reply_on_the_wrong_topic_is_refused(
    household: Household, caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.run(hear(household, reply(household, household.ask()), topic="elsewhere"))
    assert decisions(household) == []
    assert "another topic" in caplog.text


def test_a_reply_to_an_ask_of_another_store_is_refused(
    household: Household, caplog: pytest.LogCaptureFixture
) -> None:
    ask = household.ask()
    household.store.pruning.forget(None)
    asyncio.run(hear(household, reply(household, ask)))
    assert decisions(household) == []
    assert "no ask that was made here" in caplog.text


def test_who_answers_too_late_is_told(household: Household) -> None:
    ask = household.ask()
    household.now = ask.expires + 1
    asyncio.run(hear(household, reply(household, ask), reply(household, ask, "1w")))
    assert decisions(household) == []
    assert [message["title"] for message in household.server.messages] == ["It is too late to answer"]


def test_a_flood_of_nonsense_does_not_fill_the_log(
    household: Household, caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.run(hear(household, *["nonsense"] * 300))
    assert caplog.text.count("was refused") == 13


def test_decisions_that_cannot_be_read_anew_are_kept_all_the_same(household: Household) -> None:
    async def breaks() -> None:
        raise StoreError("busy")

    household.answered = breaks  # type: ignore[method-assign]
    asyncio.run(hear(household, reply(household, household.ask())))
    assert decisions(household) == [("allow", "ntfy")]


class Line:
    """Runs the listener until something is true; the pauses are noted, and short."""

    def __init__(self, household: Household) -> None:
        self.household = household
        self.slept: list[float] = []
        self.when_asleep: Callable[[], Awaitable[None]] | None = None

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.when_asleep:
            await self.when_asleep()
        await asyncio.sleep(0.005)

    async def until(self, *steps: Callable[[], object]) -> None:
        """Each step blocks, in a thread, until it has seen what it waits for."""
        household = self.household
        async with Ntfy(household.server.base, SecretStr("")) as ntfy:
            listening = listening_of(household, ntfy, answered=self.answered, sleep=self.sleep)
            self.heard = asyncio.Event()
            task = asyncio.create_task(listening.run())
            try:
                for step in steps:
                    await asyncio.to_thread(step)
                async with asyncio.timeout(10):
                    await self.heard.wait()
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def answered(self) -> None:
        self.household.answers += 1
        self.heard.set()


def test_an_answer_that_was_given_while_the_house_was_away_is_heard(household: Household) -> None:
    ask = household.ask()
    household.server.post(household.keys.reply_topic, reply(household, ask))
    household.now += 3600
    asyncio.run(Line(household).until())
    assert decisions(household) == [("allow", "ntfy")]
    assert household.server.subscriptions[0].endswith(f"/json?since={int(ask.at - SLACK)}")
    assert household.state("ntfy replies") == "ok"


def test_a_server_that_goes_and_comes_loses_no_answer(
    household: Household, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    household.server.keepalive = 0.05
    ask = household.ask()
    line = Line(household)

    def press() -> None:
        household.server.keep(
            {
                "topic": household.keys.reply_topic,
                "message": reply(household, ask),
                "time": int(household.now),
            }
        )
        household.server.start()

    async def restart() -> None:
        if len(line.slept) == 4:
            await asyncio.to_thread(press)

    line.when_asleep = restart
    asyncio.run(line.until(household.server.wait_for_subscriptions, household.server.stop))
    assert line.slept[:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(line.slept) <= LONGEST_PAUSE
    assert decisions(household) == [("allow", "ntfy")]
    assert "ntfy replies: the server could not be reached" in caplog.text


def test_a_message_that_comes_again_after_a_reconnect_is_heard_once(
    household: Household, caplog: pytest.LogCaptureFixture
) -> None:
    household.server.keepalive = 0.05
    first, second = household.ask("a.example"), household.ask("b.example")
    household.server.post(household.keys.reply_topic, reply(household, first))
    line = Line(household)

    def restart() -> None:
        household.server.stop()
        household.server.start()
        household.server.wait_for_subscriptions(2)
        line.heard.clear()
        household.server.post(household.keys.reply_topic, reply(household, second))

    def first_heard() -> None:
        while not household.store.asks.answered_since(0.0):
            pass

    asyncio.run(line.until(household.server.wait_for_subscriptions, first_heard, restart))
    assert household.answers == 2
    assert "used before" not in caplog.text  # it would look like an attack in the log


def test_an_answer_that_could_not_be_written_is_heard_again(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk was full for a minute: the child has pressed the button only once."""
    household.server.post(household.keys.reply_topic, reply(household, household.ask()))
    genuine = household.store.asks.answer
    calls = 0

    def full(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise StoreError("the disk is full")
        return genuine(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(household.store.asks, "answer", full)
    with contextlib.suppress(StoreError):
        asyncio.run(Line(household).until())
    assert decisions(household) == [("allow", "ntfy")]
    assert calls == 3


def test_older_words_on_the_host_end_with_the_answer(household: Household) -> None:
    ask = household.ask()
    household.store.decisions.add(Decision("block", ask.host, household.now - 5, "sekisho block"))
    asyncio.run(hear(household, reply(household, ask, "1w")))
    assert decisions(household) == [("allow", "ntfy")]
