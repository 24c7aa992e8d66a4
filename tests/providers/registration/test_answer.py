"""What is asked about is one registrable domain; a date that is read wrongly makes an old shop new."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekisho.link import host_link, parse_link
from sekisho.providers.registration.answer import (
    ANSWERED,
    DAY,
    NoAnswerError,
    Registration,
    State,
    askable_domain,
    find_evidence,
    is_plausible,
    parse_date,
    parse_japanese_day,
    registration_from_dict,
    registration_to_dict,
)
from sekisho.verdict import Level, Reason

from .conftest import NOW


def test_an_error_is_its_sentence_and_says_how_long_to_wait() -> None:
    error = NoAnswerError(State.RATE_LIMITED, "rdap.example was asked too often", 60.0)
    assert (str(error), error.state, error.retry_after) == (
        "rdap.example was asked too often",
        "rate-limited",
        60.0,
    )


def test_a_registry_that_does_not_know_a_name_is_a_registry_that_works() -> None:
    """Else a family that meets many new names would leave a good server alone for an hour."""
    assert State.UNREGISTERED in ANSWERED
    assert not ANSWERED & {State.UNREACHABLE, State.REFUSED, State.UNREADABLE, State.RATE_LIMITED}


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://login.mail.example.org/a?b=secret", "example.org"),
        ("example.co.jp", "example.co.jp"),
        ("www.example.co.jp", "example.co.jp"),
        ("https://日本語.jp/", "xn--wgv71a119e.jp"),
        ("a_b.example.com", "example.com"),
    ],
)
def test_only_the_registrable_domain_is_asked_about(url: str, domain: str) -> None:
    assert askable_domain(parse_link(url)) == domain


@pytest.mark.parametrize(
    "host",
    ["192.0.2.1", "[2001:db8::1]", "127.0.0.1", "localhost", "nas", "printer.local", "box.lan", "fritz.box.internal",
     "nas.home.arpa", "1.2.0.192.in-addr.arpa", "name.onion", "shop.example", "a.test", "com", "co.jp", "github.io",
     "somebody.github.io", "www.somebody.github.io", "a_b.com", "-a.com", "xn--0.com", "a..b", ""],
)  # fmt: skip
def test_what_is_private_or_a_platforms_is_not_asked_about(host: str) -> None:
    assert askable_domain(host_link(host)) is None


@given(st.text(max_size=80) | st.from_regex(r"\A[a-z0-9_.-]{1,60}\.(org|co\.jp|github\.io)\Z"))
def test_what_is_asked_about_is_always_one_plain_name(host: str) -> None:
    domain = askable_domain(host_link(host))
    if domain is not None:
        assert set(domain) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
        assert host_link(domain).domain == domain


@pytest.mark.parametrize(
    "registration",
    [
        Registration("example.org", NOW - 5.5, "rdap.example", NOW, State.KNOWN),
        Registration("example.org", None, "rdap.example", NOW, State.UNREGISTERED),
    ],
)
def test_what_is_kept_comes_back(registration: Registration) -> None:
    value = json.loads(json.dumps(registration_to_dict(registration)))
    assert registration_from_dict("example.org", value, NOW) == registration


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        None,
        {"state": "known", "registered_at": None, "source": "rdap.example"},
        {"state": "undated", "registered_at": 5.0, "source": "rdap.example"},
        {"state": "known", "registered_at": "2018", "source": "rdap.example"},
        {"state": "known", "registered_at": True, "source": "rdap.example"},
        {"state": "known", "registered_at": 5.0, "source": None},
        {"state": "old", "registered_at": 5.0, "source": "rdap.example"},
    ],
)
def test_a_foreign_fact_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"registration|registered_at|State"):
        registration_from_dict("example.org", value, NOW)


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


DATES = [
    ("2018-03-21T07:13:44Z", "2018-03-21T07:13:44+00:00"),
    ("2018-03-21t07:13:44z", "2018-03-21T07:13:44+00:00"),
    ("2018-03-21T07:13:44.5Z", "2018-03-21T07:13:44.500+00:00"),
    ("2018-03-21T07:13:44.000000000Z", "2018-03-21T07:13:44+00:00"),
    ("2018-03-21T16:13:44+09:00", "2018-03-21T07:13:44+00:00"),
    ("2018-03-21T16:13:44+0900", "2018-03-21T07:13:44+00:00"),
    ("2018-03-21T02:13:44-05", "2018-03-21T07:13:44+00:00"),
    ("2018-03-21T07:13:44", "2018-03-21T07:13:44+00:00"),
    ("2018-03-21 07:13:44", "2018-03-21T07:13:44+00:00"),
    ("2018-03-21 07:13:44 UTC", "2018-03-21T07:13:44+00:00"),
    ("2018-03-21T07:13Z", "2018-03-21T07:13:00+00:00"),
    ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
    ("2018-03-21", "2018-03-21T00:00:00+00:00"),
    (" 2018-03-21 ", "2018-03-21T00:00:00+00:00"),
]


@pytest.mark.parametrize(("text", "same"), DATES, ids=[row[0] for row in DATES])
def test_dates_of_registries_are_read(text: str, same: str) -> None:
    assert parse_date(text) == at(same)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "21.03.2018", "2018-3-21", "2018-02-30", "2018-03-21T25:00:00Z", "2018-03-21T07:13:61Z",
     "2018-03-21T07:13:44+24:00", "0000-00-00T00:00:00Z", "２０１８-03-21", "2018-03-21T07:13:44ZZ"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day|hour|second|year|zone"):
        parse_date(text)


@given(
    st.text(max_size=60) | st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9:.]{0,20}[-+Z0-9:]{0,7})?\Z")
)
@example("0001-01-01T00:00:00+23:59")
@example("9999-12-31T23:59:60-23:59")
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        seconds = parse_date(text)
    except ValueError:
        return
    assert -7e10 < seconds < 3e11


@given(st.datetimes(min_value=datetime(1985, 1, 1), max_value=datetime(2200, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001
def test_one_moment_is_one_number_in_every_zone(when: datetime, hours: int) -> None:
    when = when.replace(microsecond=0, tzinfo=UTC)
    local = when.astimezone(timezone(timedelta(hours=hours)))
    assert parse_date(local.isoformat()) == when.timestamp()


def test_a_day_in_japan_begins_nine_hours_earlier() -> None:
    assert parse_japanese_day("2018/03/21") == at("2018-03-21T00:00:00+09:00")
    assert parse_japanese_day(" 2006/1/20,OTHER.EXAMPLE.JP") == at("2006-01-20T00:00:00+09:00")


@pytest.mark.parametrize("text", ["", "2018-03-21", "2018/13/01", "2018/02/30", "2018/03/211", "before 1993"])
def test_what_is_no_japanese_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|month"):
        parse_japanese_day(text)


def known(registered_at: float | None, domain: str = "example.org") -> Registration:
    state = State.UNDATED if registered_at is None else State.KNOWN
    return Registration(domain, registered_at, "rdap.example", NOW, state)


def test_a_name_of_three_days_ago_is_a_caution_that_says_so() -> None:
    evidence = find_evidence(known(at("2026-11-21T08:30:00+00:00")), NOW)
    assert evidence is not None
    assert (evidence.reason, evidence.level) == (Reason.NEW_NAME, Level.CAUTION)
    assert evidence.detail == "example.org was registered 3 days ago (2026-11-21), says rdap.example"
    assert (evidence.source, evidence.at) == ("rdap.example", NOW)
    assert (evidence.count, evidence.since) == (3, at("2026-11-21T08:30:00+00:00"))


@pytest.mark.parametrize(
    ("registered", "sentence"),
    [
        ("2026-11-24T09:59:00+00:00", "today (2026-11-24)"),
        ("2026-11-24T20:00:00+00:00", "today (2026-11-24)"),  # the registry's clock is ahead
        ("2026-11-25T09:00:00+00:00", "today (2026-11-25)"),
        ("2026-11-23T23:59:00+00:00", "1 day ago (2026-11-23)"),  # as a person counts, not by 24 hours
        ("2026-10-26T00:00:00+00:00", "29 days ago (2026-10-26)"),
    ],
)
def test_days_are_counted_from_the_date_that_is_told(registered: str, sentence: str) -> None:
    evidence = find_evidence(known(at(registered)), NOW)
    assert evidence is not None
    assert f"was registered {sentence}" in evidence.detail


def test_a_japanese_name_is_told_with_its_day_in_japan() -> None:
    """The warning would else contradict what the registry itself shows."""
    evidence = find_evidence(known(at("2026-11-21T00:00:00+09:00"), "example.jp"), NOW)
    assert evidence is not None
    assert "3 days ago (2026-11-21)" in evidence.detail


@pytest.mark.parametrize(
    "registered_at",
    [None, NOW - 30 * DAY, NOW - 10_000 * DAY, NOW + DAY + 1, at("1970-01-01T00:00:00+00:00")],
)
def test_an_old_name_and_an_unknown_age_are_no_finding(registered_at: float | None) -> None:
    assert find_evidence(known(registered_at), NOW) is None


def test_what_counts_as_young_can_be_set() -> None:
    assert find_evidence(known(NOW - 8 * DAY), NOW, young_days=7) is None
    assert find_evidence(known(NOW - 40 * DAY), NOW, young_days=60) is not None


def test_plausible_is_from_the_first_names_to_tomorrow() -> None:
    assert is_plausible(NOW + DAY, NOW)
    assert not is_plausible(NOW + DAY + 1, NOW)
    assert is_plausible(at("1985-03-15T00:00:00+00:00"), NOW)
    assert not is_plausible(at("1984-12-31T00:00:00+00:00"), NOW)
