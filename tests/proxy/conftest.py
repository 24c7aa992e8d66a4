"""An engine with a small rulebook and a real store, and flows that ask it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from mitmproxy import http
from mitmproxy.test import tflow

from sekisho.engine.engine import Engine
from sekisho.policy.action import Forward
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decisions
from sekisho.policy.navigation import Kind
from sekisho.proxy.flows import ACTION, read_again
from sekisho.rulebook.model import Brand, HostList, ListEntry, Rulebook, TrickStrength
from sekisho.settings import Settings
from sekisho.store import Store
from sekisho.verdict import Level, Verdict

NOW = 1_800_000_000.0
FAKE = "rec0very-supp0rt-micr0s0ft.org"
CLEAN = "tanaka-tofu-ten.jp"
FAMILIAR = "example.com"

MICROSOFT = Brand(
    "microsoft", "Microsoft", "マイクロソフト", "world", "software", ("microsoft",), (), ("microsoft.com",)
)
BLOCKED = ListEntry("blocked.jp", False, "blocklist.txt:1")

FlowMaker = Callable[..., http.HTTPFlow]


def rulebook() -> Rulebook:
    warn = TrickStrength(Level.WARN, Level.WARN)
    return Rulebook(
        brands={"microsoft": MICROSOFT},
        familiar_domains=frozenset({FAMILIAR}),
        blocklist=(HostList({"blocked.jp": BLOCKED}),),
        risk_words=frozenset({"recovery", "support"}),
        tricks=dict.fromkeys(("skeleton", "leet", "embedding", "brand-token"), warn),
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path / "state")


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    settings.state.mkdir(mode=0o700)
    store = Store.open(settings.store_url)
    engine = Engine(settings, clock=lambda: NOW)
    engine.current.store = store
    engine.current.policy = Policy(rulebook(), Decisions(()))
    yield engine
    store.close()


def make_flow(
    url: str, *, method: str = "GET", client: str = "192.168.1.20", sni: str | None = None, **headers: str
) -> http.HTTPFlow:
    """A flow as it stands in `requestheaders`; header names with `_` for `-`."""
    flow = tflow.tflow()
    flow.request = http.Request.make(method, url)
    flow.request.headers.pop("content-length", None)
    for name, value in headers.items():
        flow.request.headers[name.replace("_", "-")] = value
    flow.client_conn.peername = (client, 50000)
    flow.client_conn.sockname = ("127.0.0.1", 8080)
    flow.client_conn.sni = sni
    flow.client_conn.timestamp_end = None
    return flow


def click(url: str, **headers: str) -> http.HTTPFlow:
    """A top-level navigation as a browser sends it over https."""
    return make_flow(url, sec_fetch_mode="navigate", sec_fetch_dest="document", accept="text/html", **headers)


def forwarded(
    flow: http.HTTPFlow, verdict: Verdict, kind: Kind | None = None, *, cleared: bool = False
) -> None:
    """As if the request was judged so, and let through."""
    request = read_again(flow)
    flow.metadata["sekisho.request"] = replace(request, kind=kind or request.kind)
    flow.metadata[ACTION] = Forward(verdict, cleared=cleared)
