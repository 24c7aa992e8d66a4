"""Every page that people see, as a value: what scripts/draw.py draws, axe checks and `scripts/bench pages` times.

No server runs: the portal's pages come from its Flask app, with the true headers, so the content security policy
holds. Time, names, addresses and the certificate are fixed, so that a page looks the same in every run.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from werkzeug.test import TestResponse

from sekisho.engine.asks import answer_ask, ask_family
from sekisho.engine.held_forms import Forms, HeldForm
from sekisho.engine.tickets import Tickets
from sekisho.link import Link, host_link
from sekisho.policy.action import HoldReason
from sekisho.policy.asking import TooManyAsksError, new_ask
from sekisho.policy.household import Household
from sekisho.portal.context import DeskContext, PortalContext
from sekisho.portal.desk import DeskSummary
from sekisho.portal.family_mark import FamilyMark, write_mark
from sekisho.portal.form_page import form_page
from sekisho.portal.form_pages import add_form_pages
from sekisho.portal.login import SetUp
from sekisho.portal.page import PORTAL_HOST, Page
from sekisho.portal.portal import create_portal
from sekisho.portal.warning import could_not_check_page, refused_page, warning_page
from sekisho.providers.condition import Condition
from sekisho.records.asks import ANSWERS, Ask
from sekisho.records.domains import TURNED_BAD, Event, Presence
from sekisho.records.sources import Limits, Spent
from sekisho.rulebook import rules_folder
from sekisho.rulebook.aftercare import Harm, parse_aftercare
from sekisho.rulebook.model import Brand, Rulebook
from sekisho.settings import Settings
from sekisho.store import Store
from sekisho.verdict import Evidence, Fake, Level, PageSign, Reason, Secret, Trick, Verdict

NOW = datetime(2026, 11, 24, 0, 12, tzinfo=UTC).timestamp()
CLIENT = "192.168.1.20"


def brand(slug: str, name: str, name_ja: str, *domains: str) -> Brand:
    return Brand(slug, name, name_ja, "world", "shop", (slug,), (), domains)


BRANDS = {
    b.slug: b
    for b in (
        brand("microsoft", "Microsoft", "マイクロソフト", "microsoft.com"),
        brand("apple", "Apple", "アップル", "apple.com"),
        brand("amazon", "Amazon", "アマゾン", "amazon.co.jp", "amazon.com"),
        brand("smbc-card", "Sumitomo Mitsui Card", "三井住友カード", "smbc-card.com"),
    )
}
AFTERCARE = parse_aftercare((rules_folder() / "aftercare.toml").read_text("utf-8"), "rules/aftercare.toml")[0]
RULEBOOK = Rulebook(brands=BRANDS, familiar_domains=frozenset({"example.org"}), aftercare=AFTERCARE)
PICTURE = Path(__file__).parent.parent / "tests" / "screenshots" / "family.jpg"


def imitation(link: Link, slug: str, trick: Trick, word: str, *fakes: tuple[str, str]) -> Verdict:
    """A lookalike verdict; each of `fakes` is (what stands there, what it stands for), left to right."""
    at, found = 0, []
    for fake, real in fakes:
        start = link.unicode.index(fake, at)
        at = start + len(fake)
        found.append(Fake(start, at, real))
    start = link.unicode.index(word)
    detail = f"{word!r} imitates {BRANDS[slug].name} ({BRANDS[slug].site}), which does not own {link.domain}."
    matched = (start, start + len(word))
    return Verdict(
        Level.WARN,
        (
            Evidence(
                Reason.LOOKALIKE,
                Level.WARN,
                "lookalike",
                detail,
                slug,
                trick,
                BRANDS[slug].site,
                tuple(found),
                matched,
                NOW,
            ),
        ),
    )


def plain(reason: Reason, level: Level, source: str, detail: str) -> Verdict:
    return Verdict(level, (Evidence(reason, level, source, detail, at=NOW),))


STORY = host_link("rec0very-supp0rt-micr0s0ft.org")
STORY_VERDICT = imitation(
    STORY, "microsoft", Trick.LEET, "micr0s0ft", ("0", "o"), ("0", "o"), ("0", "o"), ("0", "o")
)
CYRILLIC = host_link("xn--80ak6aa92e.com")
EMBEDDED = host_link("www.amazon.co.jp.account-verify.top")
TYPO = host_link("smbc-crad.com")
LONG = host_link(
    "-".join(["kakunin"] * 7) + "." + ".".join(["microsoft-account-security-verification"] * 4) + ".example"
)


@dataclass(frozen=True)
class Shot:
    name: str
    url: str
    page: Callable[[str], Page]
    opened: int = 0
    """How many details elements are open, from the top."""


def warned(name: str, link: Link, verdict: Verdict, *, back: str | None = None, opened: int = 0) -> Shot:
    slug = verdict.evidence[0].brand
    return Shot(
        name,
        f"https://{link.host}/",
        lambda language: warning_page(
            link=link,
            verdict=verdict,
            brand=BRANDS[slug] if slug else None,
            language=language,
            ticket=f"https://{PORTAL_HOST}/w/ticket",
            back=back,
            was_post=name == "warning-form",
        ),
        opened,
    )


def page_shots() -> list[Shot]:
    """What was read on the page itself."""
    strange = host_link("login-check.qz7-hvkw.example")

    def of_page(
        name: str, level: Level, brand: str | None, signs: tuple[tuple[PageSign, str], ...], *asks: Secret
    ) -> Shot:
        evidence = Evidence(
            Reason.PAGE, level, "page", "found on the page", brand, at=NOW, asks=asks, signs=signs
        )
        return warned(f"page-{name}", strange, Verdict(level, (evidence,)), opened=1)

    return [
        of_page(
            "brand",
            Level.WARN,
            "amazon",
            ((PageSign.TITLE, "Amazon ログイン"), (PageSign.COPYRIGHT, "© 2026 Amazon.com, Inc.")),
            Secret.CARD,
            Secret.PASSWORD,
        ),
        of_page(
            "support",
            Level.WARN,
            "microsoft",
            ((PageSign.ALARM, "トロイの木馬"), (PageSign.TELEPHONE, "050")),
        ),
        of_page("secret", Level.CAUTION, None, ((PageSign.PRESSURE, "アカウントがロック"),), Secret.PASSWORD),
        of_page("opaque", Level.CAUTION, None, ((PageSign.OPAQUE, ""),)),
        of_page("program", Level.CAUTION, None, ((PageSign.PROGRAM, "ご請求書.pdf.exe"),)),
    ]


def sentence(reason: Reason, source: str, detail: str, **fields: Any) -> Evidence:
    """What somebody outside said of a name."""
    level = Level.WARN if reason in (Reason.FEED, Reason.VIRUSTOTAL) else Level.CAUTION
    return Evidence(reason, level, source, detail, at=NOW, **fields)


LISTED = sentence(
    Reason.FEED,
    "feeds/phishing-database:81243",
    "heron-parcels.example is on the list of phishing of Phishing.Database, fetched 2026-11-23 22:40 UTC",
    since=NOW - 5_500,
    named="Phishing.Database",
)
ENGINES = sentence(
    Reason.VIRUSTOTAL,
    "virustotal",
    "7 engines of VirusTotal hold heron-parcels.example to be malicious (A, B, C, D, E and 2 more), which "
    "looked 2026-11-23 21:00 UTC; asked 2026-11-24 00:12 UTC",
    count=7,
    since=NOW - 11_500,
)
NEW = sentence(
    Reason.NEW_NAME,
    "rdap.example",
    "heron-parcels.example was registered 3 days ago (2026-11-21), says rdap.example",
    count=3,
    since=NOW - 3 * 86_400,
)
UNCHECKED = sentence(
    Reason.UNCHECKED,
    "virustotal",
    "not fully checked: VirusTotal did not answer in time; its answer counts when it comes",
)
PARCELS = host_link("heron-parcels.example")


HOUR, DAY = 3600.0, 86_400.0
SUMMARY = DeskSummary(
    conditions=(
        Condition(
            "virustotal",
            "virustotal",
            "VirusTotal",
            "wrong key",
            "VirusTotal refuses the key; nobody is asked until `sekisho virustotal key` takes another",
            NOW - 2 * DAY,
            NOW - 2 * DAY - HOUR,
        ),
        Condition("registration", "rdap", "Registries (RDAP)", "ok", "", NOW - 5 * DAY, NOW - HOUR),
        Condition("feed", "phishing-database", "Phishing.Database", "ok", "", None, NOW - 3 * HOUR, 401_234),
        Condition(
            "feed",
            "polkadot-js",
            "polkadot-js phishing list",
            "failed",
            "the list could not be fetched: lists.example answered 503; the last good one stays in use, and it is "
            "tried again by itself",
            None,
            NOW - 3 * DAY,
            21_234,
        ),
    ),
    events=(
        Event(
            2,
            TURNED_BAD,
            PARCELS.host,
            NOW - HOUR,
            Level.WARN,
            (ENGINES, NEW),
            (Presence(CLIENT, NOW - 26 * HOUR, NOW - 25 * HOUR, 3),),
        ),
    ),
    asked=Spent(1, 17),
    limits=Limits(4, 500),
)


def nobody(**changes: Any) -> PortalContext:
    """A context in which nobody is asked and nothing is kept."""
    fields: dict[str, Any] = {
        "clock": lambda: NOW, "rulebook": lambda: RULEBOOK, "tickets": Tickets(), "forms": Forms(), "ca_file": Path,
        "go_on": lambda _: None, "ask": None, "find": lambda _: None, "places": tuple, "tell": None,
        "release": lambda _: None, "refuse": lambda _: None, "desk": None,
    }  # fmt: skip
    return PortalContext(**fields | changes)


def portal_shots(folder: Path) -> list[Shot]:
    ca = folder / "ca.pem"
    ca.write_bytes(certificate())
    tickets = Tickets()
    base = nobody(tickets=tickets, ca_file=lambda: ca, rules_read=lambda: NOW, regions=("jp",))
    app = create_portal(replace(base, tell=lambda *_: None))
    busy = create_portal(replace(base, summary=lambda: SUMMARY))
    picture = FamilyMark("さくら餅とほうじ茶", PICTURE.read_bytes())
    known = create_portal(replace(base, mark=lambda: picture))

    def ticket(verdict: Verdict = STORY_VERDICT, *, was_post: bool = False, link: Link = STORY) -> str:
        return tickets.issue(
            link=link,
            url=f"https://{link.host}/",
            client=CLIENT,
            level=verdict.level,
            verdict=verdict,
            was_post=was_post,
            now=NOW,
        )

    get = asking(app)

    def opened(language: str) -> Page:
        name = ticket()
        found = tickets.find(name, CLIENT, NOW)
        assert found
        return ask(app, "POST", f"/w/{name}/on", language, tickets.token(found, NOW))

    def answered(choice: str) -> Callable[[str], Page]:
        return lambda language: ask(app, "POST", f"/w/{ticket()}/on", language, "none", answer=choice)

    blocked = plain(
        Reason.FAMILY_BLOCK, Level.BLOCK, "rules/blocklist.txt:3", "example.net is on the family's blocklist"
    )
    root = f"https://{PORTAL_HOST}"
    return [
        Shot("portal-warning", f"{root}/w/0", lambda lang: ask(known, "GET", f"/w/{ticket()}", lang)),
        Shot("aftercare", f"{root}/typed", get("/typed")),
        Shot("aftercare-story", f"{root}/w/0/typed", get(f"/w/{ticket()}/typed")),
        *(
            Shot(
                f"aftercare-{harm.value}",
                f"{root}/w/0/typed/{harm.value}",
                get(f"/w/{name}/typed/{harm.value}"),
            )
            for name in (ticket(),)
            for harm in Harm
        ),
        Shot("portal-sure-not", f"{root}/w/0/on", answered("real")),
        Shot("portal-certificate", f"http://{PORTAL_HOST}/", get("/")),
        Shot("portal-certificate-steps", f"http://{PORTAL_HOST}/", get("/"), opened=2),
        Shot("portal-go-on", f"{root}/w/1/on", get(f"/w/{ticket()}/on")),
        Shot("portal-go-on-form", f"{root}/w/2/on", get(f"/w/{ticket(was_post=True)}/on")),
        Shot(
            "portal-blocked", f"{root}/w/3/on", get(f"/w/{ticket(blocked, link=host_link('example.net'))}/on")
        ),
        Shot("portal-opened", f"{root}/w/4", opened),
        Shot("portal-not-opened", f"{root}/w/5", get("/w/gone")),
        Shot("portal-safe", f"{root}/safe", get("/safe")),
        Shot("portal-desk", f"{root}/desk", get("/desk")),
        Shot("portal-desk-events", f"{root}/desk", lambda lang: ask(busy, "GET", "/desk", lang, here=True)),
        Shot("portal-no-such-page", f"{root}/none", get("/none")),
    ]


def ask(
    app: Flask,
    method: str,
    path: str,
    language: str,
    token: str = "",
    *,
    here: bool = False,
    answer: str = "this",
) -> Page:
    page = app.test_client().open(
        path,
        method=method,
        base_url=f"https://{PORTAL_HOST}",
        headers={"Accept-Language": language},
        environ_overrides={"REMOTE_ADDR": "127.0.0.1" if here else CLIENT},
        data={"token": token, "answer": answer} if token else None,
    )
    # A page that asks again by itself would be drawn while it changes.
    kept = tuple(header for header in page.headers.items() if header[0] != "Refresh")
    return Page(page.status_code, kept, page.data)


def asking(app: Flask) -> Callable[[str], Callable[[str], Page]]:
    """Path → what makes its page, as a browser asks for it."""
    return lambda path: lambda language: ask(app, "GET", path, language)


SHOP = host_link("tanaka-tofu-ten.jp")
ALL_OF_THEM = (
    Secret.PASSWORD,
    Secret.QUESTION,
    Secret.CARD,
    Secret.CODE,
    Secret.MY_NUMBER,
    Secret.BANK,
    Secret.SEED,
)


def form_shots() -> list[Shot]:
    forms = Forms()
    app = Flask("forms")
    add_form_pages(app, nobody(forms=forms))

    def hold(link: Link, found: tuple[Secret, ...], why: HoldReason = HoldReason.FORM) -> HeldForm:
        verdict = STORY_VERDICT if link is STORY else Verdict(Level.PASS)
        return forms.hold(
            link=link,
            url=f"https://{link.host}/login",
            client=CLIENT,
            verdict=verdict,
            found=found,
            why=why,
            now=NOW,
            content=b"held",
            size=4,
            new_here=link is SHOP,
        )

    def held(name: str, link: Link, found: tuple[Secret, ...], why: HoldReason = HoldReason.FORM) -> Shot:
        form = hold(link, found, why)
        brand = BRANDS["microsoft"] if link is STORY else None
        return Shot(
            name,
            form.url,
            lambda language: form_page(
                form, brand=brand, language=language, more=f"https://{PORTAL_HOST}/f/1"
            ),
        )

    get = asking(app)

    def answered(choice: str, link: Link = STORY, why: HoldReason = HoldReason.FORM) -> Callable[[str], Page]:
        def page(language: str) -> Page:
            form = hold(link, (Secret.PASSWORD,), why)
            forms.answer(form.id, forms.token(form, NOW), CLIENT, NOW, send=choice == "this")
            return ask(app, "GET", f"/f/{form.id}", language)

        return page

    root = f"https://{PORTAL_HOST}"
    return [
        held("form-story", STORY, (Secret.PASSWORD, Secret.QUESTION)),
        held("form-shop", SHOP, (Secret.CARD,)),
        held("form-all", host_link("example.net", 80, "http"), ALL_OF_THEM),
        held("form-script", SHOP, (Secret.PASSWORD,), HoldReason.SCRIPT),
        held("form-too-long", SHOP, (), HoldReason.TOO_LONG),
        Shot("form-question", f"{root}/f/1", get(f"/f/{hold(STORY, (Secret.PASSWORD,)).id}")),
        Shot("form-question-shop", f"{root}/f/2", get(f"/f/{hold(SHOP, (Secret.CARD,)).id}")),
        Shot("form-sending", f"{root}/f/3", answered("this")),
        Shot("form-again", f"{root}/f/4", answered("this", SHOP, HoldReason.SCRIPT)),
        Shot("form-unsent", f"{root}/f/5", answered("real")),
        Shot("form-gone", f"{root}/f/6", get("/f/gone")),
    ]


def ask_shots() -> list[Shot]:
    """What the parent sees from "ask my family" to the answer."""
    tickets, forms = Tickets(), Forms()
    asks: dict[str, Ask] = {}

    def portal(places: tuple[str, ...], error: Exception | None = None) -> Flask:
        def make(link: Link, client: str, verdict: Verdict, path: str | None) -> Ask:
            if error:
                raise error
            return new_ask(link, client, verdict, NOW, ask_id="new", path=path)

        return create_portal(
            nobody(tickets=tickets, forms=forms, ask=make, find=asks.get, places=lambda: places)
        )

    app = portal(("mail", "ntfy"))
    alone = portal(())
    often = portal((), TooManyAsksError(240.0))
    name = tickets.issue(
        link=STORY, url=f"https://{STORY.host}/login?id=7", client=CLIENT, level=Level.WARN,
        verdict=STORY_VERDICT, was_post=False, now=NOW,
    )  # fmt: skip
    ticket = tickets.find(name, CLIENT, NOW)
    assert ticket
    asked = replace(new_ask(STORY, CLIENT, STORY_VERDICT, NOW, ask_id="open"), told_at=NOW)
    asks["open"] = asked
    for answer in ANSWERS:
        asks[answer] = replace(asked, id=answer, answered_at=NOW, answered_by="desk", answer=answer)
    asks["late"] = replace(asked, id="late", at=NOW - 2 * 86_400, expires=NOW - 86_400)

    get = asking(app)

    def sent(language: str) -> Page:
        return ask(often, "POST", f"/w/{name}/ask", language, tickets.token(ticket, NOW))

    root = f"https://{PORTAL_HOST}"
    return [
        Shot("ask-family", f"{root}/w/0/ask", get(f"/w/{name}/ask")),
        Shot("ask-family-alone", f"{root}/w/0/ask", asking(alone)(f"/w/{name}/ask")),
        Shot("ask-too-often", f"{root}/w/0/ask", sent),
        *(Shot(f"asked-{state}", f"{root}/ask/0", get(f"/ask/{state}")) for state in asks),
    ]


def desk_shots(folder: Path) -> list[Shot]:
    """The family's desk, with a real store behind it."""
    state = folder / "desk-state"
    state.mkdir(mode=0o700)
    store = Store.open(f"sqlite:///{state / 'sekisho.db'}")
    settings = Settings(state=state)
    desk = DeskContext(
        settings=settings,
        set_up=SetUp("ABCD-2345"),
        clock=lambda: NOW,
        store=lambda: store,
        household=lambda: Household(RULEBOOK, tuple(store.decisions.in_force(NOW))),
        answer_ask=lambda ask_id, answer, by: answer_ask(store, ask_id, answer, by=by, now=NOW),
        decided=lambda: None,
        try_all=lambda *_: (),
    )
    app = create_portal(nobody(desk=desk))
    mother = store.devices.add_person("お母さん", NOW)
    store.devices.name(CLIENT, "スマホ", mother.id, NOW)
    ask_family(store, STORY, CLIENT, STORY_VERDICT, NOW - 60, path="/login")
    answered, _ = ask_family(
        store, host_link("tanaka-tofu-ten.jp"), CLIENT, Verdict(Level.CAUTION), NOW - 7200
    )
    answer_ask(store, answered.id, "1w", by="desk, 192.168.1.10", now=NOW - 7000)
    write_mark(state, FamilyMark("さくら餅とほうじ茶", PICTURE.read_bytes()))
    browser = app.test_client()

    def open_(path: str, language: str, form: dict[str, str] | None = None) -> TestResponse:
        return browser.open(
            path,
            method="POST" if form else "GET",
            base_url=f"https://{PORTAL_HOST}",
            headers={"Accept-Language": language, "Origin": f"https://{PORTAL_HOST}"},
            environ_overrides={"REMOTE_ADDR": CLIENT},
            data=form,
        )

    def shot(path: str) -> Shot:
        """As the page is now: what comes later changes it, and the store is closed then."""
        sent = {language: open_(path, language) for language in ("ja", "en")}
        pages = {
            language: Page(one.status_code, tuple(one.headers.items()), one.data)
            for language, one in sent.items()
        }
        return Shot(path.strip("/").replace("/", "-"), f"https://{PORTAL_HOST}{path}", pages.__getitem__)

    with store:
        found = [shot("/desk/start")]
        token = re.findall(r'name="token" value="([^"]+)"', open_("/desk/start", "en").text)[0]
        password = "shiba inu hana"
        form = {"token": token, "code": "ABCD-2345", "password": password, "again": password}
        open_("/desk/start", "en", form)
        found += [
            replace(shot("/desk"), name="desk-home"),
            *(shot(f"/desk/{name}") for name in ("asks", "decisions", "people", "look", "notify", "account")),
        ]
        browser = app.test_client()
        return [*found, shot("/desk/login")]


