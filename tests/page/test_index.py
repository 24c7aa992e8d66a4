"""What pages are judged by is made of the rules once, and all of it."""

from sekisho.page import PageIndex
from sekisho.rulebook.model import Rulebook


def test_names_fields_and_weights_are_those_of_the_rules(rulebook: Rulebook) -> None:
    index = PageIndex(rulebook)
    assert index.rules is rulebook.page
    assert index.names.says_only("amazon") is not None
    assert index.fields.secret_of("password") is not None


def test_every_word_of_the_rules_is_found_as_the_page_is_read(rulebook: Rulebook) -> None:
    index, page = PageIndex(rulebook), rulebook.page
    for made, written in (
        (index.steps, page.steps),
        (index.pressure, page.pressure),
        (index.alarm, page.alarm),
        (index.call, page.call),
    ):
        assert set(made.values()) == written
        assert {index.names.plain(word) for word in written} == set(made)
    assert "verifiez votre identite" in index.pressure
