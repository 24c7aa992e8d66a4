"""The family at its desk in a real browser, through the real proxy; and pages elsewhere that try to get at it."""

import contextlib
import http.client
import io
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright

from sekisho.engine.asks import ask_family
from sekisho.link import host_link
from sekisho.portal.family_mark import read_mark
from sekisho.records.asks import Ask
from sekisho.store import Decision, Store
from sekisho.verdict import Evidence, Level, Reason, Verdict

from ..notify.receivers import Webhook
from .conftest import (
    CLEAN,
    FAKE,
    NOBODY_OUTSIDE,
    OTHER,
    Proxy,
    open_browser,
    until,
)
from .origins import Origins
from .raw import status_of, through

pytestmark = pytest.mark.browser
DESK = "https://sekisho.internal/desk"
PASSWORD = "うちの柴犬はハナ"
STOPPED = Verdict(Level.WARN, (Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "it imitates Microsoft"),))


@pytest.fixture(scope="module", autouse=True)
def pages(origins: Origins) -> None:
    for host, site in origins.items():
        site.page("/", f"<title>{host}</title>")


@pytest.fixture(scope="module")
def webhook() -> Iterator[Webhook]:
    """Where the family is told."""
    with Webhook() as running:
        yield running


@pytest.fixture(scope="module")
def own_port() -> int:
    """A port that is free, for the desk alone."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def settings(webhook: Webhook, own_port: int) -> Mapping[str, str]:
    return NOBODY_OUTSIDE | {
        "SEKISHO_NOTIFY__URLS": webhook.url,
        "SEKISHO_DESK__PORT": str(own_port),
        "SEKISHO_DESK__LISTEN": "127.0.0.1",
    }


@pytest.fixture(scope="module")
def family(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, proxy: Proxy
) -> Iterator[BrowserContext]:
    """The child's browser: the password was set with the code of the terminal, and it is logged in."""
    assert proxy.process.stdout
    sentence = proxy.process.stdout.readline()
    [code] = re.findall(r"sekisho\.internal/desk/start .* code (\S+)\)$", sentence.strip())
    context = open_browser(playwright, tmp_path_factory.mktemp("child"), proxy, "en-GB")
    page = context.new_page()
    page.goto(f"{DESK}/asks")
    assert page.url == f"{DESK}/start"
    for given, sentence in (("AAAA-AAAA", "This is not the code."), (code.lower(), "")):
        page.get_by_label("Code from the terminal").fill(given)
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_label("once more").fill(PASSWORD)
        page.get_by_role("button", name="Set this password").click()
        page.wait_for_load_state("load")
        assert sentence in page.locator("body").inner_text()
    assert page.url == DESK
    page.close()
    yield context
    context.close()


@pytest.fixture
def store(proxy: Proxy) -> Iterator[Store]:
    """A second hand on the household's store."""
    with Store.open(f"sqlite:///{proxy.state / 'sekisho.db'}") as opened:
        yield opened


def asked(store: Store, host: str, client: str = "127.0.0.1") -> Ask:
    return ask_family(store, host_link(host), client, STOPPED, time.time())[0]


def decisions(store: Store) -> list[Decision]:
    return store.decisions.in_force(time.time())


def open_page(browser: BrowserContext, url: str) -> tuple[Page, int]:
    page = browser.new_page()
    response = page.goto(url, wait_until="load")
    assert response
    return page, response.status


def test_an_ask_that_is_answered_opens_the_next_click_and_blocking_shuts_it(
    family: BrowserContext, store: Store, proxy: Proxy, origins: Origins
) -> None:
    assert status_of(proxy, f"http://{FAKE}/") == 403
    asked(store, FAKE)
    page, _ = open_page(family, f"{DESK}/asks")
    assert FAKE in page.locator("body").inner_text()
    page.get_by_role("button", name="Open it for a day, for all").click()
    page.get_by_text("Your answer counts from now on.").wait_for()
    assert status_of(proxy, f"http://{FAKE}/") == 200, "the very next click"
    assert origins[FAKE].requests
    asked(store, FAKE)
    page.goto(f"{DESK}/asks")
    page.get_by_role("button", name="Keep it closed").click()
    page.get_by_text("Your answer counts from now on.").wait_for()
    assert status_of(proxy, f"http://{FAKE}/") == 403
    said = page.locator("body").inner_text()
    assert "By desk, 127.0.0.1" in said
    for decision in decisions(store):
        store.decisions.end_on(decision.host, by="test", at=time.time())


