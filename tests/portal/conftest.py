"""A few brands, the story's verdict, and a small server of ours for the tests in a real Chromium."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from sekisho.engine.held_forms import Forms
from sekisho.engine.tickets import Ticket, Tickets
from sekisho.link import Link, host_link
from sekisho.portal import password
from sekisho.portal.context import PortalContext
from sekisho.portal.desk import DeskSummary
from sekisho.portal.family_mark import FamilyMark
from sekisho.portal.page import Page
from sekisho.portal.portal import create_portal
from sekisho.portal.warning import NO_MARK
from sekisho.rulebook.model import Brand, Rulebook
from sekisho.store import Store
from sekisho.verdict import Evidence, Fake, Level, Reason, Trick, Verdict

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

    from .family_desk import FamilyDesk, Visitor

NOW = 1_795_479_120.0
CLIENT = "192.168.1.20"

MICROSOFT = Brand(
    "microsoft", "Microsoft", "マイクロソフト", "world", "tech", ("microsoft",), (), ("microsoft.com",)
)
AMAZON = Brand(
    "amazon", "Amazon", "アマゾン", "world", "shop", ("amazon",), (), ("amazon.co.jp", "amazon.com")
)
CARD = Brand(
    "smbc-card", "Sumitomo Mitsui Card", "三井住友カード", "jp", "card", ("smbc",), (), ("smbc-card.com",)
)
RULEBOOK = Rulebook(
    brands={b.slug: b for b in (MICROSOFT, AMAZON, CARD)}, familiar_domains=frozenset({"example.org"})
)

STORY = host_link("rec0very-supp0rt-micr0s0ft.org")
STORY_EVIDENCE = Evidence(
    Reason.LOOKALIKE,
    Level.WARN,
    "lookalike",
    "'micr0s0ft' imitates Microsoft (microsoft.com).",
    "microsoft",
    Trick.LEET,
    "microsoft.com",
    (Fake(3, 4, "o"), Fake(13, 14, "o"), Fake(21, 22, "o"), Fake(23, 24, "o")),
    (17, 26),
    NOW,
)
STORY_VERDICT = Verdict(Level.WARN, (STORY_EVIDENCE,))


def lookalike(
    host: str, site: str, matched: str, fakes: tuple[Fake, ...] = (), imitates: str = ""
) -> Evidence:
    """Evidence that the stretch `matched` of a host imitates; where it is empty nothing is said of the place."""
    start = host_link(host).unicode.index(matched)
    place = (start, start + len(matched)) if matched else None
    return Evidence(
        Reason.LOOKALIKE, Level.WARN, "lookalike", "told", None, None, imitates or site, fakes, place, NOW
    )


def verdict(reason: Reason, level: Level) -> Verdict:
    return Verdict(level, (Evidence(reason, level, "rules/blocklist.txt:3", "told in English", at=NOW),))


def text_of(html: bytes | str) -> str:
    """What a page says: its text without markup, furigana and what is only drawn."""
    text = html.decode() if isinstance(html, bytes) else html
    for unsaid in (
        r"<title>.*?</title>",
        r"<style>.*?</style>",
        r'<div class="pair".*?</div></div>\s*</div>',
        r"<rp>.*?</rp>",
        r"<rt>.*?</rt>",
        "\u2060",
    ):
        text = re.sub(unsaid, "", text, flags=re.DOTALL)
    text = re.sub(r"</(?:p|li|h1|h2|dd|dt|a|th|td)>|<br>", " ", text)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", text))).strip()


ROOT = "https://sekisho.internal"
URL = "https://rec0very-supp0rt-micr0s0ft.org/login?next=%22&id=7"


def nobody(*_: object) -> Any:
    raise AssertionError("no page of this test asks the family or keeps an answer")


def portal_context(**changes: Any) -> PortalContext:
    """A context of nobody: each test says what it is about."""
    fields: dict[str, Any] = {
        "clock": lambda: NOW, "rulebook": lambda: RULEBOOK, "tickets": Tickets(), "forms": Forms(),
        "ca_file": lambda: Path("none.pem"), "go_on": nobody, "ask": nobody, "find": nobody, "places": tuple,
        "tell": None, "release": nobody, "refuse": nobody, "desk": None,
    }  # fmt: skip
    return PortalContext(**fields | changes)


@dataclass
class Portal:
    """A portal and what happened behind it."""

    ca_file: Path
    tickets: Tickets = field(default_factory=Tickets)
    opened: list[Ticket] = field(default_factory=list)
    now: float = NOW
    fails: bool = False
    rulebook: Rulebook = RULEBOOK
    state: DeskSummary = field(default_factory=DeskSummary)
    mark: FamilyMark = NO_MARK

    def __post_init__(self) -> None:
        self.app: Flask = create_portal(self.context())

    def context(self, **changes: Any) -> PortalContext:
        fields: dict[str, Any] = {
            "tickets": self.tickets,
            "go_on": self.go_on,
            "ca_file": lambda: self.ca_file,
            "rulebook": lambda: self.rulebook,
            "clock": lambda: self.now,
            "own_hosts": ("gate.home.arpa",),
            "rules_read": lambda: NOW - 60,
            "summary": lambda: self.state,
            "mark": lambda: self.mark,
        }
        return portal_context(**fields | changes)

    def go_on(self, ticket: Ticket) -> None:
        if self.fails:
            raise OSError("the store is locked")
        self.opened.append(ticket)

    def issue(self, found: Verdict = STORY_VERDICT, link: Link = STORY, *, was_post: bool = False) -> str:
        return self.tickets.issue(
            link=link,
            url=URL,
            client=CLIENT,
            level=found.level,
            verdict=found,
            was_post=was_post,
            now=self.now,
        )

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        client: str = CLIENT,
        root: str = ROOT,
        token: str | None = None,
        answer: str = "this",
        language: str = "en",
        **headers: str,
    ) -> TestResponse:
        sent = {
            "Accept-Language": language,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.app.test_client().open(
            path,
            method=method,
            base_url=root,
            headers=sent,
            environ_overrides={"REMOTE_ADDR": client},
            data={"answer": answer} if token is None else {"token": token, "answer": answer},
        )

    def token(self, name: str) -> str:
        [token] = re.findall(r'name="token" value="([^"]+)"', self.ask(f"/w/{name}/on").text)
        return str(token)


@pytest.fixture
def portal(ca_file: Path) -> Portal:
    return Portal(ca_file)


@pytest.fixture(scope="session")
def ca() -> tuple[bytes, bytes]:
    """A certificate and its key, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sekisho of the test's home")])
    start = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, start, start + timedelta(days=90))
    pem = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    return pem, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def ca_file(tmp_path: Path, ca: tuple[bytes, bytes]) -> Path:
    """As the worst of users would point to it: the key in the same file."""
    path = tmp_path / "ca.pem"
    path.write_bytes(ca[1] + ca[0])
    return path


