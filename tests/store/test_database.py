import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sekisho.link import host_link
from sekisho.store import GO_ON, Decision, Store, StoreError, Visit, sqlite
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


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/sekisho.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened


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


def test_the_log_is_newest_first_and_can_be_narrowed(store: Store) -> None:
    store.record_visits(
        [
            Visit("a.example", Level.PASS, 1.0, "c"),
            Visit("www.a.example", Level.WARN, 2.0, "c", "http", "resource"),
            Visit("xa.example", Level.BLOCK, 3.0, "c"),
            Visit("a_example", Level.CAUTION, 4.0, "c"),
        ]
    )

    def hosts(**narrow: object) -> list[str]:
        return [line.host for line in store.log(**{"limit": 9, **narrow})]  # type: ignore[arg-type]

    assert hosts() == ["a_example", "xa.example", "www.a.example", "a.example"]
    assert hosts(limit=1) == ["a_example"]
    assert hosts(level=Level.WARN) == ["xa.example", "www.a.example"]
    assert hosts(since=3.0) == ["a_example", "xa.example"]
    assert hosts(host="a.example") == ["www.a.example", "a.example"]
    assert hosts(host="%") == []


def test_a_finding_of_another_version_does_not_hide_the_log(store: Store, url: str) -> None:
    store.record_verdict(FAKE, WARN, 1.0)
    store.record_visits([Visit(FAKE.host, Level.WARN, 1.0, "c")])
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute("""UPDATE verdicts SET evidence = '[{"reason": "of the future"}]'""")
    connection.commit()
    connection.close()
    assert [line.evidence for line in store.log(limit=9)] == [()]


def test_pruning_forgets_old_visits_and_never_a_decision(store: Store) -> None:
    store.add_decision(DAY)
    store.record_verdict(FAKE, WARN, 1.0)
    store.record_verdict(host_link("b.example"), WARN, 1.0)
    store.record_visits([Visit(FAKE.host, Level.WARN, 1.0, "c"), Visit("b.example", Level.WARN, 9.0, "c")])
    assert store.prune(5.0) == 2
    (line,) = store.log(limit=9)
    assert (line.host, line.verdict_level) == ("b.example", Level.WARN)
    assert len(store.decisions(150.0)) == 1


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
    with pytest.raises(StoreError, match=r"sekisho\.db.*damaged.*move it away"):
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
