"""The portal: only its own page, on the device that clicked, can open a site; everybody else gets a page."""

import plistlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from sekisho.link import Link, host_link
from sekisho.rulebook.model import Rulebook
from sekisho.sources.condition import Condition, Kind
from sekisho.store.knowledge import Limits, Spent
from sekisho.store.remembered import TURNED_BAD, Event, Presence
from sekisho.verdict import Evidence, Level, Reason, Verdict
from sekisho.web.desk import House as DeskHouse
from sekisho.web.language import LANGUAGES
from sekisho.web.portal import create_portal
from sekisho.web.tickets import LIFETIME, Ticket, Tickets

from .conftest import (
    CLIENT,
    NOW,
    RULEBOOK,
    STORY,
    STORY_VERDICT,
    as_wsgi,
    browser_for,
    served,
    text_of,
    verdict,
)
from .test_warning import warn

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ROOT = "https://sekisho.internal"
URL = "https://rec0very-supp0rt-micr0s0ft.org/login?next=%22&id=7"


@dataclass
class House:
    """A portal and what happened behind it."""

    ca_file: Path
    tickets: Tickets = field(default_factory=Tickets)
    opened: list[Ticket] = field(default_factory=list)
    now: float = NOW
    fails: bool = False
    rulebook: Rulebook = RULEBOOK
    state: DeskHouse = field(default_factory=DeskHouse)

    def __post_init__(self) -> None:
        self.app: Flask = create_portal(
            tickets=self.tickets,
            go_on=self.go_on,
            ca_file=lambda: self.ca_file,
            rulebook=lambda: self.rulebook,
            clock=lambda: self.now,
            own_hosts=("gate.home.arpa",),
            rules_read=lambda: NOW - 60,
            house=lambda: self.state,
        )

    def go_on(self, ticket: Ticket) -> None:
        if self.fails:
            raise OSError("the store is locked")
        self.opened.append(ticket)

    def issue(self, found: Verdict = STORY_VERDICT, link: Link = STORY, *, was_post: bool = False) -> str:
        return self.tickets.issue(
            link=link,
            url=URL,
            client=CLIENT,
            level=found.level,
            verdict=found,
            was_post=was_post,
            now=self.now,
        )

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        client: str = CLIENT,
        root: str = ROOT,
        token: str | None = None,
        language: str = "en",
        **headers: str,
    ) -> TestResponse:
        sent = {
            "Accept-Language": language,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.app.test_client().open(
            path,
            method=method,
            base_url=root,
            headers=sent,
            environ_overrides={"REMOTE_ADDR": client},
            data=None if token is None else {"token": token},
        )

    def token(self, name: str) -> str:
        [token] = re.findall(r'name="token" value="([^"]+)"', self.ask(f"/w/{name}").text)
        return str(token)


@pytest.fixture
def house(ca_file: Path) -> House:
    return House(ca_file)


PAGES = ["/", "/safe", "/desk", "/w/gone", "/none", "/cert.pem", "/cert.cer", "/sekisho.mobileconfig"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD", "OPTIONS"])
def test_every_answer_carries_the_headers(house: House, path: str, method: str) -> None:
    answer = house.ask(path, method)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.get_data(as_text=True) if answer.mimetype == "text/html" else True


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/safe", "/desk", "/none"])
def test_pages_are_in_the_readers_language(house: House, path: str, language: str) -> None:
    answer = house.ask(path, language=language)
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Content-Language"] == language


@pytest.mark.parametrize(
    ("root", "status"),
    [
        ("https://sekisho.internal", 200),
        ("http://SEKISHO.internal:80", 200),
        ("http://sekisho.internal.", 200),
        ("http://gate.home.arpa:8080", 200),
        ("http://192.168.1.2:8080", 200),
        ("http://[fd00::2]:8080", 200),
        ("http://evil.test", 421),
        ("http://sekisho.internal.evil.test", 421),
        ("http://localhost", 421),
    ],
)
def test_a_name_that_was_pointed_here_gets_no_portal(house: House, root: str, status: int) -> None:
    assert house.ask("/safe", root=root).status_code == status


@pytest.mark.parametrize("host", ["", "]", "[::1", "a b", "sekisho.internal@evil.test", "x" * 3000])
def test_a_broken_host_header_is_no_way_in(house: House, host: str) -> None:
    answer = house.ask("/desk", Host=host)
    assert answer.status_code in (400, 421)
    assert "Traceback" not in answer.text


def test_the_certificate_page_tells_what_to_compare_and_what_is_seen(house: House) -> None:
    answer = house.ask("/", root="http://sekisho.internal")
    said = text_of(answer.text)
    assert answer.status_code == 200
    assert re.search(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", said)
    for system in ("iPhone", "Android", "Windows", "Mac", "Linux", "Firefox"):
        assert f"<summary>{system}" in answer.text
    assert "never what you read or type there" in said
    assert "http://sekisho.internal/" in said
    assert "<svg" in answer.text
    assert answer.text.count('href="/cert.pem"') == 3


def test_before_there_is_a_certificate_the_page_says_so(house: House, tmp_path: Path) -> None:
    house.ca_file = tmp_path / "none.pem"
    answer = house.ask("/")
    assert answer.status_code == 503
    assert "The certificate is not ready yet." in text_of(answer.text)
    assert house.ask("/cert.pem").status_code == 500


def test_downloads_are_what_devices_expect(house: House) -> None:
    pem, der, apple = (house.ask(path) for path in ("/cert.pem", "/cert.cer", "/sekisho.mobileconfig"))
    assert (pem.mimetype, der.mimetype) == ("application/x-pem-file", "application/x-x509-ca-cert")
    assert apple.mimetype == "application/x-apple-aspen-config"
    assert pem.data.startswith(b"-----BEGIN CERTIFICATE-----")
    assert b"PRIVATE" not in pem.data + der.data + apple.data
    assert plistlib.loads(apple.data)["PayloadContent"][0]["PayloadContent"] == der.data


def test_going_on(house: House) -> None:
    name = house.issue()
    page = house.ask(f"/w/{name}")
    said = text_of(page.text)
    assert page.status_code == 200
    assert "This looks like a fake Microsoft site." in said
    assert page.text.index('href="https://microsoft.com/"') < page.text.index("<form")
    answer = house.ask(
        f"/w/{name}", "POST", token=house.token(name), Origin=ROOT, Sec_Fetch_Site="same-origin"
    )
    assert answer.status_code == 200
    assert [ticket.url for ticket in house.opened] == [URL]
    assert 'href="https://rec0very-supp0rt-micr0s0ft.org/login?next=%22&amp;id=7"' in answer.text
    assert "This site is open until" in text_of(answer.text)


def test_looking_decides_nothing(house: House) -> None:
    """A link preview follows links; only a form decides."""
    name = house.issue()
    for method in ("GET", "HEAD", "GET", "OPTIONS"):
        house.ask(f"/w/{name}", method)
    house.ask(f"/w/{name}?token={house.token(name)}")
    assert house.opened == []


def test_once_only(house: House) -> None:
    name = house.issue()
    token = house.token(name)
    assert house.ask(f"/w/{name}", "POST", token=token).status_code == 200
    again = house.ask(f"/w/{name}", "POST", token=token)
    assert (again.status_code, len(house.opened)) == (403 if "right page" in again.text else 410, 1)
    assert "This has already been answered." in text_of(again.text)
    assert house.ask(f"/w/{name}").status_code == 410


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://rec0very-supp0rt-micr0s0ft.org"},
        {"Origin": "null"},
        {"Origin": "http://sekisho.internal"},
        {"Origin": "https://sekisho.internal.evil.test"},
        {"Origin": "https://sekisho.internal:8443"},
        {"Origin": ""},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": ROOT, "Sec_Fetch_Site": "cross-site"},
    ],
)
def test_a_form_of_another_site_opens_nothing_even_with_the_token(
    house: House, headers: dict[str, str]
) -> None:
    name = house.issue()
    answer = house.ask(f"/w/{name}", "POST", token=house.token(name), **headers)
    assert (answer.status_code, house.opened) == (403, [])
    assert house.ask(f"/w/{name}", "POST", token=house.token(name)).status_code == 200


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_without_the_token_nothing_opens(house: House, token: str | None) -> None:
    name = house.issue()
    answer = house.ask(f"/w/{name}", "POST", token=token)
    assert (answer.status_code, house.opened) == (403, [])


def test_another_device_reads_and_opens_nothing(house: House) -> None:
    name = house.issue()
    token = house.token(name)
    page = house.ask(f"/w/{name}", client="192.168.1.66")
    assert page.status_code == 404
    assert "micr0s0ft" not in page.text
    assert house.ask(f"/w/{name}", "POST", token=token, client="192.168.1.66").status_code == 404
    assert house.opened == []


def test_an_old_question_opens_nothing(house: House) -> None:
    name = house.issue()
    token = house.token(name)
    house.now += LIFETIME
    assert house.ask(f"/w/{name}").status_code == 404
    answer = house.ask(f"/w/{name}", "POST", token=token)
    assert (answer.status_code, house.opened) == (404, [])
    assert "too old" in text_of(answer.text)


def test_what_the_family_blocked_has_no_form_and_opens_for_nobody(house: House) -> None:
    name = house.issue(verdict(Reason.FAMILY_BLOCK, Level.BLOCK), host_link("example.net"))
    page = house.ask(f"/w/{name}")
    assert "<form" not in page.text
    assert "Only your family can open this site." in text_of(page.text)
    ticket = house.tickets.look(name, CLIENT, NOW)
    assert ticket
    answer = house.ask(f"/w/{name}", "POST", token=house.tickets.token(ticket, NOW))
    assert (answer.status_code, house.opened) == (403, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_that_was_stopped_is_not_repeated_and_the_page_says_so(house: House, language: str) -> None:
    name = house.issue(was_post=True)
    sentence = {"en": "What you filled in was not sent.", "ja": "先ほど入力した内容は、送っていません。"}[
        language
    ]
    assert sentence in text_of(house.ask(f"/w/{name}", language=language).text)
    answer = house.ask(f"/w/{name}", "POST", token=house.token(name), language=language)
    assert sentence in text_of(answer.text)
    assert "<form" not in answer.text


def test_when_opening_fails_the_page_says_so_without_its_insides(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    name = house.issue()
    token = house.token(name)
    house.fails = True
    answer = house.ask(f"/w/{name}", "POST", token=token)
    assert answer.status_code == 500
    assert "Something failed inside sekisho." in text_of(answer.text)
    assert "locked" not in answer.text
    assert answer.headers["Content-Security-Policy"]
    [record] = caplog.records
    assert name not in record.getMessage()
    assert token not in caplog.text


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/none", "GET", 404),
        ("/safe", "POST", 405),
        ("/w/a/b", "GET", 404),
        ("/../../etc/passwd", "GET", 404),
        ("/%00", "GET", 404),
    ],
)
def test_errors_are_pages_too(house: House, path: str, method: str, status: int) -> None:
    answer = house.ask(path, method)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert "<h1>" in answer.text


def test_a_wrong_method_says_which_are_right(house: House) -> None:
    assert "GET" in house.ask("/safe", "POST").headers["Allow"]


def test_a_huge_form_is_refused(house: House) -> None:
    name = house.issue()
    answer = house.ask(f"/w/{name}", "POST", token="x" * 100_000)
    assert (answer.status_code, house.opened) == (413, [])


def test_the_desk_names_no_host_before_there_is_a_log_in(house: House) -> None:
    house.issue()
    answer = house.ask("/desk")
    said = text_of(answer.text)
    assert "The checkpoint is on." in said
    assert "Names that are often imitated 3" in said
    assert "sekisho log" in said
    assert "micr0s0ft" not in answer.text


TURNED = DeskHouse(
    conditions=(
        Condition(Kind.VIRUSTOTAL, "virustotal", "VirusTotal", "wrong key", "another key, please", NOW - 60),
        Condition(Kind.FEED, "mine", "Example List", "ok", "5 entries", None, NOW - 60, 5),
    ),
    events=(
        Event(
            1,
            TURNED_BAD,
            "heron.example",
            NOW,
            Level.WARN,
            (
                Evidence(
                    Reason.FEED, Level.WARN, "feeds/mine:1", "told", at=NOW, since=NOW, named="Example List"
                ),
            ),
            (Presence(CLIENT, NOW - 60, NOW - 60, 1), Presence("192.168.1.66", NOW - 60, NOW, 2)),
        ),
    ),
    asked=Spent(1, 17),
    limits=Limits(4, 500),
)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            (
                "Sites that turned out to be dangerous later",
                "heron.example",
                "a list of sites that deceive people",
                "Device 192.168.1.66: there from",
                "If you have already typed something",
                "It refuses the key",
                "Asked today: 17 times of 500.",
                "List of fraudulent sites “Example List” Works; it holds 5 names.",
            ),
        ),
        (
            "ja",
            (
                "後から危ないとわかったサイト",
                "heron.example",
                "人をだますサイトの一覧",
                "機器 192.168.1.66: 2026年",
                "もう何か入力してしまったときは",
                "キーが受けつけられない",
                "500回のうち 17回",
                "詐欺サイトの一覧「Example List」 使えています（5件）。",
            ),
        ),
    ],
)
def test_the_desk_tells_first_what_turned_bad_and_then_how_sources_are(
    house: House, language: str, told: tuple[str, ...]
) -> None:
    house.state = TURNED
    said = text_of(house.ask("/desk", client="127.0.0.1", language=language).text)
    places = [said.index(part) for part in told]
    assert places == sorted(places)


