"""A form that somebody's mother fills in: what is held, what the site hears, and how often."""

import hashlib
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler

import pytest
from playwright.sync_api import BrowserContext, Page

from .conftest import CLEAN, FAKE, FAMILIAR, OTHER, Proxy, until
from .origins import Answer, Origin, Origins
from .raw import through

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]

LOGIN = """<title>login</title><form method="post" action="/login" enctype="{coding}">
<input name="mail" value="hanako@example.org"><input name="secret_word" type="password" value="sakura1995">
<input name="photo" type="file"><button>今すぐ認証</button></form>"""
CARD = """<title>shop</title><form method="post" action="/pay"><input name="no" value="4242 4242 4242 4242">
<button>pay</button></form>"""


def posts(origin: Origin) -> list[tuple[str, bytes]]:
    return [(path, body) for method, path, body in origin.requests if method == "POST"]


def thanks(seen: list[dict[str, str]]) -> Callable[[BaseHTTPRequestHandler], Answer]:
    def answer(handler: BaseHTTPRequestHandler) -> Answer:
        seen.append(
            {name.lower(): value for name, value in handler.headers.items()} | {"method": handler.command}
        )
        return (
            200,
            {"Content-Type": "text/html", "Set-Cookie": "in=1"},
            f"<title>{handler.command}</title>".encode(),
        )

    return answer


def open_warned(browser: BrowserContext, url: str) -> Page:
    """Past the warning, as somebody does who means it."""
    page = browser.new_page()
    page.goto(url)
    page.locator("details summary").first.click()
    page.locator('a[href*="sekisho.internal/w/"][href$="/on"]').click()
    answer(page, "this")
    page.locator(f'a[href^="{url}"]').click()
    page.wait_for_url(url)
    return page


def to_question(page: Page) -> None:
    page.locator("details summary").first.click()
    page.locator('a.quiet[href*="sekisho.internal/f/"]').click()
    page.wait_for_url("**/sekisho.internal/f/**")


def answer(page: Page, choice: str) -> None:
    page.locator(f'input[value="{choice}"]').check()
    page.locator("form button").click()


