"""The desk: a daughter sees what works and who must be asked; a visitor's phone learns of nobody else's visits."""

from collections.abc import Sequence

import pytest

from sekisho.portal.desk import DeskSummary, Turned, turned_rows
from sekisho.portal.finding import local_time
from sekisho.portal.language import LANGUAGES
from sekisho.portal.render import render
from sekisho.providers.condition import Condition
from sekisho.providers.registration import State as RegistrationState
from sekisho.providers.virustotal.states import State
from sekisho.records.domains import STORE_DAMAGED, TURNED_BAD, Event, Presence
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Evidence, Level, Reason

from .conftest import NOW, Portal, text_of

MOTHER, DAUGHTER = "192.168.1.20", "192.168.1.30"
HOUR = 3600.0


def event(*clients: str, host: str = "heron.example", kind: str = TURNED_BAD) -> Event:
    found = Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "told", at=NOW, count=3)
    people = tuple(Presence(client, NOW - 2 * HOUR, NOW - HOUR, 2) for client in clients)
    return Event(1, kind, host, NOW, Level.WARN, (found,) if host else (), people, None, "in English")


def written(at: float) -> str:
    """A time as it stands in the text of a page."""
    return text_of(local_time(at, "en"))


@pytest.mark.parametrize("here", ["127.0.0.1", "127.0.0.9", "::1", "::ffff:127.0.0.1"])
def test_on_the_computer_itself_everybody_is_named(here: str) -> None:
    (turned,), hidden = turned_rows([event(MOTHER, DAUGHTER)], here, "en")
    assert hidden == 0
    assert [person.client for person in turned.people] == [MOTHER, DAUGHTER]
    assert turned.why
    assert turned.why.count == 3
    shown = text_of(page([], "en", [turned], here))
    first, last = written(NOW - 2 * HOUR), written(NOW - HOUR)
    assert f"Device {MOTHER}: there from {first} to {last}" in shown
    assert "heron.example" in shown
    assert f"Found to be dangerous on {written(NOW)}." in shown


@pytest.mark.parametrize("client", [DAUGHTER, "", "192.168.1.2", "10.127.0.1", "::ffff:10.0.0.1"])
def test_another_device_learns_only_that_there_was_something(client: str) -> None:
    assert turned_rows([event(MOTHER), event(MOTHER)], client, "en") == ([], 2)


def test_a_device_reads_of_its_own_visit_and_of_nobody_elses() -> None:
    (turned,), hidden = turned_rows([event(MOTHER, DAUGHTER), event(DAUGHTER)], MOTHER, "en")
    assert hidden == 1
    assert [person.client for person in turned.people] == [MOTHER]
    shown = text_of(page([], "en", [turned], MOTHER))
    assert "This device: there from" in shown
    assert MOTHER not in shown


def test_a_single_visit_has_one_time() -> None:
    one = Event(1, TURNED_BAD, "heron.example", NOW, Level.WARN, (), (Presence(MOTHER, NOW, NOW, 1),))
    (turned,), _ = turned_rows([one], MOTHER, "en")
    assert turned.why is None
    assert f"This device: there on {written(NOW)}" in text_of(page([], "en", [turned], MOTHER))


def test_a_damaged_store_is_everybodys_business() -> None:
    (turned,), hidden = turned_rows([event(host="", kind=STORE_DAMAGED)], DAUGHTER, "en")
    assert (turned.event.host, hidden) == ("", 0)
    shown = text_of(page([], "en", [turned], DAUGHTER))
    assert "the records of sekisho were damaged" in shown
    assert "in English" in shown


def test_an_event_of_a_new_kind_is_not_called_a_damaged_store(portal: Portal) -> None:
    """It is shown by its own sentence, and the devices that it names stay hidden from the others."""
    new = event(host="", kind="of-tomorrow")
    portal.state = DeskSummary(events=(new, event(MOTHER, host="", kind="of-tomorrow")))
    shown = text_of(portal.ask("/desk", client=DAUGHTER).text)
    assert "in English" in shown
    assert "damaged" not in shown
    assert turned_rows(portal.state.events, DAUGHTER, "en")[1] == 1


