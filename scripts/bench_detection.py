"""How well lookalikes are told from honest names: scripts/bench detection [--help]

Measures on labelled hosts in ../shared/data where they are (or --data), else on the project's own cases.
Prints for each technique and brand how many hosts are warned of, for each set of honest hosts how many false
alarms there are, what 1,000 generated homographs come to, how long one host takes, and the worst twenty misses
and false alarms, so that the next person knows where to push.

Familiar domains are switched off unless --familiar is given: a rule must hold for names that no list knows.

Exit code: 0 all targets met, 1 some missed, 2 it could not be measured.
"""

import argparse
import csv
import random
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, quantiles

from sekisho.link import Link, host_link
from sekisho.lookalike import LookalikeIndex, build_index, find_lookalikes
from sekisho.rulebook.load import RuleError, load_rulebook
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Evidence, Level

PROJECT = Path(__file__).resolve().parent.parent
DATA = PROJECT.parent / "shared" / "data"
CASES = PROJECT / "tests" / "cases" / "lookalike.toml"
HARD = ("no_brand_evidence", "short_token")
"""Techniques that count for nothing: no sign of a brand, or one of two or three letters."""
FEW = 20
"""Rows below which a technique's share says little."""
HONEST = {
    "benign_top.txt": (0.03, 1.5),
    "benign_mid.txt": (0.03, 1.5),
    "benign_longtail.txt": (0.03, 1.5),
    "benign_jp.tsv": (0.0, 1.5),
    "benign_traps.tsv": (0.0, 100.0),
}
"""Set of honest hosts → at most so many per cent warned of, and at caution."""


@dataclass(frozen=True)
class Judged:
    """One labelled host and what became of it."""

    host: str
    group: str
    brand: str
    level: Level
    evidence: tuple[Evidence, ...]

    @property
    def line(self) -> str:
        """For the list of the worst."""
        first = self.evidence[0] if self.evidence else None
        why = first.detail if first else "nothing found"
        return f"  {self.level.word:8}{self.host:56} {self.group} {self.brand}: {why}"


class Bench:
    """A Rulebook, its index, and what was printed so far."""

    def __init__(self, rulebook: Rulebook, *, familiar: bool) -> None:
        self.rulebook = rulebook
        self.index: LookalikeIndex = build_index(rulebook)
        self.familiar = familiar
        self.missed: list[str] = []

    def judge(self, link: Link) -> tuple[Evidence, ...]:
        """As the policy would after the family's lists."""
        if self.familiar and self.rulebook.is_familiar(link):
            return ()
        return find_lookalikes(link, self.index)

    def judged(self, rows: Iterable[tuple[str, str, str]]) -> list[Judged]:
        """Rows of (host, group, brand), judged."""
        out: list[Judged] = []
        for host, group, brand in rows:
            evidence = self.judge(host_link(host))
            out.append(Judged(host, group, brand, evidence[0].level if evidence else Level.PASS, evidence))
        return out

    def target(self, name: str, value: float, least: float | None = None, most: float | None = None) -> None:
        """Print one figure beside what it should be."""
        met = (least is None or value >= least) and (most is None or value <= most)
        aim = f">= {least:g}" if least is not None else f"<= {most:g}"
        if not met:
            self.missed.append(f"{name}: {value:.3g}, aim {aim}")
        print(f"  {name:58} {value:8.3f}   {aim:>9}  {'' if met else 'MISSED'}")


def share(rows: Sequence[Judged], level: Level) -> float:
    """Per cent of the rows at that level or above; 0 of nothing."""
    return 100 * sum(row.level >= level for row in rows) / len(rows) if rows else 0.0


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a tab-separated file whose first line is its header, with or without ``#``."""
    with path.open(encoding="utf-8", newline="") as lines:
        header = next(lines).lstrip("# ").rstrip("\n").split("\t")
        return [dict(zip(header, row, strict=False)) for row in csv.reader(lines, delimiter="\t") if row]


