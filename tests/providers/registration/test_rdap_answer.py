import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.providers.registration.age import parse_date
from sekisho.providers.registration.answer import NoAnswerError, State
from sekisho.providers.registration.rdap_answer import read_registered


def answer(**fields: Any) -> bytes:
    return json.dumps({"objectClassName": "domain", **fields}).encode()


def event(action: str, date: object) -> dict[str, object]:
    return {"eventAction": action, "eventDate": date}


def test_the_registration_is_found_among_other_events() -> None:
    body = answer(
        ldhName="EXAMPLE.ORG.",
        events=[
            event("last changed", "2026-11-23T00:00:00Z"),
            event("registration", "2018-03-21T07:13:44Z"),
            event("expiration", "2027-03-21T07:13:44Z"),
            event("last update of RDAP database", "2026-11-24T00:00:00Z"),
        ],
    )
    assert read_registered(body, "example.org") == parse_date("2018-03-21T07:13:44Z")


def test_a_name_that_was_registered_anew_is_as_young_as_that() -> None:
    """An old name that lapsed is bought just because it looks old."""
    body = answer(
        events=[
            event("registration", "2001-01-01T00:00:00Z"),
            event("reregistration", "2026-11-20T00:00:00Z"),
        ]
    )
    assert read_registered(body, "example.org") == parse_date("2026-11-20T00:00:00Z")


@pytest.mark.parametrize("name", ["xn--wgv71a119e.jp", "XN--WGV71A119E.JP", "日本語.jp", "日本語.JP."])
def test_a_name_in_any_spelling_is_the_one_that_was_asked_about(name: str) -> None:
    body = answer(ldhName=name, events=[event("registration", "2018-03-21")])
    assert read_registered(body, "xn--wgv71a119e.jp") == parse_date("2018-03-21")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"events": []},
        {"events": [event("last changed", "2018-03-21T07:13:44Z")]},
        {"events": [event("registration", None), {"eventAction": "registration"}, 3, None, [], {}]},
        {"events": [event("registration", "0001-01-01T00:00:00Z")]},
        {"events": [event("registration", "1970-01-01T00:00:00Z")]},
    ],
)
def test_a_server_that_tells_no_date_is_taken_at_its_word(fields: dict[str, Any]) -> None:
    assert read_registered(answer(**fields), "example.org") is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"\xff\xff", "no JSON"),
        (b"[]", "no RDAP domain"),
        (b"null", "no RDAP domain"),
        (answer(objectClassName="entity"), "no RDAP domain"),
        (answer(objectClassName=["domain"]), "no RDAP domain"),
        (answer(errorCode=429), "error"),
        (answer(ldhName="other.example"), "another domain"),
        (answer(ldhName=3), "another domain"),
        (answer(events={"registration": "2018-03-21"}), "no list"),
        (answer(events=[event("registration", "some day")]), "cannot be read"),
    ],
)
def test_what_makes_no_sense_is_told(body: bytes, told: str) -> None:
    with pytest.raises(NoAnswerError, match=told) as error:
        read_registered(body, "example.org")
    assert error.value.state is State.UNREADABLE


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
_EVENTS = st.lists(
    st.fixed_dictionaries({"eventAction": st.just("registration") | _JSON, "eventDate": _JSON}) | _JSON,
    max_size=3,
)
_ANSWERS = st.fixed_dictionaries(
    {}, optional={"objectClassName": st.just("domain") | _JSON, "ldhName": _JSON, "events": _EVENTS | _JSON}
)


@given(st.binary(max_size=200) | _ANSWERS.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_date_none_or_the_documented_error(body: bytes) -> None:
    try:
        registered = read_registered(body, "example.org")
    except NoAnswerError:
        return
    assert registered is None or registered > 0
