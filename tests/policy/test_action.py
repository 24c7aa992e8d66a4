"""Whatever is not forwarded must not look forwarded: the default of every field is the careful one."""

from typing import get_args

import pytest

from sekisho.link import host_link
from sekisho.policy.action import (
    Action,
    Forward,
    Hold,
    HoldReason,
    Interstitial,
    Refuse,
    RefuseReason,
    Tunnel,
    Unavailable,
)
from sekisho.verdict import Level, Verdict

LINK, VERDICT = host_link("tanaka-tofu-ten.jp"), Verdict(Level.PASS)


def test_what_is_forwarded_is_read_unless_the_rules_say_otherwise() -> None:
    assert (Forward(VERDICT).cleared, Forward(VERDICT).replacement) == (False, None)


def test_a_warning_is_of_a_request_that_was_not_sent_and_a_hold_of_this_request() -> None:
    """Else the page would say that something has gone up, or tell of another form."""
    assert Interstitial(LINK, VERDICT).sent is False
    assert Hold(HoldReason.FORM, VERDICT).earlier is False


@pytest.mark.parametrize(
    "action",
    [
        Tunnel(LINK, VERDICT),
        Forward(VERDICT),
        Hold(HoldReason.FORM, VERDICT),
        Interstitial(LINK, VERDICT),
        Refuse(RefuseReason.WARNED, LINK),
        Unavailable(LINK, "no rules"),
    ],
    ids=lambda action: type(action).__name__,
)
def test_an_action_cannot_be_changed_by_who_obeys_it(action: Action) -> None:
    assert isinstance(action, get_args(Action))
    with pytest.raises((AttributeError, TypeError)):
        action.cleared = True
