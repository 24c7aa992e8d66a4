"""The family must know what happened and what to do; an unknown event must not be lost."""

from dataclasses import replace
from datetime import UTC

import pytest

from sekisho.notify.events import EVENT, EVENTS, event_message, turned_bad_digest
from sekisho.notify.messages import Writer
from sekisho.notify.words import Language
from sekisho.records.domains import STORE_DAMAGED, TURNED_BAD, TYPED, Event, Presence
from sekisho.verdict import Evidence, Level, Reason

AT = 1_795_500_300.0  # 2026-11-24 06:05 UTC
BAD = Event(
    1,
    TURNED_BAD,
    "bad.example",
    AT,
    Level.WARN,
    (Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines"),),
    (Presence("192.168.1.5", AT - 3600, AT, 2), Presence("192.168.1.6", AT - 60, AT, 1)),
)
NAMES = {"192.168.1.5": "お母さん"}


def writer(language: Language) -> Writer:
    return Writer(language, NAMES, UTC)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_who_was_there_is_told_with_what_to_do(language: Language) -> None:
    """The daughter must know whom to phone, and what to ask."""
    body = event_message(writer(language), BAD).body
    for words in ("bad[.]example", "お母さん", "192.168.1.6", "5:05"):
        assert words in body
    assert ("パスワード" if language == "ja" else "password") in body
    assert "bad.example" not in body


def test_many_bad_sites_are_one_message() -> None:
    message = turned_bad_digest(writer("en"), [replace(BAD, id=n, host=f"h{n}.example") for n in range(25)])
    assert message.title == "25 sites have turned out to be dangerous"
    assert "h9[.]example" in message.body
    assert "h10[.]example" not in message.body
    assert "And 15 more" in message.body


def test_a_damaged_store_is_told_without_its_place() -> None:
    event = Event(
        1, STORE_DAMAGED, "", AT, Level.PASS, (), (), detail="the store /home/hidden/s.db was damaged"
    )
    message = event_message(writer("ja"), event)
    assert "こわれて" in message.title
    assert "hidden" not in message.title + message.body


def test_every_kind_has_an_entry_and_a_newer_one_is_written_as_the_most_careful() -> None:
    """A database of a newer version: its events are still sent."""
    assert set(EVENTS) == {TURNED_BAD, TYPED, STORE_DAMAGED}
    unknown = event_message(writer("en"), replace(BAD, kind="of-tomorrow"))
    assert unknown == event_message(writer("en"), BAD)


def test_other_events_are_messages_of_their_own_beside_the_digest() -> None:
    bad = [replace(BAD, id=number) for number in range(1, 5)]
    typed = replace(BAD, id=5, kind=TYPED, detail="password")
    digest, own = EVENT.write(writer("en"), [bad[0], typed, *bad[1:]], False)
    assert digest.subjects == ("1", "2", "3", "4")
    assert own.subjects == ("5",)
