import asyncio
import contextlib
from collections.abc import Sequence

import pytest
from pydantic import SecretStr

from sekisho.engine.asks import answer_ask
from sekisho.notify.messages import Message
from sekisho.notify.ntfy import Ntfy
from sekisho.notify.post import Sent
from sekisho.notify.replies import read_reply
from sekisho.notify.targets import targets_of
from sekisho.notify.telling import FIRST_PAUSE, GIVE_UP, LONGEST_PAUSE, Telling
from sekisho.store import StoreError, Visit
from sekisho.store.domain_records import STORE_DAMAGED
from sekisho.verdict import Level

from .conftest import BAD, PHONE, DeskSummary

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


async def rounds(house: DeskSummary, boxes: Boxes, *seconds: float, by_ntfy: bool = True) -> None:
    """A round now, and one after each of these further seconds."""
    keys = house.keys if by_ntfy else None
    async with Ntfy(house.server.base, SecretStr("")) as ntfy:
        telling = Telling(
            house.store,
            targets_of([MAIL, HOOK], ntfy_topic=keys.topic if keys else ""),
            "en",
            ntfy=ntfy,
            keys=keys,
            clock=house.clock,
            post=boxes.post,
        )
        await telling.round()
        for pause in seconds:
            house.now += pause
            await telling.round()


def turn_bad(house: DeskSummary, host: str) -> None:
    house.store.visits.record([Visit(host, Level.PASS, house.now - 60, PHONE)])
    house.store.events.turn_bad(host, BAD, house.now)


def test_an_ask_is_told_everywhere_once(house: DeskSummary, boxes: Boxes) -> None:
    ask = house.ask()
    asyncio.run(rounds(house, boxes, 2, 2))
    assert boxes.titles(MAIL) == boxes.titles(HOOK) == ["The device 192.168.1.5 asks you something"]
    first, second = house.server.of(house.keys.topic)
    assert [action["label"] for action in first["actions"]] == ["Once", "1 day", "Keep shut"]
    assert [action["label"] for action in second["actions"]] == ["1 week", "Always"]
    assert (first["priority"], second["priority"]) == (4, 2)
    signed = read_reply(
        first["actions"][1]["body"], secret=house.keys.signing, topic=house.keys.reply_topic, now=house.now
    )
    assert (signed.ask_id, signed.answer) == (ask.id, "1d")
    nonces = {action["body"].split(".")[4] for told in (first, second) for action in told["actions"]}
    assert len(nonces) == 5
    kept = house.store.asks.find(ask.id)
    assert kept
    assert kept.told_at == house.now - 4


def test_a_restart_tells_nobody_twice(house: DeskSummary, boxes: Boxes) -> None:
    house.ask()
    asyncio.run(rounds(house, boxes))
    asyncio.run(rounds(house, boxes))
    assert len(boxes.titles(MAIL)) == 1
    assert len(house.server.of(house.keys.topic)) == 2


def test_a_place_that_was_down_gets_everything_and_the_others_nothing_twice(
    house: DeskSummary, boxes: Boxes
) -> None:
    """The mail server was away for an hour: nothing is lost."""
    boxes.down = {"json://hook"}
    house.server.stop()
    house.ask()
    turn_bad(house, "bad.example")
    asyncio.run(rounds(house, boxes))
    assert (boxes.titles(HOOK), len(boxes.titles(MAIL))) == ([], 2)
    assert house.state("notify 2 (json)") == house.state("ntfy") == "unreachable"
    assert house.state("notify 1 (mailto)") == "ok"
    assert len(house.store.events.all(pending_only=True)) == 1
    boxes.down = set()
    house.server.start()
    house.now += 3600
    asyncio.run(rounds(house, boxes))
    assert boxes.titles(HOOK) == boxes.titles(MAIL)
    assert len(house.server.of(house.keys.topic)) == 3
    assert house.state("ntfy") == "ok"
    assert house.store.events.all(pending_only=True) == []


def test_a_place_that_is_down_is_not_asked_all_the_time(house: DeskSummary, boxes: Boxes) -> None:
    boxes.down = {"json://hook", "mailto://mail"}
    house.ask()
    asyncio.run(rounds(house, boxes, 2, 2, FIRST_PAUSE, 2, FIRST_PAUSE, FIRST_PAUSE, by_ntfy=False))
    assert boxes.runs == 3
    assert LONGEST_PAUSE == 900


