"""The portal: only its own page, on the device that clicked, can open a site; everybody else gets a page."""

import plistlib
import re
from pathlib import Path

import pytest

from sekisho.portal.desk import DeskSummary
from sekisho.portal.language import LANGUAGES
from sekisho.portal.portal import create_portal
from sekisho.providers.condition import Condition
from sekisho.records.domains import TURNED_BAD, Event, Presence
from sekisho.records.sources import Limits, Spent
from sekisho.verdict import Evidence, Level, Reason

from .conftest import CLIENT, NOW, ROOT, Portal, portal_context, text_of

PAGES = ["/", "/safe", "/desk", "/w/gone", "/none", "/cert.pem", "/cert.cer", "/sekisho.mobileconfig"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD", "OPTIONS"])
def test_every_answer_carries_the_headers(portal: Portal, path: str, method: str) -> None:
    answer = portal.ask(path, method)
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
def test_pages_are_in_the_readers_language(portal: Portal, path: str, language: str) -> None:
    answer = portal.ask(path, language=language)
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
def test_a_name_that_was_pointed_here_gets_no_portal(portal: Portal, root: str, status: int) -> None:
    assert portal.ask("/safe", root=root).status_code == status


@pytest.mark.parametrize("host", ["", "]", "[::1", "a b", "sekisho.internal@evil.test", "x" * 3000])
def test_a_broken_host_header_is_no_way_in(portal: Portal, host: str) -> None:
    answer = portal.ask("/desk", Host=host)
    assert answer.status_code in (400, 421)
    assert "Traceback" not in answer.text


def test_the_certificate_page_tells_what_to_compare_and_what_is_seen(portal: Portal) -> None:
    answer = portal.ask("/", root="http://sekisho.internal")
    said = text_of(answer.text)
    assert answer.status_code == 200
    assert re.search(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", said)
    for system in ("iPhone", "Android", "Windows", "Mac", "Linux", "Firefox"):
        assert f"<summary>{system}" in answer.text
    assert "never what you read or type there" in said
    assert "http://sekisho.internal/" in said
    assert "<svg" in answer.text
    assert answer.text.count('href="/cert.pem"') == 3


def test_before_there_is_a_certificate_the_page_says_so(portal: Portal, tmp_path: Path) -> None:
    portal.ca_file = tmp_path / "none.pem"
    answer = portal.ask("/")
    assert answer.status_code == 503
    assert "The certificate is not ready yet." in text_of(answer.text)
    assert portal.ask("/cert.pem").status_code == 500


def test_downloads_are_what_devices_expect(portal: Portal) -> None:
    pem, der, apple = (portal.ask(path) for path in ("/cert.pem", "/cert.cer", "/sekisho.mobileconfig"))
    assert (pem.mimetype, der.mimetype) == ("application/x-pem-file", "application/x-x509-ca-cert")
    assert apple.mimetype == "application/x-apple-aspen-config"
    assert pem.data.startswith(b"-----BEGIN CERTIFICATE-----")
    assert b"PRIVATE" not in pem.data + der.data + apple.data
    assert plistlib.loads(apple.data)["PayloadContent"][0]["PayloadContent"] == der.data


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
def test_errors_are_pages_too(portal: Portal, path: str, method: str, status: int) -> None:
    answer = portal.ask(path, method)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert "<h1>" in answer.text


def test_a_wrong_method_says_which_are_right(portal: Portal) -> None:
    assert "GET" in portal.ask("/safe", "POST").headers["Allow"]


def test_the_desk_names_no_host_before_there_is_a_log_in(portal: Portal) -> None:
    portal.issue()
    answer = portal.ask("/desk")
    said = text_of(answer.text)
    assert "The checkpoint is on." in said
    assert "Names that are often imitated 3" in said
    assert "sekisho log" in said
    assert "micr0s0ft" not in answer.text


TURNED = DeskSummary(
    conditions=(
        Condition("virustotal", "virustotal", "VirusTotal", "wrong key", "another key, please", NOW - 60),
        Condition("feed", "mine", "Example List", "ok", "5 entries", None, NOW - 60, 5),
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
    ("language", "sentence"),
    [
        (
            "en",
            (
                "Sites that turned out to be dangerous later",
                "heron.example",
                "a list of sites that deceive people",
                "Device 192.168.1.66: there from",
                "I have already typed something",
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
                "もう何か入力してしまった",
                "キーが受けつけられない",
                "500回のうち 17回",
                "詐欺サイトの一覧「Example List」 使えています（5件）。",
            ),
        ),
    ],
)
def test_the_desk_tells_first_what_turned_bad_and_then_how_sources_are(
    portal: Portal, language: str, sentence: tuple[str, ...]
) -> None:
    portal.state = TURNED
    said = text_of(portal.ask("/desk", client="127.0.0.1", language=language).text)
    places = [said.index(part) for part in sentence]
    assert places == sorted(places)


def test_the_desk_tells_a_device_nothing_of_the_visits_of_others(portal: Portal) -> None:
    portal.state = TURNED
    mine, others = (portal.ask("/desk", client=client) for client in (CLIENT, "192.168.1.77"))
    assert "This device: there on" in text_of(mine.text)
    assert "192.168.1.66" not in mine.text
    assert "Such sites that only other devices opened: 1." in text_of(others.text)
    assert "heron.example" not in others.text


def test_a_desk_without_its_records_says_so(portal: Portal) -> None:
    portal.state = DeskSummary(unread=True)
    assert "The records cannot be read just now" in text_of(portal.ask("/desk").text)


@pytest.mark.parametrize(
    ("root", "said"),
    [(ROOT, "This device reached this page through"), ("http://192.168.1.2:8080", "directly")],
)
def test_the_desk_does_not_claim_that_a_device_is_guarded_when_it_may_not_be(
    portal: Portal, root: str, said: str
) -> None:
    both = ("This device reached this page through", "directly")
    assert [text for text in both if text in text_of(portal.ask("/desk", root=root).text)] == [said]


def test_without_a_date_of_the_rules_the_desk_says_nothing_of_it(ca_file: Path) -> None:
    app = create_portal(portal_context(ca_file=lambda: ca_file))
    said = app.test_client().get("/desk", base_url=ROOT, headers={"Accept-Language": "en"}).text
    assert "Rules last read" not in said
