"""Aftercare: whoever typed something learns what to do now, whom to phone, and can tell the family in one tap."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from sekisho.engine.tickets import LIFETIME
from sekisho.link import Link, host_link
from sekisho.portal.aftercare_pages import NOTIFIED_AGAIN_AFTER
from sekisho.portal.context import PortalContext
from sekisho.portal.family_mark import FamilyMark
from sekisho.portal.language import LANGUAGES
from sekisho.portal.portal import create_portal
from sekisho.rulebook import rules_folder
from sekisho.rulebook.aftercare import Harm, parse_aftercare
from sekisho.rulebook.model import Brand, Rulebook
from sekisho.verdict import Evidence, Fake, Level, Reason, Trick, Verdict

from .conftest import (
    CLIENT,
    NOW,
    ROOT,
    RULEBOOK,
    STORY,
    Portal,
    text_of,
    verdict,
)
from .test_warning import HOSTILE, Outline

AFTERCARE = parse_aftercare((rules_folder() / "aftercare.toml").read_text("utf-8"), "")[0]
RULES = replace(RULEBOOK, aftercare=AFTERCARE)


@dataclass
class Desk(Portal):
    """The pages, and what the family was told."""

    ca_file: Path = Path("none.pem")
    sentence: list[tuple[Link | None, str, str]] = field(default_factory=list)
    error: Exception | None = None
    regions: tuple[str, ...] = ("jp",)
    rulebook: Rulebook = RULES

    def context(self, **changes: Any) -> PortalContext:
        return super().context(**{"regions": self.regions, "tell": self.tell} | changes)

    def tell(self, link: Link | None, harm: str, client: str) -> None:
        if self.error:
            raise self.error
        self.sentence.append((link, harm, client))

    def send(self, path: str, token: str, **more: Any) -> TestResponse:
        return self.ask(path, "POST", token=token, **more)

    def token_of(self, path: str, client: str = CLIENT) -> str:
        [token] = re.findall(r'name="token" value="([^"]+)"', self.ask(path, client=client).text)
        return str(token)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_choice_leads_to_its_page_with_and_without_a_ticket(desk: Desk, language: str) -> None:
    for at in ("/typed", f"/w/{desk.issue()}/typed"):
        start = desk.ask(at, language=language)
        assert start.status_code == 200
        assert ("rec0very" in start.text) is at.startswith("/w/")
        for harm in Harm:
            assert f'href="{at}/{harm.value}"' in start.text
            page = desk.ask(f"{at}/{harm.value}", language=language)
            assert page.status_code == 200
            assert len(page.data) <= 40 * 1024
            assert page.text.count("<h1>") == 1
            assert page.text.count("<li>") >= 3
            assert "None" not in text_of(page.text)
    pages = {text_of(desk.ask(f"/typed/{harm.value}", language=language).text) for harm in Harm}
    assert len(pages) == len(Harm)


@pytest.mark.parametrize(
    ("harm", "japanese"),
    [
        (Harm.CLICKED, ("ふつうは心配ありません", "フィッシング対策協議会")),
        (Harm.PASSWORD, ("同じパスワードを使っているほかのサイト", "秘密の質問", "#9110")),
        (Harm.CARD, ("カードの裏に書いてある番号", "188", "フィッシング110番")),
        (Harm.BANK, ("通帳に書いてあります", "110", "#9110")),
        (Harm.PERSONAL, ("家族に相談してから、かけ直します", "188")),
        (Harm.SUPPORT, ("画面に出ている番号には、かけません", "03-5978-7509", "188")),
    ],
)
def test_what_a_japanese_reader_must_find(desk: Desk, harm: Harm, japanese: tuple[str, ...]) -> None:
    said = text_of(desk.ask(f"/typed/{harm.value}", language="ja").text)
    assert [part for part in japanese if part not in said] == []


def test_the_number_can_be_pressed_and_is_read_as_it_is_dialled(desk: Desk) -> None:
    assert 'href="tel:%239110"' in desk.ask("/typed/password").text


def test_after_a_lookalike_the_password_is_changed_at_the_real_site(desk: Desk) -> None:
    name = desk.issue()
    page = desk.ask(f"/w/{name}/typed/password", language="ja")
    assert 'href="https://microsoft.com/"' in page.text
    assert "本物のマイクロソフトで、パスワードを変える" in text_of(page.text)
    other = desk.issue(verdict(Reason.FEED, Level.WARN), host_link("example.net"))
    plain = desk.ask(f"/w/{other}/typed/password")
    assert 'class="way main"' not in plain.text
    assert "It is not the real one" not in text_of(plain.text)


def test_a_household_elsewhere_is_sent_to_the_desks_of_the_world() -> None:
    said = text_of(Desk(regions=("de",)).ask("/typed/card").text)
    assert "econsumer.gov" in said
    assert "188" not in said


@pytest.mark.parametrize("end", ["", "/card"])
def test_a_ticket_that_is_gone_still_leads_to_help(desk: Desk, end: str) -> None:
    name = desk.issue()
    for client, at in (("192.168.1.66", NOW), (CLIENT, NOW + LIFETIME)):
        desk.now = at
        answer = desk.ask(f"/w/{name}/typed{end}", client=client)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/typed{end}")


def test_the_family_is_told_of_what_once(desk: Desk) -> None:
    path = f"/w/{desk.issue()}/typed/card"
    token = desk.token_of(path)
    answer = desk.send(path, token, Origin=ROOT, Sec_Fetch_Site="same-origin")
    assert "Your family has been told." in text_of(answer.text)
    assert "<form" not in answer.text
    desk.send(path, token)
    assert desk.sentence == [(STORY, "card", CLIENT)]
    desk.now += NOTIFIED_AGAIN_AFTER
    desk.send(path, token)
    assert len(desk.sentence) == 2


def test_without_a_ticket_the_family_is_told_too(desk: Desk) -> None:
    assert desk.send("/typed/support", desk.token_of("/typed/support")).status_code == 200
    assert desk.sentence == [(None, "support", CLIENT)]


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}]
)
def test_another_site_cannot_alarm_the_family(desk: Desk, headers: dict[str, str]) -> None:
    path = f"/w/{desk.issue()}/typed/card"
    answer = desk.send(path, desk.token_of(path), **headers)
    assert (answer.status_code, desk.sentence) == (403, [])
    assert "Nobody was told" in text_of(answer.text)


def test_a_token_is_good_for_its_own_page_and_device_only(desk: Desk) -> None:
    path = f"/w/{desk.issue()}/typed/card"
    for token in (
        "",
        "wrong",
        "｜é",
        desk.token_of("/typed/card"),
        desk.token_of(f"{path.removesuffix('card')}bank"),
        desk.token_of("/typed/card", "192.168.1.66"),
    ):
        assert desk.send(path, token).status_code == 403
    assert desk.send("/typed/card", desk.token_of(path)).status_code == 403
    assert desk.sentence == []


def test_when_nobody_can_be_told_the_page_says_so_and_still_helps(desk: Desk) -> None:
    desk.error = OSError("no way out")
    token = desk.token_of("/typed/bank")
    answer = desk.send("/typed/bank", token)
    assert answer.status_code == 503
    said = text_of(answer.text)
    assert "Your family could not be told from here. Please phone them." in said
    assert "Phone your bank." in said
    assert "no way out" not in answer.text
    desk.error = None
    assert desk.send("/typed/bank", token).status_code == 200
    assert len(desk.sentence) == 1


def test_without_a_way_to_tell_there_is_no_button(desk: Desk) -> None:
    client = create_portal(desk.context(tell=None)).test_client()
    assert "<form" not in client.get("/typed/card", base_url=ROOT).text
    assert client.post("/typed/card", base_url=ROOT).status_code == 405


@pytest.mark.parametrize("path", ["/typed/nothing", "/typed/CARD", "/w/x/typed/nothing"])
def test_what_is_no_harm_is_no_page(desk: Desk, path: str) -> None:
    assert desk.ask(path).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_or_brand_stays_a_name_on_every_page_of_a_ticket(
    portal: Portal, text: str, language: str
) -> None:
    """On the portal a script or a form of theirs could open sites and tell the family."""
    link = Link(text, text, "", False, text)
    sentence = Evidence(
        Reason.LOOKALIKE,
        Level.WARN,
        text,
        text,
        text,
        Trick.LEET,
        text,
        (Fake(0, 2, text),),
        (0, 3),
        named=text,
    )
    brand = Brand(text, text, text, "world", "shop", (text,), (), ("microsoft.com",))
    portal.rulebook = replace(RULES, brands={text: brand})
    portal.mark = FamilyMark(text, b"")
    portal.app = create_portal(portal.context(regions=("jp",), tell=lambda *_: None))
    name = portal.issue(Verdict(Level.WARN, (sentence,)), link)
    for end, forms in (("", 0), ("/on", 1), ("/typed", 0), ("/typed/password", 1)):
        page = portal.ask(f"/w/{name}{end}", language=language)
        assert page.status_code in (200, 403)
        seen = Outline(page.text)
        assert seen.open == []
        assert not {"script", "img", "base"} & set(seen.tags)
        assert seen.tags.count("form") == forms
        assert seen.handlers == []
        assert not set("\u202e\u2066\x00") & set(page.text)
        assert page.headers["X-Frame-Options"] == "DENY"
        assert len(page.data) <= 40 * 1024
