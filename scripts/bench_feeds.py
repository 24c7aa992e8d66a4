"""What a list of a million domains costs to build, to hold and to ask: scripts/bench feeds [--help]

Names are made up. The list is built as `sekisho update` builds it, in a child process; then another process
maps the file and asks for listed and unlisted hosts. Its memory is what the kernel says (Linux: VmRSS and
its share of mapped files), before and after.
"""

import argparse
import itertools
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from harness import Bench, Flags, each_us, in_fresh_process, resident, run
from sekisho.link import host_link
from sekisho.providers.feeds.build import build_apart
from sekisho.providers.feeds.index import load_index
from sekisho.providers.feeds.spec import FeedSpec, Form
from sekisho.providers.feeds.state import FOLDER, FeedState, Part, write_state

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
SUFFIXES = ("com", "net", "org", "top", "xyz", "co.jp", "com.br", "pages.dev")
MOST_MIB = 40.0
MOST_MICROSECONDS = 2.0
SPEC = FeedSpec("made-up", "Made up", "https://lists.example/", Form.DOMAINS)
FLAGS: Flags = {
    "--entries": {"type": int, "default": 1_000_000, "help": "length of the list [1000000]"},
}


def made_up(count: int, seed: int = 5) -> Iterator[str]:
    """So many distinct hosts of 10 to 30 characters; every fourth has a subdomain."""
    choose = random.Random(seed)
    for number in range(count):
        label = "".join(choose.choices(LETTERS, k=choose.randint(4, 12)))
        below = f"{''.join(choose.choices(LETTERS, k=5))}." if number % 4 == 0 else ""
        yield f"{below}q{label}{number:x}.{choose.choice(SUFFIXES)}"


def ask(state: Path, count: int) -> dict[str, float]:
    """What the process that maps measures."""
    sample = list(itertools.islice(made_up(count), 0, None, max(1, count // 100_000)))
    asked = {"listed": [host_link(host) for host in sample]}
    asked["unlisted"] = [host_link(f"x{host}") for host in sample]
    before, files_before = resident(), resident("RssFile")
    index = load_index(state, [SPEC])
    mapped = index._lists[0].hosts  # a second map would count the file's pages twice
    found = {"before": before, "opened": resident() - before}
    if any(index.find(link) is None for link in asked["listed"]):
        sys.exit("a listed host was not found")
    for name, links in asked.items():
        found[f"get, {name}"] = each_us(mapped.get, [link.host for link in links], rounds=5)
        found[f"find, {name}"] = each_us(lambda link: index.find(link, "/"), links, rounds=5)
    return found | {"grown": resident() - before, "of it files": resident("RssFile") - files_before}


def measure(options: argparse.Namespace, bench: Bench) -> None:
    """Build, map, ask."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        (state / FOLDER).mkdir()
        source, packed = state / "list.txt", state / FOLDER / "made-up-1.hosts"
        source.write_text("\n".join(made_up(options.entries)) + "\n")
        began = time.monotonic()
        built = build_apart(source, SPEC.form, "", packed, ["weebly.com"])
        seconds = time.monotonic() - began
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        peak, busy = usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime
        part = Part(SPEC.url, packed.name, built.count)
        write_state(state / FOLDER, SPEC.slug, FeedState(parts=(part,)))
        print(
            f"built {built.count:,} entries, {packed.stat().st_size / 2**20:.1f} MiB, in {seconds:.1f} s"
            f" ({busy:.1f} s of work); peak of the child {peak:.0f} MiB"
        )
        found = in_fresh_process(__file__, state, options.entries)
    print(f"memory {found['before']:.0f} MiB before, +{found['opened']:.1f} when mapped")
    note = f"{found['of it files']:.1f} of the file"
    bench.figure("more memory after all lookups, MiB", found["grown"], most=MOST_MIB, note=note)
    for name in ("listed", "unlisted"):
        note = f"find: {found[f'find, {name}']:.2f} µs"
        bench.figure(f"one lookup, {name}, µs", found[f"get, {name}"], most=MOST_MICROSECONDS, note=note)
    print("find: a host, its parents and its page")


if __name__ == "__main__":
    sys.exit(run(__file__, __doc__, measure, FLAGS, ask))
