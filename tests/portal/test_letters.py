"""Letters: what a fake letter is called is true, so that a parent who checks it believes the page."""

import pytest

from sekisho.portal.letters import ANOTHER_SCRIPT, name_letter, name_letters
from sekisho.reasons import LetterKind


@pytest.mark.parametrize(
    ("fake", "real", "kind"),
    [
        ("0", "o", LetterKind.DIGIT),
        ("1", "l", LetterKind.DIGIT),
        ("rn", "m", LetterKind.PAIR),
        ("vv", "w", LetterKind.PAIR),
        ("а", "a", LetterKind.SCRIPT),
        ("ο", "o", LetterKind.SCRIPT),
        ("工", "I", LetterKind.SCRIPT),
        ("é", "e", LetterKind.MARKED),
        ("ı", "i", LetterKind.MARKED),
        ("ra", "ar", LetterKind.ORDER),
        ("l", "i", LetterKind.OTHER),
        ("-", ".", LetterKind.OTHER),
        ("n", "", LetterKind.EXTRA),
        ("", "r", LetterKind.MISSING),
        ("\u200b", "", LetterKind.HIDDEN),
        ("\u202e", "e", LetterKind.HIDDEN),
    ],
)
def test_a_fake_is_told_by_its_kind(fake: str, real: str, kind: LetterKind) -> None:
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
