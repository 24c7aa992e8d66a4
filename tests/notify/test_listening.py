import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable

import pytest
from pydantic import SecretStr

from sekisho.notify.listening import LONGEST_PAUSE, SLACK, Listening
from sekisho.notify.ntfy import Ntfy, Received
from sekisho.notify.replies import sign
from sekisho.store import Decision, StoreError
from sekisho.store.ask_records import Answer, Ask

from .conftest import DeskSummary

_numbers = itertools.count(100_000_000_000_000_000)


def reply(house: DeskSummary, ask: Ask, answer: Answer = "1d", **other: object) -> str:
    signing: dict[str, object] = {"secret": house.keys.signing, "topic": house.keys.reply_topic, **other}
    return sign(ask.id, answer, ask.expires, random_name=lambda: str(next(_numbers)), **signing)  # type: ignore[arg-type]


async def hear(house: DeskSummary, *texts: str, topic: str = "") -> None:
    async with Ntfy(house.server.base, SecretStr("")) as ntfy:
        listening = Listening(
            house.store, "en", ntfy=ntfy, keys=house.keys, answered=house.answered, clock=house.clock
        )
        for text in texts:
            name = f"m{next(_numbers)}"
            await listening.hear(Received(name, topic or house.keys.reply_topic, text, house.now))


def decisions(house: DeskSummary) -> list[tuple[str, str]]:
    return [(decision.kind, decision.by) for decision in house.store.decisions.in_force(house.now)]


def test_a_button_decides_and_the_proxy_knows_at_once(house: DeskSummary) -> None:
    ask = house.ask()
    asyncio.run(hear(house, reply(house, ask)))
    assert decisions(house) == [("allow", "ntfy")]
    assert house.answers == 1
    kept = house.store.asks.find(ask.id)
    assert kept
    assert (kept.answer, kept.answered_by) == ("1d", "ntfy")


def test_a_refusal_shuts_the_host(house: DeskSummary) -> None:
    asyncio.run(hear(house, reply(house, house.ask(), "block")))
    assert decisions(house) == [("block", "ntfy")]


def test_the_second_who_answers_is_told_that_there_was_a_first(house: DeskSummary) -> None:
    ask = house.ask()
    asyncio.run(hear(house, reply(house, ask, "block"), reply(house, ask, "always"), reply(house, ask, "1w")))
    assert decisions(house) == [("block", "ntfy")]
    assert house.answers == 1
    (told,) = house.server.of(house.keys.topic)
    assert told["title"] == "Somebody has answered already"
    assert "ntfy answered “Keep it shut”" in told["message"]


def test_a_reply_that_is_played_again_does_nothing(
    house: DeskSummary, caplog: pytest.LogCaptureFixture
) -> None:
    """Who reads the reply topic could send it again after the family took the decision back."""
    ask = house.ask()
    again = reply(house, ask, "always")
    asyncio.run(hear(house, again))
    house.store.decisions.end_on(ask.host, by="desk", at=house.now)
    asyncio.run(hear(house, again))
    assert decisions(house) == []
    assert house.answers == 1
    assert "used before" in caplog.text
    assert house.server.messages == []


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda house, ask: reply(house, ask, "block").replace(".block.", ".1w."), "not ours"),
        (lambda house, ask: reply(house, ask, secret=b"x" * 32), "not ours"),
        (lambda house, ask: reply(house, ask, topic="another-topic"), "not ours"),
        (lambda house, ask: reply(house, ask)[:-1], "form of a reply"),
        (lambda house, ask: "always, please", "form of a reply"),
    ],
    ids=["answer changed", "other house", "other topic", "cut off", "words"],
)
def test_what_no_button_of_ours_said_is_refused(
    house: DeskSummary, caplog: pytest.LogCaptureFixture, spoil: Callable[[DeskSummary, Ask], str], why: str
) -> None:
    ask = house.ask()
    text = spoil(house, ask)
    asyncio.run(hear(house, text))
    assert decisions(house) == []
    assert [kept.id for kept in house.store.asks.open_asks(house.now)] == [ask.id]
    assert f"was refused (1 so far): " in caplog.text  # noqa: F541
    assert why in caplog.text
    assert text not in caplog.text