def test_a_hostile_name_cannot_turn_the_page() -> None:
    (turned,), _ = turned_rows([event(MOTHER, host="evil\u202e.example")], MOTHER, "en")
    shown = page([], "en", [turned], MOTHER)
    assert "evil\ufffd.example" in shown
    assert "\u202e" not in shown


def row(kind: str, state: str, entries: int | None = None) -> Condition:
    return Condition(kind, "x", "Example", state, "what to do", NOW - HOUR, NOW - 2 * HOUR, entries)


def test_a_row_has_its_times_and_says_what_to_do_only_where_there_is_something() -> None:
    bad = page([row("virustotal", "wrong key")], "en")
    assert f"Since {local_time(NOW - HOUR, 'en')}." in bad
    assert f"Last time that it worked: {local_time(NOW - 2 * HOUR, 'en')}." in bad
    assert "what to do" in bad
    assert "what to do" not in page([row("virustotal", "ok")], "en")
    assert "1,200" in page([row("feed", "ok", 1200)], "en")


def test_lists_that_merely_could_be_used_are_left_out(portal: Portal) -> None:
    spare = Condition("feed", "spare", "Spare", "off", "x", is_spare=True)
    everything = Condition("feed", "feeds", "Lists", "off", "x")
    portal.state = DeskSummary(conditions=(spare, everything))
    shown = portal.ask("/desk").text
    assert "Spare" not in shown
    assert shown.count("<dt>") == 1 + page([], "en").count("<dt>")


STATES = [
    *(("virustotal", one.value, None) for one in State if one not in (State.NOT_FOUND, State.NOT_ASKED)),
    ("virustotal", "not asked yet", None),
    *(
        ("registration", one.value, None)
        for one in (
            RegistrationState.UNREACHABLE,
            RegistrationState.REFUSED,
            RegistrationState.UNREADABLE,
            RegistrationState.RATE_LIMITED,
        )
    ),
    *(("registration", state, None) for state in ("ok", "off", "not asked yet")),
    *(("feed", state, 5) for state in ("ok", "failed")),
    *(("feed", state, None) for state in ("failed", "not asked yet", "unreadable")),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words_and_never_its_code(language: str) -> None:
    """``rate-limited`` says nothing to a family."""
    for kind, state, entries in STATES:
        html = page([row(kind, state, entries)], language)
        cell = text_of(html[html.index('<dl class="sources">') :].partition("</dl>")[0].partition("<dd>")[2])
        assert f"<code>{state}</code>" not in html, (kind, state)
        assert len(cell) > 10, (kind, state)
    assert "<code>a new state</code>" in page([row("feed", "a new state")], language)


def page(rows: list[Condition], language: str, turned: Sequence[Turned] = (), here: str = "") -> str:
    return render(
        "desk.html",
        language,
        standing="nobody",
        active="desk",
        through=True,
        rules=Rulebook(),
        read=None,
        now=NOW,
        turned=turned,
        hidden=0,
        here=here,
        rows=rows,
        waiting=0,
        summary=DeskSummary(),
    )


def test_who_is_logged_in_reads_of_every_device() -> None:
    """The family must find whoever was at a site that turned bad, from wherever it looks."""
    event = Event(
        1, TURNED_BAD, "heron.example", 9.0, Level.WARN, (), (Presence("192.168.1.66", 1.0, 2.0, 1),)
    )
    assert turned_rows([event], "192.168.1.5", "en") == ([], 1)
    rows, hidden = turned_rows([event], "192.168.1.5", "en", everything=True)
    assert ([person.client for person in rows[0].people], hidden) == (["192.168.1.66"], 0)
