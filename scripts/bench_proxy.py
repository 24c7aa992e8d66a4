"""What the proxy costs, beside what mitmproxy itself costs: scripts/bench proxy [--help]

One run on loopback against nginx measures five ways to one site: direct, mitmdump relaying (--ignore-hosts),
sekisho relaying (a familiar host), mitmdump intercepting (lazy), sekisho intercepting (an unfamiliar host
that is clean). They take turns in every round, and what counts is the median over the rounds of the ratio
to mitmdump in the same round: machines are noisy, and other programs run beside this one.

New connections are clicks (sekisho judges them fully and keeps the verdict), one after another, TLS 1.3
without resumption. Keep-alive requests are pictures of the same site. Every certificate is verified: on the
relayed ways only the site's own authority is trusted, on the others only the proxy's. HTTP/1.1 throughout.
Then sekisho alone is sent a click to each of --hosts new hosts, all of different owners.

Linux only (it reads /proc).
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from harness import Bench, CannotMeasureError, Flags, percentile, progress, run
from http_load import LoadError, Route, bulk, keep_alive, visit
from stage import FAMILIAR, UNFAMILIAR, Running, Stage, new_hosts, new_stage

WARM_UP = 20
"""Visits before anything is timed: certificates are made, imports done."""
DOWNLOADS = 3
"""Of the long file in each round. The best counts: each takes so short that other programs spoil some."""
FLAGS: Flags = {
    "--rounds": {"type": int, "default": 7, "help": "rounds in which all take their turn [7]"},
    "--new": {"type": int, "default": 40, "help": "new connections a round [40]"},
    "--seconds": {"type": float, "default": 2.0, "help": "seconds of keep-alive load a round [2]"},
    "--connections": {"type": int, "default": 8, "help": "keep-alive connections [8]"},
    "--mib": {"type": int, "default": 64, "help": "MiB of the long file [64]"},
    "--hosts": {"type": int, "default": 10_000, "help": "new hosts at the end; 0 for none [10000]"},
    "--json": {"type": Path, "metavar": "FILE", "help": "write every figure to FILE"},
}


@dataclass(frozen=True)
class Contender:
    """One of the five ways."""

    title: str
    route: Route
    proxy: Running | None = None

    @property
    def cpu(self) -> float:
        """Seconds that its proxy has used until now."""
        return self.proxy.cpu() if self.proxy else 0.0


@dataclass(frozen=True)
class Sample:
    """What one round measured of one contender."""

    connect_ms: tuple[float, ...]
    connect_cpu_ms: float
    """The proxy's CPU time, user and system, for a new connection."""
    rate: float
    """Keep-alive requests a second over all connections."""
    request_cpu_us: float
    bulk_mb: float
    """10^6 bytes a second."""

    @property
    def p50(self) -> float:
        return median(self.connect_ms)


@dataclass(frozen=True)
class Target:
    """A promise: a ratio to mitmdump in the same round."""

    what: str
    ours: str
    bare: str
    value: Callable[[Sample], float]
    least: float | None = None
    most: float | None = None


DIRECT, RELAYED, OURS_RELAYED, TAKEN, OURS_TAKEN = (
    "direct",
    "mitmdump relaying",
    "sekisho relaying",
    "mitmdump intercepting",
    "sekisho intercepting",
)
TARGETS = (
    Target("relayed: keep-alive req/s", OURS_RELAYED, RELAYED, lambda s: s.rate, least=0.95),
    Target("relayed: bulk MB/s", OURS_RELAYED, RELAYED, lambda s: s.bulk_mb, least=0.95),
    Target("relayed: new connection p50", OURS_RELAYED, RELAYED, lambda s: s.p50, most=1.10),
    Target("intercepted: keep-alive req/s", OURS_TAKEN, TAKEN, lambda s: s.rate, least=0.90),
    Target("intercepted: bulk MB/s", OURS_TAKEN, TAKEN, lambda s: s.bulk_mb, least=0.90),
    Target("intercepted: new connection p50", OURS_TAKEN, TAKEN, lambda s: s.p50, most=1.15),
)
MOST_MEMORY = 60.0
"""MiB that sekisho may hold more than mitmdump, idle and after the load."""
MOST_GROWTH = 3.0
"""MiB that the second half of the new hosts may add: 600 bytes a host. The first half fills what is bounded."""


def measure(options: argparse.Namespace, bench: Bench) -> None:
    """The whole run."""
    if min(options.rounds, options.new, options.connections, options.mib) < 1 or options.seconds <= 0:
        raise CannotMeasureError("--rounds, --new, --connections, --mib and --seconds are 1 or more")
    with new_stage() as stage:
        measure_on(stage, options, bench)


