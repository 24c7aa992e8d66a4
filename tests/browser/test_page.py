"""Pages that somebody's mother clicks on: read before the browser reads them."""

import gzip
import http.client
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.server import BaseHTTPRequestHandler

import brotli
import pytest
from playwright.sync_api import BrowserContext, Page

from .conftest import AGODA_ICON, CLEAN, FAMILIAR, OTHER, Proxy, until
from .origins import Answer, Origin, Origins
from .raw import through

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]

FAKE_PAGE = """<!doctype html><html lang="ja"><title>Amazon.co.jp ログイン</title><script src="/run.js"></script>
<script>fetch("/ran")</script><img src="/logo.png" alt="Amazon"><h1>Amazon ログイン</h1>
<form method="post" action="/take"><p>Eメールまたは携帯電話番号 <input name="mail"></p>
<p>Amazonのパスワード <input type="password" name="f7"></p><button>ログイン</button></form>
<footer>© 2026 Amazon.com, Inc.</footer></html>"""
SHOP = """<!doctype html><html lang="ja"><title>鈴木生花店 オンラインショップ</title><h1>鈴木生花店</h1>
<p>お花をお届けします。お支払いは <img src="/visa.png" alt="VISA"> <img src="/jcb.png" alt="JCB">
<img src="/ap.png" alt="Amazon Pay"> <img src="/pp.png" alt="PayPal"> がご利用になれます。</p>
<form method="post" action="/login"><h2>会員ログイン</h2><p>メールアドレス <input name="mail" type="email"></p>
<p>パスワード <input name="password" type="password"></p><button>ログイン</button></form>
<button>Sign in with Google</button><footer>© 2026 鈴木生花店</footer></html>"""
SUPPORT = """<!doctype html><html lang="ja"><title>Windows セキュリティ警告</title>
<script>fetch("/ran")</script><h1>Windows Defender セキュリティ警告</h1>
<p>トロイの木馬に感染しています。Microsoft サポートに今すぐお電話ください。パソコンの電源を切らないでください。</p>
<p>Windows がウイルスを検出しました。Microsoft Windows サポート <a href="tel:0501234567">050-1234-567</a></p></html>"""
OPAQUE = (
    "<!doctype html><title></title><body><script>document.write(atob('"
    + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg" * 120
    + "'))</script></body>"
)

AND_SO_ON = b"<p>" + b"and so on " * 1_000 + b"</p>"
"""Long, and read in a third of the time that a page may take on a slow machine."""


def paths(site: Origin) -> list[str]:
    return [path for _, path, _ in site.requests if path != "/favicon.ico"]


def words(page: Page) -> str:
    return page.locator("main").inner_text()


def visit(browser: BrowserContext, url: str) -> Page:
    page = browser.new_page()
    page.goto(url)
    return page


def to_question(page: Page) -> None:
    """Say that exactly this site is wanted."""
    page.locator("details summary").last.click()
    page.locator('a.quiet[href*="sekisho.internal/w/"][href$="/on"]').click()
    page.locator('input[value="this"]').check()
    page.locator("form button").click()


def go_on(page: Page, url: str) -> None:
    to_question(page)
    page.locator(f'a[href^="{url}"]').click()


