import re
import sqlite3
import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sekisho.link import host_link
from sekisho.store import GO_ON, DamagedStoreError, Decision, Store, StoreError, Visit, sqlite
from sekisho.verdict import Evidence, Fake, Level, Reason, Trick, Verdict

FAKE = host_link("rec0very-supp0rt-micr0s0ft.org")
FOUND = Evidence(
    Reason.LOOKALIKE,
    Level.WARN,
    "lookalike",
    "it imitates Microsoft",
    "microsoft",
    Trick.LEET,
    "microsoft.com",
    (Fake(4, 5, "o"),),
    (17, 26),
    at=10.0,
)
WARN = Verdict(Level.WARN, (FOUND,))
DAY = Decision("allow", "a.example", 100.0, "sekisho allow", until=200.0)


def row(url: str, query: str) -> tuple[object, ...]:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        found: tuple[object, ...] = connection.execute(query).fetchone()
        return found
    finally:
        connection.close()


def test_the_evidence_comes_back_as_it_was_found(store: Store) -> None:
    """The log and the page must show months later just what was found then."""
    store.record_verdict(FAKE, WARN, 10.0)
    store.record_visits([Visit(FAKE.host, Level.WARN, 11.0, "192.168.1.5")])
    (line,) = store.log(limit=9)
    assert line.evidence == (FOUND,)
    assert (line.host, line.level, line.at, line.client) == (FAKE.host, Level.WARN, 11.0, "192.168.1.5")
    assert (line.scheme, line.kind, line.verdict_level) == ("https", "click", Level.WARN)


def test_the_same_finding_moves_only_its_last_time(store: Store, url: str) -> None:
    store.record_verdict(FAKE, WARN, 10.0)
    store.record_verdict(FAKE, Verdict(Level.WARN, (replace(FOUND, at=50.0),)), 50.0)
    assert row(url, "SELECT at, last_at FROM verdicts") == (10.0, 50.0)


def test_another_finding_takes_the_place_of_the_first(store: Store, url: str) -> None:
    store.record_verdict(FAKE, Verdict(Level.PASS), 10.0)
    store.record_verdict(FAKE, WARN, 50.0)
    assert row(url, "SELECT count(*), level, at, last_at, domain FROM verdicts") == (
        1,
        2,
        50.0,
        50.0,
        FAKE.domain,
    )


def test_a_decision_comes_back_whole_with_a_number(store: Store) -> None:
    kept = store.add_decision(replace(DAY, exact=True, client="192.168.1.5"))
    assert kept.id is not None
    assert store.decisions(150.0) == [kept]


def test_decisions_that_are_over_do_not_come_back(store: Store) -> None:
    """An allow "for a day" that stays is a hole that nobody remembers."""
    store.add_decision(DAY)
    assert store.decisions(199.0)
    assert store.decisions(200.0) == []


def test_ending_keeps_the_row_and_says_who_ended_it(store: Store, url: str) -> None:
    """The family's history is never deleted."""
    kept = store.add_decision(DAY)
    (ended,) = store.end_decisions("a.example", by="sekisho unblock", at=150.0)
    assert ended == replace(kept, ended_at=150.0, ended_by="sekisho unblock")
    assert store.decisions(150.0) == []
    assert row(url, "SELECT host, ended_at, ended_by FROM decisions") == (
        "a.example",
        150.0,
        "sekisho unblock",
    )
    assert store.end_decisions("a.example", by="again", at=160.0) == []


def test_ending_touches_just_the_host_and_the_kind(store: Store) -> None:
    store.add_decision(replace(DAY, kind="block"))
    store.add_decision(replace(DAY, exact=True))
    store.add_decision(replace(DAY, host="b.a.example"))
    store.add_decision(replace(DAY, host="example"))
    assert [d.kind for d in store.end_decisions("a.example", by="x", at=150.0, kind="block")] == ["block"]
    assert [d.exact for d in store.end_decisions("a.example", by="x", at=150.0)] == [True]
    assert {d.host for d in store.decisions(150.0)} == {"b.a.example", "example"}


def test_one_decision_is_ended_and_its_neighbours_stay(store: Store) -> None:
    """Two devices may be let through to one host; to take one back must not shut out the other."""
    kept = [
        store.add_decision(
            Decision("allow", "a.example", 1.0, "desk", exact=True, client=client, until=100.0)
        )
        for client in ("192.168.1.5", "192.168.1.6")
    ]
    assert kept[0].id
    ended = store.end_decision(kept[0].id, by="desk, phone", at=50.0)
    assert ended
    assert (ended.ended_at, ended.ended_by) == (50.0, "desk, phone")
    assert store.end_decision(kept[0].id, by="again", at=60.0) is None
    assert store.end_decision(99, by="again", at=60.0) is None
    assert store.decisions(50.0) == [kept[1]]


