"""What a blocklist of a million lines costs: scripts/bench lists [--help]

Made-up domains are written into a list, half as domains and half as lines of a hosts file. Measured are: the
time of the other process that packs it; how long a thread that waits for that keeps the event loop from its
turn; the time until a packed list is open again; and, in a fresh process, the memory that the map takes and
the time of `HostList.find`, for hosts that are not listed, for listed ones, and for a mix with one listed in
twenty, more than a house meets; all are different, so that no cache helps. Last, the same look-up in a short
list.

Exit code: 0 all targets met, 1 some missed, 2 it could not be measured.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

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


def cost(host_list: HostList, links: Sequence[Link], now: float = 1.8e9) -> float:
    """Mean microseconds of processor time a look-up."""
    began = time.thread_time()
    for link in links:
        host_list.find(link, now)
    return (time.thread_time() - began) / len(links) * 1e6


def resident() -> float:
    """MiB of this process, mapped pages included."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmRSS in /proc/self/status")


def in_fresh_process(path: Path, count: int) -> dict[str, float]:
    """Memory and look-ups, as a process sees them that did not build the list."""
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
    costs = {what: median(cost(host_list, links) for _ in range(7)) for what, links in asked.items()}
    if not all(host_list.find(link) for link in listed) or any(host_list.find(link) for link in other):
        raise BuildError("the packed list gives wrong answers")
    for table in (host_list.domains, host_list.hosts):
        for name in table:
            table.get(name)  # every page of the map
    return {**costs, "open ms": opened * 1e3, "MiB": resident() - before}


def short_list() -> float:
    """Microseconds of a look-up in a short list."""
    lines = "\n".join(made_up_domain(number) for number in range(SHORT))
    host_list, _ = parse_host_list(lines, "blocklist.txt", {})
    links = [host_link(f"www.{made_up_domain(n + SHORT)}") for n in range(ASKED)]
    return median(cost(host_list, links) for _ in range(7))


def main(argv: list[str]) -> int:
    """Run the measurement; the exit code is in the head of this file."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench lists", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--entries", type=int, default=1_000_000, help="(default: %(default)s)")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.measure:
        print(json.dumps(in_fresh_process(options.measure, options.entries)))
        return 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            return measure(Path(folder) / "blocklist.txt", options.entries)
    except (BuildError, OSError, subprocess.CalledProcessError) as error:
        print(f"it could not be measured: {error}", file=sys.stderr)
        return 2


def measure(path: Path, count: int) -> int:
    """Everything about one list, printed; 1 where a target was missed."""
    write_list(path, count)
    began = time.perf_counter()
    late = asyncio.run(longest_turn(path))
    built = time.perf_counter() - began
    size = sum(file.stat().st_size for file in (path.parent / "cache").iterdir()) / 2**20
    print(f"{count:,} entries: packed in {built:.1f} s by another process, {size:.1f} MiB")
    print(f"event loop late by at most {late * 1e3:.1f} ms meanwhile")
    command = [sys.executable, __file__, "--entries", str(count), "--measure", str(path)]
    done = subprocess.run(command, capture_output=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    print(f"open again: {found['open ms']:.1f} ms")
    print(f"memory, every page touched: {found['MiB']:.1f} MiB (aim <= {MOST_MIB:g})")
    for what in ("not listed", "listed"):
        print(f"find, {what}: {found[what]:.2f} µs")
    print(f"find, one in 20 listed: {found['one in 20 listed']:.2f} µs (aim <= {MOST_MICROSECONDS:g})")
    print(f"find in a list of {SHORT} lines: {short_list() * 1e3:.0f} ns")
    missed = ["look-up"] if found["one in 20 listed"] > MOST_MICROSECONDS else []
    missed += ["memory"] if found["MiB"] > MOST_MIB else []
    print(f"missed: {', '.join(missed)}" if missed else "all targets met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
