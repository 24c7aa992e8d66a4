"""What the checks add to a click, and whether clicks feel a list being updated: scripts/bench click [--help]

One run on loopback against nginx over http, one click after another on a connection that is kept open. Two
proxies take turns click by click: one as a family runs it, and one that is the same but approves each request
at once (scripts/unjudged_proxy.py). What the checks add is the difference of their medians in one round; what
counts is the median over the rounds, since other programs run beside this one. Measured are clicks to a host
that was never seen (all local checks; the verdict is in the store before the request goes on), clicks to a
host that was judged before, and, by a proxy with a key and a stand-in for VirusTotal, clicks to hosts about
which that has answered before.

Then one proxy is sent clicks to new hosts at a steady rate while a list of --entries made-up domains is
updated, by `sekisho update --force` and by the proxy itself; counted is what falls between the first byte
of the download and three seconds after the list came into use, against the time before. A
proxy without a list is sent the same clicks: where its p99 rises as well, the machine was busy.

Linux only (it reads /proc).
"""

import argparse
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from bench_feeds import made_up
from harness import PROJECT, Bench, CannotMeasureError, Flags, percentile, progress, run
from http_load import Browser, steady
from sekisho.providers.feeds.state import FOLDER, read_state, write_state
from stage import FEED, USES_FEEDS, Running, Stage, endless_names, new_stage

WARM_UP = 60
"""Clicks before anything is timed."""
KNOWN = 20
"""Hosts that are clicked on again and again."""
MOST_NEW, MOST_KNOWN = 1.0, 0.3
"""Milliseconds that the checks may add in the median."""
MOST_TIMES = 2.0
"""What an update may make of the p99 of a click."""
Pair = tuple[float, float]
"""A click by the proxy whose list is updated, and the same by the control, in milliseconds."""
AFTERWARDS = 3.0
"""Seconds that count for the update still: the domains that the household met are looked up in the new list."""
FEW = 10
"""New hosts that are reached on one connection while a list is updated: to close a connection to the proxy closes
all those to the sites behind it, and two hundred of them hold up the next click for half a second.
"""
SHORT = 1000
"""Entries of the list that stands before the long one."""
FLAGS: Flags = {
    "--rounds": {"type": int, "default": 9, "help": "rounds in which both take their turn [9]"},
    "--clicks": {"type": int, "default": 150, "help": "clicks of each kind a round [150]"},
    "--rate": {"type": float, "default": 50.0, "help": "clicks a second during updates [50]"},
    "--idle": {"type": float, "default": 20.0, "help": "seconds of clicks before an update [20]"},
    "--entries": {"type": int, "default": 1_000_000, "help": "of the list; 0 for no update [1000000]"},
    "--json": {"type": Path, "metavar": "FILE", "help": "write every figure to FILE"},
}


@dataclass(frozen=True)
class Added:
    """What one kind of clicks costs, by rounds; all in milliseconds."""

    what: str
    aim: float
    ours: list[list[float]]
    bare: list[list[float]]

    def at(self, percent: int) -> float:
        """The median over the rounds of the difference at this percentile."""
        pairs = zip(self.ours, self.bare, strict=True)
        return median(percentile(ours, percent) - percentile(bare, percent) for ours, bare in pairs)


def measure(options: argparse.Namespace, bench: Bench) -> None:
    """The whole run."""
    if options.rounds < 1 or options.clicks < 2 or options.rate <= 0 or options.idle <= 0:
        raise CannotMeasureError("--rounds is 1 or more, --clicks 2 or more, --rate and --idle are above 0")
    load_before = os.getloadavg()[0]
    updates: dict[str, list[Pair]] = {}
    with new_stage() as stage:
        rules, names, site = stage.copy_rules(options.rules), endless_names(), stage.start_site()
        added = measure_checks(options, stage, rules, site, names)
        print(f"{options.rounds} rounds; what the checks add, ms (without → with them)")
        for one in added:
            for percent, aim in ((50, one.aim), (99, None)):
                without, with_ = (median(percentile(r, percent) for r in w) for w in (one.bare, one.ours))
                bench.figure(
                    f"{one.what}, p{percent}",
                    one.at(percent),
                    most=aim,
                    note=f"({without:.2f} → {with_:.2f})",
                )
        if options.entries:
            updates, memory = measure_updates(options, stage, rules, site, names)
            check_updates(bench, updates, memory)
    if options.json:
        figures = {"load_before": load_before, "added": [asdict(one) for one in added], "updates": updates}
        options.json.write_text(json.dumps(figures) + "\n", encoding="utf-8")


