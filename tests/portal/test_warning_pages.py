"""A stopped click at the portal: only its own page, on the device that clicked, can open a site."""

from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sekisho.engine.tickets import LIFETIME
from sekisho.link import host_link
from sekisho.portal.family_mark import FamilyMark
from sekisho.portal.language import LANGUAGES
from sekisho.verdict import Level, Reason

from .conftest import (
    CLIENT,
    NOW,
    ROOT,
    STORY,
    URL,
    Portal,
    as_wsgi,
    browser_for,
    served,
    text_of,
    verdict,
)
from .test_warning import warn

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JPEG = b"\xff\xd8\xff\xe0picture"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_warning_stands_at_the_portal_with_what_the_family_chose(portal: Portal, language: str) -> None:
    name = portal.issue()
    plain = portal.ask(f"/w/{name}", language=language)
    portal.mark = FamilyMark("さくら <餅>", JPEG)
    page = portal.ask(f"/w/{name}", language=language)
    assert (plain.status_code, page.status_code) == (403, 403)
    assert "<img" not in plain.text
    assert f'src="data:image/jpeg;base64,{b64encode(JPEG).decode()}"' in page.text
    assert "さくら <餅>" in text_of(page.text)
    assert page.text.index("さくら") < page.text.index("<h1>")
    assert page.text.count("<mark>") == plain.text.count("<mark>") > 4
    for way in ("ask", "typed", "on"):
        assert f'href="/w/{name}/{way}"' in page.text


@pytest.mark.parametrize("picture", [b"<svg onload=alert(1)>", b"GIF89a", b""])
def test_what_is_no_jpeg_is_never_shown(portal: Portal, picture: bytes) -> None:
    portal.mark = FamilyMark("words", picture)
    page = portal.ask(f"/w/{portal.issue()}")
    assert "words" in text_of(page.text)
    assert "<img" not in page.text


def test_the_way_back_is_kept_for_the_portal_s_page(portal: Portal) -> None:
    name = portal.tickets.issue(
        link=STORY, url=URL, client=CLIENT, level=Level.WARN, verdict=verdict(Reason.FEED, Level.WARN),
        was_post=False, now=NOW, back="https://mail.example.org/?a=1&b=2",
    )  # fmt: skip
    assert 'href="https://mail.example.org/?a=1&amp;b=2"' in portal.ask(f"/w/{name}").text


def test_after_going_on_the_warning_can_still_be_read(portal: Portal) -> None:
    """Whoever typed something after all finds the way to aftercare."""
    name = portal.issue()
    portal.ask(f"/w/{name}/on", "POST", token=portal.token(name))
    assert f'href="/w/{name}/typed"' in portal.ask(f"/w/{name}").text


@pytest.mark.parametrize("choice", ["real", "unsure", "", "THIS"])
def test_only_exactly_this_one_opens_it(portal: Portal, choice: str) -> None:
    name = portal.issue()
    answer = portal.ask(f"/w/{name}/on", "POST", token=portal.token(name), answer=choice)
    assert (answer.status_code, portal.opened) == (200, [])
    assert "All is well. The site was not opened." in text_of(answer.text)
    assert ('href="https://microsoft.com/"' in answer.text) is (choice == "real")
    assert f'href="/w/{name}/ask"' in answer.text
    assert portal.ask(f"/w/{name}/on", "POST", token=portal.token(name)).status_code == 200
    assert len(portal.opened) == 1


def test_going_on(portal: Portal) -> None:
    name = portal.issue()
    page = portal.ask(f"/w/{name}/on")
    said = text_of(page.text)
    assert page.status_code == 200
    assert "This looks like a fake Microsoft site." in said
    assert page.text.count('type="radio"') == 3
    answer = portal.ask(
        f"/w/{name}/on", "POST", token=portal.token(name), Origin=ROOT, Sec_Fetch_Site="same-origin"
    )
    assert answer.status_code == 200
    assert [ticket.url for ticket in portal.opened] == [URL]
    assert 'href="https://rec0very-supp0rt-micr0s0ft.org/login?next=%22&amp;id=7"' in answer.text
    assert "This site is open until" in text_of(answer.text)


def test_looking_decides_nothing(portal: Portal) -> None:
    """A link preview follows links; only a form decides."""
    name = portal.issue()
    for method in ("GET", "HEAD", "GET", "OPTIONS"):
        portal.ask(f"/w/{name}/on", method)
    portal.ask(f"/w/{name}/on?token={portal.token(name)}")
    assert portal.opened == []


def test_once_only(portal: Portal) -> None:
    name = portal.issue()
    token = portal.token(name)
    assert portal.ask(f"/w/{name}/on", "POST", token=token).status_code == 200
    again = portal.ask(f"/w/{name}/on", "POST", token=token)
    assert (again.status_code, len(portal.opened)) == (403 if "right page" in again.text else 410, 1)
    assert "This has already been answered." in text_of(again.text)
    assert portal.ask(f"/w/{name}/on").status_code == 410


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
    portal: Portal, headers: dict[str, str]
) -> None:
    name = portal.issue()
    answer = portal.ask(f"/w/{name}/on", "POST", token=portal.token(name), **headers)
    assert (answer.status_code, portal.opened) == (403, [])
    assert portal.ask(f"/w/{name}/on", "POST", token=portal.token(name)).status_code == 200


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_without_the_token_nothing_opens(portal: Portal, token: str | None) -> None:
    name = portal.issue()
    answer = portal.ask(f"/w/{name}/on", "POST", token=token)
    assert (answer.status_code, portal.opened) == (403, [])


