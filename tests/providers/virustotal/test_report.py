import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.providers.virustotal.report import (
    DomainReport,
    find_evidence,
    read_report,
    report_from_dict,
    report_to_dict,
)
from sekisho.verdict import Level, Reason

from ..virustotal_server import domain_object

AT = 1_764_003_600.0


def read(*engines: str, **attributes: object) -> DomainReport:
    return read_report("a.example", domain_object("a.example", engines, **attributes)["attributes"])


def test_a_report_is_read_as_documented() -> None:
    report = read("Sophos", "fortinet")
    assert report == DomainReport(
        "a.example",
        malicious=2,
        suspicious=0,
        harmless=60,
        undetected=30,
        engines=("fortinet", "Sophos"),
        creation_date=1_500_000_000.0,
        categories=("phishing and other frauds",),
        last_analysis_date=1_764_000_000.0,
        reputation=-2,
    )
    ranks = {"Majestic": {"rank": 9, "timestamp": 1}, "Tranco": {"rank": 4}, "Odd": {"rank": "1"}, "Old": 7}
    assert read(popularity_ranks=ranks).ranks == (("Tranco", 4), ("Majestic", 9))


def test_two_engines_warn_and_are_named() -> None:
    """The page must say who says so, and when."""
    (found,) = find_evidence(read("Sophos", "Fortinet", "Kaspersky"), AT)
    assert (found.reason, found.level, found.source, found.at) == (
        Reason.VIRUSTOTAL,
        Level.WARN,
        "virustotal",
        AT,
    )
    assert found.detail == (
        "3 engines of VirusTotal hold a.example to be malicious (Fortinet, Kaspersky and Sophos), "
        "which looked 2025-11-24 16:00 UTC; asked 2025-11-24 17:00 UTC"
    )
    assert (found.count, found.since) == (3, AT - 3600)


def test_one_engine_alone_is_a_caution() -> None:
    """Single engines call harmless shops malicious every day."""
    (found,) = find_evidence(read("Sophos", last_analysis_date=None), AT)
    assert found.level is Level.CAUTION
    assert (found.count, found.since) == (1, None)
    assert found.detail == (
        "1 engine of VirusTotal holds a.example to be malicious (Sophos); asked 2025-11-24 17:00 UTC"
    )


def test_no_engine_says_nothing_for_the_domain() -> None:
    assert find_evidence(read(), AT) == ()
    stats = {"malicious": 0, "suspicious": 9}
    assert find_evidence(read(last_analysis_stats=stats), AT) == ()


def test_many_engines_are_counted_behind_the_first_five() -> None:
    (found,) = find_evidence(read(*"ABCDEFGHI"), AT)
    assert "9 engines" in found.detail
    assert "(A, B, C, D, E and 4 more)" in found.detail


def test_a_count_without_names_is_told_without_names() -> None:
    (found,) = find_evidence(
        read(last_analysis_results=None, last_analysis_stats={"malicious": 4}, last_analysis_date=0), AT
    )
    assert found.level is Level.WARN
    assert (
        found.detail == "4 engines of VirusTotal hold a.example to be malicious; asked 2025-11-24 17:00 UTC"
    )


def test_an_engines_name_cannot_steer_the_terminal() -> None:
    (found,) = find_evidence(read("Evil\x1b[2J\n\u202e", "B" * 500), AT)
    assert found.detail.isprintable()
    assert "Evil[2J" in found.detail
    assert "B" * 61 not in found.detail


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"last_analysis_stats": [], "last_analysis_results": "x", "categories": 5, "popularity_ranks": None},
        {"last_analysis_stats": {"malicious": "9", "harmless": -3, "undetected": True}},
        {"last_analysis_results": {"A": None, "B": {"category": 5}}, "creation_date": "2020-01-01"},
        {"creation_date": 0, "last_analysis_date": float("nan"), "reputation": 1.5},
        {"creation_date": 10**400, "categories": {"A": None, "B": "\n"}, "reputation": 10**40},
    ],
)
def test_fields_of_another_shape_count_as_missing(attributes: dict[str, object]) -> None:
    """VirusTotal adds, drops and breaks fields; a click must not fail by it."""
    assert read_report("a.example", attributes) == DomainReport("a.example")


@pytest.mark.parametrize("attributes", [None, [], "x", 5])
def test_attributes_must_be_a_dictionary(attributes: object) -> None:
    with pytest.raises(ValueError, match="no dictionary"):
        read_report("a.example", attributes)


def test_a_report_is_kept_as_json_and_comes_back() -> None:
    report = read("Sophos", "Fortinet", popularity_ranks={"Tranco": {"rank": 4}})
    assert report_from_dict("a.example", json.loads(json.dumps(report_to_dict(report)))) == report


@pytest.mark.parametrize("kept", [None, 5, {}, {"domain": "a.example"}, {"domain": "b.example"}])
def test_what_another_version_kept_is_asked_for_anew(kept: object) -> None:
    assert report_from_dict("a.example", kept) is None
    if kept == {"domain": "a.example"}:
        more = {**report_to_dict(DomainReport("a.example")), "colour": 1}
        assert report_from_dict("a.example", more) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=12,
)
NAMES = [
    "last_analysis_stats",
    "last_analysis_results",
    "creation_date",
    "categories",
    "popularity_ranks",
    "last_analysis_date",
    "reputation",
]


@given(st.dictionaries(st.sampled_from(NAMES), anything))
@settings(deadline=None)
def test_no_shape_of_any_field_breaks_a_report(attributes: dict[str, object]) -> None:
    report = read_report("a.example", attributes)
    assert report_from_dict("a.example", json.loads(json.dumps(report_to_dict(report)))) == report
    assert all(item.detail.isprintable() for item in find_evidence(report, AT))
