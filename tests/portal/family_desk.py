"""A desk with a real store behind it, and a browser's memory of it: cookies, tokens, where a form stood."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from sekisho.engine.asks import answer_ask, ask_family
from sekisho.link import host_link
from sekisho.notify.keys import Keys
from sekisho.policy.household import Household
from sekisho.portal.context import DeskContext
from sekisho.portal.desk import DeskSummary
from sekisho.portal.login import SetUp
from sekisho.portal.portal import create_portal
from sekisho.records.asks import Answer, Ask, Outcome
from sekisho.rulebook.model import Rulebook
from sekisho.settings import Settings
from sekisho.store import Store
from sekisho.verdict import Verdict

from .conftest import CLIENT, NOW, RULEBOOK, STORY_VERDICT, portal_context

ROOT = "https://sekisho.internal"
CODE = "ABCD-2345"
PASSWORD = "shiba inu hana"


@dataclass
class FamilyDesk:
    """The portal with its desk. `decided` counts how often the decisions were read anew."""

    state: Path
    store: Store
    settings: Settings = field(init=False)
    now: float = NOW
    decided: int = 0
    outcomes: Sequence[tuple[str, str, str]] = (("ntfy", "ok", ""),)
    tried: int = 0
    rules: Rulebook = RULEBOOK

    def __post_init__(self) -> None:
        self.settings = Settings(state=self.state)
        self.set_up = SetUp(CODE)
        self.app = self.make_app()

    def make_app(self) -> Flask:
        """As a proxy that starts makes it."""
        desk = DeskContext(
            settings=self.settings,
            set_up=self.set_up,
            clock=lambda: self.now,
            store=lambda: self.store,
            household=self.household,
            answer_ask=self.answer,
            decided=self.note,
            try_all=self.try_all,
        )
        return create_portal(
            portal_context(
                ca_file=lambda: self.state / "none.pem",
                clock=lambda: self.now,
                summary=lambda: DeskSummary(waiting=len(self.store.asks.open_asks(self.now))),
                desk=desk,
            )
        )

    def household(self) -> Household:
        return Household(self.rules, tuple(self.store.decisions.in_force(self.now)))

    def answer(self, ask_id: str, given: Answer, by: str) -> Outcome:
        outcome = answer_ask(self.store, ask_id, given, by=by, now=self.now)
        self.decided += outcome.kind == "accepted"
        return outcome

    def note(self) -> None:
        self.decided += 1

    def try_all(self, _settings: Settings, _keys: Keys | None) -> Sequence[tuple[str, str, str]]:
        self.tried += 1
        return self.outcomes

    def asked(
        self, host: str, found: Verdict = STORY_VERDICT, *, client: str = CLIENT, path: str | None = None
    ) -> Ask:
        return ask_family(self.store, host_link(host), client, found, self.now, path=path)[0]


class Visitor:
    """One browser of one device, with its page open: `token` is that of the last page that had one."""

    def __init__(
        self, portal: FamilyDesk, *, client: str = CLIENT, root: str = ROOT, language: str = "en"
    ) -> None:
        self.portal, self.client, self.root, self.language = portal, client, root, language
        self.browser: FlaskClient = portal.app.test_client()
        self.page = self.token = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._open("GET", path, None, headers)

    def send(
        self, path: str, form: dict[str, object] | None = None, *, token: str | None = None, **headers: str
    ) -> TestResponse:
        """A form of that page."""
        data: dict[str, object] = {"token": self.token if token is None else token, **(form or {})}
        if not any(isinstance(value, FileStorage) for value in data.values()):
            return self._open("POST", path, data, {"Origin": self.root, **headers})
        # As bytes: the test client would leave a temporary file open.
        boundary, body = encode_multipart(data)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", **headers}
        return self._open("POST", path, body, {"Origin": self.root, **headers})

    def follow(self, answer: TestResponse) -> TestResponse:
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])

    def start(self, code: str = CODE, password: str = PASSWORD) -> TestResponse:
        self.get("/desk/start")
        return self.send("/desk/start", {"code": code, "password": password, "again": password})

    def log_in(self, password: str = PASSWORD) -> TestResponse:
        self.get("/desk/login")
        return self.send("/desk/login", {"password": password})

    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in (self.browser._cookies or {}).values()}

    def _open(self, method: str, path: str, data: object, headers: dict[str, str]) -> TestResponse:
        answer = self.browser.open(
            path,
            method=method,
            base_url=self.root,
            headers={
                "Accept-Language": self.language,
                **{k.replace("_", "-"): v for k, v in headers.items()},
            },
            environ_overrides={"REMOTE_ADDR": self.client},
            data=data,
        )
        if answer.mimetype == "text/html":
            self.page = answer.text
            found = re.findall(r'name="token" value="([^"]+)"', self.page)
            self.token = found[0] if found else self.token
        return answer