def test_a_newer_word_stays_when_the_older_ones_end(store: Store) -> None:
    store.add_decision(DAY)
    wide = store.add_decision(replace(DAY, exact=True))
    new = store.add_decision(replace(DAY, kind="block", exact=True))
    ended = store.end_decisions("a.example", by="x", at=150.0, exact=True, but=new.id)
    assert [d.id for d in ended] == [wide.id]
    assert [d.kind for d in store.decisions(150.0)] == ["allow", "block"]


def test_what_expired_is_not_ended_by_somebody_later(store: Store) -> None:
    store.add_decision(DAY)
    assert store.end_decisions("a.example", by="x", at=250.0) == []


def test_the_counter_tells_of_another_process(store: Store, url: str) -> None:
    """Without it, `sekisho block` on the command line would not reach the running proxy."""
    before = store.change_counter()
    script = f"""
        from sekisho.store import Store, Decision
        with Store.open({url!r}) as store:
            store.add_decision(Decision("block", "a.example", 1.0, "x"))
    """
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    added = store.change_counter()
    store.end_decisions("a.example", by="x", at=2.0)
    ended = store.change_counter()
    assert before < added < ended
    store.record_visits([Visit("a.example", Level.PASS, 1.0, "127.0.0.1")])
    store.record_verdict(FAKE, WARN, 1.0)
    assert store.change_counter() == ended


def test_a_killed_process_loses_no_decision(url: str) -> None:
    """kill -9 right after `add_decision`: the block is there at the next start."""
    script = f"""
        import os, signal
        from sekisho.store import Store, Decision
        store = Store.open({url!r})
        store.add_decision(Decision("block", "a.example", 1.0, "x"))
        os.kill(os.getpid(), signal.SIGKILL)
    """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert ended.returncode == -9
    with Store.open(url) as store:
        assert [d.host for d in store.decisions(2.0)] == ["a.example"]


def test_many_threads_write_at_once(store: Store) -> None:
    """Forty pictures of one page are judged at the same moment."""
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(5):
                store.record_verdict(host_link(f"h{number}.example"), WARN, float(turn))
                store.record_visits([Visit("a.example", Level.PASS, float(turn), "c")])
                store.decisions(1.0)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(store.log(limit=1000)) == 200


def test_a_locked_store_is_an_error_soon_and_recovers(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy must hear of it within its own time limit, to show its page instead of the site."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    with Store.open(url) as store:
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match=r"sekisho\.db.*busy.*try again"):
            store.record_verdict(FAKE, WARN, 1.0)
        with pytest.raises(StoreError, match="busy"):
            store.add_decision(DAY)
        other.execute("ROLLBACK")
        other.close()
        store.add_decision(DAY)
        assert len(store.decisions(150.0)) == 1


@pytest.mark.parametrize("content", [b"this is no database at all, just text" * 99, b"\x00" * 5000])
def test_a_damaged_store_is_told(tmp_path: Path, url: str, content: bytes) -> None:
    (tmp_path / "sekisho.db").write_bytes(content)
    with pytest.raises(DamagedStoreError, match=r"sekisho\.db.*damaged.*move it away"):
        Store.open(url)