def test_the_desk_tells_a_device_nothing_of_the_visits_of_others(house: House) -> None:
    house.state = TURNED
    mine, others = (house.ask("/desk", client=client) for client in (CLIENT, "192.168.1.77"))
    assert "This device: there on" in text_of(mine.text)
    assert "192.168.1.66" not in mine.text
    assert "Such sites that only other devices opened: 1." in text_of(others.text)
    assert "heron.example" not in others.text


def test_a_desk_without_its_records_says_so(house: House) -> None:
    house.state = DeskHouse(unread=True)
    assert "The records cannot be read just now" in text_of(house.ask("/desk").text)


@pytest.mark.parametrize(
    ("root", "said"),
    [(ROOT, "This device reached this page through"), ("http://192.168.1.2:8080", "directly")],
)
def test_the_desk_does_not_claim_that_a_device_is_guarded_when_it_may_not_be(
    house: House, root: str, said: str
) -> None:
    both = ("This device reached this page through", "directly")
    assert [text for text in both if text in text_of(house.ask("/desk", root=root).text)] == [said]


def test_without_a_date_of_the_rules_the_desk_says_nothing_of_it(ca_file: Path) -> None:
    app = create_portal(
        tickets=Tickets(),
        go_on=lambda _: None,
        ca_file=lambda: ca_file,
        rulebook=lambda: RULEBOOK,
        clock=lambda: NOW,
    )
    said = app.test_client().get("/desk", base_url=ROOT, headers={"Accept-Language": "en"}).text
    assert "Rules last read" not in said


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_in_chromium_a_person_goes_on_and_a_hostile_page_cannot(
    house: House, ca: tuple[bytes, bytes], tmp_path: Path, scheme: str
) -> None:
    """The whole way by real clicks; then the same form sent by the hostile origin, token and all."""
    root = f"{scheme}://sekisho.internal"
    sent: list[tuple[str, str]] = []
    attack = ""

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        host = environ["HTTP_HOST"]
        if host == "sekisho.internal":
            environ["REMOTE_ADDR"] = CLIENT
            if environ["REQUEST_METHOD"] == "POST":
                sent.append((environ.get("HTTP_ORIGIN", "-"), environ.get("HTTP_SEC_FETCH_SITE", "-")))
            return house.app(environ, start_response)
        if environ["PATH_INFO"] == "/attack":
            start_response("200 OK", [("Content-Type", "text/html")])
            return [attack.encode()]
        name = house.issue()
        link = host_link(STORY.host, 443 if scheme == "https" else 80, scheme)
        return as_wsgi(warn(link, language="en", more=f"{root}/w/{name}"), start_response)

    with served(app, ca, tmp_path, tls=scheme == "https") as port, browser_for(port) as browser:
        tab = browser.new_page(ignore_https_errors=True, locale="en")
        tab.goto(f"{scheme}://{STORY.host}/")
        tab.locator("summary").click()
        tab.get_by_role("link", name="I know this site and want to open it").click()
        tab.get_by_role("button", name="Open it for 10 minutes on this device").click()
        tab.get_by_role("heading", name="This site is open until").wait_for()
        assert tab.get_by_role("link", name="To the site").get_attribute("href") == URL
        assert len(house.opened) == 1
        assert sent == [(root, "same-origin" if scheme == "https" else "-")]

        name = house.issue()
        token = house.token(name)
        attack = (
            f'<form method=post action="{root}/w/{name}"><input name=token value="{token}"></form>'
            "<script>document.forms[0].submit()</script>"
        )
        tab.goto(f"{scheme}://{STORY.host}/attack")
        tab.get_by_role("heading", name="Nothing was opened.").wait_for()
        assert len(house.opened) == 1
        assert len(sent) == 2
        assert sent[1][0] in (f"{scheme}://{STORY.host}", "null")
