"""The warning: what a parent must find on it, and what must never stand on a hostile origin."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.link import Link, host_link
from sekisho.portal.language import LANGUAGES
from sekisho.portal.page import Page
from sekisho.portal.warning import could_not_check_page, plain_refusal, refused_page, warning_page
from sekisho.rulebook.model import Brand
from sekisho.verdict import Circumstance, Evidence, Fake, Level, PageSign, Reason, Secret, Trick, Verdict

from .conftest import (
    AMAZON,
    CARD,
    MICROSOFT,
    NOW,
    STORY,
    STORY_VERDICT,
    as_wsgi,
    browser_for,
    lookalike,
    served,
    text_of,
    verdict,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TICKET = "https://sekisho.internal/w/ticket"
MORE = f"{TICKET}/on"
IDN = host_link("xn--80ak6aa92e.com")
IDN_VERDICT = Verdict(
    Level.WARN, (lookalike("xn--80ak6aa92e.com", "apple.com", "аррӏе", (Fake(0, 5, "apple"),)),)
)


def warn(
    link: Link = STORY,
    found: Verdict = STORY_VERDICT,
    brand: Brand | None = MICROSOFT,
    language: str = "en",
    back: str | None = None,
    *,
    ticket: str = TICKET,
    was_post: bool = False,
    has_mark: bool = False,
) -> Page:
    return warning_page(
        link=link,
        verdict=found,
        brand=brand,
        language=language,
        ticket=ticket,
        back=back,
        was_post=was_post,
        has_mark=has_mark,
    )


VARIANTS = [
    pytest.param(STORY, STORY_VERDICT, MICROSOFT, id="lookalike"),
    pytest.param(IDN, IDN_VERDICT, None, id="idn without a brand"),
    pytest.param(
        host_link("www.amazon.co.jp.verify.top"),
        Verdict(Level.WARN, (lookalike("www.amazon.co.jp.verify.top", "amazon.co.jp", "amazon.co.jp"),)),
        AMAZON,
        id="embedding",
    ),
    pytest.param(
        host_link("vpass-login.top"),
        Verdict(Level.WARN, (lookalike("vpass-login.top", "smbc-card.com", "vpass"),)),
        CARD,
        id="not aligned",
    ),
    pytest.param(
        host_link("kuroneko-co-jp.top"),
        Verdict(
            Level.WARN,
            (Evidence(Reason.LOOKALIKE, Level.WARN, "x", "x", trick=Trick.FAKE_SUFFIX, matched=(9, 14)),),
        ),
        None,
        id="false ending",
    ),
    pytest.param(host_link("example.net"), verdict(Reason.FAMILY_BLOCK, Level.BLOCK), None, id="family"),
    pytest.param(host_link("203.0.113.7"), verdict(Reason.CIRCUMSTANCE, Level.WARN), None, id="address"),
    pytest.param(host_link("qzx.example"), verdict(Reason.CIRCUMSTANCE, Level.WARN), None, id="circumstance"),
    pytest.param(host_link("a..b"), verdict(Reason.UNREADABLE, Level.WARN), None, id="unreadable"),
    pytest.param(host_link(""), verdict(Reason.UNREADABLE, Level.WARN), None, id="no host"),
    pytest.param(
        host_link("192.168.1.1"), verdict(Reason.HOME_NETWORK, Level.BLOCK), None, id="home network"
    ),
    pytest.param(host_link("example.net"), Verdict(Level.WARN), None, id="no evidence"),
    *(
        pytest.param(host_link("example.net"), verdict(reason, Level.WARN), None, id=f"{reason} of old")
        for reason in (Reason.FEED, Reason.VIRUSTOTAL, Reason.NEW_NAME, Reason.UNCHECKED, Reason.HOUSEHOLD)
    ),
    *(
        pytest.param(
            host_link("example.net"),
            Verdict(
                Level.WARN, (Evidence(reason, Level.WARN, "x", "x", at=NOW, count=3, since=NOW, named="L"),)
            ),
            None,
            id=reason,
        )
        for reason in (Reason.FEED, Reason.VIRUSTOTAL, Reason.NEW_NAME)
    ),
]


def outside(reason: Reason, **fields: Any) -> Verdict:
    return Verdict(Level.WARN, (Evidence(reason, Level.WARN, "x", "in English", at=NOW, **fields),))


@pytest.mark.parametrize(
    ("found", "english", "japanese"),
    [
        (
            outside(Reason.FEED, named="Example List", since=NOW),
            ("This link is on a list of fraudulent sites.", "“Example List”", "2026"),
            ("詐欺サイトの一覧にのっています。", "「Example List」", "2026年"),
        ),
        (
            outside(Reason.VIRUSTOTAL, count=7, since=NOW),
            ("Security companies warn of this site.", "7 security companies", "2026"),
            ("安全を調べる会社が、危ないと言っているサイトです。", "7社が", "2026年"),
        ),
        (
            outside(Reason.NEW_NAME, count=3, since=NOW),
            ("The name of this site is very new.", "only 3 days ago", "2026"),
            ("できたばかりの名前のサイトです。", "3日前", "2026年"),
        ),
        (
            outside(Reason.UNCHECKED),
            ("This site could not be checked fully.", "Please be careful.", ""),
            ("このサイトは、まだ十分に確かめていません。", "気をつけてください。", ""),
        ),
    ],
    ids=["feed", "virustotal", "new-name", "unchecked"],
)
def test_what_others_said_is_told_in_the_readers_words(
    found: Verdict, english: tuple[str, ...], japanese: tuple[str, ...]
) -> None:
    """Who says it, how many, and of when; and never that a name imitates where nothing is imitated."""
    for language, parts in (("en", english), ("ja", japanese)):
        html = warn(host_link("example.net"), found, None, language).body.decode()
        before = text_of(html.partition("<details>")[0])
        assert all(part in before for part in parts)
        assert not re.search("imitat|fake|pretend|似せ|偽", before)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_days_and_companies_has_its_sentence(language: str) -> None:
    found = [
        *(outside(Reason.NEW_NAME, count=count, since=NOW) for count in (None, 0, 1, 2)),
        *(outside(Reason.VIRUSTOTAL, count=count) for count in (None, 1, 2)),
        *(outside(Reason.FEED, named=name) for name in ("", "L")),
        outside(Reason.UNCHECKED),
        outside(Reason.HOUSEHOLD),
        outside(Reason.GO_ON),
        outside(Reason.PAGE),
        outside(Reason.FAMILIAR),
    ]
    pages = [text_of(warn(host_link("example.net"), one, None, language).body) for one in found]
    assert len(set(pages)) == len(found)
    other = {"en": "Another note", "ja": "そのほかの記録"}[language]
    assert [other in page for page in pages] == [False] * (len(found) - 1) + [True]


class Outline(HTMLParser):
    """Every tag, every link, and whether each tag that opens also closes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br", "wbr", "input", "path"):
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_endtag(self, tag: str) -> None:
        if tag != "path":
            assert self.open.pop() == tag


