import re
import sqlite3
import threading
from pathlib import Path

import pytest

from sekisho.link import host_link
from sekisho.store import Decision, Store, StoreError, Visit, sqlite
from sekisho.verdict import Level, Verdict

from .conftest import run_python

FAKE = host_link("rec0very-supp0rt-micr0s0ft.org")
WARN = Verdict(Level.WARN)
DAY = Decision("allow", "a.example", 100.0, "sekisho allow", until=200.0)


def test_many_threads_write_at_once(store: Store) -> None:
    """Forty pictures of one page are judged at the same moment."""
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(5):
                store.verdicts.record(host_link(f"h{number}.example"), WARN, float(turn))
                store.visits.record([Visit("a.example", Level.PASS, float(turn), "c")])
                store.decisions.in_force(1.0)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(store.visits.log(limit=1000)) == 200


def test_a_locked_store_is_an_error_soon_and_recovers(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy must hear of it within its own time limit, to show its page instead of the site."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    with Store.open(url) as store:
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match=r"sekisho\.db.*busy.*try again"):
            store.verdicts.record(FAKE, WARN, 1.0)
        with pytest.raises(StoreError, match="busy"):
            store.decisions.add(DAY)
        other.execute("ROLLBACK")
        other.close()
        store.decisions.add(DAY)
        assert len(store.decisions.in_force(150.0)) == 1


def test_a_store_without_room_says_so_and_works_again_with_room(store: Store) -> None:
    """A full disk must not end the policy, nor stay an error when somebody has made room."""
    store.decisions.add(DAY)
    pages = "PRAGMA max_page_count"
    with store.database._engine.connect() as connection:
        full = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"{pages} = {full}")
    many = [Visit(f"h{number}.example", Level.PASS, 1.0, "c") for number in range(2000)]
    with pytest.raises(StoreError, match=r"sekisho\.db.*the disk is full: make room"):
        store.visits.record(many)
    with store.database._engine.connect() as connection:
        connection.exec_driver_sql(f"{pages} = 1000000")
    store.visits.record(many)
    assert len(store.visits.log(limit=5000)) == 2000
    assert [d.host for d in store.decisions.in_force(150.0)] == ["a.example"]


def test_a_disk_that_takes_no_more_bytes_is_a_sentence_and_recovers(url: str) -> None:
    """The operating system itself refuses the write, in the middle of a transaction."""
    script = f"""
        import resource
        from sekisho.store import Store, StoreError, Visit, Decision
        from sekisho.verdict import Level
        store = Store.open({url!r})
        store.decisions.add(Decision("block", "a.example", 1.0, "x"))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
        batch = [Visit(f"h{{n}}.example", Level.PASS, 1.0, "c") for n in range(5000)]
        try:
            store.visits.record(batch)
        except StoreError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        store.visits.record(batch)
        print(len(store.visits.log(limit=9999)), [d.host for d in store.decisions.in_force(2.0)])
    """
    message, after = run_python(script).splitlines()
    assert re.search(r"sekisho\.db failed: the disk (is full|cannot be written).*make room", message)
    assert after == "5000 ['a.example']"


def test_what_was_wiped_is_not_in_the_file(store: Store, tmp_path: Path) -> None:
    """Who finds the disk later must not read where somebody went."""
    store.visits.record([Visit(f"h{n}.secret-place.example", Level.PASS, 1.0, "c") for n in range(500)])
    store.pruning.forget("secret-place.example")
    store.compact(wipe=True)
    left = [path.name for path in tmp_path.iterdir() if b"secret-place" in path.read_bytes()]
    assert left == []


def test_compacting_makes_the_file_smaller(store: Store) -> None:
    store.visits.record([Visit(f"h{n}.example", Level.PASS, 1.0, "c") for n in range(20_000)])
    store.compact()
    before = store.size()
    store.pruning.forget(None)
    store.compact()
    after = store.size()
    assert before is not None
    assert after is not None
    assert after < before / 5
