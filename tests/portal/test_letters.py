"""Letters: what a fake letter is called is true, so that a parent who checks it believes the page."""

import pytest

from sekisho.portal.letters import ANOTHER_SCRIPT, Kind, name_letter, name_letters


@pytest.mark.parametrize(
    ("fake", "real", "kind"),
    [
        ("0", "o", Kind.DIGIT),
        ("1", "l", Kind.DIGIT),
        ("rn", "m", Kind.PAIR),
        ("vv", "w", Kind.PAIR),
        ("а", "a", Kind.SCRIPT),
        ("ο", "o", Kind.SCRIPT),
        ("工", "I", Kind.SCRIPT),
        ("é", "e", Kind.MARKED),
        ("ı", "i", Kind.MARKED),
        ("ra", "ar", Kind.ORDER),
        ("l", "i", Kind.OTHER),
        ("-", ".", Kind.OTHER),
        ("n", "", Kind.EXTRA),
        ("", "r", Kind.MISSING),
        ("\u200b", "", Kind.HIDDEN),
        ("\u202e", "e", Kind.HIDDEN),
    ],
)
def test_a_fake_is_told_by_its_kind(fake: str, real: str, kind: Kind) -> None:
    assert name_letter(fake, real).kind is kind


@pytest.mark.parametrize(
    ("fake", "script"),
    [
        ("а", "Cyrillic"),
        ("ο", "Greek"),
        ("օ", "Armenian"),
        ("一", "Chinese or Japanese"),
        ("ꓳ", "Lisu"),
        ("߀", ANOTHER_SCRIPT),
    ],
)
def test_the_script_is_named(fake: str, script: str) -> None:
    assert name_letter(fake, "o").script == script


def test_characters_are_called_by_their_names() -> None:
    letter = name_letter("0", "o")
    assert (letter.fake_name, letter.real_names) == ("0 (zero)", ("o",))


def test_each_different_fake_is_told_once_in_the_order_of_reading() -> None:
    letters = name_letters([("0", "o"), ("1", "l"), ("0", "o")])
    assert [letter.fakes for letter in letters] == [("0",), ("1",)]


def test_letters_of_one_script_share_a_sentence() -> None:
    letters = name_letters([("а", "a"), ("0", "o"), ("е", "e"), ("ο", "o")])
    assert [(letter.script, letter.fakes, letter.real_names) for letter in letters] == [
        ("Cyrillic", ("а", "е"), ("a", "e")),
        ("", ("0",), ("o",)),
        ("Greek", ("ο",), ("o",)),
    ]


def test_a_hidden_character_is_never_shown_as_it_is() -> None:
    assert name_letter("\u202e", "").fakes == ("\ufffd",)
