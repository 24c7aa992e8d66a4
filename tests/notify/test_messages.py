from datetime import UTC

import pytest

from sekisho.notify.messages import Kind, Parcel, Writer, harmless, visible
from sekisho.notify.words import Language
from sekisho.verdict import Evidence, Level, Reason

NAMES = {"192.168.1.5": "お母さん"}


def writer(language: Language) -> Writer:
    return Writer(language, NAMES, UTC)


def parcels(writer: Writer, items: object, buttons: bool) -> list[Parcel]:
    assert isinstance(items, list)
    return [Parcel("late", (item,), writer.message("test")) for item in items]


def test_a_kind_gives_each_target_what_it_did_not_take_yet() -> None:
    """Nobody is notified twice, and of an answer only who got the question."""
    kind = Kind[str](
        name="late", waiting=lambda *_: [], subject=str, write=parcels, after="ask", buttons_only=True
    )
    taken = frozenset({("ask", "a"), ("ask", "b"), ("late", "b")})
    (parcel,) = kind.parcels(writer("en"), ["a", "b", "c"], taken, buttons=True)
    assert parcel.subjects == ("a",)
    assert kind.parcels(writer("en"), ["a"], taken, buttons=False) == []


def test_there_is_a_sentence_for_whatever_was_found() -> None:
    assert writer("en").why(()) == "something about it is suspicious."
    for reason in Reason:
        assert writer("ja").why([Evidence(reason, Level.WARN, "x", "y")])


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("www.a.example", "www[.]a[.]example"),
        ("192.0.2.1", "192[.]0[.]2[.]1"),
        ("2001:db8::1", "2001[:]db8[:][:]1"),
        ("xn--r8jz45g.example", "例え[.]example (xn--r8jz45g[.]example)"),
    ],
)
def test_no_program_takes_a_host_for_a_link(host: str, sentence: str) -> None:
    """A preview would fetch the site, and a thumb would open it."""
    assert harmless(host) == sentence


def test_text_from_elsewhere_cannot_write_a_second_line() -> None:
    assert visible("a\nb\u202ec\u200b") == "a b�c�"
    assert len(visible("x" * 500)) == 120
