"""Asking the family: only the device that was stopped can ask, and no look at a page asks or answers anything."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from sekisho.engine.held_forms import Forms
from sekisho.engine.tickets import LIFETIME
from sekisho.link import Link, host_link
from sekisho.policy.action import HoldReason
from sekisho.policy.asking import OPEN_SECONDS, TooManyAsksError, new_ask
from sekisho.portal.finding import local_time
from sekisho.portal.language import LANGUAGES
from sekisho.portal.portal import create_portal
from sekisho.records.asks import Answer, Ask
from sekisho.store import StoreError
from sekisho.verdict import Level, Reason, Secret, Verdict

from .conftest import CLIENT, NOW, ROOT, STORY, STORY_VERDICT, URL, Portal, text_of, verdict

OTHER = "192.168.1.99"


@dataclass
class Family:
    """What stands behind the pages: asks in memory, and how the asking goes."""

    portal: Portal
    asks: dict[str, Ask] = field(default_factory=dict)
    error: Exception | None = None
    places: tuple[str, ...] = ("mail", "Pushover <b>")
    forms: Forms = field(default_factory=Forms)

    def __post_init__(self) -> None:
        self.portal.app = create_portal(
            self.portal.context(
                forms=self.forms, ask=self.ask_for, find=self.asks.get, places=lambda: self.places
            )
        )

    def ask_for(self, link: Link, client: str, found: Verdict, path: str | None) -> Ask:
        if self.error:
            raise self.error
        for known in self.asks.values():
            if (known.host, known.client) == (link.host, client):
                return known
        asked = new_ask(link, client, found, self.portal.now, ask_id=f"ask{len(self.asks)}", path=path)
        self.asks[asked.id] = asked
        return asked

    def answer(self, answer: Answer, ask_id: str = "ask0") -> None:
        self.asks[ask_id] = replace(
            self.asks[ask_id], answered_at=self.portal.now, answered_by="desk", answer=answer
        )

    def get(self, path: str, **more: str) -> TestResponse:
        return self.portal.ask(path, **more)

    def post(
        self,
        path: str,
        token: str,
        *,
        client: str = CLIENT,
        told_path: bool = False,
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        data = {"token": token} | ({"path": "1"} if told_path else {})
        return self.portal.app.test_client().open(
            path, method="POST", base_url=ROOT, headers={"Accept-Language": "en"} | (headers or {}),
            environ_overrides={"REMOTE_ADDR": client}, data=data,
        )  # fmt: skip

    def token(self, path: str) -> str:
        (token,) = re.findall(r'name="token" value="([^"]+)"', self.get(path).text)
        return str(token)

    def asked(self, link: Link = STORY, found: Verdict = STORY_VERDICT) -> str:
        """The path of the waiting page."""
        at = f"/w/{self.portal.issue(found, link)}/ask"
        return self.post(at, self.token(at)).headers["Location"]


@pytest.fixture
def family(ca_file: Path) -> Family:
    return Family(Portal(ca_file))


@pytest.mark.parametrize("language", LANGUAGES)
def test_looking_asks_nobody_and_one_button_does(family: Family, language: str) -> None:
    at = f"/w/{family.portal.issue()}/ask"
    page = family.get(at, language=language)
    assert (page.status_code, family.asks) == (200, {})
    assert page.text.count("<mark>") > 1
    assert "Pushover <b>" in text_of(page.text)
    answer = family.post(at, family.token(at))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ask/ask0")
    assert family.asks["ask0"].host == STORY.host
    assert family.asks["ask0"].path is None


def test_the_path_is_told_only_where_it_is_ticked_and_the_query_never(family: Family) -> None:
    at = f"/w/{family.portal.issue()}/ask"
    assert "/login" in family.get(at).text
    assert "id=7" not in family.get(at).text
    family.post(at, family.token(at), told_path=True)
    assert family.asks["ask0"].path == "/login"


def test_a_second_press_is_the_same_ask(family: Family) -> None:
    at = f"/w/{family.portal.issue()}/ask"
    token = family.token(at)
    assert family.post(at, token).headers["Location"] == family.post(at, token).headers["Location"]
    assert len(family.asks) == 1


@pytest.mark.parametrize(
    ("token", "client", "headers", "status"),
    [
        ("wrong", CLIENT, {}, 403),
        ("", CLIENT, {}, 403),
        (None, OTHER, {}, 404),
        (None, CLIENT, {"Origin": "https://evil.example"}, 403),
        (None, CLIENT, {"Origin": "null"}, 403),
        (None, CLIENT, {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_who_is_not_the_device_that_was_stopped_asks_nobody(
    family: Family, token: str | None, client: str, headers: dict[str, str], status: int
) -> None:
    at = f"/w/{family.portal.issue()}/ask"
    real = family.token(at)
    assert (
        family.post(at, real if token is None else token, client=client, headers=headers).status_code
        == status
    )
    assert family.asks == {}


def test_another_tickets_token_is_none(family: Family) -> None:
    first, second = (f"/w/{family.portal.issue()}/ask" for _ in range(2))
    assert family.post(first, family.token(second)).status_code == 403
    assert family.asks == {}


def test_a_block_of_the_family_can_be_asked_about(family: Family) -> None:
    assert family.asked(found=verdict(Reason.FAMILY_BLOCK, Level.BLOCK)) == "/ask/ask0"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_waits_and_moves_on_when_the_answer_is_there_but_once(family: Family, language: str) -> None:
    at = family.asked()
    waiting = family.get(at, language=language)
    assert (waiting.status_code, waiting.headers["Refresh"]) == (200, "2")
    assert "http-equiv" not in waiting.text
    assert waiting.headers["Cache-Control"] == "no-store"
    family.answer("1d")
    moved = family.get(at, language=language)
    assert moved.headers["Refresh"] == f"1; url={URL}"
    again = family.get(at, language=language)
    assert "Refresh" not in again.headers
    assert 'href="https://rec0very-supp0rt-micr0s0ft.org/login?next=' in again.text


def test_another_device_does_not_see_how_it_stands(family: Family) -> None:
    at = family.asked()
    family.answer("always")
    assert family.get(at, client=OTHER).status_code == 404
    assert "Refresh" in family.get(at).headers


def test_a_no_opens_nothing(family: Family) -> None:
    at = family.asked()
    family.answer("block")
    page = family.get(at)
    assert "Refresh" not in page.headers
    assert URL not in page.text
    assert "Your family says: do not open it." in text_of(page.text)


def test_nobody_answered(family: Family) -> None:
    at = family.asked()
    family.portal.now += OPEN_SECONDS
    page = family.get(at)
    assert "Refresh" not in page.headers
    assert "Nobody answered in time." in text_of(page.text)
    # The ticket of the click is gone by now, and a button to its page would lead to nothing.
    assert 'href="/w/' not in page.text
    assert "To ask again, press the link in the message once more." in text_of(page.text)


@pytest.mark.parametrize(("answer", "seconds"), [("once", 1800), ("1d", 86_400), ("1w", 604_800)])
def test_a_yes_is_over_when_its_time_has_ended(family: Family, answer: Answer, seconds: int) -> None:
    at = family.asked()
    family.answer(answer)
    family.portal.now += seconds - 1
    page = text_of(family.get(at).text)
    assert "Your family says yes." in page
    assert " ".join(f"until {local_time(NOW + seconds, 'en')}.".split()) in page
    family.portal.now += 1
    over = family.get(at)
    assert "Refresh" not in over.headers
    assert "is over" in text_of(over.text)


def test_after_once_the_family_can_be_asked_again_while_the_click_is_remembered(family: Family) -> None:
    at = family.asked()
    family.answer("once")
    family.portal.now += 1800
    assert 'href="/w/' in family.get(at).text


def test_a_late_yes_still_leads_to_the_page_that_was_wanted(family: Family) -> None:
    at = family.asked()
    family.portal.now += LIFETIME + 1
    family.answer("1d")
    page = family.get(at)
    assert page.headers["Refresh"] == f"1; url={URL}"
    assert "first page of the site" not in text_of(page.text)


def test_after_a_restart_the_way_on_is_the_front_page_and_needs_a_press(family: Family) -> None:
    family.asks["ask7"] = replace(
        new_ask(STORY, CLIENT, STORY_VERDICT, NOW, ask_id="ask7"), answer="1w", answered_at=NOW
    )
    page = family.get("/ask/ask7")
    assert "Refresh" not in page.headers
    assert 'href="https://rec0very-supp0rt-micr0s0ft.org/"' in page.text
    assert "This leads to the first page of the site." in text_of(page.text)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (TooManyAsksError(240.0), 429, "In 5 minutes you can ask again."),
        (StoreError("the disk is full"), 503, "Asking does not work just now."),
    ],
)
def test_where_nobody_can_be_asked_it_is_said(
    family: Family, error: Exception, status: int, said: str
) -> None:
    family.error = error
    at = f"/w/{family.portal.issue()}/ask"
    page = family.post(at, family.token(at))
    assert page.status_code == status
    assert said in text_of(page.text)
    assert "disk" not in page.text


def test_where_no_way_to_tell_is_set_up_the_page_says_so_and_still_asks(family: Family) -> None:
    family.places = ()
    at = family.asked()
    assert "Please phone your family, too." in text_of(family.get(at).text)
    assert family.get(at).headers["Refresh"]


def test_a_held_form_can_be_asked_about_and_the_yes_leads_to_its_question(family: Family) -> None:
    held = family.forms.hold(
        link=STORY, url=URL, client=CLIENT, verdict=Verdict(Level.PASS), found=(Secret.PASSWORD,), why=HoldReason.FORM,
        now=NOW, content=b"x", size=1,
    )  # fmt: skip
    at = f"/f/{held.id}/ask"
    assert family.get(at, client=OTHER).status_code == 404
    assert family.post(at, "wrong").status_code == 403
    waiting = family.post(at, family.token(at)).headers["Location"]
    assert family.asks["ask0"].evidence[0].reason is Reason.FORM
    family.answer("always")
    assert family.get(waiting).headers["Refresh"] == f"1; url=/f/{held.id}"


HOSTILE = [
    "<script>alert(1)</script>.example.org",
    "a\u202egro.elpmaxe",
    "x" * 2_000 + ".example.org",
    "a\0b.example.org",
]


@pytest.mark.parametrize("host", HOSTILE)
def test_no_name_breaks_or_scripts_the_pages(family: Family, host: str) -> None:
    link = host_link(host)
    at = f"/w/{family.portal.issue(link=link)}/ask"
    pages = [family.get(at)]
    waiting = family.post(at, family.token(at)).headers["Location"]
    pages.append(family.get(waiting))
    family.answer("once")
    pages.append(family.get(waiting))
    for page in pages:
        assert page.status_code == 200
        assert "<script" not in page.text
        assert "\u202e" not in page.text
        assert "\0" not in page.text
        assert len(page.data) < 40_000
