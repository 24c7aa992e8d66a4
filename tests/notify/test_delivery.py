import asyncio
import contextlib
from collections.abc import Sequence

import pytest
from pydantic import SecretStr

from sekisho.engine.asks import answer_ask
from sekisho.notify.delivery import FIRST_PAUSE, GIVE_UP, LONGEST_PAUSE, Delivery
from sekisho.notify.messages import Message
from sekisho.notify.ntfy import Ntfy
from sekisho.notify.post import Sent
from sekisho.notify.replies import read_reply
from sekisho.notify.targets import targets_of
from sekisho.records.domains import STORE_DAMAGED
from sekisho.store import StoreError, Visit
from sekisho.verdict import Level

from .conftest import BAD, PHONE, Household

MAIL, HOOK = SecretStr("mailto://mail"), SecretStr("json://hook")


class Boxes:
    """Takes messages in the place of apprise; an address that is down takes none."""

    def __init__(self) -> None:
        self.got: dict[str, list[Message]] = {}
        self.down: set[str] = set()
        self.runs = 0

    async def post(self, jobs: Sequence[tuple[SecretStr, Sequence[Message]]]) -> list[Sent]:
        self.runs += 1
        sent = []
        for url, messages in jobs:
            address = url.get_secret_value()
            if address in self.down:
                sent.append(Sent(0, "unreachable", "it could not be reached"))
            else:
                self.got.setdefault(address, []).extend(messages)
                sent.append(Sent(len(messages), "ok", "taken"))
        return sent

    def titles(self, url: SecretStr) -> list[str]:
        return [message.title for message in self.got.get(url.get_secret_value(), [])]


@pytest.fixture
def boxes() -> Boxes:
    return Boxes()


async def rounds(household: Household, boxes: Boxes, *seconds: float, by_ntfy: bool = True) -> None:
    """A round now, and one after each of these further seconds."""
    keys = household.keys if by_ntfy else None
    async with Ntfy(household.server.base, SecretStr("")) as ntfy:
        delivery = Delivery(
            household.store,
            targets_of([MAIL, HOOK], ntfy_topic=keys.topic if keys else ""),
            "en",
            ntfy=ntfy,
            keys=keys,
            clock=household.clock,
            post=boxes.post,
        )
        await delivery.round()
        for pause in seconds:
            household.now += pause
            await delivery.round()


def turn_bad(household: Household, host: str) -> None:
    household.store.visits.record([Visit(host, Level.PASS, household.now - 60, PHONE)])
    household.store.events.turn_bad(host, BAD, household.now)


def test_an_ask_is_told_everywhere_once(household: Household, boxes: Boxes) -> None:
    ask = household.ask()
    asyncio.run(rounds(household, boxes, 2, 2))
    assert boxes.titles(MAIL) == boxes.titles(HOOK) == ["The device 192.168.1.5 asks you something"]
    first, second = household.server.of(household.keys.topic)
    assert [action["label"] for action in first["actions"]] == ["Once", "1 day", "Keep shut"]
    assert [action["label"] for action in second["actions"]] == ["1 week", "Always"]
    assert (first["priority"], second["priority"]) == (4, 2)
    signed = read_reply(
        first["actions"][1]["body"],
        secret=household.keys.signing,
        topic=household.keys.reply_topic,
        now=household.now,
    )
    assert (signed.ask_id, signed.answer) == (ask.id, "1d")
    nonces = {action["body"].split(".")[4] for sentence in (first, second) for action in sentence["actions"]}
    assert len(nonces) == 5
    kept = household.store.asks.find(ask.id)
    assert kept
    assert kept.told_at == household.now - 4


def test_a_restart_tells_nobody_twice(household: Household, boxes: Boxes) -> None:
    household.ask()
    asyncio.run(rounds(household, boxes))
    asyncio.run(rounds(household, boxes))
    assert len(boxes.titles(MAIL)) == 1
    assert len(household.server.of(household.keys.topic)) == 2


def test_a_place_that_was_down_gets_everything_and_the_others_nothing_twice(
    household: Household, boxes: Boxes
) -> None:
    """The mail server was away for an hour: nothing is lost."""
    boxes.down = {"json://hook"}
    household.server.stop()
    household.ask()
    turn_bad(household, "bad.example")
    asyncio.run(rounds(household, boxes))
    assert (boxes.titles(HOOK), len(boxes.titles(MAIL))) == ([], 2)
    assert household.state("notify 2 (json)") == household.state("ntfy") == "unreachable"
    assert household.state("notify 1 (mailto)") == "ok"
    assert len(household.store.events.all(pending_only=True)) == 1
    boxes.down = set()
    household.server.start()
    household.now += 3600
    asyncio.run(rounds(household, boxes))
    assert boxes.titles(HOOK) == boxes.titles(MAIL)
    assert len(household.server.of(household.keys.topic)) == 3
    assert household.state("ntfy") == "ok"
    assert household.store.events.all(pending_only=True) == []


