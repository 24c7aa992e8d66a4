"""The form page: it says what would be sent and to whom, and carries links only."""

import re

import pytest

from sekisho.engine.held_forms import HeldForm
from sekisho.policy.action import HoldReason
from sekisho.portal.form_page import form_page
from sekisho.portal.language import LANGUAGES
from sekisho.portal.page import Page
from sekisho.verdict import Level, Secret, Verdict

from .conftest import CLIENT, MICROSOFT, NOW, STORY, STORY_VERDICT, text_of

MORE = "https://sekisho.internal/f/x"


def page(
    why: HoldReason = HoldReason.FORM,
    language: str = "en",
    *,
    named: bool = True,
    new_here: bool = False,
    ask: str = "",
) -> Page:
    form = HeldForm(
        "x", STORY, f"https://{STORY.host}/?a=1", CLIENT, STORY_VERDICT if named else Verdict(Level.PASS),
        tuple(Secret), why, NOW, new_here,
    )  # fmt: skip
    return form_page(form, brand=MICROSOFT if named else None, language=language, more=MORE, ask=ask)


def test_it_names_the_secrets_the_fake_name_and_the_real_site() -> None:
    text = text_of(page().body)
    for word in (
        "a password",
        "a card number",
        "My Number",
        "fake Microsoft site",
        "microsoft.com",
        STORY.host,
    ):
        assert word in text
    assert "not been sent" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", HoldReason)
@pytest.mark.parametrize("named", [True, False])
def test_links_only_on_the_site_s_own_origin(why: HoldReason, language: str, named: bool) -> None:
    shown = page(why, language, named=named)
    html = shown.body.decode()
    assert not re.search("<(form|input|button|script|iframe)", html)
    assert html.count(MORE) == 1
    assert "form-action 'none'" in (shown.header("Content-Security-Policy") or "")
    assert shown.header("Cache-Control") == "no-store"


def test_the_family_is_asked_only_where_there_is_a_page_for_it() -> None:
    assert "Ask my family" not in text_of(page().body)
    assert "Ask my family" in text_of(page(ask="https://sekisho.internal/ask/x").body)


def test_a_site_that_is_new_here_is_said_to_be() -> None:
    assert "less than a day" in text_of(page(named=False, new_here=True).body)
    assert "less than a day" not in text_of(page(named=False).body)
