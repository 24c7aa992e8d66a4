import sqlite3
from pathlib import Path

import pytest

from sekisho.store import DamagedStoreError, Decision, Store, StoreError

from .conftest import run_python

DAY = Decision("allow", "a.example", 100.0, "sekisho allow", until=200.0)


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
    store.decisions.add(DAY)
    with Store.open(url, read_only=True) as reader:
        assert [d.host for d in reader.decisions.in_force(150.0)] == ["a.example"]
        with pytest.raises(StoreError, match="cannot be written"):
            reader.decisions.add(DAY)


@pytest.mark.parametrize("wrong", ["", "nonsense", "nosuch://x/y", "postgresql+nosuch://x/y"])
def test_a_wrong_url_is_a_store_error(wrong: str) -> None:
    with pytest.raises(StoreError, match=r"store"):
        Store.open(wrong)


def test_a_password_in_the_url_is_not_shown() -> None:
    with pytest.raises(StoreError) as caught:
        Store.open("nosuch://user:secret-word@host/db")
    assert "secret-word" not in str(caught.value)


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
                store.verdicts.record(host_link(host), Verdict(Level.WARN), 1.0)
            else:
                store.decisions.add(Decision("block", host, 1.0, "x"))
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


@pytest.mark.slow
def test_two_hundred_killed_writers_lose_nothing_that_was_acknowledged(url: str) -> None:
    """kill -9 at any moment: each decision and each verdict whose call had returned is there."""
    acknowledged = set(run_python(KILLED, url, "200").splitlines())
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    there = {
        host for (host,) in connection.execute("SELECT host FROM verdicts UNION SELECT host FROM decisions")
    }
    sound = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    assert len({host.partition("-")[0] for host in acknowledged}) == 200
    assert acknowledged - there == set()
    assert sound == ("ok",)