@contextmanager
def served(app: "WSGIApplication", ca: tuple[bytes, bytes], folder: Path, *, tls: bool) -> Iterator[int]:
    """The app on a loopback port; every name leads there in the browser of `browser_for`."""
    certificate, key = folder / "server.pem", folder / "server.key"
    certificate.write_bytes(ca[0])
    key.write_bytes(ca[1])
    pair = (str(certificate), str(key)) if tls else None
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=pair)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browser_for(port: int) -> Iterator[Browser]:
    """Chromium in which every host is the server on this port."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", f"--host-resolver-rules=MAP * 127.0.0.1:{port}"],
        )
        try:
            yield browser
        finally:
            browser.close()


def as_wsgi(page: Page, start_response: "StartResponse") -> list[bytes]:
    start_response(f"{page.status} as said", list(page.headers))
    return [page.body]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[FamilyDesk]":
    """The family's desk with a real store, and no password yet. Hashing costs little (test_password has its price)."""
    from .family_desk import FamilyDesk

    monkeypatch.setattr(password, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    with Store.open(f"sqlite:///{state / 'sekisho.db'}") as store:
        yield FamilyDesk(state, store)


@pytest.fixture
def family(desk: "FamilyDesk") -> "Visitor":
    """A browser that is logged in at the desk."""
    from .family_desk import PASSWORD, Visitor

    password.set_password(desk.state, PASSWORD)
    visitor = Visitor(desk)
    visitor.log_in()
    return visitor
