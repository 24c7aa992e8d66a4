"""A country or a script that is written wrong and taken silently would leave the family's own banks unguarded."""

import unicodedata

import pytest

from sekisho.lookalike import HOME, READABLE
from sekisho.settings import Settings
from sekisho.settings.household import SCRIPTS, parse_region, parse_script, scripts_of


@pytest.mark.parametrize(("text", "region"), [("jp", "jp"), (" DE ", "de"), ("Gb", "gb")])
def test_a_country_is_two_letters_in_any_case(text: str, region: str) -> None:
    assert parse_region(text) == region


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("uk", "for Britain write gb"),
        ("ja", "for Japan write jp"),
        ("world", "count without being named"),
        ("japan", "two letters of ISO 3166, as jp or de$"),
        ("zz", "two letters"),
        ("", "two letters"),
    ],
)
def test_what_is_no_country_is_told_with_the_remedy(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_region(text)


def test_every_script_is_one_of_unicode_and_says_so_in_the_names_of_its_letters() -> None:
    """The lookalike check knows a letter's script by its Unicode name; a script under another name never matches."""
    first_words = {unicodedata.name(chr(code), "").partition(" ")[0].lower() for code in range(0x3200)}
    assert set(SCRIPTS) - {"han", "hangul"} <= first_words
    assert len(set(SCRIPTS)) == len(SCRIPTS) == 29


def test_a_language_stands_for_the_scripts_that_it_is_written_with() -> None:
    assert scripts_of(["latin", "japanese"]) == {"latin", "han", "hiragana", "katakana"}
    assert scripts_of(["korean", "hangul"]) == {"hangul", "han"}
    assert [parse_script(name) for name in ("Japanese", " cyrillic ")] == ["japanese", "cyrillic"]


def test_an_unknown_script_is_told_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"no such script; write one of japanese, .*cyrillic"):
        parse_script("klingon")


def test_the_household_is_one_in_japan_unless_it_says_otherwise() -> None:
    """The settings and the index each have a default; where they differ, tests judge by other rules than families."""
    household = Settings().household
    assert household.home == HOME
    assert household.readable == READABLE


def test_a_household_says_where_it_lives_and_what_it_reads() -> None:
    table = {"household": {"regions": ["DE", "at"], "scripts": "latin, greek"}}
    household = Settings.model_validate(table).household
    assert household.home == {"de", "at"}
    assert household.readable == {"latin", "greek"}
