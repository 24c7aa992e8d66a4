"""A verdict that loses its evidence on the way into the store cannot be explained to anybody later."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.verdict import (
    Circumstance,
    Evidence,
    Fake,
    Level,
    PageSign,
    Reason,
    Secret,
    Trick,
    Verdict,
    brand_shown,
    brand_slug,
    evidence_from_dict,
    evidence_to_dict,
)

EVIDENCE = st.builds(
    Evidence,
    reason=st.sampled_from(Reason),
    level=st.sampled_from(Level),
    source=st.text(max_size=20),
    detail=st.text(max_size=80),
    brand=st.none() | st.text(max_size=10),
    trick=st.none() | st.sampled_from(Trick),
    imitates=st.text(max_size=20),
    fakes=st.lists(st.builds(Fake, st.integers(0, 9), st.integers(0, 9), st.text(max_size=2))).map(tuple),
    matched=st.none() | st.tuples(st.integers(0, 9), st.integers(0, 9)),
    at=st.floats(0, 4e9),
    circumstance=st.none() | st.sampled_from(Circumstance),
    count=st.none() | st.integers(0, 99),
    since=st.none() | st.floats(0, 4e9),
    named=st.text(max_size=20),
    asks=st.lists(st.sampled_from(Secret)).map(tuple),
    signs=st.lists(st.tuples(st.sampled_from(PageSign), st.text(max_size=9))).map(tuple),
    entry=st.text(max_size=20),
    outweighed=st.text(max_size=20),
)


@given(EVIDENCE)
def test_evidence_survives_the_store(evidence: Evidence) -> None:
    assert evidence_from_dict(json.loads(json.dumps(evidence_to_dict(evidence)))) == evidence


def test_evidence_of_an_older_sekisho_is_still_read() -> None:
    """A log that an update makes unreadable is lost to the family."""
    evidence = Evidence(Reason.CIRCUMSTANCE, Level.CAUTION, "lookalike", "a sentence")
    older = evidence_to_dict(evidence)
    for newer in ("circumstance", "count", "since", "named", "asks", "signs", "entry", "outweighed"):
        del older[newer]
    assert evidence_from_dict(older) == evidence


def test_levels_are_ordered_by_severity_and_have_their_words() -> None:
    assert [level.word for level in sorted(Level)] == ["pass", "caution", "warn", "block"]
    assert all(Level.from_word(level.word) is level for level in Level)
    with pytest.raises(ValueError, match="write pass, caution, warn or block"):
        Level.from_word("severe")


def test_what_check_prints_is_part_of_the_evidence() -> None:
    evidence = Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "it imitates Example", "example")
    assert evidence.as_dict() == {
        "reason": "lookalike",
        "brand": "example",
        "detail": "it imitates Example",
        "source": "lookalike",
    }


def test_nothing_found_decides_nothing() -> None:
    assert Verdict(Level.PASS).decisive is None


def test_the_brand_that_is_shown_is_the_imitated_one_of_the_worst_finding() -> None:
    """A page, a message and the terminal that name different brands would each be doubted."""
    listed = Evidence(Reason.FEED, Level.WARN, "feeds/x:1", "x")
    name = Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "x", "heron")
    page = Evidence(Reason.PAGE, Level.CAUTION, "page", "x", "otter")
    owner = Evidence(Reason.OFFICIAL, Level.PASS, "rules/brands.toml", "x", "heron")
    brands = {"heron": "Heron", "otter": "Otter"}
    assert brand_shown(Verdict(Level.WARN, (listed, name, page)), brands) == "Heron"
    assert brand_shown(Verdict(Level.WARN, (page, name)), brands) == "Otter"
    assert brand_shown(Verdict(Level.WARN, (name,)), {}) is None, "a reload may drop a brand"
    assert brand_slug((listed, owner)) is None, "an owner imitates nobody"
    assert brand_shown(None, brands) is None