def outline(page: Page) -> Outline:
    found = Outline(page.body.decode())
    assert found.open == []
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_circumstance_has_a_sentence_of_its_own(language: str) -> None:
    """Who does not read English learns more than that there is "a sign"."""
    sentence = [
        text_of(
            warn(
                host_link("a.b.c.d.heron.top", 4430),
                Verdict(
                    Level.WARN,
                    (Evidence(Reason.CIRCUMSTANCE, Level.CAUTION, "x", "in English", circumstance=one),),
                ),
                None,
                language,
            ).body
        )
        for one in (None, *Circumstance)
    ]
    assert len(set(sentence)) == len(Circumstance) + 1
    assert all("in English" in text for text in sentence)
    assert sum(".top” " in text or "「.top」" in text for text in sentence) == 3
    assert sum("4430" in text for text in sentence) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("link", "found", "brand"), VARIANTS)
def test_on_the_blocked_origin_there_are_links_only(
    link: Link, found: Verdict, brand: Brand | None, language: str
) -> None:
    page = warn(link, found, brand, language)
    seen = outline(page)
    assert page.status == 403
    assert not {"script", "form", "input", "button", "iframe", "object", "img", "base", "link"} & set(
        seen.tags
    )
    assert seen.handlers == []
    assert seen.tags.count("h1") == 1
    assert all(urlsplit(url).scheme == "https" for url in seen.links)
    assert len(page.body) <= 40 * 1024
    assert page.header("Content-Language") == language
    assert page.header("Clear-Site-Data") == '"cache", "storage"'
    assert page.header("Set-Cookie") is None
    assert "None" not in text_of(page.body)