def test_another_device_reads_and_opens_nothing(portal: Portal) -> None:
    name = portal.issue()
    token = portal.token(name)
    page = portal.ask(f"/w/{name}/on", client="192.168.1.66")
    assert page.status_code == 404
    assert "micr0s0ft" not in page.text
    assert portal.ask(f"/w/{name}/on", "POST", token=token, client="192.168.1.66").status_code == 404
    assert portal.opened == []


def test_an_old_question_opens_nothing(portal: Portal) -> None:
    name = portal.issue()
    token = portal.token(name)
    portal.now += LIFETIME
    assert portal.ask(f"/w/{name}/on").status_code == 404
    answer = portal.ask(f"/w/{name}/on", "POST", token=token)
    assert (answer.status_code, portal.opened) == (404, [])
    assert "too old" in text_of(answer.text)


def test_what_the_family_blocked_has_no_form_and_opens_for_nobody(portal: Portal) -> None:
    name = portal.issue(verdict(Reason.FAMILY_BLOCK, Level.BLOCK), host_link("example.net"))
    page = portal.ask(f"/w/{name}/on")
    assert "<form" not in page.text
    assert "Only your family can open this site." in text_of(page.text)
    ticket = portal.tickets.find(name, CLIENT, NOW)
    assert ticket
    answer = portal.ask(f"/w/{name}/on", "POST", token=portal.tickets.token(ticket, NOW))
    assert (answer.status_code, portal.opened) == (403, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_that_was_stopped_is_not_repeated_and_the_page_says_so(portal: Portal, language: str) -> None:
    name = portal.issue(was_post=True)
    sentence = {"en": "What you filled in was not sent.", "ja": "先ほど入力した内容は、送っていません。"}[
        language
    ]
    assert sentence in text_of(portal.ask(f"/w/{name}/on", language=language).text)
    answer = portal.ask(f"/w/{name}/on", "POST", token=portal.token(name), language=language)
    assert sentence in text_of(answer.text)
    assert "<form" not in answer.text


def test_when_opening_fails_the_page_says_so_without_its_insides(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    name = portal.issue()
    token = portal.token(name)
    portal.fails = True
    answer = portal.ask(f"/w/{name}/on", "POST", token=token)
    assert answer.status_code == 500
    assert "Something failed inside sekisho." in text_of(answer.text)
    assert "locked" not in answer.text
    assert answer.headers["Content-Security-Policy"]
    [record] = caplog.records
    assert name not in record.getMessage()
    assert token not in caplog.text


def test_a_huge_form_is_refused(portal: Portal) -> None:
    name = portal.issue()
    answer = portal.ask(f"/w/{name}/on", "POST", token="x" * 100_000)
    assert (answer.status_code, portal.opened) == (413, [])


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_in_chromium_a_person_goes_on_and_a_hostile_page_cannot(
    portal: Portal, ca: tuple[bytes, bytes], tmp_path: Path, scheme: str
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
            return portal.app(environ, start_response)
        if environ["PATH_INFO"] == "/attack":
            start_response("200 OK", [("Content-Type", "text/html")])
            return [attack.encode()]
        name = portal.issue()
        link = host_link(STORY.host, 443 if scheme == "https" else 80, scheme)
        return as_wsgi(warn(link, language="en", ticket=f"{root}/w/{name}"), start_response)

    with served(app, ca, tmp_path, tls=scheme == "https") as port, browser_for(port) as browser:
        tab = browser.new_page(ignore_https_errors=True, locale="en")
        tab.goto(f"{scheme}://{STORY.host}/")
        tab.locator("summary").click()
        tab.get_by_role("link", name="I know this site and want to open it").click()
        tab.get_by_label("Exactly this one").check()
        tab.get_by_role("button", name="Answer").click()
        tab.get_by_role("heading", name="This site is open until").wait_for()
        assert tab.get_by_role("link", name="To the site").get_attribute("href") == URL
        assert len(portal.opened) == 1
        assert sent == [(root, "same-origin" if scheme == "https" else "-")]

        name = portal.issue()
        token = portal.token(name)
        attack = (
            f'<form method=post action="{root}/w/{name}/on"><input name=token value="{token}">'
            "<input name=answer value=this></form><script>document.forms[0].submit()</script>"
        )
        tab.goto(f"{scheme}://{STORY.host}/attack")
        tab.get_by_role("heading", name="Nothing was opened.").wait_for()
        assert len(portal.opened) == 1
        assert len(sent) == 2
        assert sent[1][0] in (f"{scheme}://{STORY.host}", "null")
