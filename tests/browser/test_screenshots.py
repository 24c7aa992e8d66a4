"""What scripts/screenshots complains of: without these checks a page that no parent can read would look well."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright

from draw import faults

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tab(playwright: Playwright) -> Iterator[Page]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
    )
    yield browser.new_page(viewport={"width": 320, "height": 640})
    browser.close()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<h1>Which site did you want?</h1><p>The link leads to <b>example.org</b></p>", []),
        (
            "<ruby>偽物<rp>（</rp><rt>にせもの</rt><rp>）</rp></ruby>のサイト<p class=unseen>of readers only</p>",
            [],
        ),
        (
            "<p style='width:400px;margin:0'>The link leads to</p>",
            ["400 px wide in a window of 320 px"],
        ),
        (
            "<p style='position:absolute;top:9px'>Do not open it</p><p style='position:absolute;top:12px'>Go back</p>",
            ["text upon text: Do not open it / Go back"],
        ),
        (
            "<div style='height:1.5em'>one<br>two<br>three</div><p style='margin:0'>below</p>",
            ["text upon text: two / below"],
        ),
    ],
    ids=["clean", "furigana", "sideways", "upon", "out-of-its-box"],
)
def test_a_page_that_does_not_fit_is_told(tab: Page, body: str, found: list[str]) -> None:
    tab.set_content(f"<html lang=ja><body style='margin:0'><main>{body}</main>")
    assert faults(tab) == found
