"""A mother asks from the warning; her child answers from far away, and her page opens by itself."""

import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from ..notify.ntfy_server import NtfyServer
from .conftest import (
    CLEAN,
    FAKE,
    NOBODY_OUTSIDE,
    SEKISHO,
    Proxy,
    open_browser,
    start_proxy,
    stop_proxy,
    until,
)
from .origins import Authority, Origin

pytestmark = pytest.mark.browser

MOVED = 5.0
"""Seconds from the answer to the open page."""


@dataclass
class Household:
    """A proxy that tells the family by a server that speaks ntfy's protocol."""

    proxy: Proxy
    site: Origin
    shop: Origin
    ntfy: NtfyServer
    topic: str

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [*SEKISHO, "--state", str(self.proxy.state), *arguments],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


@pytest.fixture(scope="module")
def household(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Household]:
    site, shop = Origin(FAKE, authority), Origin(CLEAN, authority)
    topics = {
        "SEKISHO_NTFY__TOPIC": "family-topic-of-the-test",
        "SEKISHO_NTFY__REPLY_TOPIC": "replies-of-the-test",
    }
    with NtfyServer() as ntfy:
        settings = (
            NOBODY_OUTSIDE | topics | {"SEKISHO_NTFY__SERVER": ntfy.base, "SEKISHO_NOTIFY__LANGUAGE": "en"}
        )
        proxy = start_proxy(
            tmp_path_factory.mktemp("household"), {FAKE: site, CLEAN: shop}, authority, settings=settings
        )
        ntfy.wait_for_subscriptions()
        yield Household(proxy, site, shop, ntfy, topics["SEKISHO_NTFY__TOPIC"])
        stop_proxy(proxy)
    site.close()
    shop.close()


@pytest.fixture(scope="module")
def browser(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, household: Household
) -> Iterator[BrowserContext]:
    context = open_browser(playwright, tmp_path_factory.mktemp("browser"), household.proxy, "ja-JP")
    yield context
    context.close()


def ask(browser: BrowserContext, url: str) -> Page:
    """From the warning to the waiting page."""
    page = browser.new_page()
    page.goto(url)
    page.locator('a[href$="/ask"]').first.click()
    page.locator("form button").click()
    page.wait_for_url("**/sekisho.internal/ask/**")
    return page


def pages_of(household: Household) -> list[str]:
    """What was opened; a tab that is still open may fetch its icon."""
    return [path for _, path, _ in household.site.requests if path != "/favicon.ico"]


def message_about(household: Household, host: str) -> dict[str, object]:
    """The message that rings."""

    def found() -> list[dict[str, object]]:
        defanged = host.replace(".", "[.]")
        return [m for m in household.ntfy.of(household.topic) if defanged in m["message"] and "actions" in m]

    until(found)
    return found()[0]


def test_a_button_on_a_phone_far_away_opens_the_page_that_waits(
    browser: BrowserContext, household: Household
) -> None:
    host = f"button.{FAKE}"
    page = ask(browser, f"https://{host}/login?id=7")
    message = message_about(household, host)
    assert "id=7" not in str(message)
    assert household.site.requests == []
    household.ntfy.press(message, "Once")
    pressed = time.monotonic()
    page.wait_for_url(f"https://{host}/login?id=7")
    assert time.monotonic() - pressed < MOVED
    assert ("GET", "/login?id=7", b"") in household.site.requests
    page.go_back()
    page.wait_for_timeout(2500)
    assert page.url.startswith("https://sekisho.internal/"), "who comes back is not sent away again"


def test_an_answer_from_the_terminal_opens_it_for_the_house(
    browser: BrowserContext, household: Household
) -> None:
    host = f"terminal.{FAKE}"
    page = ask(browser, f"https://{host}/")
    waiting = page.url.rpartition("/")[2]
    assert waiting[:8] in household.command("asks")
    household.command("asks", "--answer", waiting, "1d")
    answered = time.monotonic()
    page.wait_for_url(f"https://{host}/")
    assert time.monotonic() - answered < MOVED


def test_a_no_keeps_it_shut_and_goes_nowhere(browser: BrowserContext, household: Household) -> None:
    host = f"no.{FAKE}"
    household.site.requests.clear()
    page = ask(browser, f"https://{host}/")
    household.ntfy.press(message_about(household, host), "Keep shut")
    page.get_by_text("開かない").first.wait_for()
    assert pages_of(household) == []
    other = browser.new_page()
    answer = other.goto(f"https://{host}/")
    assert answer
    assert answer.status == 403
    assert other.locator('a[href$="/on"]').count() == 0


def test_a_forged_and_a_used_reply_do_nothing(browser: BrowserContext, household: Household) -> None:
    host = f"forged.{FAKE}"
    household.site.requests.clear()
    page = ask(browser, f"https://{host}/")
    message = message_about(household, host)
    actions = message["actions"]
    assert isinstance(actions, list)
    body = str(actions[0]["body"])
    ticket, _, signature = body.rpartition(".")
    household.ntfy.post("replies-of-the-test", f"{ticket}.{signature[::-1]}")
    household.ntfy.post("replies-of-the-test", body.replace(".once.", ".always."))
    page.wait_for_timeout(3000)
    assert pages_of(household) == []
    assert "/ask/" in page.url
    household.ntfy.press(message, "Once")
    page.wait_for_url(f"https://{host}/")


CARD = """<title>shop</title><form method="post" action="/pay"><input name="no" value="4242 4242 4242 4242">
<button>pay</button></form>"""


def test_a_held_form_goes_up_as_it_was_after_the_family_says_yes(
    browser: BrowserContext, household: Household
) -> None:
    shop = household.shop
    shop.page("/", CARD)
    shop.page("/pay", "<title>paid</title>")
    page = browser.new_page()
    page.goto(f"https://{CLEAN}/")
    page.locator("form button").click()
    page.wait_for_url(f"https://{CLEAN}/pay")
    page.locator('a[href$="/ask"]').click()
    page.locator("form button").click()
    message = message_about(household, CLEAN)
    assert not re.search(r"4242.{0,3}4242", str(household.ntfy.messages))
    household.ntfy.press(message, "1 day")
    page.wait_for_url("**/sekisho.internal/f/*")
    assert "POST" not in [method for method, *_ in shop.requests]
    page.locator('input[value="this"]').check()
    page.locator("form button").click()
    page.wait_for_url(f"https://{CLEAN}/pay")
    until(lambda: page.title() == "paid")
    ((path, body),) = [(path, body) for method, path, body in shop.requests if method == "POST"]
    assert (path, body) == ("/pay", b"no=4242+4242+4242+4242")


def test_what_was_typed_reaches_the_family(browser: BrowserContext, household: Household) -> None:
    page = browser.new_page()
    page.goto(f"https://typed.{FAKE}/")
    page.locator('a[href$="/typed"]').click()
    page.locator('a[href$="/typed/password"]').click()
    page.locator("form button").click()
    page.get_by_text("知らせました").first.wait_for()
    until(lambda: [m for m in household.ntfy.of(household.topic) if "typed a password" in m["title"]])