def test_a_store_that_is_not_there_is_not_made_by_a_reader(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        Store.open(url, read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_reads_what_the_family_decided(store: Store, url: str) -> None:
    store.add_decision(DAY)
    with Store.open(url, read_only=True) as reader:
        assert [d.host for d in reader.decisions(150.0)] == ["a.example"]
        with pytest.raises(StoreError, match="cannot be written"):
            reader.add_decision(DAY)


@pytest.mark.parametrize("wrong", ["", "nonsense", "nosuch://x/y", "postgresql+nosuch://x/y"])
def test_a_wrong_url_is_a_store_error(wrong: str) -> None:
    with pytest.raises(StoreError, match=r"store"):
        Store.open(wrong)


def test_a_password_in_the_url_is_not_shown() -> None:
    with pytest.raises(StoreError) as caught:
        Store.open("nosuch://user:secret-word@host/db")
    assert "secret-word" not in str(caught.value)


def test_a_host_as_long_as_a_book_is_kept_short(store: Store) -> None:
    link = host_link("a" * 3000 + ".example")
    store.record_verdict(link, WARN, 1.0)
    store.record_visits([Visit(link.host, Level.WARN, 1.0, "c" * 500)])
    (line,) = store.log(limit=1)
    assert len(line.host) <= 253
    assert line.evidence == (FOUND,)


def test_going_on_is_kept_with_its_client(store: Store) -> None:
    kept = store.add_decision(
        Decision("allow", "a.example", 1.0, GO_ON, exact=True, client="::1", until=601.0)
    )
    assert store.decisions(2.0)[0].is_go_on
    assert store.decisions(2.0) == [kept]


def test_nothing_to_write_is_nothing(store: Store) -> None:
    store.record_visits([])
    assert store.log(limit=1) == []


def test_a_store_without_room_says_so_and_works_again_with_room(store: Store) -> None:
    """A full disk must not end the policy, nor stay an error when somebody has made room."""
    store.add_decision(DAY)
    pages = "PRAGMA max_page_count"
    with store._engine.connect() as connection:
        full = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"{pages} = {full}")
    many = [Visit(f"h{number}.example", Level.PASS, 1.0, "c") for number in range(2000)]
    with pytest.raises(StoreError, match=r"sekisho\.db.*the disk is full: make room"):
        store.record_visits(many)
    with store._engine.connect() as connection:
        connection.exec_driver_sql(f"{pages} = 1000000")
    store.record_visits(many)
    assert len(store.log(limit=5000)) == 2000
    assert [d.host for d in store.decisions(150.0)] == ["a.example"]


def test_a_disk_that_takes_no_more_bytes_is_a_sentence_and_recovers(url: str) -> None:
    """The operating system itself refuses the write, in the middle of a transaction."""
    script = f"""
        import resource
        from sekisho.store import Store, StoreError, Visit, Decision
        from sekisho.verdict import Level
        store = Store.open({url!r})
        store.add_decision(Decision("block", "a.example", 1.0, "x"))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
        batch = [Visit(f"h{{n}}.example", Level.PASS, 1.0, "c") for n in range(5000)]
        try:
            store.record_visits(batch)
        except StoreError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        store.record_visits(batch)
        print(len(store.log(limit=9999)), [d.host for d in store.decisions(2.0)])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    told, after = done.stdout.splitlines()
    assert re.search(r"sekisho\.db failed: the disk (is full|cannot be written).*make room", told)
    assert after == "5000 ['a.example']"


KILLED = r"""
import os, random, signal, sys, time
from sekisho.link import host_link
from sekisho.store import Decision, Store
from sekisho.verdict import Level, Verdict
url, rounds = sys.argv[1], int(sys.argv[2])
Store.open(url).close()
chance = random.Random(3)
kept = set()
for turn in range(rounds):
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        store = Store.open(url)
        for number in range(10_000):
            host = f"h{turn}-{number}.example"
            if number % 3:
                store.record_verdict(host_link(host), Verdict(Level.WARN), 1.0)
            else:
                store.add_decision(Decision("block", host, 1.0, "x"))
            os.write(writer, host.encode() + b"\n")
    os.close(writer)
    seen = os.read(reader, 65536)  # it writes now
    time.sleep(chance.uniform(0, 0.008))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reader, 65536):
        seen += more
    os.close(reader)
    kept.update(seen.decode().splitlines())
sys.stdout.write("\n".join(sorted(kept)))
"""


def test_two_hundred_killed_writers_lose_nothing_that_was_acknowledged(url: str) -> None:
    """kill -9 at any moment: each decision and each verdict whose call had returned is there."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, url, "200"],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    acknowledged = set(done.stdout.splitlines())
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    there = {
        host for (host,) in connection.execute("SELECT host FROM verdicts UNION SELECT host FROM decisions")
    }
    sound = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    assert len({host.partition("-")[0] for host in acknowledged}) == 200
    assert acknowledged - there == set()
    assert sound == ("ok",)


def test_what_was_wiped_is_not_in_the_file(store: Store, tmp_path: Path) -> None:
    """Who finds the disk later must not read where somebody went."""
    store.record_visits([Visit(f"h{n}.secret-place.example", Level.PASS, 1.0, "c") for n in range(500)])
    store.memory.forget("secret-place.example")
    store.compact(wipe=True)
    left = [path.name for path in tmp_path.iterdir() if b"secret-place" in path.read_bytes()]
    assert left == []


def test_compacting_makes_the_file_smaller(store: Store) -> None:
    store.record_visits([Visit(f"h{n}.example", Level.PASS, 1.0, "c") for n in range(20_000)])
    store.compact()
    before = store.size()
    store.memory.forget(None)
    store.compact()
    after = store.size()
    assert before is not None
    assert after is not None
    assert after < before / 5
