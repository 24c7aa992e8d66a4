"""Behind the portal's pages: an answer counts when the page says so, and the family is told at once."""

import asyncio
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from sekisho.family.asks import answer_ask
from sekisho.family.notify.keys import set_up
from sekisho.link import host_link
from sekisho.proxy.asking import Asking
from sekisho.proxy.gatehouse import Gatehouse
from sekisho.settings import NotifySettings, Settings
from sekisho.store import StoreError
from sekisho.store.asked import Answer
from sekisho.store.remembered import TYPED
from sekisho.verdict import Level, Verdict

from .conftest import FAKE

MOTHER = "192.168.1.20"
LINK = host_link(FAKE)


def on_loop[T](house: Gatehouse, work: Callable[[], T]) -> T:
    """Run it in a thread, as the portal does, while the house's loop runs."""

    async def together() -> T:
        house.started()
        return await asyncio.to_thread(work)

    return asyncio.run(together())


def level(house: Gatehouse, client: str = MOTHER) -> Level:
    return house.judge(LINK, client, is_click=True).level


@pytest.mark.parametrize(
    ("answer", "mother", "father"),
    [
        ("once", Level.PASS, Level.WARN),
        ("1d", Level.PASS, Level.PASS),
        ("always", Level.PASS, Level.PASS),
        ("block", Level.BLOCK, Level.BLOCK),
    ],
)
def test_an_answer_counts_when_it_returns(
    house: Gatehouse, answer: Answer, mother: Level, father: Level
) -> None:
    asking = Asking(house)
    asked = asking.ask(LINK, MOTHER, Verdict(Level.WARN), None)
    assert level(house) is Level.WARN
    outcome = on_loop(house, lambda: house.answer_ask(asked.id, answer, "desk"))
    assert outcome.kind == "accepted"
    assert (level(house), level(house, "192.168.1.21")) == (mother, father)
    assert on_loop(house, lambda: house.answer_ask(asked.id, "always", "desk")).kind == "answered"
    assert level(house) is mother


def test_an_answer_that_came_by_another_way_is_in_force_before_the_page_moves_on(house: Gatehouse) -> None:
    asking = Asking(house)
    asked = asking.ask(LINK, MOTHER, Verdict(Level.WARN), None)
    other = Asking(house)
    assert house.store
    answer_ask(house.store, asked.id, "once", by="ntfy", now=house.clock())
    assert level(house) is Level.WARN
    found = on_loop(house, lambda: other.find(asked.id))
    assert found is not None
    assert found.answer == "once"
    assert level(house) is Level.PASS


def test_asking_and_telling_nudge_the_messenger(house: Gatehouse) -> None:
    nudges: list[int] = []

    class Nudged:
        def nudge(self) -> None:
            nudges.append(1)

    house.messenger = Nudged()  # type: ignore[assignment]
    asking = Asking(house)
    asking.ask(LINK, MOTHER, Verdict(Level.WARN), "/login")
    asking.tell(LINK, "password", MOTHER)
    asking.tell(None, "card", MOTHER)
    assert len(nudges) == 3
    assert house.store
    events = house.store.memory.events()
    assert [(event.kind, event.host, event.detail) for event in events] == [
        (TYPED, "", "card"),
        (TYPED, FAKE, "password"),
    ]


def test_without_a_store_it_is_an_error_that_pages_know(house: Gatehouse) -> None:
    house.store = None
    asking = Asking(house)
    with pytest.raises(StoreError):
        asking.ask(LINK, MOTHER, Verdict(Level.WARN), None)
    with pytest.raises(StoreError):
        asking.find("x")
    with pytest.raises(StoreError):
        asking.tell(None, "card", MOTHER)


def test_places_are_called_as_people_call_them_and_show_no_secret(house: Gatehouse) -> None:
    urls = (
        "mailto://u:secret@example.org",
        "mailtos://u:secret@example.net",
        "tgram://123:abc/1",
        "hassio://x",
    )
    house.settings = Settings(
        state=house.settings.state, notify=NotifySettings(urls=tuple(SecretStr(url) for url in urls))
    )
    assert Asking(house).places() == ["mail", "Telegram", "hassio"]
    set_up(house.settings)
    assert Asking(house).places() == ["mail", "Telegram", "hassio", "ntfy"]
