"""Aftercare: whoever typed something learns what to do now, whom to phone, and can tell the family in one tap."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from sekisho.engine.tickets import LIFETIME, Tickets
from sekisho.link import Link, host_link
from sekisho.portal.aftercare_pages import TOLD_AGAIN_AFTER, add_aftercare_pages
from sekisho.portal.language import LANGUAGES
from sekisho.portal.look import FamilyLook
from sekisho.rulebook import rules_folder
from sekisho.rulebook.aftercare import Harm, parse_aftercare
from sekisho.rulebook.model import Brand
from sekisho.verdict import Evidence, Fake, Level, Reason, Trick, Verdict

from .conftest import CLIENT, NOW, ROOT, RULEBOOK, STORY, STORY_VERDICT, URL, DeskSummary, text_of, verdict
from .test_warning import HOSTILE, Outline

AFTERCARE = parse_aftercare((rules_folder() / "aftercare.toml").read_text("utf-8"), "")[0]
RULES = replace(RULEBOOK, aftercare=AFTERCARE)


@dataclass
class Desk:
    """The pages, and what the family was told."""

    tickets: Tickets = field(default_factory=Tickets)
    told: list[tuple[Link | None, str, str]] = field(default_factory=list)
    now: float = NOW
    error: Exception | None = None
    regions: tuple[str, ...] = ("jp",)

    def app(self, tell: Callable[[Link | None, str, str], None] | None) -> Flask:
        app = Flask("aftercare", static_folder=None)
        add_aftercare_pages(
            app,
            tickets=self.tickets,
            rulebook=lambda: RULES,
            clock=lambda: self.now,
            regions=self.regions,
            tell=tell,
        )
        return app

    def __post_init__(self) -> None:
        self.served = self.app(self.tell)

    def tell(self, link: Link | None, harm: str, client: str) -> None:
        if self.error:
            raise self.error
        self.told.append((link, harm, client))

    def issue(self, found: Verdict = STORY_VERDICT, link: Link = STORY) -> str:
        return self.tickets.issue(
            link=link,
            url=URL,
            client=CLIENT,
            level=found.level,
            verdict=found,
            was_post=False,
            now=self.now,
        )

    def ask(
        self,
        path: str,
        token: str | None = None,
        *,
        client: str = CLIENT,
        language: str = "en",
        **headers: str,
    ) -> TestResponse:
        return self.served.test_client().open(
            path,
            method="GET" if token is None else "POST",
            base_url=ROOT,
            headers={"Accept-Language": language}
            | {name.replace("_", "-"): value for name, value in headers.items()},
            environ_overrides={"REMOTE_ADDR": client},
            data=None if token is None else {"token": token},
        )

    def token(self, path: str, client: str = CLIENT) -> str:
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
    token = desk.token(path)
    answer = desk.ask(path, token, Origin=ROOT, Sec_Fetch_Site="same-origin")
    assert "Your family has been told." in text_of(answer.text)
    assert "<form" not in answer.text
    desk.ask(path, token)
    assert desk.told == [(STORY, "card", CLIENT)]
    desk.now += TOLD_AGAIN_AFTER
    desk.ask(path, token)
    assert len(desk.told) == 2


def test_without_a_ticket_the_family_is_told_too(desk: Desk) -> None:
    assert desk.ask("/typed/support", desk.token("/typed/support")).status_code == 200
    assert desk.told == [(None, "support", CLIENT)]


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}]
)
def test_another_site_cannot_alarm_the_family(desk: Desk, headers: dict[str, str]) -> None:
    path = f"/w/{desk.issue()}/typed/card"
    answer = desk.ask(path, desk.token(path), **headers)
    assert (answer.status_code, desk.told) == (403, [])
    assert "Nobody was told" in text_of(answer.text)


def test_a_token_is_good_for_its_own_page_and_device_only(desk: Desk) -> None:
    path = f"/w/{desk.issue()}/typed/card"
    for token in (
        "",
        "wrong",
        "｜é",
        desk.token("/typed/card"),
        desk.token(f"{path.removesuffix('card')}bank"),
        desk.token("/typed/card", "192.168.1.66"),
    ):
        assert desk.ask(path, token).status_code == 403
    assert desk.ask("/typed/card", desk.token(path)).status_code == 403
    assert desk.told == []


def test_when_nobody_can_be_told_the_page_says_so_and_still_helps(desk: Desk) -> None:
    desk.error = OSError("no way out")
    token = desk.token("/typed/bank")
    answer = desk.ask("/typed/bank", token)
    assert answer.status_code == 503
    said = text_of(answer.text)
    assert "Your family could not be told from here. Please phone them." in said
    assert "Phone your bank." in said
    assert "no way out" not in answer.text
    desk.error = None
    assert desk.ask("/typed/bank", token).status_code == 200
    assert len(desk.told) == 1


def test_without_a_way_to_tell_there_is_no_button(desk: Desk) -> None:
    client = desk.app(None).test_client()
    assert "<form" not in client.get("/typed/card", base_url=ROOT).text
    assert client.post("/typed/card", base_url=ROOT).status_code == 405


@pytest.mark.parametrize("path", ["/typed/nothing", "/typed/CARD", "/w/x/typed/nothing"])
def test_what_is_no_harm_is_no_page(desk: Desk, path: str) -> None:
    assert desk.ask(path).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_or_brand_stays_a_name_on_every_page_of_a_ticket(
    house: DeskSummary, text: str, language: str
) -> None:
    """On the portal a script or a form of theirs could open sites and tell the family."""
    link = Link(text, text, "", False, text)
    told = Evidence(
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
    house.rulebook = replace(RULES, brands={text: brand})
    house.look = FamilyLook(text, b"")
    add_aftercare_pages(
        house.app,
        tickets=house.tickets,
        rulebook=lambda: house.rulebook,
        clock=lambda: NOW,
        regions=("jp",),
        tell=lambda *_: None,
    )
    name = house.issue(Verdict(Level.WARN, (told,)), link)
    for end, forms in (("", 0), ("/on", 1), ("/typed", 0), ("/typed/password", 1)):
        page = house.ask(f"/w/{name}{end}", language=language)
        assert page.status_code in (200, 403)
        seen = Outline(page.text)
        assert seen.open == []
        assert not {"script", "img", "base"} & set(seen.tags)
        assert seen.tags.count("form") == forms
        assert seen.handlers == []
        assert not set("\u202e\u2066\x00") & set(page.text)
        assert page.headers["X-Frame-Options"] == "DENY"
        assert len(page.data) <= 40 * 1024