def test_the_story_in_japanese() -> None:
    page = warn(language="ja")
    said = text_of(page.body)
    assert "マイクロソフト（Microsoft）の偽サイトのようです。" in said
    assert "開く前に止めました。このサイトには、何も送っていません。" in said
    assert "数字の 0（ゼロ）です。o（オー）ではありません。" in said
    assert "rec0very-supp0rt-micr0s0ft.org" in said
    assert "本物のマイクロソフトを開く microsoft.com" in said
    assert "家族に聞く もう何か入力してしまった" in said
    html = page.body.decode()
    assert 'href="https://microsoft.com/"' in html
    assert "micr<mark>0</mark>s<mark>0</mark>ft.org</bdo>" in html
    assert (
        'aria-label="このリンクは rec0very-supp0rt-micr0s0ft.org です。本物の名前は microsoft.com です。"'
        in html
    )


def test_the_story_in_english() -> None:
    said = text_of(warn(language="en").body)
    assert "This looks like a fake Microsoft site." in said
    assert "The digit 0 (zero), not the letter o." in said
    assert "It ends in .org. The real name ends in .com." in said
    assert "Open the real Microsoft microsoft.com" in said


def test_an_idn_names_the_script_and_shows_what_machines_write() -> None:
    said = text_of(warn(IDN, IDN_VERDICT, None, "ja").body)
    assert (
        "キリル文字（ロシア語などの文字）です。英字の a（エー）、p（ピー）、l（エル）、e（イー）ではありません。"
        in said
    )
    assert "xn--80ak6aa92e.com" in said


def test_a_true_name_in_a_foreign_host_says_whose_site_it_is() -> None:
    host = "www.amazon.co.jp.verify.top"
    found = Verdict(Level.WARN, (lookalike(host, "amazon.co.jp", "amazon.co.jp"),))
    said = text_of(warn(host_link(host), found, AMAZON, "en").body)
    assert "Anyone can put “amazon.co.jp” in a name. This site is “verify.top”, not “amazon.co.jp”." in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_going_on_stands_under_details_and_leads_to_the_portal(language: str) -> None:
    html = warn(language=language).body.decode()
    details = html[html.index("<details>") : html.index("</details>")]
    assert f'href="{MORE}"' in details
    assert html.count(MORE) == 1


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        ("en", "It is on the list “big”. Others made this list", "Your family has blocked"),
        ("ja", "「big」という一覧に、このリンク先がのっています。", "ご家族が止めている"),
    ],
)
def test_an_imported_list_is_named_and_not_called_the_family_s(language: str, said: str, unsaid: str) -> None:
    sentence = Evidence(Reason.FAMILY_BLOCK, Level.BLOCK, "block/big.txt:3", "x", named="big")
    text = text_of(warn(host_link("example.net"), Verdict(Level.BLOCK, (sentence,)), None, language).body)
    assert said in text
    assert unsaid not in text


def test_with_a_look_nothing_of_the_page_stands_on_the_blocked_host() -> None:
    page = warn(has_mark=True)
    assert (page.status, page.body, page.header("Location")) == (303, b"", TICKET)
    assert page.header("Cache-Control") == "no-store"
    assert page.header("Clear-Site-Data")


def test_what_the_family_blocked_has_no_way_on() -> None:
    page = warn(found=verdict(Reason.FAMILY_BLOCK, Level.BLOCK), brand=None)
    assert MORE not in outline(page).links
    assert "Only your family can open this site." in text_of(page.body)


@pytest.mark.parametrize(
    ("scheme", "back", "leads_to"),
    [
        ("https", "https://mail.example.org/inbox?x=1&y=2", "https://mail.example.org/inbox?x=1&y=2"),
        ("https", None, "https://sekisho.internal/safe"),
        ("http", None, "http://sekisho.internal/safe"),
        ("https", "javascript:alert(1)", "https://sekisho.internal/safe"),
        ("https", "data:text/html,x", "https://sekisho.internal/safe"),
        ("https", "", "https://sekisho.internal/safe"),
    ],
)
def test_there_is_always_a_way_back_and_never_to_a_program(
    scheme: str, back: str | None, leads_to: str
) -> None:
    links = outline(warn(host_link(STORY.host, 443, scheme), back=back)).links
    assert leads_to in links
    assert {f"{TICKET}/ask", f"{TICKET}/typed"} < set(links)
    assert not [url for url in links if not url.startswith(("http://", "https://"))]