def measure_checks(
    options: argparse.Namespace, stage: Stage, rules: Path, site: Running, names: Iterator[str]
) -> list[Added]:
    """What the checks add to each kind of click."""
    sys.path.insert(0, str(PROJECT))
    from tests.providers.virustotal_server import Step, VirusTotalServer

    virustotal = stage.ending.enter_context(VirusTotalServer())
    virustotal.otherwise = Step("clean")
    asks = {
        "VIRUSTOTAL__HOST": virustotal.base,
        "VIRUSTOTAL__KEY": virustotal.key,
        "VIRUSTOTAL__PER_MINUTE": "100000",
        "VIRUSTOTAL__PER_DAY": "100000",
    }
    ours, bare, asking = (
        stage.ending.enter_context(Browser(proxy.address))
        for proxy in (
            stage.start_sekisho("ours", rules, site),
            stage.start_sekisho("bare", rules, site, judges=False),
            stage.start_sekisho("asking", rules, site, asks),
        )
    )
    known = [next(names) for _ in range(KNOWN)]
    for browser in (ours, bare, asking):
        for number in range(WARM_UP):
            browser.click(known[number % KNOWN])
    if len(virustotal.requests) != KNOWN:
        raise CannotMeasureError(f"VirusTotal was asked {len(virustotal.requests)} times, not {KNOWN}")
    kinds = (
        ("a host that was never seen", MOST_NEW, ours, names),
        ("a host that was judged before", MOST_KNOWN, ours, itertools.cycle(known)),
        ("the same, VirusTotal has answered", MOST_KNOWN, asking, itertools.cycle(known)),
    )
    added = [Added(what, aim, [], []) for what, aim, _, _ in kinds]
    for number in range(options.rounds):
        progress(f"round {number + 1} of {options.rounds}")
        for one, (_, _, judging, hosts) in zip(added, kinds, strict=True):
            pair = _taken(judging, bare, list(itertools.islice(hosts, options.clicks)), known)
            one.ours.append(pair[0])
            one.bare.append(pair[1])
    progress("")
    if len(virustotal.requests) != KNOWN:
        raise CannotMeasureError(f"VirusTotal was asked {len(virustotal.requests)} times, not {KNOWN}")
    return added


def _taken(
    ours: Browser, bare: Browser, hosts: Sequence[str], known: Sequence[str]
) -> tuple[list[float], list[float]]:
    """Milliseconds of a click to each host on both ways, which begin by turns."""
    taken: dict[Browser, list[float]] = {ours: [], bare: []}
    for browser in taken:
        browser.reconnect()
        for host in known:
            browser.click(host)
    for number, host in enumerate(hosts):
        for browser in (ours, bare) if number % 2 else (bare, ours):
            taken[browser].append(browser.click(host) * 1e3)
    return taken[ours], taken[bare]


def measure_updates(
    options: argparse.Namespace, stage: Stage, rules: Path, site: Running, names: Iterator[str]
) -> tuple[dict[str, list[Pair]], list[tuple[str, float]]]:
    """Milliseconds of clicks before and during each update, by us and by the control; memory of the proxy, MiB."""
    folder, document = stage.folder / "listing" / FOLDER, stage.site / f"{FEED}.txt"

    def publish(count: int, seed: int) -> None:
        document.write_text("\n".join(made_up(count, seed)) + "\n", encoding="utf-8")

    publish(SHORT, 1)
    stage.own_feed("listing", site)
    proxy = stage.start_sekisho("listing", rules, site, USES_FEEDS)
    browser = stage.ending.enter_context(Browser(proxy.address, FEW))
    # It has no list, so that whatever slows it down is the machine and not the update of the other.
    listless = stage.start_sekisho("control", rules, site, judges=False)
    control = stage.ending.enter_context(Browser(listless.address, FEW))

    def clicks(done: Callable[[], bool], limit: float = 180.0) -> list[Pair]:
        end = time.monotonic() + limit

        def is_done() -> bool:
            if time.monotonic() > end:
                raise CannotMeasureError(f"the list was not taken within {limit:.0f} s")
            return done()

        taken, beside = steady(browser, control, names, options.rate, is_done)
        return [(ours * 1e3, other * 1e3) for ours, other in zip(taken, beside, strict=True)]

    def for_a_while(seconds: float) -> Callable[[], bool]:
        end = time.monotonic() + seconds
        return lambda: time.monotonic() > end

    def swapped() -> Callable[[], bool]:
        before = stage.swaps()
        return lambda: stage.swaps() > before

    progress("waiting for the first list")
    clicks(swapped())
    memory = [("with a short list", proxy.rss())]
    publish(options.entries, 2)
    progress("sekisho update")
    found = {"before `sekisho update`": clicks(for_a_while(options.idle))}
    in_use = swapped()
    stage.start_update("listing", rules)
    found["during `sekisho update`"] = clicks(in_use) + clicks(for_a_while(AFTERWARDS))
    memory.append(("with the long list", proxy.rss()))
    publish(options.entries, 3)
    found["before the proxy's own update"] = clicks(for_a_while(options.idle))
    progress("the proxy's own update")
    in_use = swapped()
    write_state(folder, FEED, replace(read_state(folder, FEED), next_try=0.0))
    clicks(in_use)  # the same list is mapped anew, since its state was written
    found["before the proxy's own update"] += clicks(lambda: any(folder.glob("*.part")))
    found["during the proxy's own update"] = clicks(swapped()) + clicks(for_a_while(AFTERWARDS))
    memory.append(("with the next one", proxy.rss()))
    progress("")
    return found, memory


def check_updates(bench: Bench, found: dict[str, list[Pair]], memory: Sequence[tuple[str, float]]) -> None:
    """What an update did to clicks."""
    head = f"{'clicks':>8}{'p50':>8}{'p99':>8}{'worst':>8}{'control p99':>13}"
    print(f"\n  {'clicks while a list is updated, ms':38}{head}")
    idle = 0.0
    for what, pairs in found.items():
        taken, beside = ([pair[place] for pair in pairs] for place in (0, 1))
        p99 = percentile(taken, 99)
        figures = f"{len(taken):8}{median(taken):8.2f}{p99:8.2f}{max(taken):8.2f}"
        print(f"  {what:38}{figures}{percentile(beside, 99):13.2f}")
        if what.startswith("before"):
            idle = p99
        else:
            bench.figure(f"{what}, p99 ×", p99 / idle, most=MOST_TIMES)
    print(f"memory of the proxy: {', '.join(f'{mib:.0f} MiB {when}' for when, mib in memory)}")


if __name__ == "__main__":
    sys.exit(run(__file__, __doc__, measure, FLAGS))
