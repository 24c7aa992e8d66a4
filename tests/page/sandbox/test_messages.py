from sekisho.page import PageIndex
from sekisho.page.sandbox.messages import packed_rules, unpacked_rules
from sekisho.rulebook.model import Rulebook


def test_the_process_judges_by_the_same_rules(rulebook: Rulebook) -> None:
    there = unpacked_rules(packed_rules(rulebook))
    assert there.official_domains == rulebook.official_domains
    assert there.page == rulebook.page
    assert PageIndex(there).names.says_only("amazon")


def test_rules_of_a_test_can_be_packed_too() -> None:
    assert unpacked_rules(packed_rules(Rulebook())).brands == {}
