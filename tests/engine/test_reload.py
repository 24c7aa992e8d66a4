"""A family that edits a list and sees no effect edits it again, and then gives up."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.engine.engine import Engine
from sekisho.engine.reload import PERIOD, Reload
from sekisho.link import host_link
from sekisho.policy.decisions import Decision
from sekisho.rulebook import rules_folder
from sekisho.settings import HouseholdSettings, Settings
from sekisho.store import Store, StoreError
from sekisho.verdict import Level

from ..proxy.conftest import CLEAN, NOW

BRANDS = """
[microsoft]
name = "Microsoft"
name_ja = "マイクロソフト"
region = "world"
kind = "software"
tokens = ["microsoft"]
weak_tokens = []
domains = ["microsoft.com"]
"""
OTTER = """
[otter]
name = "Otter"
name_ja = "オッター"
region = "de"
kind = "bank"
tokens = ["fischotter"]
domains = ["fischotter.com"]
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder)
    (folder / "brands.toml").write_text(BRANDS)
    (folder / "familiar.txt").write_text("example.com\n")
    return folder


@pytest.fixture
def fresh(tmp_path: Path, rules: Path) -> Iterator[Engine]:
    settings = Settings(state=tmp_path / "state", rules=rules)
    settings.state.mkdir(mode=0o700)
    engine = Engine(settings, clock=lambda: NOW)
    yield engine
    if engine.current.store:
        engine.current.store.close()


def level(engine: Engine, host: str) -> Level:
    return engine.judge.verdict(host_link(host), "192.168.1.20", is_click=True).level


def test_one_round_brings_the_gatehouse_up(fresh: Engine) -> None:
    asyncio.run(Reload(fresh.current, fresh.visits, fresh.settings).refresh())
    assert fresh.current.store is not None
    assert level(fresh, CLEAN) is Level.PASS


def test_an_edit_of_the_family_takes_effect_and_closes_what_stands(fresh: Engine) -> None:
    changed: list[bool] = []
    reload = Reload(fresh.current, fresh.visits, fresh.settings, lambda: changed.append(True))

    async def run() -> None:
        await reload.refresh()
        await reload.refresh()
        assert changed == []
        (fresh.settings.state / "blocklist.txt").write_text(f"{CLEAN}\n")
        await reload.refresh()

    asyncio.run(run())
    assert level(fresh, CLEAN) is Level.BLOCK
    assert changed == [True]


def test_an_edit_in_a_round_in_which_the_store_fails_counts_in_the_next(
    fresh: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what the family blocked while the store was busy would stay open until somebody edits a file again."""
    reload = Reload(fresh.current, fresh.visits, fresh.settings)

    def busy() -> int:
        raise StoreError("the store is busy")

    async def run() -> None:
        await reload.refresh()
        assert fresh.current.store
        (fresh.settings.state / "blocklist.txt").write_text(f"{CLEAN}\n")
        with monkeypatch.context() as broken:
            broken.setattr(fresh.current.store.decisions, "change_counter", busy)
            await reload.refresh()
        assert level(fresh, CLEAN) is Level.PASS
        await reload.refresh()

    asyncio.run(run())
    assert level(fresh, CLEAN) is Level.BLOCK


def test_the_household_of_the_settings_is_the_one_that_is_judged_for(tmp_path: Path, rules: Path) -> None:
    people = HouseholdSettings(regions=("de",), scripts=("latin",))
    settings = Settings(state=tmp_path / "state", rules=rules, household=people)
    settings.state.mkdir(mode=0o700)
    (rules / "brands.toml").write_text(BRANDS + OTTER)
    engine = Engine(settings, clock=lambda: NOW)
    asyncio.run(Reload(engine.current, engine.visits, engine.settings).refresh())
    assert engine.current.store is not None
    engine.current.store.close()
    assert level(engine, "fischotter-heron.example") is Level.WARN
    assert level(engine, "xn--6oq618a.example") is Level.CAUTION


def test_two_looks_fit_into_the_two_seconds_that_were_promised() -> None:
    assert PERIOD <= 1.0


def test_a_bad_edit_keeps_the_last_good_rules(fresh: Engine, rules: Path) -> None:
    reload = Reload(fresh.current, fresh.visits, fresh.settings)

    async def run() -> None:
        await reload.refresh()
        (rules / "brands.toml").write_text("[microsoft\n")
        await reload.refresh()
        assert level(fresh, "www.microsoft.com") is Level.PASS
        assert fresh.judge.verdict(host_link("www.microsoft.com"), "", is_click=True).familiar
        (rules / "blocklist.txt").write_text("microsoft.com\n")
        (rules / "brands.toml").write_text(BRANDS)
        await reload.refresh()

    asyncio.run(run())
    assert level(fresh, "www.microsoft.com") is Level.BLOCK


def test_rules_that_cannot_be_read_at_the_start_are_said_and_tried_again(
    fresh: Engine, rules: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (rules / "brands.toml").write_text("[microsoft\n")
    reload = Reload(fresh.current, fresh.visits, fresh.settings)

    async def run() -> None:
        await reload.refresh()
        await reload.refresh()
        assert fresh.current.policy is None
        assert "brands.toml:1" in fresh.current.missing
        (rules / "brands.toml").write_text(BRANDS)
        await reload.refresh()

    asyncio.run(run())
    assert fresh.current.policy is not None
    sentence = [record for record in caplog.records if "brands.toml:1" in record.getMessage()]
    assert len(sentence) == 1


@pytest.mark.slow
def test_without_the_family_s_decisions_nobody_is_judged(fresh: Engine) -> None:
    Store.open(fresh.settings.store_url).close()
    lock = sqlite3.connect(fresh.settings.state / "sekisho.db", isolation_level=None)
    lock.execute("pragma locking_mode=exclusive")
    lock.execute("begin exclusive")
    reload = Reload(fresh.current, fresh.visits, fresh.settings)
    asyncio.run(reload.refresh())
    assert fresh.current.policy is None
    lock.execute("rollback")
    lock.close()
    asyncio.run(reload.refresh())
    assert level(fresh, CLEAN) is Level.PASS


def test_a_decision_of_another_process_is_heard(fresh: Engine) -> None:
    reload = Reload(fresh.current, fresh.visits, fresh.settings)

    async def run() -> None:
        await reload.refresh()
        other = Store.open(fresh.settings.store_url)
        other.decisions.add(Decision("block", CLEAN, NOW - 1, "sekisho block"))
        other.close()
        await reload.refresh()

    asyncio.run(run())
    assert level(fresh, CLEAN) is Level.BLOCK


def test_it_stops_and_writes_what_waits(fresh: Engine) -> None:
    reload = Reload(fresh.current, fresh.visits, fresh.settings)

    async def run() -> None:
        await reload.refresh()
        await reload.running()
        fresh.visits.note(
            host_link(CLEAN), fresh.judge.verdict(host_link(CLEAN), "", is_click=True), "", is_click=True
        )
        await reload.done()

    asyncio.run(run())
    store = Store.open(fresh.settings.store_url)
    assert [line.host for line in store.visits.log(limit=9)] == [CLEAN]
    store.close()
