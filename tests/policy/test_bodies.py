"""Which requests are read, and what of them is held: a secret that goes up cannot be taken back."""

from typing import Any

import pytest

from sekisho.forms.secrets import NEW_FOR
from sekisho.link import host_link
from sekisho.policy.action import Hold, HoldReason
from sekisho.policy.bodies import (
    LONGEST_BODY,
    STREAM_OVER,
    decide_secrets,
    has_typed_query,
    is_long,
    may_return,
    too_long,
)
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request
from sekisho.verdict import Level, Secret, Verdict

LINK = host_link("tanaka-tofu-ten.jp")
PASS, CAUTION = Verdict(Level.PASS), Verdict(Level.CAUTION)
OLD, YOUNG = NEW_FOR, NEW_FOR - 1
PASSWORD, CARD = (Secret.PASSWORD,), (Secret.CARD,)


def request(**fields: Any) -> Request:
    return Request((LINK,), LINK, **{"client": "192.168.1.20", "kind": Kind.CLICK, **fields})


@pytest.mark.parametrize(
    ("length", "long"), [(0, False), (STREAM_OVER, False), (STREAM_OVER + 1, True), (None, True)]
)
def test_a_body_of_unknown_length_may_be_long(length: int | None, long: bool) -> None:
    assert is_long(length) is long


def test_what_is_too_long_to_be_read_is_held_whatever_the_host() -> None:
    assert too_long(PASS) == Hold(HoldReason.TOO_LONG, PASS)
    assert LONGEST_BODY > STREAM_OVER


QUERIES = [
    ("a link of a mail", {"site": "none"}, False),
    ("a link of another site", {"site": "cross-site"}, False),
    ("a form of this site", {"site": "same-origin"}, True),
    ("a form of a sibling", {"site": "same-site"}, True),
    ("over plain http nobody says", {"site": ""}, True),
    ("a form by POST", {"site": "cross-site", "method": "POST"}, True),
    ("a script", {"site": "cross-site", "kind": Kind.RESOURCE}, True),
]


@pytest.mark.parametrize(("fields", "typed"), [row[1:] for row in QUERIES], ids=[row[0] for row in QUERIES])
def test_what_stands_in_a_followed_link_nobody_typed(fields: dict[str, Any], typed: bool) -> None:
    """A code in the link of a mail is no secret that the person is about to give away."""
    assert has_typed_query(request(**fields)) is typed


RETURNS = [
    ("from the portal", {"site": "cross-site"}, True),
    ("from the portal, plain http", {"site": ""}, True),
    ("a page of the site itself", {"site": "same-origin"}, False),
    ("typed", {"site": "none"}, False),
    ("a form", {"site": "cross-site", "method": "POST"}, False),
    ("a frame", {"site": "cross-site", "kind": Kind.FRAME}, False),
]


@pytest.mark.parametrize(("fields", "returns"), [row[1:] for row in RETURNS], ids=[row[0] for row in RETURNS])
def test_who_may_fetch_a_held_form(fields: dict[str, Any], returns: bool) -> None:
    """A page of the site that calls its own address must not send what the person has not yet let go."""
    assert may_return(request(**fields)) is returns


SECRETS = [
    ("password, known and clean", PASSWORD, PASS, "https", OLD, None),
    ("password, first day", PASSWORD, PASS, "https", YOUNG, (HoldReason.FORM, True)),
    ("password, never seen", PASSWORD, PASS, "https", None, (HoldReason.FORM, True)),
    ("password, caution", PASSWORD, CAUTION, "https", OLD, (HoldReason.FORM, False)),
    ("password, plain http", PASSWORD, PASS, "http", OLD, (HoldReason.FORM, False)),
    ("password, plain WebSocket", PASSWORD, PASS, "ws", OLD, (HoldReason.FORM, False)),
    ("password, WebSocket", PASSWORD, PASS, "wss", OLD, None),
    ("card, known and clean", CARD, PASS, "https", OLD, (HoldReason.FORM, False)),
]


@pytest.mark.parametrize(
    ("found", "verdict", "scheme", "known_for", "held"),
    [row[1:] for row in SECRETS],
    ids=[row[0] for row in SECRETS],
)
def test_what_is_held(
    found: tuple[Secret, ...],
    verdict: Verdict,
    scheme: str,
    known_for: float | None,
    held: tuple[HoldReason, bool] | None,
) -> None:
    hold = decide_secrets(request(scheme=scheme), verdict, found, known_for)
    assert (hold and (hold.reason, hold.new_here)) == held
    assert hold is None or (hold.found, hold.verdict) == (found, verdict)


@pytest.mark.parametrize("kind", [Kind.FRAME, Kind.RESOURCE, Kind.AHEAD])
def test_only_a_form_of_the_person_can_be_sent_later(kind: Kind) -> None:
    hold = decide_secrets(request(kind=kind), PASS, CARD, OLD)
    assert hold is not None
    assert hold.reason is HoldReason.SCRIPT


def test_the_question_names_only_what_is_held() -> None:
    """To a site that is known and clean a password goes up without a question."""
    hold = decide_secrets(request(), PASS, CARD + PASSWORD, OLD)
    assert hold is not None
    assert hold.found == CARD