@pytest.mark.parametrize("coding", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_password_is_held_past_a_warning_and_a_yes_sends_just_that_once(
    browser: BrowserContext, origins: Origins, coding: str
) -> None:
    site, heard = origins[FAKE], list[dict[str, str]]()
    host = f"{coding.partition('/')[0]}.{FAKE}"
    site.pages["/"] = (
        200,
        {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": "s=1; Path=/"},
        LOGIN.format(coding=coding).encode(),
    )
    site.pages["/login"] = thanks(heard)
    page = open_warned(browser, f"https://{host}/")
    photo = bytes(range(256)) * 8_000
    page.locator("input[type=file]").set_input_files(
        {"name": "a.bin", "mimeType": "image/png", "buffer": photo}
    )
    page.locator("form button").click()
    page.wait_for_url(f"https://{host}/login")
    text = page.locator("main").inner_text()
    assert "パスワード" in text
    assert "マイクロソフト" in text
    assert "sakura1995" not in page.content()
    assert page.locator("form, script, input").count() == 0
    assert posts(site) == []
    to_question(page)
    assert posts(site) == []
    answer(page, "this")
    page.wait_for_url(f"https://{host}/login")
    assert page.title() == "POST"
    ((path, body),) = posts(site)
    assert path == "/login"
    assert b"sakura1995" in body
    if coding.startswith("multipart"):
        assert photo in body
    assert heard[0]["content-length"] == str(len(body))
    assert heard[0]["content-type"].startswith(coding)
    assert heard[0]["cookie"] == "s=1"
    assert heard[0]["origin"] == f"https://{host}"
    page.reload()
    page.go_back()
    page.go_forward()
    page.goto(f"https://{host}/login")
    assert len(posts(site)) == 1


@pytest.mark.parametrize("choice", ["real", "unsure"])
def test_a_no_sends_nothing_ever(
    browser: BrowserContext, origins: Origins, proxy: Proxy, choice: str
) -> None:
    site = origins[CLEAN]
    site.page("/", CARD)
    site.pages["/pay"] = thanks([])
    page = browser.new_page()
    page.goto(f"https://b.{CLEAN}/")
    page.get_by_role("button").click()
    page.wait_for_url(f"https://b.{CLEAN}/pay")
    to_question(page)
    question = page.url
    answer(page, choice)
    page.wait_for_load_state("load")
    page.goto(f"https://b.{CLEAN}/pay")
    page.goto(question)
    assert page.locator("form").count() == 0
    assert posts(site) == []
    assert not re.search(r"4242.{0,3}4242", proxy.said.read_text())
    with closing(sqlite3.connect(proxy.state / "sekisho.db")) as database:
        assert not re.search(r"4242.{0,3}4242", "".join(database.iterdump()))


def test_double_clicks_send_once_and_the_answer_is_remembered(
    browser: BrowserContext, origins: Origins
) -> None:
    site = origins[CLEAN]
    site.page("/", CARD)
    site.pages["/pay"] = thanks([])
    page = browser.new_page()
    page.goto(f"https://c.{CLEAN}/")
    page.get_by_role("button").dblclick()
    page.wait_for_url(f"https://c.{CLEAN}/pay")
    to_question(page)
    page.locator('input[value="this"]').check()
    page.locator("form button").dblclick()
    page.wait_for_url(f"https://c.{CLEAN}/pay")
    until(lambda: page.title() in {"POST", "GET"})
    assert len(posts(site)) == 1
    page.goto(f"https://c.{CLEAN}/")
    page.get_by_role("button").click()
    page.wait_for_url(f"https://c.{CLEAN}/pay")
    assert page.title() == "POST"
    assert len(posts(site)) == 2


def test_a_login_by_a_program_is_stopped_and_the_next_page_tells_it(
    browser: BrowserContext, origins: Origins
) -> None:
    site = origins[CLEAN]
    site.page("/", "<title>app</title>")
    page = browser.new_page()
    page.goto(f"https://d.{CLEAN}/")
    for script in (
        "fetch('/api', {method: 'POST', body: JSON.stringify({password: 'sakura1995'})}).then(r => r.status)",
        "fetch('/api?' + new URLSearchParams({c: '4242424242424242'})).then(r => r.status)",
        "fetch('/api', {method: 'POST', body: btoa('password=sakura1995')}).then(r => r.status)",
    ):
        assert page.evaluate(script) == 403
    page.evaluate("navigator.sendBeacon('/api', JSON.stringify({otp: '123456'}))")
    assert not [path for _, path, _ in site.requests if path.startswith("/api")]
    page.reload()
    assert (
        "パスワード" in page.locator("main").inner_text() or "確認の番号" in page.locator("main").inner_text()
    )
    to_question(page)
    answer(page, "this")
    page.locator(f'a[href="https://d.{CLEAN}/"]').click()
    page.wait_for_url(f"https://d.{CLEAN}/")
    assert page.title() == "app"
    assert (
        page.evaluate("fetch('/api', {method: 'POST', body: 'password=sakura1995'}).then(r => r.status)")
        == 404
    )
    assert posts(site) == [("/api", b"password=sakura1995")]


def test_the_page_can_be_seen_without_sending(browser: BrowserContext, origins: Origins) -> None:
    origins[CLEAN].page("/", "<title>app</title>")
    page = browser.new_page()
    page.goto(f"https://e.{CLEAN}/")
    page.evaluate("fetch('/api', {method: 'POST', body: 'cvv=123'})")
    page.reload()
    page.locator("a.way").first.click()
    until(lambda: page.title() == "app")


def test_an_honest_contact_form_and_a_search_pass_without_a_word(
    browser: BrowserContext, origins: Origins
) -> None:
    origins[CLEAN].page(
        "/",
        '<form method="post" action="/contact"><input name="name" value="山田"><input name="tel" value="03-1234-5678">'
        '<input name="text" value="見積もりをお願いします"><button>send</button></form>'
        '<form action="/search"><input name="q" value="パスワード 忘れた"><button>search</button></form>',
    )
    origins[CLEAN].page("/contact", "<title>thanks</title>")
    origins[CLEAN].page("/search", "<title>found</title>")
    page = browser.new_page()
    for button, title in (("send", "thanks"), ("search", "found")):
        page.goto(f"https://f.{CLEAN}/")
        page.get_by_role("button", name=button).click()
        until(lambda title=title: page.title() == title)  # type: ignore[misc]
    assert len(posts(origins[CLEAN])) == 1


def test_a_familiar_site_gets_everything(browser: BrowserContext, origins: Origins) -> None:
    origins[FAMILIAR].page("/", CARD)
    origins[FAMILIAR].page("/pay", "<title>paid</title>")
    page = browser.new_page()
    page.goto(f"http://{FAMILIAR}/")
    page.get_by_role("button").click()
    page.wait_for_url(f"http://{FAMILIAR}/pay")
    assert page.title() == "paid"
    assert len(posts(origins[FAMILIAR])) == 1


def test_attack_the_site_cannot_send_what_is_held(
    browser: BrowserContext, origins: Origins, proxy: Proxy
) -> None:
    """Its page is open in another tab, and reads on its own origin whatever stands there."""
    site = origins[CLEAN]
    site.page("/", CARD)
    site.page("/other", "<title>other</title>")
    site.pages["/pay"] = thanks([])
    hostile, page = browser.new_page(), browser.new_page()
    hostile.goto(f"https://h.{CLEAN}/other")
    page.goto(f"https://h.{CLEAN}/")
    page.get_by_role("button").click()
    page.wait_for_url(f"https://h.{CLEAN}/pay")
    found = re.search(r"sekisho\.internal/f/[\w-]+", page.content())
    assert found
    for mode in ("no-cors", "cors"):
        hostile.evaluate(
            """async ([url, mode]) => {
                for (const body of ['answer=this', 'answer=this&token=x'])
                    try { await fetch(url, {method: 'POST', mode, body: new URLSearchParams(body)}) } catch (e) {}
                const form = document.createElement('form')
                document.body.append(form)
            }""",
            [f"https://{found[0]}", mode],
        )
    hostile.evaluate("location.href = '/pay'")
    until(lambda: hostile.title() == "GET")
    assert through(proxy, "GET", f"http://h.{CLEAN}/pay", client="127.0.0.2")[0] == 200
    assert posts(site) == []


def test_a_long_upload_to_an_unknown_site_is_read_first_and_one_that_is_too_long_is_told(
    proxy: Proxy, origins: Origins
) -> None:
    heard: list[str] = []

    def keep(_: object) -> Answer:
        heard.append(hashlib.sha256(origins[OTHER].requests[-1][2]).hexdigest())
        return 200, {}, b"thanks"

    origins[OTHER].pages["/up"] = keep
    blob = bytes(range(256)) * 40_000
    assert through(proxy, "POST", f"http://i.{OTHER}/up", blob)[1] == b"thanks"
    assert heard == [hashlib.sha256(blob).hexdigest()]
    secret = b"x" * 2_000_000 + b"\npassword=sakura1995\n"
    assert through(proxy, "POST", f"http://i.{OTHER}/up", secret)[0] == 403
    started = time.monotonic()
    status, body = through(proxy, "POST", f"http://i.{OTHER}/up", bytes(40_000_000))
    assert status == 413
    assert b"sekisho.internal/f/" in body
    assert time.monotonic() - started < 20
    assert len(posts(origins[OTHER])) == 1
