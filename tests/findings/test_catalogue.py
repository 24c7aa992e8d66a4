"""The catalogue of findings: each sentence in each language, and none left over."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from sekisho import reasons
from sekisho.findings import wording
from sekisho.findings.catalogue import TRANSLATIONS, plain_text, read_messages
from sekisho.findings.wording import Sentence

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
LANGUAGES = sorted(path.name for path in TRANSLATIONS.iterdir())


def messages_in_use() -> Iterator[str]:
    for module in (reasons, wording):
        for _, message, *_ in extract_from_file("python", str(module.__file__), keywords={"later": None}):
            assert isinstance(message, str)
            yield message


IN_USE = set(messages_in_use())


def test_there_is_a_japanese_catalogue_and_extraction_sees_the_tables() -> None:
    assert LANGUAGES == ["ja"]
    assert "Letters that look the same stand in for the real ones." in IN_USE
    assert len(IN_USE) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_and_none_is_left_over(language: str) -> None:
    messages = read_messages(TRANSLATIONS, language)
    assert sorted(IN_USE - {message for message, text in messages.items() if text}) == []
    assert sorted(set(messages) - IN_USE) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_every_value(language: str) -> None:
    for message, text in read_messages(TRANSLATIONS, language).items():
        assert sorted(_PLACEHOLDER.findall(message)) == sorted(_PLACEHOLDER.findall(text)), message


def test_english_needs_no_catalogue_and_another_language_does() -> None:
    assert read_messages(TRANSLATIONS, "en") == {}
    with pytest.raises(FileNotFoundError):
        read_messages(TRANSLATIONS, "xx")


def test_a_broken_catalogue_is_an_error_that_names_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "zz" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text('msgid "a"\nnonsense\n', "utf-8")
    with pytest.raises(ValueError, match=r"messages\.po:2: .*nonsense"):
        read_messages(tmp_path, "zz")


def test_plain_text_has_no_furigana_and_no_joiners() -> None:
    sentence = Sentence("This looks like a fake %(brand)s site.", {"brand": "Amazon"})
    assert plain_text(sentence, "ja") == "Amazonの偽サイトのようです。"
    assert plain_text(sentence, "en") == "This looks like a fake Amazon site."
