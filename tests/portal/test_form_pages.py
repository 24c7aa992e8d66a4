"""The question: only the portal's own page, on the device that sent the form, decides, and says what it did."""

from dataclasses import dataclass, field

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from sekisho.engine.held_forms import Forms, HeldForm, State
from sekisho.policy.action import HoldReason
from sekisho.portal.form_pages import add_form_pages
from sekisho.verdict import Secret

from .conftest import CLIENT, NOW, STORY, STORY_VERDICT, portal_context, text_of

ROOT = "https://sekisho.internal"
URL = f"https://{STORY.host}/login?a=1&b=2"


@dataclass
class FormPortal:
    forms: Forms = field(default_factory=Forms)
    released: list[HeldForm] = field(default_factory=list)
    refused: list[HeldForm] = field(default_factory=list)
    fails: bool = False

    def __post_init__(self) -> None:
        self.app = Flask("test")
        add_form_pages(
            self.app,
            portal_context(forms=self.forms, release=self.release, refuse=self.refused.append),
        )

    def release(self, form: HeldForm) -> None:
        if self.fails:
            raise OSError("the store is locked")
        self.released.append(form)

    def hold(self, why: HoldReason = HoldReason.FORM) -> HeldForm:
        return self.forms.hold(
            link=STORY, url=URL, client=CLIENT, verdict=STORY_VERDICT, found=(Secret.PASSWORD,), why=why, now=NOW,
            content=b"x", size=1, agent="b",
        )  # fmt: skip

    def ask(self, path: str, client: str = CLIENT) -> TestResponse:
        return self.app.test_client().get(path, base_url=ROOT, environ_overrides={"REMOTE_ADDR": client})

    def say(self, form: HeldForm, answer: str, **headers: str) -> TestResponse:
        return self.app.test_client().post(
            f"/f/{form.id}",
            base_url=ROOT,
            data={"answer": answer, "token": self.forms.token(form, NOW)},
            headers={name.replace("_", "-"): value for name, value in headers.items()}
            | {"Accept-Language": "en"},
            environ_overrides={"REMOTE_ADDR": CLIENT},
        )


def test_to_look_decides_nothing_and_nothing_is_chosen_for_the_person() -> None:
    portal = FormPortal()
    form = portal.hold()
    answer = portal.ask(f"/f/{form.id}")
    assert answer.status_code == 200
    assert "checked" not in answer.text
    assert portal.forms.take(URL, CLIENT, "b", NOW) is None
    assert portal.ask(f"/f/{form.id}", client="192.168.1.30").status_code == 404


def test_exactly_this_site_sends_the_browser_back_and_is_remembered_once() -> None:
    portal = FormPortal()
    form = portal.hold()
    answer = portal.say(form, "this", origin=ROOT, sec_fetch_site="same-origin")
    assert answer.headers["Refresh"] == f"0; url={URL}"
    assert portal.forms.take(URL, CLIENT, "b", NOW) == b"x"
    again = portal.say(form, "this")
    assert again.status_code == 410
    assert "Refresh" not in again.headers
    assert len(portal.released) == 1


def test_a_second_press_before_it_went_moves_on_as_well() -> None:
    portal = FormPortal()
    form = portal.hold()
    portal.say(form, "this")
    assert "Refresh" in portal.say(form, "this").headers
    assert len(portal.released) == 1


@pytest.mark.parametrize("choice", ["real", "unsure", "", "THIS"])
def test_any_other_answer_sends_nothing(choice: str) -> None:
    portal = FormPortal()
    form = portal.hold()
    answer = portal.say(form, choice)
    assert "It was not sent" in text_of(answer.text)
    assert "https://microsoft.com/" in answer.text
    assert portal.forms.take(URL, CLIENT, "b", NOW) is None
    assert (portal.released, len(portal.refused)) == ([], 1)


@pytest.mark.parametrize(
    "headers", [{"origin": f"https://{STORY.host}"}, {"sec_fetch_site": "cross-site"}, {"origin": "null"}]
)
def test_a_form_that_stands_elsewhere_decides_nothing(headers: dict[str, str]) -> None:
    portal = FormPortal()
    form = portal.hold()
    assert portal.say(form, "this", **headers).status_code == 403
    looked = portal.forms.find(form.id, CLIENT, NOW)
    assert looked is not None
    assert looked.state is State.ASKED


def test_a_wrong_token_decides_nothing() -> None:
    portal = FormPortal()
    form = portal.hold()
    answer = portal.app.test_client().post(
        f"/f/{form.id}",
        base_url=ROOT,
        data={"answer": "this", "token": "x"},
        environ_overrides={"REMOTE_ADDR": CLIENT},
    )
    assert answer.status_code == 403
    assert portal.released == []


def test_an_answer_that_cannot_be_kept_sends_nothing() -> None:
    portal = FormPortal(fails=True)
    form = portal.hold()
    assert portal.say(form, "this").status_code == 500
    assert portal.forms.take(URL, CLIENT, "b", NOW) is None


def test_what_a_program_sent_is_done_again_by_the_person() -> None:
    portal = FormPortal()
    answer = portal.say(portal.hold(HoldReason.SCRIPT), "this")
    assert "Refresh" not in answer.headers
    assert "once more" in text_of(answer.text)
    assert len(portal.released) == 1
