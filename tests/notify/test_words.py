import string
from typing import get_args

import pytest

from sekisho.notify.words import BUTTONS, SENTENCES, Language
from sekisho.records.asks import ANSWERS


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    """A sentence that one language lacks would be a message that is never sent."""
    japanese, english = SENTENCES["ja"], SENTENCES["en"]
    assert set(japanese) == set(english)
    for name in japanese:
        assert fields(japanese[name]) == fields(english[name]), name
    assert set(BUTTONS) == set(get_args(Language))


@pytest.mark.parametrize("language", get_args(Language))
def test_every_answer_has_its_words(language: Language) -> None:
    for answer in ANSWERS:
        assert SENTENCES[language][answer]
        assert 0 < len(BUTTONS[language][answer]) <= 12  # what a phone shows of a button