def test_a_decision_with_an_end_counts_on_the_next_click_and_so_does_its_end(
    family: BrowserContext, store: Store, proxy: Proxy
) -> None:
    assert status_of(proxy, f"http://{CLEAN}/") == 200
    page, _ = open_page(family, f"{DESK}/decisions")
    page.get_by_label("Site, as").fill(f"https://{CLEAN}/some/path")
    page.get_by_label("Keep it closed").check()
    page.get_by_label("For how long").select_option("1h")
    page.get_by_role("button", name="Decide").click()
    page.get_by_text("It is decided.").wait_for()
    [decision] = decisions(store)
    assert decision.until
    assert 3590 < decision.until - time.time() <= 3600
    assert status_of(proxy, f"http://{CLEAN}/") in (403, None)
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("It was taken back.").wait_for()
    assert status_of(proxy, f"http://{CLEAN}/") == 200


def test_what_would_cover_strangers_is_refused_with_the_reason(family: BrowserContext, store: Store) -> None:
    page, _ = open_page(family, f"{DESK}/decisions")
    page.get_by_label("Site, as").fill("weebly.com")
    page.get_by_label("Open it, whatever").check()
    page.get_by_role("button", name="Decide").click()
    page.get_by_text("This cannot be decided so.").wait_for()
    assert "weebly.com" in page.locator("[role=alert]").inner_text()
    assert decisions(store) == []


def test_a_device_gets_a_name_and_answers_bear_it(family: BrowserContext, store: Store, proxy: Proxy) -> None:
    through(proxy, "GET", f"http://{CLEAN}/", client="127.0.0.9")
    until(lambda: any(client == "127.0.0.9" for client, _ in store.visits.devices(0.0)))
    page, _ = open_page(family, f"{DESK}/people")
    page.get_by_label("Name of somebody new").fill("Hanako")
    page.get_by_role("button", name="Add").click()
    own = page.locator("section", has_text="127.0.0.1 (this device)")
    own.get_by_label("What it is called").fill("phone")
    own.get_by_label("Whose it is").select_option(label="Hanako")
    own.get_by_role("button", name="Save").click()
    page.get_by_text("It was saved.").wait_for()
    assert page.get_by_text("127.0.0.9", exact=True).count() == 1
    ask = asked(store, OTHER, client="127.0.0.9")
    page.goto(f"{DESK}/asks")
    page.get_by_role("button", name="Open it once").click()
    page.get_by_text("By desk, Hanako (phone)").wait_for()
    answered = store.asks.find(ask.id)
    assert answered
    assert (answered.answer, answered.answered_by) == ("once", "desk, Hanako (phone)")
    store.decisions.end_on(OTHER, by="test", at=time.time())


