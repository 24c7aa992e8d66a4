"""What is held is given out once, to the device and browser that it came from, and to nobody else."""

from typing import Any

import pytest

from sekisho.engine.held_forms import (
    BYTES_OF_CLIENT,
    LIFETIME,
    MOST_OF_CLIENT,
    READY_FOR,
    Forms,
    HeldForm,
    State,
)
from sekisho.policy.action import HoldReason
from sekisho.verdict import Level, Secret, Verdict

from ..portal.conftest import CLIENT, NOW, STORY

URL = "https://rec0very-supp0rt-micr0s0ft.org/login"


def hold(forms: Forms, why: HoldReason = HoldReason.FORM, client: str = CLIENT, **more: Any) -> HeldForm:
    given: dict[str, Any] = {"content": b"password", "size": 8, "agent": "browser", "now": NOW, **more}
    return forms.hold(
        link=STORY,
        url=URL,
        client=client,
        verdict=Verdict(Level.PASS),
        found=(Secret.CARD,),
        why=why,
        **given,
    )


def say(forms: Forms, form: HeldForm, *, send: bool, now: float = NOW) -> HeldForm | None:
    return forms.answer(form.id, forms.token(form, now), CLIENT, now, send=send)


def test_after_a_yes_it_is_given_out_once() -> None:
    forms = Forms()
    form = hold(forms)
    assert forms.take(URL, CLIENT, "browser", NOW) is None
    answered = say(forms, form, send=True)
    assert answered is not None
    assert answered.state is State.READY
    assert forms.take(URL, CLIENT, "browser", NOW + 1) == b"password"
    assert forms.take(URL, CLIENT, "browser", NOW + 1) is None
    again = say(forms, form, send=True, now=NOW + 2)
    assert again is not None
    assert again.state is State.SENT
    assert forms.take(URL, CLIENT, "browser", NOW + 3) is None
    assert forms.size == 0


STRANGERS = [
    (URL + "?x", CLIENT, "browser", NOW),
    (URL, "192.168.1.30", "browser", NOW),
    (URL, CLIENT, "another browser", NOW),
    (URL, CLIENT, "browser", NOW + READY_FOR),
]


@pytest.mark.parametrize(("url", "client", "agent", "now"), STRANGERS)
def test_nobody_else_gets_it(url: str, client: str, agent: str, now: float) -> None:
    forms = Forms()
    say(forms, hold(forms), send=True)
    assert forms.take(url, client, agent, now) is None


def test_a_no_drops_it_and_a_later_yes_changes_nothing() -> None:
    forms = Forms()
    form = hold(forms)
    assert say(forms, form, send=False) is not None
    assert forms.size == 0
    again = say(forms, form, send=True)
    assert again is not None
    assert again.state is State.DROPPED
    assert forms.take(URL, CLIENT, "browser", NOW) is None


def test_a_wrong_token_another_device_and_a_late_answer_do_nothing() -> None:
    forms = Forms()
    form = hold(forms)
    token = forms.token(form, NOW)
    assert forms.answer(form.id, "ü", CLIENT, NOW, send=True) is None
    assert forms.answer(form.id, token, "192.168.1.30", NOW, send=True) is None
    assert forms.answer(form.id, token, CLIENT, NOW + LIFETIME, send=True) is None
    assert forms.find(form.id, "192.168.1.30", NOW) is None
    assert forms.find(form.id, CLIENT, NOW + LIFETIME) is None
    with pytest.raises(KeyError):
        forms.token(form, NOW + LIFETIME)


def test_what_is_held_is_bounded_and_one_device_cannot_push_out_another_s() -> None:
    forms = Forms()
    other = hold(forms, client="192.168.1.30")
    for _ in range(30):
        hold(forms, size=1)
    assert forms.find(other.id, "192.168.1.30", NOW) is not None
    assert len(forms) == MOST_OF_CLIENT + 1
    for _ in range(5):
        hold(forms, size=BYTES_OF_CLIENT // 2)
    assert forms.size <= BYTES_OF_CLIENT + 8


def test_what_is_old_goes_from_memory() -> None:
    forms = Forms()
    hold(forms)
    hold(forms, now=NOW + LIFETIME)
    assert len(forms) == 1


def test_a_program_s_attempt_is_told_once_to_its_device() -> None:
    forms = Forms()
    form = hold(forms, HoldReason.SCRIPT, content=None, size=0)
    assert forms.notice(STORY.host, "192.168.1.30", NOW) is None
    assert forms.notice(STORY.host, CLIENT, NOW) == form
    assert forms.notice(STORY.host, CLIENT, NOW) is None
    hold(forms, HoldReason.SCRIPT)
    assert forms.notice(STORY.host, CLIENT, NOW + LIFETIME) is None
