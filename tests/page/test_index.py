"""What pages are judged by is made of the rules once, and all of it."""

from sekisho.page import PageIndex
from sekisho.rulebook.model import Rulebook


def test_names_fields_and_weights_are_those_of_the_rules(rulebook: Rulebook) -> None:
    index = PageIndex(rulebook)
    assert index.rules is rulebook.page
    assert index.names.says_only("amazon") is not None
    assert index.fields.secret_of("password") is not None