def test_an_ask_that_is_answered_or_over_is_told_to_nobody(house: DeskSummary, boxes: Boxes) -> None:
    ask = house.ask()
    answer_ask(house.store, ask.id, "block", by="desk", now=house.now)
    house.ask("b.example")
    house.now += 90_000
    asyncio.run(rounds(house, boxes))
    assert boxes.got == {}
    assert house.server.messages == []


def test_the_others_hear_of_an_answer(house: DeskSummary, boxes: Boxes) -> None:
    """Two children were asked; the second need not wonder any more."""
    ask = house.ask()
    asyncio.run(rounds(house, boxes))
    answer_ask(house.store, ask.id, "1w", by="desk (Hanako)", now=house.now)
    asyncio.run(rounds(house, boxes, 2))
    told = house.server.of(house.keys.topic)[2:]
    assert [message["title"] for message in told] == ["Answered"]
    assert "Open it for a week (desk (Hanako)" in told[0]["message"]
    assert told[0]["priority"] == 2
    assert len(boxes.titles(MAIL)) == 1


def test_events_are_told_once_and_marked(house: DeskSummary, boxes: Boxes) -> None:
    turn_bad(house, "bad.example")
    house.store.events.raise_event(STORE_DAMAGED, "", house.now, Level.PASS, "x")
    asyncio.run(rounds(house, boxes, 2, 2))
    expected = ["A site has turned out to be dangerous", "sekisho's records were damaged"]
    assert boxes.titles(MAIL) == expected
    assert [message["title"] for message in house.server.of(house.keys.topic)] == expected
    assert house.store.events.all(pending_only=True) == []


def test_a_list_that_names_many_visited_sites_is_one_message(house: DeskSummary, boxes: Boxes) -> None:
    for number in range(20):
        turn_bad(house, f"h{number}.example")
    asyncio.run(rounds(house, boxes, 2))
    assert boxes.titles(MAIL) == ["20 sites have turned out to be dangerous"]
    assert house.store.events.all(pending_only=True) == []


def test_a_place_that_is_gone_for_good_does_not_keep_an_event_untold(
    house: DeskSummary, boxes: Boxes
) -> None:
    boxes.down = {"json://hook"}
    turn_bad(house, "bad.example")
    asyncio.run(rounds(house, boxes))
    house.now += GIVE_UP - 10
    asyncio.run(rounds(house, boxes))
    assert len(house.store.events.all(pending_only=True)) == 1
    house.now += 20
    asyncio.run(rounds(house, boxes))
    assert house.store.events.all(pending_only=True) == []


def test_an_event_that_nobody_took_stays_untold(house: DeskSummary, boxes: Boxes) -> None:
    boxes.down = {"json://hook", "mailto://mail"}
    turn_bad(house, "bad.example")
    asyncio.run(rounds(house, boxes, 2 * GIVE_UP, by_ntfy=False))
    assert len(house.store.events.all(pending_only=True)) == 1


def test_a_place_that_takes_half_gets_the_rest(house: DeskSummary, boxes: Boxes) -> None:
    house.ask("a.example")
    house.ask("b.example")

    async def half(jobs: Sequence[tuple[SecretStr, Sequence[Message]]]) -> list[Sent]:
        return [Sent(1, "too slow", "it did not answer in time") for _ in jobs]

    whole, boxes.post = boxes.post, half  # type: ignore[method-assign]
    asyncio.run(rounds(house, boxes, by_ntfy=False))
    boxes.post = whole  # type: ignore[method-assign]
    asyncio.run(rounds(house, boxes, by_ntfy=False))
    assert len(boxes.titles(MAIL)) == 1
    assert "b[.]example" in boxes.got["mailto://mail"][0].body


def test_a_full_disk_does_not_tell_the_same_thing_every_two_seconds(
    house: DeskSummary, boxes: Boxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.ask()
    turn_bad(house, "bad.example")
    genuine, full = house.store.asks.note_delivery, True

    def note(kind: str, subject: str, target: str, at: float) -> None:
        if full:
            raise StoreError("the disk is full")
        genuine(kind, subject, target, at)

    monkeypatch.setattr(house.store.asks, "note_delivery", note)

    async def run() -> None:
        nonlocal full
        async with Ntfy(house.server.base, SecretStr("")) as ntfy:
            telling = Telling(
                house.store,
                targets_of([MAIL]),
                "en",
                ntfy=ntfy,
                keys=None,
                clock=house.clock,
                post=boxes.post,
            )
            for _ in range(5):
                with contextlib.suppress(StoreError):
                    await telling.round()
            full = False
            await telling.round()
            await telling.round()

    asyncio.run(run())
    assert len(boxes.titles(MAIL)) == 2
    assert house.store.events.all(pending_only=True) == []