def packed(content: bytes, coding: str) -> Answer:
    return 200, {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": coding}, content


def test_a_fake_page_is_answered_by_the_warning_and_nothing_of_it_runs(
    browser: BrowserContext, origins: Origins
) -> None:
    site, url = origins[CLEAN], f"https://fake.{CLEAN}/signin?id=7"
    site.page("/signin", FAKE_PAGE)
    page = visit(browser, url)
    text = words(page)
    assert "名乗" in text
    assert "Amazon" in text
    assert "パスワード" in text
    assert page.locator('a.main[href="https://amazon.co.jp/"]').count() == 1
    assert page.locator("form, script, input, img").count() == 0
    page.wait_for_timeout(300)
    assert paths(site) == ["/signin?id=7"]
    # Whoever comes back gets the page at once, and the site hears nothing more.
    again = visit(browser, f"https://fake.{CLEAN}/other")
    assert "名乗" in words(again)
    assert paths(site) == ["/signin?id=7"]
    page.bring_to_front()
    go_on(page, url)
    page.wait_for_url(url)
    assert page.title() == "Amazon.co.jp ログイン"
    until(lambda: "/ran" in paths(site))
    # Past the warning the forms stay guarded, by the name that the page masks.
    page.locator("input[name=mail]").fill("hanako@example.org")
    page.locator("input[type=password]").fill("sakura1995")
    page.locator("form button").click()
    page.wait_for_url("**/take")
    assert page.locator('a.quiet[href*="sekisho.internal/f/"]').count() == 1
    assert "パスワード" in words(page)
    assert not [path for method, path, _ in site.requests if method == "POST"]


@pytest.mark.parametrize("kind", ["shift_jis", "gzip", "br", "unsaid", "long"])
def test_however_the_page_is_written_and_packed(browser: BrowserContext, origins: Origins, kind: str) -> None:
    site, raw = origins[CLEAN], FAKE_PAGE.encode()
    answers: dict[str, Answer] = {
        "shift_jis": (
            200,
            {"Content-Type": "text/html; charset=Shift_JIS"},
            FAKE_PAGE.replace("©", "(c)").encode("cp932"),
        ),
        "gzip": packed(gzip.compress(raw), "gzip"),
        "br": packed(brotli.compress(raw), "br"),
        "unsaid": (200, {}, raw),
        "long": (200, {"Content-Type": "text/html; charset=utf-8"}, raw + AND_SO_ON * 300),
    }
    site.pages["/"] = answers[kind]
    page = visit(browser, f"https://{kind.replace('_', '-')}.{CLEAN}/")
    assert "名乗" in words(page)
    page.wait_for_timeout(200)
    assert paths(site) == ["/"]


def test_an_honest_shop_passes_without_a_word(browser: BrowserContext, origins: Origins) -> None:
    site = origins[OTHER]
    site.page("/", SHOP)
    page = visit(browser, f"https://{OTHER}/")
    assert page.title() == "鈴木生花店 オンラインショップ"
    until(lambda: "/visa.png" in paths(site))


def test_a_fake_page_in_a_frame_is_not_shown(browser: BrowserContext, origins: Origins) -> None:
    outer, inner = origins[CLEAN], origins[OTHER]
    outer.page("/", f'<title>outer</title><iframe src="https://framed.{OTHER}/in"></iframe>')
    inner.page("/in", FAKE_PAGE)
    page = visit(browser, f"https://frames.{CLEAN}/")
    page.wait_for_timeout(500)
    assert paths(inner) == ["/in"]
    assert "Amazon" not in page.frames[-1].content()


def test_a_page_of_false_support_tells_to_close_it(browser: BrowserContext, origins: Origins) -> None:
    site = origins[CLEAN]
    site.page("/", SUPPORT)
    page = visit(browser, f"https://help.{CLEAN}/")
    text = words(page)
    assert "電話をかけない" in text
    assert "電話をかけない" in text
    assert "050" not in text.split("なぜ")[0]
    page.wait_for_timeout(200)
    assert paths(site) == ["/"]


def test_a_page_that_hides_its_words_is_asked_about_and_then_shown(
    browser: BrowserContext, origins: Origins
) -> None:
    site, url = origins[CLEAN], f"https://hidden.{CLEAN}/"
    site.page("/", OPAQUE)
    page = visit(browser, url)
    assert "隠しています" in words(page)
    go_on(page, url)
    page.wait_for_url(url)
    assert page.locator("header.top").count() == 0


def test_a_program_is_asked_about_once(browser: BrowserContext, origins: Origins) -> None:
    site, url = origins[CLEAN], f"https://files.{CLEAN}/get"
    site.pages["/get"] = (
        200,
        {"Content-Type": "application/octet-stream", "Content-Disposition": 'attachment; filename="清算書.pdf.exe"'
         .encode().decode("latin-1")},
        b"MZ" + bytes(300_000),
    )  # fmt: skip
    page = visit(browser, url)
    assert "プログラムを入れようとしています" in words(page)
    to_question(page)
    with page.expect_download() as saved:
        page.locator(f'a[href^="{url}"]').click()
    path = saved.value.path()
    assert path.stat().st_size == 300_002


PROGRAM: Answer = (
    200,
    {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename=tool.exe"},
    b"MZ" + bytes(300_000),
)


def test_a_program_of_a_hidden_frame_reaches_no_disk_and_the_next_page_asks(
    browser: BrowserContext, origins: Origins
) -> None:
    site, url = origins[CLEAN], f"https://push.{CLEAN}"
    site.page(
        "/", '<title>news</title><iframe src="/get" style="display:none"></iframe><a href="/2">more</a>'
    )
    site.page("/2", "<title>more news</title>")
    site.pages["/get"] = PROGRAM
    page = browser.new_page()
    saved: list[object] = []
    page.on("download", lambda one: saved.append(one))
    page.goto(f"{url}/")
    assert page.frames[-1].locator("body").inner_text().startswith("Stopped by sekisho")
    page.locator("a").click()
    page.wait_for_url(f"{url}/2")
    assert "tool.exe" in words(page)
    assert paths(site) == ["/", "/get"]
    assert saved == []
    to_question(page)
    with page.expect_download() as wanted:
        page.locator(f'a[href^="{url}/get"]').click()
    assert wanted.value.path().stat().st_size == 300_002


def test_a_program_that_a_link_saves_under_another_name_is_asked_about(
    browser: BrowserContext, origins: Origins
) -> None:
    site, url = origins[CLEAN], f"https://saves.{CLEAN}"
    site.page("/", '<title>files</title><a href="/get" download="holiday.jpg">photo</a>')
    site.pages["/get"] = PROGRAM
    page = visit(browser, f"{url}/")
    with page.expect_download() as saved:
        page.locator("a").click()
    assert saved.value.failure()
    page.reload()
    assert "tool.exe" in words(page)


def test_the_icon_of_a_brand_that_is_fetched_apart_warns_the_next_time(
    browser: BrowserContext, origins: Origins
) -> None:
    site, url = origins[CLEAN], f"https://icons.{CLEAN}/login"
    picture = '<link rel="icon" href="/i/7"><img src="/i/7" alt="Agoda">'
    site.page("/login", f"<title>ログイン</title>{picture}<form>パスワード <input type=password></form>")
    site.page("/i/7", AGODA_ICON, "image/svg+xml")
    page = visit(browser, url)
    assert page.title() == "ログイン"
    until(lambda: "/i/7" in paths(site))
    site.requests.clear()
    text = words(visit(browser, f"{url}?again"))
    assert "Agoda" in text
    assert "名乗" in text
    assert paths(site) == []


def test_a_familiar_site_is_left_alone(browser: BrowserContext, origins: Origins) -> None:
    origins[FAMILIAR].page("/", FAKE_PAGE)
    page = browser.new_page()
    page.goto(f"http://{FAMILIAR}/")
    assert page.title() == "Amazon.co.jp ログイン"


def endless(pause: float, piece: bytes, gone: threading.Event) -> Callable[[BaseHTTPRequestHandler], Answer]:
    """A page that never ends, until its reader goes away or `gone` is set."""

    def answer(handler: BaseHTTPRequestHandler) -> Answer:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        try:
            handler.wfile.write(head + b"<title>slow</title>")
            while not gone.wait(pause):
                handler.wfile.write(piece)
        except OSError:
            gone.set()
        raise ConnectionResetError  # there is nothing to answer any more

    return answer


UNNOTICED = 0.25
"""Seconds; a click that waited for the endless page would take as long as that is held: a second and more."""


def median_seconds(proxy: Proxy, url: str, times: int) -> float:
    """How long one of so many clicks takes."""
    took = []
    for _ in range(times):
        started = time.monotonic()
        assert through(proxy, "GET", url)[0] == 200
        took.append(time.monotonic() - started)
    return sorted(took)[times // 2]


def delay_beside(
    proxy: Proxy, quick: str, url: str, connection: http.client.HTTPConnection
) -> tuple[float, http.client.HTTPResponse]:
    """How many seconds longer a quick click takes while another one is held, and what that one gets."""
    usual = median_seconds(proxy, quick, 15)
    connection.request("GET", url, headers={"Accept": "text/html"})
    with ThreadPoolExecutor(1) as other:
        answer = other.submit(connection.getresponse)
        slow = median_seconds(proxy, quick, 25)
        return slow - usual, answer.result()


@pytest.mark.parametrize("what", ["drip", "flood"])
def test_a_page_without_an_end_is_let_go_and_delays_nobody(proxy: Proxy, origins: Origins, what: str) -> None:
    drips = what == "drip"
    pause, piece = (0.1, b"<p>a</p>") if drips else (0.0, FAKE_PAGE.encode() + AND_SO_ON)
    origins[CLEAN].page("/", "<title>quick</title>")
    quick = f"http://quick.{CLEAN}/"
    assert through(proxy, "GET", quick)[0] == 200
    delays: list[float] = []
    while not delays or (
        min(delays) >= UNNOTICED and len(delays) < 3
    ):  # a busy machine delays everybody at times
        gone = threading.Event()
        origins[OTHER].pages["/"] = endless(pause, piece, gone)
        with closing(http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20)) as connection:
            delay, held = delay_beside(proxy, quick, f"http://{what}-{len(delays)}.{OTHER}/", connection)
            delays.append(delay)
            if drips:
                assert held.status == 200
                assert held.read(20) == b"<title>slow</title><"
            else:
                assert held.status == 403
                until(gone.is_set)
            gone.set()
            held.close()
    assert min(delays) < UNNOTICED, delays
