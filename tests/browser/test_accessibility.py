"""Every page for eyes, ears and hands that are not young: axe in Chromium, the keyboard alone, the order of reading."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, Playwright, Route

from sekisho.link import host_link
from sekisho.portal.page import Page as Answer
from sekisho.portal.portal import create_portal
from sekisho.rulebook.aftercare import Harm
from shots import shots as all_shots

from ..portal.conftest import CLIENT, STORY, Portal, as_wsgi, ca, ca_file, portal, served
from ..portal.test_aftercare_pages import RULES
from ..portal.test_warning import warn

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

pytestmark = pytest.mark.browser
__all__ = ["ca", "ca_file", "portal"]

AXE = Path(AXE_FILE_PATH).read_text("utf-8")
WANTED = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
}
"""WCAG 2.2 at level AA, what deque calls good practice, and of AAA the contrast of 7:1."""
LOOK = """async wanted => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    const { passes, violations } = await axe.run(document, wanted);
    return { passes: passes.length, violations };
}"""


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


def launch(playwright: Playwright, *more: str) -> Browser:
    args = ["--no-sandbox", "--disable-gpu", *more]
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=args)


@dataclass
class Reader:
    """A tab that axe is in, whatever it shows. One serves for many pages: to open one takes as long as a look."""

    tab: Page
    shown: Answer | None = None

    def __post_init__(self) -> None:
        self.tab.add_init_script(AXE)
        self.tab.route("**/*", self._answer)

    def show(self, url: str, sent: Answer) -> None:
        """Open the address, which answers with this page."""
        self.shown = sent
        self.tab.goto(url)

    def _answer(self, route: Route) -> None:
        """Unboxed, since axe waits by timers and a sandbox has none."""
        assert self.shown
        headers = {name: value.removesuffix("; sandbox") for name, value in self.shown.headers}
        route.fulfill(status=self.shown.status, headers=headers, body=self.shown.body)

    def complaints(self) -> list[str]:
        """What axe finds wrong with the page when all of it is unfolded, one line each."""
        found: dict[str, Any] = self.tab.evaluate(LOOK, WANTED)
        assert found["passes"]
        return [
            f"{one['id']}: {node['target']}: {node.get('failureSummary', '')}"
            for one in found["violations"]
            for node in one["nodes"]
        ]


@pytest.mark.parametrize(
    ("language", "colours", "width", "part", "least"),
    [("ja", "light", 320, "", 50), ("en", "dark", 900, "warning-", 15), ("en", "dark", 640, "aftercare", 8)],
)
def test_no_page_has_a_fault_that_axe_knows(
    chromium: Browser, tmp_path: Path, language: str, colours: str, width: int, part: str, least: int
) -> None:
    wrong = {}
    shots = [shot for shot in all_shots(tmp_path) if part in shot.name]
    tab = chromium.new_page(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if colours == "dark" else "light",
        locale=language,
    )
    reader = Reader(tab)
    for shot in shots:
        reader.show(shot.url, shot.page(language))
        if found := reader.complaints():
            wrong[shot.name] = found
    tab.close()
    assert wrong == {}
    assert len(shots) >= least


def test_the_checks_find_faults_where_there_are_any(chromium: Browser) -> None:
    tab = chromium.new_page()
    reader = Reader(tab)
    faulty = """<!doctype html><html lang=ja><title>x</title><main><h1>x</h1><img src="data:,">
        <details><summary>more</summary><p style="color:#666;background:#fff">grey</p></details></main>"""
    reader.show("https://example.org/", Answer(200, (("Content-Type", "text/html"),), faulty.encode()))
    found = " ".join(reader.complaints())
    assert "color-contrast-enhanced" in found
    assert "image-alt" in found
    tab.close()


@pytest.fixture
def site(
    playwright: Playwright, portal: Portal, ca: tuple[bytes, bytes], tmp_path: Path
) -> Iterator[Callable[[str], Page]]:
    """Opens the story's link by keyboard's browser: the warning in place, the portal behind it."""
    sentence: list[tuple[object, str, str]] = []
    portal.app = create_portal(
        portal.context(rulebook=lambda: RULES, regions=("jp",), tell=lambda *what: sentence.append(what))
    )

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["HTTP_HOST"] == "sekisho.internal":
            environ["REMOTE_ADDR"] = CLIENT
            return portal.app(environ, start_response)
        ticket = f"https://sekisho.internal/w/{portal.issue()}"
        return as_wsgi(warn(host_link(STORY.host), language="en", ticket=ticket), start_response)

    with served(app, ca, tmp_path, tls=True) as port:
        browser = launch(playwright, f"--host-resolver-rules=MAP * 127.0.0.1:{port}")

        def open_page(language: str) -> Page:
            tab = browser.new_page(ignore_https_errors=True, locale=language)
            tab.goto(f"https://{STORY.host}/")
            return tab

        open_page.sentence = sentence  # type: ignore[attr-defined]
        yield open_page
        browser.close()


def tab_to(tab: Page, name: str) -> None:
    """Press Tab until the focus is on what bears this name, and see that it can be seen there."""
    for _ in range(12):
        tab.keyboard.press("Tab")
        focused = tab.locator(":focus")
        if name in focused.evaluate("e => (e.labels?.[0] ?? e).innerText"):
            assert focused.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
            return
    raise AssertionError(f"Tab never reached {name!r}")


def test_the_keyboard_alone_goes_on(site: Callable[[str], Page], portal: Portal) -> None:
    tab = site("en")
    tab_to(tab, "Why it was stopped")
    tab.keyboard.press("Enter")
    tab_to(tab, "I know this site")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/on")
    tab_to(tab, "The real Microsoft")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    tab_to(tab, "Answer")
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="This site is open until").wait_for()
    assert len(portal.opened) == 1


def test_the_keyboard_alone_finds_help_and_tells_the_family(
    site: Callable[[str], Page], portal: Portal
) -> None:
    tab = site("en")
    tab_to(tab, "I have already typed something")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/typed")
    tab_to(tab, "I typed a card number")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/typed/card")
    button = tab.get_by_role("button", name="Tell my family what happened")
    tab.emulate_media(media="print")
    assert not button.is_visible()
    assert tab.get_by_text("#9110").is_visible()
    tab.emulate_media(media="screen")
    tab_to(tab, "Tell my family what happened")
    tab.keyboard.press("Enter")
    tab.get_by_text("Your family has been told.").wait_for()
    [(link, harm, client)] = site.sentence  # type: ignore[attr-defined]
    assert (link, harm, client) == (STORY, Harm.CARD.value, CLIENT)
    assert portal.opened == []


def test_a_screen_reader_hears_what_is_wrong_then_the_names_then_the_ways(
    site: Callable[[str], Page],
) -> None:
    heard = site("en").locator("body").aria_snapshot()
    order = [
        'heading "This looks like a fake Microsoft site."',
        "Nothing has been sent to this site.",
        "The link leads to",
        "This link: rec0very-supp0rt-micr0s0ft.org. The real name: microsoft.com.",
        "The digit 0 (zero), not the letter o.",
        'link "Open the real Microsoft',
        'link "Ask my family"',
        'link "I have already typed something"',
        'link "Do not open it"',
        "there is no need to hurry",
        "Why it was stopped",
    ]
    places = [heard.find(part) for part in order]
    assert -1 not in places, dict(zip(order, places, strict=True))
    assert places == sorted(places)