def test_a_way_on_that_is_no_web_address_is_left_out() -> None:
    assert outline(warn(ticket="javascript:alert(1)", has_mark=True)).links == [
        "https://microsoft.com/",
        "https://sekisho.internal/safe",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_filled_in_a_form_reads_that_it_was_not_sent(language: str) -> None:
    sentence = {
        "en": "What you filled in has not been sent either.",
        "ja": "入力した内容も、送っていません。",
    }[language]
    assert sentence in text_of(warn(language=language, was_post=True).body)
    assert sentence not in text_of(warn(language=language).body)


def test_evidence_is_told_with_its_source_and_time() -> None:
    said = text_of(warn(language="en").body)
    assert "lookalike" in said
    assert "Digits or other letters stand in for the real ones." in said
    assert "2026" in said


@pytest.mark.parametrize("trick", list(Trick))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_trick_has_a_sentence(trick: Trick, language: str) -> None:
    sentence = Evidence(Reason.LOOKALIKE, Level.WARN, "x", "x", "microsoft", trick, "microsoft.com")
    other = Evidence(Reason.LOOKALIKE, Level.WARN, "x", "x", "microsoft", None, "microsoft.com")
    assert text_of(warn(found=Verdict(Level.WARN, (sentence,)), language=language).body) != text_of(
        warn(found=Verdict(Level.WARN, (other,)), language=language).body
    )


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a'onmouseover='alert(1)",
    "{{7*7}}{% raw %}",
    "%(host)s%s%d",
    "evil\u202emoc.elgoog",
    "host-goes-here.invalid",
    "\x00\x01\ud800",
    "｜偽《にせ》.example",
    "&amp;&#x3c;b&#x3e;",
    "</title></style><base href=//evil>",
    "\u2066\u202e" * 50,
    "long" * 500,
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_stays_a_name(text: str, language: str) -> None:
    link = Link(text, text, "", False, text)
    sentence = Evidence(
        Reason.LOOKALIKE, Level.WARN, text, text, text, Trick.LEET, text, (Fake(0, 2, text),), (0, 3)
    )
    brand = Brand(text, text, text, "world", "shop", (text,), (), ("microsoft.com",))
    plain = outline(warn(link, Verdict(Level.WARN, (sentence,)), MICROSOFT, language)).tags
    for page in (
        warn(link, Verdict(Level.WARN, (sentence,)), brand, language),
        refused_page(link=link, language=language),
        could_not_check_page(link=link, language=language, scheme="https"),
    ):
        seen = outline(page)
        assert not {"script", "img", "form"} & set(seen.tags)
        assert seen.handlers == []
        assert "\u202e" not in page.body.decode()
        assert "49" not in text_of(page.body)
    assert set(plain) <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "header",
            "svg",
            "path",
            "span",
            "b",
            "main",
            "h1",
        ),
        *(
            "p",
            "figure",
            "bdo",
            "mark",
            "div",
            "i",
            "ul",
            "li",
            "nav",
            "a",
            "small",
            "h2",
            "details",
            "summary",
        ),
        *("dl", "dt", "code", "dd", "br", "wbr", "ruby", "rp", "rt"),
    }


@given(st.text(max_size=300))
def test_any_bytes_as_a_host_make_a_page(host: str) -> None:
    link = host_link(host)
    page = warn(link, verdict(Reason.UNREADABLE, Level.WARN), None, "ja")
    assert page.status == 403
    assert len(page.body) <= 40 * 1024
    outline(page)


def test_the_longest_name_that_exists_fits_into_the_page() -> None:
    host = ".".join(["0" * 63, "0" * 63, "0" * 63, "0" * 57, "com"])
    fakes = tuple(Fake(i, i + 1, "o") for i in range(0, 240, 2) if host[i] == "0")
    sentence = Evidence(Reason.LOOKALIKE, Level.WARN, "x", "x", "microsoft", Trick.LEET, "", fakes, (0, 253))
    assert len(host) <= 253
    assert len(warn(host_link(host), Verdict(Level.WARN, (sentence,) * 9), MICROSOFT, "ja").body) <= 40 * 1024


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_not_checked_is_not_called_bad(language: str, scheme: str) -> None:
    page = could_not_check_page(link=STORY, language=language, scheme=scheme)
    said = text_of(page.body)
    assert page.status == 503
    assert page.header("Cache-Control") == "no-store"
    assert page.header("Clear-Site-Data") is None
    assert "rec0very-supp0rt-micr0s0ft.org" in said
    assert {"en": "This does not mean that the site is bad.", "ja": "悪いサイトという意味ではありません。"}[
        language
    ] in said
    assert outline(page).links == ["", f"{scheme}://sekisho.internal/safe"]
    assert "host-goes-here" not in page.body.decode()


