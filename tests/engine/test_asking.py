"""Behind the portal's pages: an answer counts when the page says so, and the family is told at once."""

import asyncio
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from sekisho.engine.asking import Asking
from sekisho.engine.asks import answer_ask
from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.notify.keys import set_up
from sekisho.settings import NotifySettings, Settings
from sekisho.store import StoreError
from sekisho.store.ask_records import Answer
from sekisho.store.domain_records import TYPED
from sekisho.verdict import Level, Verdict

from ..proxy.conftest import FAKE

MOTHER = "192.168.1.20"
LINK = host_link(FAKE)


def on_loop[T](engine: Engine, work: Callable[[], T]) -> T:
    """Run it in a thread, as the portal does, while the household's loop runs."""

    async def together() -> T:
        engine.current.started()
        return await asyncio.to_thread(work)

    return asyncio.run(together())


def level(engine: Engine, client: str = MOTHER) -> Level:
    return engine.judge.verdict(LINK, client, is_click=True).level


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
    engine: Engine, answer: Answer, mother: Level, father: Level
) -> None:
    asking = Asking(engine)
    asked = asking.ask(LINK, MOTHER, Verdict(Level.WARN), None)
    assert level(engine) is Level.WARN
    outcome = on_loop(engine, lambda: engine.family.answer_ask(asked.id, answer, "desk"))
    assert outcome.kind == "accepted"
    assert (level(engine), level(engine, "192.168.1.21")) == (mother, father)
    assert on_loop(engine, lambda: engine.family.answer_ask(asked.id, "always", "desk")).kind == "answered"
    assert level(engine) is mother


def test_an_answer_that_came_by_another_way_is_in_force_before_the_page_moves_on(engine: Engine) -> None:
    asking = Asking(engine)
    asked = asking.ask(LINK, MOTHER, Verdict(Level.WARN), None)
    other = Asking(engine)
    assert engine.current.store
    answer_ask(engine.current.store, asked.id, "once", by="ntfy", now=engine.clock())
    assert level(engine) is Level.WARN
    found = on_loop(engine, lambda: other.find(asked.id))
    assert found is not None
    assert found.answer == "once"
    assert level(engine) is Level.PASS


def test_asking_and_telling_nudge_the_messenger(engine: Engine) -> None:
    nudges: list[int] = []

    class Nudged:
        def nudge(self) -> None:
            nudges.append(1)

    engine.family.messenger = Nudged()  # type: ignore[assignment]
    asking = Asking(engine)
    asking.ask(LINK, MOTHER, Verdict(Level.WARN), "/login")
    asking.tell(LINK, "password", MOTHER)
    asking.tell(None, "card", MOTHER)
    assert len(nudges) == 3
    assert engine.current.store
    events = engine.current.store.events.all()
    assert [(event.kind, event.host, event.detail) for event in events] == [
        (TYPED, "", "card"),
        (TYPED, FAKE, "password"),
    ]


def test_without_a_store_it_is_an_error_that_pages_know(engine: Engine) -> None:
    engine.current.store = None
    asking = Asking(engine)
    with pytest.raises(StoreError):
        asking.ask(LINK, MOTHER, Verdict(Level.WARN), None)
    with pytest.raises(StoreError):
        asking.find("x")
    with pytest.raises(StoreError):
        asking.tell(None, "card", MOTHER)


def test_places_are_called_as_people_call_them_and_show_no_secret(engine: Engine) -> None:
    urls = (
        "mailto://u:secret@example.org",
        "mailtos://u:secret@example.net",
        "tgram://123:abc/1",
        "hassio://x",
    )
    engine.settings = Settings(
        state=engine.settings.state, notify=NotifySettings(urls=tuple(SecretStr(url) for url in urls))
    )
    assert Asking(engine).places() == ["mail", "Telegram", "hassio"]
    set_up(engine.settings)
    assert Asking(engine).places() == ["mail", "Telegram", "hassio", "ntfy"]