def grouped(rows: Iterable[Judged], key: Callable[[Judged], str]) -> dict[str, list[Judged]]:
    """Rows by key, the largest group first."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def measure_lookalikes(bench: Bench, data: Path) -> list[Judged]:
    """Recall per technique and brand."""
    rows = bench.judged(
        (row["host"], row["technique"], row["brand"]) for row in table(data / "lookalike_examples.tsv")
    )
    counted = [row for row in rows if not row.group.startswith(HARD)]
    print(f"lookalikes: {len(counted)} hosts (% warn; % warn or caution)")
    bench.target("warn", share(counted, Level.WARN), least=93)
    bench.target("warn or caution", share(counted, Level.CAUTION), least=97)
    for group, members in grouped(rows, lambda row: row.group).items():
        name = f"{group} ({len(members)}), {share(members, Level.CAUTION):.1f} with caution"
        if group.startswith(HARD) or len(members) < FEW:
            print(f"  {name:58} {share(members, Level.WARN):8.3f}")
        else:
            bench.target(name, share(members, Level.WARN), least=60 if "mangled" in group else 80)
    print("by brand, fewest warned of first (% warn)")
    brands = [(share(v, Level.WARN), k, len(v)) for k, v in grouped(counted, lambda row: row.brand).items()]
    for per_cent, brand, count in sorted(brands)[:15]:
        print(f"  {brand + f' ({count})':58} {per_cent:8.3f}")
    return [row for row in counted if row.level < Level.WARN]


def measure_phishing(bench: Bench, data: Path) -> None:
    """All phishing, most of it without a brand in its name."""
    rows = bench.judged(
        (row["host"], next(v for k, v in row.items() if k.startswith("stratum")), row["brand"])
        for row in table(data / "phish_eval_sample.tsv")
    )
    print(f"all phishing: {len(rows)} hosts")
    bench.target("warn", share(rows, Level.WARN), least=25)
    bench.target("warn or caution", share(rows, Level.CAUTION), least=40)
    for group, members in grouped(rows, lambda row: row.group).items():
        per_cent = share(members, Level.CAUTION)
        name = f"{group} ({len(members)}), {share(members, Level.WARN):.1f} warn; warn or caution"
        if group == "jpcert-2024+":
            bench.target(name, per_cent, least=60)
        else:
            print(f"  {name:58} {per_cent:8.3f}")


def measure_honest(bench: Bench, data: Path) -> list[Judged]:
    """False alarms per set of honest hosts."""
    alarms: list[Judged] = []
    print("honest hosts (% warn, % caution)")
    for name, (warn, caution) in HONEST.items():
        lines = [line.split("\t") for line in (data / name).read_text("utf-8").splitlines()]
        hosts = [
            line[0] for line in lines if line[0][:1] != "#" and (len(line) < 2 or line[1] != "soft_allow")
        ]
        rows = bench.judged((host, name, "") for host in hosts)
        bench.target(
            f"{name} ({len(rows)}) warn",
            share(rows, Level.WARN),
            most=0.01 if bench.familiar and warn else warn,
        )
        bench.target(f"{name} caution", share(rows, Level.CAUTION) - share(rows, Level.WARN), most=caution)
        alarms += [row for row in rows if row.level >= Level.WARN]
    return alarms


def homographs(rulebook: Rulebook, count: int, seed: int = 1) -> list[str]:
    """Hosts in which one letter of a brand's name is one of its confusables."""
    doubles: dict[str, list[str]] = defaultdict(list)
    for char, letters in rulebook.confusables.items():
        doubles[letters].append(char)
    tokens = [token for brand in rulebook.brands.values() for token in brand.tokens if len(token) >= 5]
    choose = random.Random(seed)
    hosts: list[str] = []
    while len(hosts) < count:
        token = choose.choice([token for token in tokens if token.isascii()])
        place = choose.randrange(len(token))
        if doubles[token[place]]:
            label = token[:place] + choose.choice(doubles[token[place]]) + token[place + 1 :]
            hosts.append(f"xn--{label.encode('punycode').decode()}.com")
    return hosts


def measure_homographs(bench: Bench) -> None:
    """One letter of another script in a brand's name."""
    rows = bench.judged((host, "homograph", "") for host in homographs(bench.rulebook, 1000))
    print(f"generated homographs: {len(rows)} hosts")
    bench.target("warn", share(rows, Level.WARN), least=98)


def measure_speed(bench: Bench, hosts: Sequence[str]) -> None:
    """Microseconds of processor time a host, each host once: other programs run beside this one."""
    links = [host_link(host) for host in hosts]
    times: list[float] = []
    for link in links:
        began = time.thread_time()
        find_lookalikes(link, bench.index)
        times.append((time.thread_time() - began) * 1e6)
    cuts = quantiles(times, n=100)
    print(f"speed: {len(links)} hosts, {1e6 / mean(times):,.0f} hosts/s (µs of processor time a host)")
    bench.target("mean", mean(times), most=35)
    bench.target("p50", cuts[49], most=30)
    bench.target("p99", cuts[98], most=120)


def measure_cases(bench: Bench) -> None:
    """The project's own cases, where no labelled data is there."""
    cases = tomllib.loads(CASES.read_text("utf-8"))["case"]
    rows = bench.judged((case["host"], case["level"], case.get("brand", "")) for case in cases)
    print(f"own cases: {len(rows)} hosts")
    bench.target("as expected", 100 * sum(row.level.word == row.group for row in rows) / len(rows), least=100)
    measure_homographs(bench)
    measure_speed(bench, [row.host for row in rows] * 20)


def worst(title: str, rows: Sequence[Judged], count: int = 20) -> None:
    """The lowest levels first, the groups taking turns."""
    turns = [
        (row.level if title == "misses" else -row.level, turn, row)
        for group in grouped(rows, lambda row: row.group).values()
        for turn, row in enumerate(sorted(group, key=lambda row: row.level))
    ]
    print(f"worst {title}, of {len(rows)}")
    for _, _, row in sorted(turns, key=lambda item: item[:2])[:count]:
        print(row.line)


def main(argv: list[str]) -> int:
    """Run the measurement; the exit code is in the head of this file."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench detection", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--data", type=Path, default=DATA, help="folder of labelled hosts (default: %(default)s)"
    )
    parser.add_argument(
        "--familiar", action="store_true", help="let familiar domains pass, as the proxy does"
    )
    parser.add_argument("--rules", type=Path, help="another rules folder")
    parser.add_argument(
        "--all", action="store_true", help="print every miss and false alarm, not the worst 20"
    )
    options = parser.parse_args(argv)
    try:
        bench = Bench(load_rulebook(options.rules), familiar=options.familiar)
    except RuleError as error:
        print(error, file=sys.stderr)
        return 2
    if not (options.data / "lookalike_examples.tsv").exists():
        print(f"{options.data}: no labelled hosts; measuring the project's own cases")
        measure_cases(bench)
    else:
        misses = measure_lookalikes(bench, options.data)
        measure_phishing(bench, options.data)
        measure_homographs(bench)
        alarms = measure_honest(bench, options.data)
        mixed = [
            *(options.data / "benign_longtail.txt").read_text("utf-8").split()[::5],
            *(row["host"] for row in table(options.data / "phish_eval_sample.tsv")),
        ]
        measure_speed(bench, mixed)
        worst("misses", misses, len(misses) if options.all else 20)
        worst("false alarms", alarms, len(alarms) if options.all else 20)
    print(f"missed {len(bench.missed)} targets" if bench.missed else "all targets met")
    return int(bool(bench.missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