def test_a_place_that_is_down_is_not_asked_all_the_time(household: Household, boxes: Boxes) -> None:
    boxes.down = {"json://hook", "mailto://mail"}
    household.ask()
    asyncio.run(rounds(household, boxes, 2, 2, FIRST_PAUSE, 2, FIRST_PAUSE, FIRST_PAUSE, by_ntfy=False))
    assert boxes.runs == 3
    assert LONGEST_PAUSE == 900


def test_an_ask_that_is_answered_or_over_is_told_to_nobody(household: Household, boxes: Boxes) -> None:
    ask = household.ask()
    answer_ask(household.store, ask.id, "block", by="desk", now=household.now)
    household.ask("b.example")
    household.now += 90_000
    asyncio.run(rounds(household, boxes))
    assert boxes.got == {}
    assert household.server.messages == []


def test_the_others_hear_of_an_answer(household: Household, boxes: Boxes) -> None:
    """Two children were asked; the second need not wonder any more."""
    ask = household.ask()
    asyncio.run(rounds(household, boxes))
    answer_ask(household.store, ask.id, "1w", by="desk (Hanako)", now=household.now)
    asyncio.run(rounds(household, boxes, 2))
    sentence = household.server.of(household.keys.topic)[2:]
    assert [message["title"] for message in sentence] == ["Answered"]
    assert "Open it for a week (desk (Hanako)" in sentence[0]["message"]
    assert sentence[0]["priority"] == 2
    assert len(boxes.titles(MAIL)) == 1


def test_events_are_told_once_and_marked(household: Household, boxes: Boxes) -> None:
    turn_bad(household, "bad.example")
    household.store.events.raise_event(STORE_DAMAGED, "", household.now, Level.PASS, "x")
    asyncio.run(rounds(household, boxes, 2, 2))
    expected = ["A site has turned out to be dangerous", "sekisho's records were damaged"]
    assert boxes.titles(MAIL) == expected
    assert [message["title"] for message in household.server.of(household.keys.topic)] == expected
    assert household.store.events.all(pending_only=True) == []


def test_a_list_that_names_many_visited_sites_is_one_message(household: Household, boxes: Boxes) -> None:
    for number in range(20):
        turn_bad(household, f"h{number}.example")
    asyncio.run(rounds(household, boxes, 2))
    assert boxes.titles(MAIL) == ["20 sites have turned out to be dangerous"]
    assert household.store.events.all(pending_only=True) == []


def test_a_place_that_is_gone_for_good_does_not_keep_an_event_untold(
    household: Household, boxes: Boxes
) -> None:
    boxes.down = {"json://hook"}
    turn_bad(household, "bad.example")
    asyncio.run(rounds(household, boxes))
    household.now += GIVE_UP - 10
    asyncio.run(rounds(household, boxes))
    assert len(household.store.events.all(pending_only=True)) == 1
    household.now += 20
    asyncio.run(rounds(household, boxes))
    assert household.store.events.all(pending_only=True) == []


def test_an_event_that_nobody_took_stays_untold(household: Household, boxes: Boxes) -> None:
    boxes.down = {"json://hook", "mailto://mail"}
    turn_bad(household, "bad.example")
    asyncio.run(rounds(household, boxes, 2 * GIVE_UP, by_ntfy=False))
    assert len(household.store.events.all(pending_only=True)) == 1


def test_a_place_that_takes_half_gets_the_rest(household: Household, boxes: Boxes) -> None:
    household.ask("a.example")
    household.ask("b.example")

    async def half(jobs: Sequence[tuple[SecretStr, Sequence[Message]]]) -> list[Sent]:
        return [Sent(1, "too slow", "it did not answer in time") for _ in jobs]

    whole, boxes.post = boxes.post, half  # type: ignore[method-assign]
    asyncio.run(rounds(household, boxes, by_ntfy=False))
    boxes.post = whole  # type: ignore[method-assign]
    asyncio.run(rounds(household, boxes, by_ntfy=False))
    assert len(boxes.titles(MAIL)) == 1
    assert "b[.]example" in boxes.got["mailto://mail"][0].body


def test_a_full_disk_does_not_tell_the_same_thing_every_two_seconds(
    household: Household, boxes: Boxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    household.ask()
    turn_bad(household, "bad.example")
    genuine, full = household.store.asks.note_delivery, True

    def note(kind: str, subject: str, target: str, at: float) -> None:
        if full:
            raise StoreError("the disk is full")
        genuine(kind, subject, target, at)

    monkeypatch.setattr(household.store.asks, "note_delivery", note)

    async def run() -> None:
        nonlocal full
        async with Ntfy(household.server.base, SecretStr("")) as ntfy:
            delivery = Delivery(
                household.store,
                targets_of([MAIL]),
                "en",
                ntfy=ntfy,
                keys=None,
                clock=household.clock,
                post=boxes.post,
            )
            for _ in range(5):
                with contextlib.suppress(StoreError):
                    await delivery.round()
            full = False
            await delivery.round()
            await delivery.round()

    asyncio.run(run())
    assert len(boxes.titles(MAIL)) == 2
    assert household.store.events.all(pending_only=True) == []