def certificate() -> bytes:
    # A fixed key, so that the fingerprint in the pictures does not change; it signs nothing else.
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sekisho")])
    start = datetime(2026, 11, 22, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=3650))
    return builder.sign(key, None).public_bytes(Encoding.PEM)


def shots(folder: Path) -> list[Shot]:
    return [
        warned("warning-story", STORY, STORY_VERDICT),
        warned("warning-story-details", STORY, STORY_VERDICT, back="https://mail.example.org/", opened=1),
        warned("warning-form", STORY, STORY_VERDICT),
        warned(
            "warning-script",
            CYRILLIC,
            imitation(
                CYRILLIC,
                "apple",
                Trick.SKELETON,
                "аррӏе",
                ("а", "a"),
                ("р", "p"),
                ("р", "p"),
                ("ӏ", "l"),
                ("е", "e"),
            ),
        ),
        warned("warning-embedding", EMBEDDED, imitation(EMBEDDED, "amazon", Trick.EMBEDDING, "amazon.co.jp")),
        warned("warning-typo", TYPO, imitation(TYPO, "smbc-card", Trick.TYPO, "smbc-crad")),
        warned("warning-long", LONG, imitation(LONG, "microsoft", Trick.BRAND_TOKEN, "microsoft")),
        warned(
            "warning-ending",
            host_link("kuroneko-co-jp.top"),
            Verdict(
                Level.WARN,
                (
                    Evidence(
                        Reason.LOOKALIKE,
                        Level.WARN,
                        "lookalike",
                        "'co-jp' is made to look like the end of a Japanese address, but the host ends in 'top'.",
                        trick=Trick.FAKE_SUFFIX,
                        matched=(9, 14),
                        at=NOW,
                    ),
                ),
            ),
        ),
        warned(
            "warning-family",
            host_link("example.net"),
            plain(
                Reason.FAMILY_BLOCK,
                Level.BLOCK,
                "rules/blocklist.txt:3",
                "example.net is on the family's blocklist",
            ),
            opened=1,
        ),
        warned(
            "warning-imported",
            host_link("example.net"),
            Verdict(
                Level.BLOCK,
                (
                    Evidence(
                        Reason.FAMILY_BLOCK,
                        Level.BLOCK,
                        "block/adguard-annoyances.txt:812",
                        "example.net is on the list adguard-annoyances, which the family imported",
                        at=NOW,
                        named="adguard-annoyances",
                    ),
                ),
            ),
            opened=1,
        ),
        warned(
            "warning-address",
            host_link("203.0.113.7"),
            plain(Reason.CIRCUMSTANCE, Level.WARN, "address", "the host is a bare IP address"),
        ),
        warned(
            "warning-circumstance",
            host_link("qzxkvjwp.example"),
            plain(Reason.CIRCUMSTANCE, Level.WARN, "name", "the name looks random"),
        ),
        warned(
            "warning-unreadable",
            host_link("xn--a-b-c-.example"),
            plain(Reason.UNREADABLE, Level.WARN, "link", "the host name cannot be read (punycode)"),
        ),
        warned(
            "warning-home-network",
            host_link("192.168.1.1"),
            plain(Reason.HOME_NETWORK, Level.BLOCK, "reach", "192.168.1.1 lies in the home network"),
        ),
        warned("warning-feed", PARCELS, Verdict(Level.WARN, (LISTED,))),
        warned("warning-virustotal", PARCELS, Verdict(Level.WARN, (ENGINES, NEW)), opened=1),
        warned("warning-new-name", PARCELS, Verdict(Level.WARN, (NEW, UNCHECKED)), opened=1),
        warned("warning-unchecked", PARCELS, Verdict(Level.WARN, (UNCHECKED,))),
        *page_shots(),
        Shot(
            "refused-public-name",
            "https://router.example.net/",
            lambda language: refused_page(
                link=host_link("router.example.net"), language=language, public_name=True
            ),
        ),
        Shot(
            "could-not-check",
            "https://example.net/",
            lambda language: could_not_check_page(
                link=host_link("example.net"), language=language, scheme="https"
            ),
        ),
        *portal_shots(folder),
        *form_shots(),
        *ask_shots(),
        *desk_shots(folder),
    ]