def measure_on(stage: Stage, options: argparse.Namespace, bench: Bench) -> None:
    """All contenders on one stage."""
    load_before = os.getloadavg()[0]
    names = new_hosts(options.hosts)
    site = stage.start_tls_site(options.mib, names)
    bare = stage.start_mitmdump("intercepting")
    relay = stage.start_mitmdump("relaying", "--ignore-hosts", ".*")
    ours = stage.start_sekisho("state", stage.copy_rules(options.rules), site)
    # mitmdump has no --resolve: it is sent to `localhost`, so that it looks a name up as sekisho does,
    # and learns the site's name from the SNI.
    nginx = f"localhost:{site.address[1]}"
    site_tls, bare_tls, our_tls = (each.trusted() for each in (site, bare, ours))
    contenders = (
        Contender(DIRECT, Route(FAMILIAR, site_tls, site.address)),
        Contender(RELAYED, Route(FAMILIAR, site_tls, relay.address, nginx), relay),
        Contender(OURS_RELAYED, Route(FAMILIAR, site_tls, ours.address, f"{FAMILIAR}:443"), ours),
        Contender(TAKEN, Route(UNFAMILIAR, bare_tls, bare.address, nginx), bare),
        Contender(OURS_TAKEN, Route(UNFAMILIAR, our_tls, ours.address, f"{UNFAMILIAR}:443"), ours),
    )
    memory = {"idle": {"mitmdump": bare.rss(), "sekisho": ours.rss()}}
    for contender in contenders:
        for _ in range(WARM_UP):
            _visited(contender.route)
        keep_alive(contender.route, options.connections, 0.3)

    rounds: list[dict[str, Sample]] = []
    for number in range(options.rounds):
        progress(f"round {number + 1} of {options.rounds}")
        turn = contenders if number % 2 == 0 else contenders[::-1]
        rounds.append({each.title: sample(each, options) for each in turn})
    memory["after the load"] = {"mitmdump": bare.rss(), "sekisho": ours.rss()}

    growth, warned = visit_new_hosts(ours, names)
    progress("")
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "versions": {name: version(name) for name in ("sekisho", "mitmproxy")},
        "cores": os.cpu_count(),
        "load_before": load_before,
        "rounds": [{title: asdict(one) for title, one in each.items()} for each in rounds],
        "rss_mib": memory,
        "new_hosts_rss_mib": growth,
        "new_hosts_warned": warned,
        "ratios": {target.what: ratios(target, rounds) for target in TARGETS},
    }
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"{options.rounds} rounds\n")
    print_table(rounds, options.connections)
    check_targets(bench, rounds, memory, growth)
    if warned:
        print(f"\n{warned} of {len(names)} new hosts got a warning page instead of the site.")


def sample(contender: Contender, options: argparse.Namespace) -> Sample:
    """One turn of one contender."""
    route = contender.route
    before = contender.cpu
    connect_ms = tuple(_visited(route) * 1e3 for _ in range(options.new))
    connect_cpu = contender.cpu - before
    before = contender.cpu
    done, seconds = keep_alive(route, options.connections, options.seconds)
    request_cpu = contender.cpu - before
    return Sample(
        connect_ms,
        connect_cpu / options.new * 1e3,
        done / seconds,
        request_cpu / done * 1e6,
        max(bulk(route, "/long", options.mib * 2**20) for _ in range(DOWNLOADS)) / 1e6,
    )


def visit_new_hosts(ours: Running, names: Sequence[str]) -> tuple[list[float], int]:
    """Click on every name once: RSS in MiB before and after each tenth, and how many were warned of."""
    if not names:
        return [], 0
    tls = ours.trusted()
    readings, warned = [ours.rss()], 0
    tenth = max(1, len(names) // 10)
    for number, name in enumerate(names, 1):
        status, _ = visit(Route(name, tls, ours.address, f"{name}:443"))
        if status not in (200, 403):
            raise LoadError(f"{name}: status {status}")
        warned += status == 403
        if number % tenth == 0:
            readings.append(ours.rss())
            progress(f"new hosts: {number} of {len(names)}, RSS {readings[-1]:.1f} MiB")
    return readings, warned


def _visited(route: Route) -> float:
    status, seconds = visit(route)
    if status != 200:
        raise LoadError(f"{route.host}: status {status} where the site was expected")
    return seconds


def ratios(target: Target, rounds: Sequence[Mapping[str, Sample]]) -> list[float]:
    """Ours to mitmdump's, round by round."""
    return [target.value(each[target.ours]) / target.value(each[target.bare]) for each in rounds]


def print_table(rounds: Sequence[Mapping[str, Sample]], connections: int) -> None:
    """Every contender: medians over the rounds, p95 over all connections."""
    print(f"{'':24}{'new connection':^26}{f'keep-alive, {connections}':^22}{'bulk':>8}")
    print(f"{'':24}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'req/s':>12}{'CPU µs':>8}{'MB/s':>12}")
    for title in (DIRECT, RELAYED, OURS_RELAYED, TAKEN, OURS_TAKEN):
        samples = [each[title] for each in rounds]
        every = [ms for one in samples for ms in one.connect_ms]
        print(
            f"{title:24}{median(s.p50 for s in samples):8.1f}{percentile(every, 95):8.1f}"
            f"{median(s.connect_cpu_ms for s in samples):8.1f}{median(s.rate for s in samples):12.0f}"
            f"{median(s.request_cpu_us for s in samples):8.0f}{median(s.bulk_mb for s in samples):12.0f}"
        )


def check_targets(
    bench: Bench,
    rounds: Sequence[Mapping[str, Sample]],
    memory: Mapping[str, Mapping[str, float]],
    growth: Sequence[float],
) -> None:
    """The targets against what was measured."""
    print("\nsekisho to mitmdump: median of the ratios (lowest to highest)")
    for target in TARGETS:
        each = ratios(target, rounds)
        note = f"({min(each):.2f} to {max(each):.2f})"
        bench.figure(target.what, median(each), least=target.least, most=target.most, note=note)
    for when, mib in memory.items():
        note = f"({mib['mitmdump']:.0f} → {mib['sekisho']:.0f} MiB)"
        more = mib["sekisho"] - mib["mitmdump"]
        bench.figure(f"RSS {when}, MiB more", more, most=MOST_MEMORY, note=note)
    if growth:
        middle = growth[len(growth) // 2]
        note = f"({growth[0]:.0f} → {middle:.0f} → {growth[-1]:.0f} MiB)"
        bench.figure(
            "RSS, second half of new hosts, MiB more", growth[-1] - middle, most=MOST_GROWTH, note=note
        )


if __name__ == "__main__":
    sys.exit(run(__file__, __doc__, measure, FLAGS))
