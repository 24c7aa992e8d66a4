"""What a blocklist of a million lines costs: scripts/bench lists [--help]

Made-up domains are written into a list, half as domains and half as lines of a hosts file. Measured are: the
time of the other process that packs it; how long a thread that waits for that keeps the event loop from its
turn; the time until a packed list is open again; and, in a fresh process, the memory that the map takes and
the time of `HostList.find`, for hosts that are not listed, for listed ones, and for a mix with one listed in
twenty, more than a household sees; all are different, so that no cache helps. Last, the same lookup in a short
list.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from harness import Bench, Flags, each_us, in_fresh_process, resident, run
from sekisho.link import Link, host_link
from sekisho.rulebook.hostlist import parse_host_list
from sekisho.rulebook.long_lists import BuildError, read_long
from sekisho.rulebook.model import HostList

MOST_MIB = 40.0
MOST_MICROSECONDS = 2.0
ASKED = 20_000
SHORT = 50
SUFFIXES = ("com", "org", "net", "co.jp", "example", "info")
LETTERS = "abcdefghijklmnoprstuvwz"
FLAGS: Flags = {
    "--entries": {"type": int, "default": 1_000_000, "help": "length of the list [1000000]"},
}


def made_up_domain(number: int) -> str:
    """The same domain for the same number; 18 characters in the mean."""
    choose = random.Random(number)
    name = "".join(choose.choices(LETTERS, k=choose.randint(6, 18)))
    return f"{name}{number % 97}.{SUFFIXES[number % len(SUFFIXES)]}"


def write_list(path: Path, count: int) -> None:
    """A list of so many entries: odd ones of a hosts file, even ones domains."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(f"{'0.0.0.0 ' if number % 2 else ''}{made_up_domain(number)}\n")


def open_packed(path: Path) -> HostList:
    """As the rulebook opens it; raises BuildError."""
    stat = path.stat()
    stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    host_list, problems = read_long(path, stamp, "blocklist.txt", {}, path.parent / "cache")
    if host_list is None:
        raise BuildError("\n".join(problems))
    return host_list


async def longest_turn(path: Path) -> float:
    """Seconds that the event loop was late at the worst while a thread waited for the list."""
    task = asyncio.create_task(asyncio.to_thread(open_packed, path))
    late = 0.0
    while not task.done():
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        late = max(late, time.perf_counter() - began - 0.005)
    await task
    return late


def find_us(host_list: HostList, links: list[Link]) -> float:
    """Microseconds of processor time a lookup."""
    return each_us(lambda link: host_list.find(link, 1.8e9), links, rounds=7)


def ask(path: Path, count: int) -> dict[str, float]:
    """Memory and lookups, as a process sees them that did not build the list."""
    choose = random.Random(5)
    numbers = choose.sample(range(count), min(ASKED, count))
    listed = [host_link(f"{'' if n % 2 else 'www.'}{made_up_domain(n)}") for n in numbers]
    other = [host_link(f"www.{made_up_domain(n + count)}") for n in numbers]
    before = resident()
    began = time.perf_counter()
    host_list = open_packed(path)
    opened = time.perf_counter() - began
    mix = [listed[at] if at % 20 == 0 else link for at, link in enumerate(other)]
    asked = {"not listed": other, "listed": listed, "one in 20 listed": mix}
    costs = {what: find_us(host_list, links) for what, links in asked.items()}
    if not all(host_list.find(link) for link in listed) or any(host_list.find(link) for link in other):
        raise BuildError("the packed list gives wrong answers")
    for table in (host_list.domains, host_list.hosts):
        for name in table:
            table.get(name)  # every page of the map
    return {**costs, "open ms": opened * 1e3, "MiB": resident() - before}


def short_list_us() -> float:
    """Microseconds of a lookup in a short list."""
    lines = "\n".join(made_up_domain(number) for number in range(SHORT))
    host_list, _ = parse_host_list(lines, "blocklist.txt", {})
    return find_us(host_list, [host_link(f"www.{made_up_domain(n + SHORT)}") for n in range(ASKED)])


def measure(options: argparse.Namespace, bench: Bench) -> None:
    """Everything about one list."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blocklist.txt"
        write_list(path, options.entries)
        began = time.perf_counter()
        late = asyncio.run(longest_turn(path))
        built = time.perf_counter() - began
        size = sum(file.stat().st_size for file in (path.parent / "cache").iterdir()) / 2**20
        print(f"{options.entries:,} entries: packed in {built:.1f} s by another process, {size:.1f} MiB")
        print(f"event loop late by at most {late * 1e3:.1f} ms meanwhile")
        found = in_fresh_process(__file__, path, options.entries)
    print(f"open again: {found['open ms']:.1f} ms")
    bench.figure("memory, every page touched, MiB", found["MiB"], most=MOST_MIB)
    for what in ("not listed", "listed"):
        print(f"find, {what}: {found[what]:.2f} µs")
    bench.figure("find, one in 20 listed, µs", found["one in 20 listed"], most=MOST_MICROSECONDS)
    print(f"find in a list of {SHORT} lines: {short_list_us() * 1e3:.0f} ns")


if __name__ == "__main__":
    sys.exit(run(__file__, __doc__, measure, FLAGS, ask))