def test_a_good_reply_on_the_wrong_topic_is_refused(
    house: DeskSummary, caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.run(hear(house, reply(house, house.ask()), topic="elsewhere"))
    assert decisions(house) == []
    assert "another topic" in caplog.text


def test_a_reply_to_an_ask_of_another_store_is_refused(
    house: DeskSummary, caplog: pytest.LogCaptureFixture
) -> None:
    ask = house.ask()
    house.store.pruning.forget(None)
    asyncio.run(hear(house, reply(house, ask)))
    assert decisions(house) == []
    assert "no ask that was made here" in caplog.text


def test_who_answers_too_late_is_told(house: DeskSummary) -> None:
    ask = house.ask()
    house.now = ask.expires + 1
    asyncio.run(hear(house, reply(house, ask), reply(house, ask, "1w")))
    assert decisions(house) == []
    assert [message["title"] for message in house.server.messages] == ["It is too late to answer"]


def test_a_flood_of_nonsense_does_not_fill_the_log(
    house: DeskSummary, caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.run(hear(house, *["nonsense"] * 300))
    assert caplog.text.count("was refused") == 13


def test_decisions_that_cannot_be_read_anew_are_kept_all_the_same(house: DeskSummary) -> None:
    async def breaks() -> None:
        raise StoreError("busy")

    house.answered = breaks  # type: ignore[method-assign]
    asyncio.run(hear(house, reply(house, house.ask())))
    assert decisions(house) == [("allow", "ntfy")]


class Line:
    """Runs the listener until something is true; the pauses are noted, and short."""

    def __init__(self, house: DeskSummary) -> None:
        self.house = house
        self.slept: list[float] = []
        self.when_asleep: Callable[[], Awaitable[None]] | None = None

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.when_asleep:
            await self.when_asleep()
        await asyncio.sleep(0.005)

    async def until(self, *steps: Callable[[], object]) -> None:
        """Each step blocks, in a thread, until it has seen what it waits for."""
        house = self.house
        async with Ntfy(house.server.base, SecretStr("")) as ntfy:
            listening = Listening(
                house.store,
                "en",
                ntfy=ntfy,
                keys=house.keys,
                answered=self.answered,
                clock=house.clock,
                sleep=self.sleep,
            )
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
        self.house.answers += 1
        self.heard.set()


def test_an_answer_that_was_given_while_the_house_was_away_is_heard(house: DeskSummary) -> None:
    ask = house.ask()
    house.server.post(house.keys.reply_topic, reply(house, ask))
    house.now += 3600
    asyncio.run(Line(house).until())
    assert decisions(house) == [("allow", "ntfy")]
    assert house.server.subscriptions[0].endswith(f"/json?since={int(ask.at - SLACK)}")
    assert house.state("ntfy replies") == "ok"


def test_a_server_that_goes_and_comes_loses_no_answer(
    house: DeskSummary, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    house.server.keepalive = 0.05
    ask = house.ask()
    line = Line(house)

    def press() -> None:
        house.server.keep(
            {"topic": house.keys.reply_topic, "message": reply(house, ask), "time": int(house.now)}
        )
        house.server.start()

    async def restart() -> None:
        if len(line.slept) == 4:
            await asyncio.to_thread(press)

    line.when_asleep = restart
    asyncio.run(line.until(house.server.wait_for_subscriptions, house.server.stop))
    assert line.slept[:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(line.slept) <= LONGEST_PAUSE
    assert decisions(house) == [("allow", "ntfy")]
    assert "ntfy replies: the server could not be reached" in caplog.text


def test_a_message_that_comes_again_after_a_reconnect_is_heard_once(
    house: DeskSummary, caplog: pytest.LogCaptureFixture
) -> None:
    house.server.keepalive = 0.05
    first, second = house.ask("a.example"), house.ask("b.example")
    house.server.post(house.keys.reply_topic, reply(house, first))
    line = Line(house)

    def restart() -> None:
        house.server.stop()
        house.server.start()
        house.server.wait_for_subscriptions(2)
        line.heard.clear()
        house.server.post(house.keys.reply_topic, reply(house, second))

    def first_heard() -> None:
        while not house.store.asks.answered_since(0.0):
            pass

    asyncio.run(line.until(house.server.wait_for_subscriptions, first_heard, restart))
    assert house.answers == 2
    assert "used before" not in caplog.text  # it would look like an attack in the log


def test_an_answer_that_could_not_be_written_is_heard_again(
    house: DeskSummary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk was full for a minute: the child has pressed the button only once."""
    house.server.post(house.keys.reply_topic, reply(house, house.ask()))
    genuine = house.store.asks.answer
    calls = 0

    def full(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise StoreError("the disk is full")
        return genuine(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(house.store.asks, "answer", full)
    with contextlib.suppress(StoreError):
        asyncio.run(Line(house).until())
    assert decisions(house) == [("allow", "ntfy")]
    assert calls == 3


def test_older_words_on_the_host_end_with_the_answer(house: DeskSummary) -> None:
    ask = house.ask()
    house.store.decisions.add(Decision("block", ask.host, house.now - 5, "sekisho block"))
    asyncio.run(hear(house, reply(house, ask, "1w")))
    assert decisions(house) == [("allow", "ntfy")]
