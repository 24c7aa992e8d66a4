"""What a word would be worth is asked before it is kept: a wrong answer here loses the family's word in silence."""

from sekisho.link import host_link
from sekisho.policy.decisions import Decision
from sekisho.policy.household import NEW_LINE, Household
from sekisho.rulebook.model import HostList, ListEntry, Rulebook
from sekisho.verdict import Level, Reason

LINK = host_link("a.example.com")
LINE = ListEntry("example.com", False, "")
HOUSEHOLD = Household(Rulebook(familiar_domains=frozenset({"example.com"})), ())


def test_the_familys_word_is_told_apart_from_the_rules() -> None:
    assert HOUSEHOLD.policy().judge(LINK).familiar
    assert HOUSEHOLD.family_word(LINK, 1.0) is None
    word = HOUSEHOLD.with_line("block", LINE).family_word(LINK, 1.0)
    assert word
    assert (word.reason, word.source) == (Reason.FAMILY_BLOCK, NEW_LINE)
    assert HOUSEHOLD.family_word(LINK, 1.0) is None, "the household itself is not changed"


def test_the_newer_of_two_decisions_counts_and_ends() -> None:
    block, allow = (
        Decision("block", "example.com", 1.0, "a"),
        Decision("allow", "example.com", 2.0, "b", until=9.0),
    )
    both = HOUSEHOLD.with_decisions([block, allow])
    words = [both.family_word(LINK, now) for now in (5.0, 9.0)]
    assert [word.reason for word in words if word] == [Reason.FAMILY_ALLOW, Reason.FAMILY_BLOCK]
    assert both.policy().judge(LINK, now=9.0).level is Level.BLOCK


def test_only_a_line_for_good_is_listed_already() -> None:
    for until, there in ((None, True), (9.0, False)):
        entry = ListEntry("example.com", False, "allowlist.txt:1", until)
        rules = Rulebook(allowlist=(HostList(domains={"example.com": entry}),))
        household = Household(rules, ())
        assert (household.listed("allow", LINE) is entry) is there
        assert household.listed("block", LINE) is None
        assert household.listed("allow", ListEntry("example.com", True, "")) is None
