import contextlib
import logging
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sekisho.link import host_link
from sekisho.records.domains import STORE_DAMAGED
from sekisho.store import DamagedStoreError, Decision, Store, StoreError, Visit, rescue
from sekisho.verdict import Level, Verdict

BLOCK = Decision("block", "a.example", 1.0, "sekisho block")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with 300 decisions, one of them ended, and other rows around them."""
    path = tmp_path_factory.mktemp("sound") / "sekisho.db"
    with Store.open(f"sqlite:///{path}") as store:
        for number in range(300):
            store.decisions.add(replace(BLOCK, host=f"h{number}.example"))
        store.visits.record([Visit(f"v{number}.example", Level.PASS, 1.0, "c") for number in range(300)])
        store.decisions.end_on("h7.example", by="sekisho unblock", at=5.0)
        store.verdicts.record(host_link("v.example"), Verdict(Level.PASS), 1.0)
    return path


@pytest.fixture
def path(tmp_path: Path, sound: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copy(sound, tmp_path / "sekisho.db"))


def damage_visits(path: Path) -> None:
    """The page on which the table of visits begins is noise."""
    connection = sqlite3.connect(path)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'visits'").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)


def damage_leaf(path: Path) -> None:
    """A page in the middle of the decisions is noise."""
    content = path.read_bytes()
    place = content.index(b"h150.example") // 4096 * 4096
    path.write_bytes(content[:place] + b"\xa5" * 4096 + content[place + 4096 :])


def test_a_damaged_store_is_put_aside_and_the_decisions_live_on(
    path: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The family's blocks are what must never be lost."""
    damage_visits(path)
    with caplog.at_level(logging.ERROR), Store.open(url, rescue=True) as store:
        found = store.decisions.in_force(2.0)
        assert len(found) == 299
        assert {d.id for d in found} == set(range(1, 301)) - {8}
        (event,) = store.events.all(pending_only=True)
        added = store.decisions.add(BLOCK)
        assert added.id == 301
    (aside,) = path.parent.glob("sekisho.db.damaged-*")
    assert event.kind == STORE_DAMAGED
    assert aside.name in event.detail
    assert "300 decisions were saved" in event.detail
    assert event.detail in caplog.text
    assert not rescue.new_beside(path).exists()
    with Store.open(url, rescue=True) as store:  # a second start finds nothing to do
        assert len(store.decisions.in_force(2.0)) == 300
        assert len(store.events.all()) == 1


def test_decisions_around_a_broken_page_are_saved(path: Path, url: str) -> None:
    damage_leaf(path)
    with Store.open(url, rescue=True) as store:
        hosts = {decision.host for decision in store.decisions.in_force(2.0)}
    assert {"h0.example", "h299.example"} <= hosts
    assert "h150.example" not in hosts
    assert len(hosts) > 200


@pytest.mark.parametrize("content", [b"no database at all " * 999, b"\0" * 9000])
def test_a_file_that_is_no_database_gives_way_to_a_new_one(tmp_path: Path, url: str, content: bytes) -> None:
    (tmp_path / "sekisho.db").write_bytes(content)
    with Store.open(url, rescue=True) as store:
        assert store.decisions.in_force(1.0) == []
        assert "no decision could be read" in store.events.all()[0].detail
    (aside,) = tmp_path.glob("sekisho.db.damaged-*")
    assert aside.read_bytes() == content


def test_nobody_else_swaps_the_file(path: Path, url: str) -> None:
    path.write_bytes(b"nonsense " * 999)
    for read_only in (True, False):
        with pytest.raises(DamagedStoreError):
            Store.open(url, read_only=read_only)
    assert [found.name for found in path.parent.iterdir()] == ["sekisho.db"]


def test_a_busy_or_newer_store_is_not_taken_for_a_damaged_one(path: Path, url: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO migrations VALUES ('from_the_future', 9.0)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="newer sekisho"):
        Store.open(url, rescue=True)
    assert list(path.parent.glob("*.damaged-*")) == []


@pytest.mark.parametrize("method", ["rename", "unlink"])
def test_a_crash_in_the_middle_of_a_rescue_loses_nothing(
    path: Path, url: str, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """At any of its renames: the next start finishes it, with every decision."""
    damage_visits(path)
    genuine: Callable[..., object] = getattr(Path, method)
    for after in range(4):
        calls = 0

        def crashing(self: Path, *arguments: object, after: int = after, **named: object) -> object:
            nonlocal calls
            calls += 1
            if calls > after:
                raise KeyboardInterrupt
            return genuine(self, *arguments, **named)

        monkeypatch.setattr(Path, method, crashing)
        with contextlib.suppress(KeyboardInterrupt):
            Store.open(url, rescue=True).close()
        monkeypatch.setattr(Path, method, genuine)
    with Store.open(url, rescue=True) as store:
        assert len(store.decisions.in_force(2.0)) == 299
        assert len(store.events.all()) == 1


def test_nonsense_in_a_row_is_left_out(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE decisions SET kind = 'permit' WHERE id = 3")
    connection.execute("UPDATE decisions SET at = 'soon' WHERE id = 4")
    connection.commit()
    connection.close()
    numbers = {decision.id for decision in rescue.readable_decisions(path)}
    assert numbers == set(range(1, 301)) - {3, 4}