def test_the_last_page_appears_when_everything_else_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("everything is broken")

    monkeypatch.setattr("sekisho.portal.warning.render", broken)
    for link in (None, STORY, host_link("\ud800"), host_link("")):
        for language in ("ja", "en", "xx", ""):
            for scheme in ("https", "http", "ftp", ""):
                page = could_not_check_page(link=link, language=language, scheme=scheme)
                assert page.status == 503
                outline(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("public_name", [True, False])
def test_what_leads_into_the_home_is_refused_without_a_way_on(language: str, public_name: bool) -> None:
    page = refused_page(link=host_link("router.example.net"), language=language, public_name=public_name)
    assert page.status == 403
    assert outline(page).links == ["https://sekisho.internal/safe"]
    assert "router.example.net" in text_of(page.body)
    outside = {"en": "the name of an outside site", "ja": "外のサイトの名前ですが"}[language]
    assert (outside in text_of(page.body)) is public_name


def test_a_blocked_picture_gets_one_plain_line() -> None:
    page = plain_refusal("evil\u202e<b>.test")
    assert (page.status, page.body.decode()) == (403, "Stopped by sekisho: evil\ufffd<b>.test\n")
    assert page.header("Content-Type") == "text/plain; charset=utf-8"
    assert page.header("Cache-Control") == "no-store"
    assert page.header("X-Content-Type-Options") == "nosniff"
    assert plain_refusal("\ud800" * 500).status == 403


@pytest.mark.browser
def test_in_chromium_the_sandboxed_warning_is_styled_readable_and_its_links_work(
    ca: tuple[bytes, bytes], tmp_path: Path
) -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["HTTP_HOST"].startswith(STORY.host):
            page = warn(language="ja", back=None)
        else:
            page = Page(
                200, (("Content-Type", "text/html; charset=utf-8"),), f"at {environ['HTTP_HOST']}".encode()
            )
        return as_wsgi(page, start_response)

    with served(app, ca, tmp_path, tls=True) as port, browser_for(port) as browser:
        tab = browser.new_page(ignore_https_errors=True, viewport={"width": 320, "height": 640})
        complaints: list[str] = []
        tab.on("console", lambda message: complaints.append(message.text))
        for label, leads_to in (("microsoft.com", "microsoft.com"), ("開かずに終わる", "sekisho.internal")):
            answer = tab.goto(f"https://{STORY.host}/")
            assert answer
            assert answer.status == 403
            tab.get_by_role("link", name=label).click()
            tab.wait_for_url(f"https://{leads_to}/**")
        tab.goto(f"https://{STORY.host}/")
        tab.locator("summary").click()
        tab.get_by_role("link", name="知っているサイトなので、開きたい").click()
        tab.wait_for_url(MORE)

        tab.goto(f"https://{STORY.host}/")
        tab.locator("summary").click()
        assert tab.locator("html").evaluate("e => e.scrollWidth") == 320
        sizes = tab.locator("main, main *, header *").evaluate_all(
            "all => all.filter(e => !['RT', 'RP'].includes(e.tagName) && e.innerText)"
            ".map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 18
        heights = tab.locator("a, summary").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect().height)"
        )
        assert min(heights) >= 44
        columns = tab.locator(".cells div > span").evaluate_all(
            "all => all.map(e => [...e.children].map(c => c.getBoundingClientRect()).map(r => [r.left, r.width]))"
        )
        assert len(columns) == 14
        assert all(above == below for above, below in columns)
        assert not [text for text in complaints if "Content Security Policy" in text or "Refused" in text]


def test_nothing_on_a_warning_depends_on_colour_alone() -> None:
    css = re.search(r"\nmark\{([^}]*)\}", warn().body.decode())
    assert css
    assert "border-bottom" in css[1]
    assert "font-weight:700" in css[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sign", PageSign)
def test_words_of_a_hostile_page_are_only_words(sign: PageSign, language: str) -> None:
    words = '<b onclick="x">\u202egnp.exe</b>'
    sentence = Evidence(Reason.PAGE, Level.WARN, "page", words, signs=((sign, words),), asks=tuple(Secret))
    page = warn(host_link("example.net"), Verdict(Level.WARN, (sentence,)), None, language).body.decode()
    assert "<b onclick" not in page
    assert "\u202e" not in page
    assert {"en": "Another note", "ja": "そのほかの記録"}[language] not in page