def test_a_picture_is_uploaded_made_small_and_shown(family: BrowserContext, proxy: Proxy) -> None:
    out = io.BytesIO()
    Image.effect_noise((3600, 2400), 80).convert("RGB").save(out, "JPEG", quality=96)
    assert len(out.getvalue()) > 5_000_000, "as a phone makes them"
    page, _ = open_page(family, f"{DESK}/look")
    page.get_by_label("Phrase").fill("うちの柴犬ハナ")
    page.get_by_label("Picture", exact=True).set_input_files(
        {"name": "dog.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    )
    page.get_by_role("button", name="Save").click()
    page.get_by_text("It was saved.").wait_for()
    assert page.locator("img").evaluate("image => [image.naturalWidth, image.naturalHeight]")[0] >= 64
    look = read_mark(proxy.state)
    assert (look.phrase, 0 < len(look.picture) <= 12 * 1024) == ("うちの柴犬ハナ", True)


def test_a_test_message_arrives(family: BrowserContext, webhook: Webhook) -> None:
    page, _ = open_page(family, f"{DESK}/notify")
    page.set_default_timeout(60_000)
    page.get_by_role("button", name="Send a test").click()
    page.get_by_role("heading", name="What came of the test").wait_for()
    assert "notify 1 (json)" in page.locator("main").inner_text()
    assert "sekisho のテスト" in [got["title"] for got in webhook.got]
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("A test was sent just now.").wait_for()
    assert [got["title"] for got in webhook.got].count("sekisho のテスト") == 1


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", ["", "/asks", "/decisions", "/people", "/look", "/notify", "/account"])
def test_every_page_fits_a_small_phone_and_a_thumb(
    family: BrowserContext, store: Store, name: str, language: str
) -> None:
    asked(store, "a" * 63 + ".example")
    page = family.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    chosen = {"name": "sekisho-language", "value": language, "url": "https://sekisho.internal"}
    family.add_cookies([chosen])  # type: ignore[list-item]
    page.goto(f"{DESK}{name}")
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    heights = page.locator(
        "button, .desk a, input:not([type=hidden], [type=radio], [type=checkbox]), label:has(input)"
    ).evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert heights or name == ""
    assert all(height >= 44 for height in heights), heights
    family.clear_cookies(name="sekisho-language")
    page.close()


ATTACK = """<title>attack</title>
<form id=f method=post action="{desk}/decisions" {more}><input name=host value="{fake}"><input name=kind value=allow>
<input name=for value=1d><input name=token value="{token}"></form>
<script>
async function all() {{
    const told = [];
    for (const path of ['/asks', '/decisions', '/people', '/look', '/account'])
        for (const mode of ['cors', 'no-cors'])
            try {{
                const answer = await fetch('{desk}' + path, {{mode, credentials: 'include'}});
                told.push([answer.type, (await answer.text()).length]);
            }} catch (e) {{ told.push(['failed', 0]); }}
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])
        try {{
            await fetch('{desk}/decisions', {{method: 'POST', mode: 'no-cors', credentials: 'include',
                headers: {{'Content-Type': type}}, body: 'host={fake}&kind=allow&for=1d&token={token}'}});
        }} catch (e) {{}}
    navigator.sendBeacon('{desk}/logout', new URLSearchParams('everywhere=1&token={token}'));
    return told;
}}
</script>"""


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_attack_another_site_reads_nothing_and_decides_nothing(
    family: BrowserContext, store: Store, origins: Origins, scheme: str
) -> None:
    """The family is logged in, in this very browser, and opens a hostile page that knows all but the token."""
    ask = asked(store, FAKE)
    desk = DESK.replace("https", scheme)
    for more in ("", 'enctype="text/plain"', 'enctype="multipart/form-data"'):
        origins[OTHER].page("/", ATTACK.format(desk=desk, fake=FAKE, token="x.y", more=more))
        page, status = open_page(family, f"{scheme}://{OTHER}/")
        assert (status, page.title()) == (200, "attack")
        sentence = page.evaluate("all()")
        assert {(kind, length) for kind, length in sentence} <= {("failed", 0), ("opaque", 0)}
        page.evaluate("document.getElementById('f').submit()")
        page.wait_for_url(f"{desk}/**")
        assert "Nothing was changed." in page.locator("body").inner_text() or "Password" in page.content()
        page.close()
    assert decisions(store) == []
    kept = store.asks.find(ask.id)
    assert kept
    assert kept.answered_at is None
    page, status = open_page(family, f"{DESK}/asks")
    assert (status, page.url) == (200, f"{DESK}/asks"), "nobody was logged out either"


def test_attack_the_desk_is_not_framed_and_a_window_of_it_is_closed_to_its_opener(
    family: BrowserContext, origins: Origins
) -> None:
    origins[OTHER].page(
        "/",
        f"""<title>attack</title><iframe id=a src="{DESK}/asks"></iframe><iframe id=b src="{DESK}/login"></iframe>
        <object id=c data="{DESK}/asks"></object>""",
    )
    page, _ = open_page(family, f"https://{OTHER}/")
    assert page.locator("iframe").count() == 2
    assert [frame.url for frame in page.frames[1:] if frame.url.startswith(DESK)] == []
    with family.expect_page() as opened:
        page.evaluate(f"window.w = window.open('{DESK}/asks'); 1")
    opened.value.wait_for_load_state("load")
    seen = page.evaluate(
        "(() => { try { return String(w.document.body.innerText) } catch (e) { return e.name } })()"
    )
    assert seen in {"SecurityError", "TypeError"}
    assert page.evaluate("w.closed") is True, "another opener policy: the handle is cut"
    assert opened.value.evaluate("window.opener") is None


def test_attack_login_csrf_logs_nobody_in(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, proxy: Proxy, family: BrowserContext,
    origins: Origins,
) -> None:  # fmt: skip
    """Else the mother would look at a desk that somebody else prepared."""
    origins[OTHER].page(
        "/",
        f"""<form id=f method=post action="{DESK}/login"><input name=password value="{PASSWORD}">
        <input name=token value="x.y"></form>""",
    )
    context = open_browser(playwright, tmp_path_factory.mktemp("mother"), proxy, "en-GB")
    page, _ = open_page(context, f"{DESK}/login")
    page.goto(f"https://{OTHER}/")
    page.evaluate("document.getElementById('f').submit()")
    page.get_by_text("did not come from this page").wait_for()
    assert not [cookie for cookie in context.cookies() if cookie["name"] == "__Host-sekisho-desk"]
    page.goto(f"{DESK}/asks")
    assert page.url.startswith(f"{DESK}/login")
    context.close()


def test_attack_a_planted_session_is_not_used(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, proxy: Proxy, family: BrowserContext
) -> None:
    context = open_browser(playwright, tmp_path_factory.mktemp("fixed"), proxy, "en-GB")
    planted = {
        "name": "__Host-sekisho-desk",
        "value": "planted",
        "url": "https://sekisho.internal",
        "secure": True,
    }
    context.add_cookies([planted])  # type: ignore[list-item]
    page, _ = open_page(context, f"{DESK}/login?next=https://evil.example/")
    page.get_by_label("The family’s password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(DESK)
    [session] = [cookie for cookie in context.cookies() if cookie.get("name") == "__Host-sekisho-desk"]
    assert session.get("value") != "planted"
    assert (session.get("httpOnly"), session.get("sameSite"), session.get("secure")) == (True, "Strict", True)
    page.goto(f"{DESK}/account")
    page.get_by_role("button", name="Log out on this device").click()
    page.wait_for_url(f"{DESK}/login")
    page.go_back()
    page.reload()
    assert page.url.startswith(f"{DESK}/login"), "nothing is left in the browser"
    context.close()


def request(proxy: Proxy, line: str, host: str, *more: str) -> tuple[int, bytes]:
    """One plain request with just this request line and Host; status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20)
    try:
        connection.putrequest("GET", line, skip_host=True)
        connection.putheader("Host", host)
        for header in more:
            connection.putheader(*header.split(": ", 1))
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_attack_no_other_name_leads_to_the_desk(
    proxy: Proxy, family: BrowserContext, origins: Origins
) -> None:
    session = json.dumps({cookie["name"]: cookie["value"] for cookie in family.cookies()})
    [value] = re.findall(r'"__Host-sekisho-desk": "([^"]+)"', session)
    cookie = f"Cookie: sekisho-desk={value}"
    own = f"127.0.0.1:{proxy.port}"
    assert request(proxy, "/desk/asks", own, cookie)[0] == 200
    for line, host in (
        ("/desk/asks", f"evil.example:{proxy.port}"),
        ("/desk/asks", f"localhost.evil.example:{proxy.port}"),
        ("/desk/asks", "sekisho.internal.evil.example"),
        ("/desk/asks", "sekisho.internal@evil.example"),
        ("http://sekisho.internal/desk/asks", "evil.example"),
        ("http://sekisho.internal@evil.example/desk/asks", "evil.example"),
        ("http://evil.example/desk/asks", "sekisho.internal"),
        (f"http://{CLEAN}/desk/asks", own),
        (f"http://{own}/desk/asks", CLEAN),
        ("//sekisho.internal/desk/asks", CLEAN),
    ):
        status, body = request(proxy, line, host, cookie)
        assert status != 200, (line, host)
        assert b"/desk/logout" not in body
        assert b"/desk/decisions" not in body, (line, host)


def test_the_proxy_s_own_port_serves_the_desk_over_https_with_our_certificate(
    proxy: Proxy, family: BrowserContext
) -> None:
    """For a phone in the household that does not use the proxy."""
    context = ssl.create_default_context(cafile=str(proxy.certificate))
    connection = http.client.HTTPSConnection("127.0.0.1", proxy.port, context=context, timeout=20)
    try:
        connection.request("GET", "/desk/login", headers={"Accept-Language": "en"})
        response = connection.getresponse()
        body = response.read().decode()
        assert response.status == 200
        assert "The family’s password" in body
        assert "__Host-sekisho-desk-form=" in (response.getheader("Set-Cookie") or "")
    finally:
        connection.close()
    assert through(proxy, "GET", f"http://127.0.0.1:{proxy.port}/desk")[0] == 200


def test_the_desk_s_port_serves_the_desk_and_is_no_proxy(
    proxy: Proxy, family: BrowserContext, own_port: int, origins: Origins
) -> None:
    context = ssl.create_default_context(cafile=str(proxy.certificate))
    connection = http.client.HTTPSConnection("127.0.0.1", own_port, context=context, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", "/desk/login", headers={"Accept-Language": "en"})
        response = connection.getresponse()
        assert response.status == 200
        assert "The family’s password" in response.read().decode()

    before = len(origins[CLEAN].requests)
    for line in (f"GET http://{CLEAN}/ HTTP/1.1", f"CONNECT {CLEAN}:443 HTTP/1.1"):
        with socket.create_connection(("127.0.0.1", own_port), 20) as raw:
            raw.sendall(f"{line}\r\nHost: {CLEAN}\r\n\r\n".encode())
            assert raw.recv(100).startswith(b"HTTP/1.1 421 ")
    assert len(origins[CLEAN].requests) == before


def test_guessing_is_slowed_for_the_guesser_alone(proxy: Proxy, family: BrowserContext) -> None:
    def guess(client: str, password: str) -> int:
        connection = http.client.HTTPConnection(
            "127.0.0.1", proxy.port, timeout=20, source_address=(client, 0)
        )
        try:
            connection.request(
                "GET", "http://sekisho.internal/desk/login", headers={"Host": "sekisho.internal"}
            )
            response = connection.getresponse()
            page = response.read().decode()
            [token] = re.findall(r'name="token" value="([^"]+)"', page)
            cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
            headers = {
                "Host": "sekisho.internal",
                "Cookie": cookie,
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": "http://sekisho.internal",
            }
            connection.request(
                "POST", "http://sekisho.internal/desk/login", f"token={token}&password={password}", headers
            )
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    statuses = [guess("127.0.0.66", f"guess{n}") for n in range(6)]
    assert statuses[:3] == [403, 403, 403]
    assert statuses[-1] == 429
    assert guess("127.0.0.67", "another") == 403


def test_hostile_names_stay_text(family: BrowserContext, store: Store) -> None:
    """What a device calls itself and what a host is called is anybody's."""
    hostile = '"><script>document.title="owned"</script>'
    store.devices.name("127.0.0.99", hostile, None, time.time())
    asked(store, "xn--80ak6aa92e.com", client="127.0.0.99")
    for name in ("/asks", "/people", "/decisions"):
        page, status = open_page(family, f"{DESK}{name}")
        assert status == 200
        assert "owned" not in page.title()
        assert page.locator("script").count() == 0
    store.devices.forget("127.0.0.99")
