"""What a list of a million domains costs to build, to hold and to ask: scripts/bench feeds [--help]

Names are made up. The list is built as `sekisho update` builds it, in a child process; then another process
maps the file and asks for listed and unlisted hosts. Its memory is what the kernel says (Linux: VmRSS and
its share of mapped files), before and after.

Exit code: 0 all targets met, 1 some missed, 2 it could not be measured.
"""

import argparse
import itertools
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

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


def made_up(count: int, seed: int = 5) -> Iterator[str]:
    """So many distinct hosts of 10 to 30 characters; every fourth has a subdomain."""
    choose = random.Random(seed)
    for number in range(count):
        label = "".join(choose.choices(LETTERS, k=choose.randint(4, 12)))
        below = f"{''.join(choose.choices(LETTERS, k=5))}." if number % 4 == 0 else ""
        yield f"{below}q{label}{number:x}.{choose.choice(SUFFIXES)}"


def memory() -> tuple[float, float]:
    """(all, mapped files) of this process that stand in memory, MiB."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "RssFile"))  # type: ignore[return-value]


def ask(state: Path, count: int) -> None:
    """The process that maps: prints what it measured as JSON."""
    sample = list(itertools.islice(made_up(count), 0, None, max(1, count // 100_000)))
    listed = [host_link(host) for host in sample]
    unlisted = [host_link(f"x{host}") for host in sample]
    before, files_before = memory()
    index = load_index(state, [SPEC])
    mapped = index._lists[0].hosts  # a second map would count the file's pages twice
    opened, _ = memory()
    if any(index.find(link) is None for link in listed):
        sys.exit("a listed host was not found")
    found = {"before": before, "opened": opened - before}
    for name, links in (("listed", listed), ("unlisted", unlisted)):
        names = [link.host for link in links]
        times: dict[str, list[float]] = {"one look": [], "find": []}
        for _ in range(5):
            began = time.thread_time()
            for host in names:
                mapped.get(host)
            times["one look"].append((time.thread_time() - began) / len(names) * 1e6)
            began = time.thread_time()
            for link in links:
                index.find(link, "/")
            times["find"].append((time.thread_time() - began) / len(links) * 1e6)
        found.update({f"{what}, {name}": median(values) for what, values in times.items()})
    after, files_after = memory()
    found |= {"grown": after - before, "of it files": files_after - files_before}
    print(json.dumps(found))


def main(argv: list[str]) -> int:
    """Run the measurement; the exit code is in the head of this file."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench feeds", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--entries", type=int, default=1_000_000, help="length of the list (default: %(default)s)"
    )
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.ask:
        ask(options.ask, options.entries)
        return 0
    if not Path("/proc/self/status").exists():
        print("memory is measured on Linux only", file=sys.stderr)
        return 2
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
        size = packed.stat().st_size / 1048576
        print(
            f"built     {built.count:,} entries, {size:.1f} MiB, in {seconds:.1f} s ({busy:.1f} s of work);"
            f" peak of the child {peak:.0f} MiB"
        )
        command = [sys.executable, __file__, "--ask", folder, "--entries", str(options.entries)]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        if asked.returncode:
            print(asked.stderr, file=sys.stderr)
            return 2
        found: dict[str, float] = json.loads(asked.stdout)
    print(
        f"memory    {found['before']:.0f} MiB before, +{found['opened']:.1f} when mapped, +{found['grown']:.1f}"
        f" after all look-ups ({found['of it files']:.1f} of the file; aim <= {MOST_MIB:g})"
    )
    for name in ("listed", "unlisted"):
        print(
            f"{name:9} {found[f'one look, {name}']:.2f} µs a look-up (aim <= {MOST_MICROSECONDS:g}),"
            f" {found[f'find, {name}']:.2f} µs for a host, its parents and its page"
        )
    missed = ["memory"] if found["grown"] > MOST_MIB else []
    missed += [name for name in found if name.startswith("one look") and found[name] > MOST_MICROSECONDS]
    print(f"missed: {', '.join(missed)}" if missed else "all targets met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
