"""How well lookalikes are told from honest names: scripts/bench detection [--help]

Measures on labelled hosts in ../shared/data where they are (or --data), else on the project's own cases.
Prints for each technique and brand how many hosts are warned of, for each set of honest hosts how many false
alarms there are, what 1,000 generated homographs come to, how long one host takes, and the worst twenty misses
and false alarms, so that the next person knows where to push.

Familiar domains are switched off unless --familiar is given: a rule must hold for names that no list knows.
"""

import argparse
import csv
import random
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from harness import DATA, PROJECT, Bench, Flags, each_us, grouped, percentile, run
from sekisho.link import Link, host_link
from sekisho.lookalike import LookalikeIndex, build_index, find_lookalikes
from sekisho.rulebook.load import load_rulebook
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Evidence, Level

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
FLAGS: Flags = {
    "--data": {"type": Path, "default": DATA, "help": "folder of labelled hosts [%(default)s]"},
    "--familiar": {"action": "store_true", "help": "let familiar domains pass, as the proxy does"},
    "--all": {"action": "store_true", "help": "print every miss and false alarm, not the worst 20"},
}


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


class Judge:
    """A Rulebook and its index, as the policy uses them."""

    def __init__(self, rulebook: Rulebook, *, familiar: bool) -> None:
        self.rulebook = rulebook
        self.index: LookalikeIndex = build_index(rulebook)
        self.familiar = familiar

    def judge(self, link: Link) -> tuple[Evidence, ...]:
        """As the policy would after the family's lists."""
        platform, _ = self.rulebook.standing_of(link)
        if self.familiar and platform is None and link.domain in self.rulebook.familiar_domains:
            return ()
        return find_lookalikes(link, self.index)

    def judged(self, rows: Iterable[tuple[str, str, str]]) -> list[Judged]:
        """Rows of (host, group, brand), judged."""
        out: list[Judged] = []
        for host, group, brand in rows:
            evidence = self.judge(host_link(host))
            out.append(Judged(host, group, brand, evidence[0].level if evidence else Level.PASS, evidence))
        return out


def share(rows: Sequence[Judged], level: Level) -> float:
    """Per cent of the rows at that level or above; 0 of nothing."""
    return 100 * sum(row.level >= level for row in rows) / len(rows) if rows else 0.0


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a tab-separated file whose first line is its header, with or without ``#``."""
    with path.open(encoding="utf-8", newline="") as lines:
        header = next(lines).lstrip("# ").rstrip("\n").split("\t")
        return [dict(zip(header, row, strict=False)) for row in csv.reader(lines, delimiter="\t") if row]


def measure_lookalikes(bench: Bench, judge: Judge, data: Path) -> list[Judged]:
    """Recall per technique and brand."""
    rows = judge.judged(
        (row["host"], row["technique"], row["brand"]) for row in table(data / "lookalike_examples.tsv")
    )
    counted = [row for row in rows if not row.group.startswith(HARD)]
    print(f"lookalikes: {len(counted)} hosts (% warn; % warn or caution)")
    bench.figure("warn", share(counted, Level.WARN), least=93)
    bench.figure("warn or caution", share(counted, Level.CAUTION), least=97)
    for group, members in grouped(rows, lambda row: row.group).items():
        name = f"{group} ({len(members)}), {share(members, Level.CAUTION):.1f} with caution"
        aim = 60 if "mangled" in group else 80
        counts = not group.startswith(HARD) and len(members) >= FEW
        bench.figure(name, share(members, Level.WARN), least=aim if counts else None)
    print("by brand, fewest warned of first (% warn)")
    brands = [(share(v, Level.WARN), k, len(v)) for k, v in grouped(counted, lambda row: row.brand).items()]
    for per_cent, brand, count in sorted(brands)[:15]:
        bench.figure(f"{brand} ({count})", per_cent)
    return [row for row in counted if row.level < Level.WARN]


def measure_phishing(bench: Bench, judge: Judge, data: Path) -> None:
    """All phishing, most of it without a brand in its name."""
    rows = judge.judged(
        (row["host"], next(v for k, v in row.items() if k.startswith("stratum")), row["brand"])
        for row in table(data / "phish_eval_sample.tsv")
    )
    print(f"all phishing: {len(rows)} hosts")
    bench.figure("warn", share(rows, Level.WARN), least=25)
    bench.figure("warn or caution", share(rows, Level.CAUTION), least=40)
    for group, members in grouped(rows, lambda row: row.group).items():
        per_cent = share(members, Level.CAUTION)
        name = f"{group} ({len(members)}), {share(members, Level.WARN):.1f} warn; warn or caution"
        bench.figure(name, per_cent, least=60 if group == "jpcert-2024+" else None)


def measure_honest(bench: Bench, judge: Judge, data: Path) -> list[Judged]:
    """False alarms per set of honest hosts."""
    alarms: list[Judged] = []
    print("honest hosts (% warn, % caution)")
    for name, (warn, caution) in HONEST.items():
        lines = [line.split("\t") for line in (data / name).read_text("utf-8").splitlines()]
        hosts = [
            line[0] for line in lines if line[0][:1] != "#" and (len(line) < 2 or line[1] != "soft_allow")
        ]
        rows = judge.judged((host, name, "") for host in hosts)
        bench.figure(
            f"{name} ({len(rows)}) warn",
            share(rows, Level.WARN),
            most=0.01 if judge.familiar and warn else warn,
        )
        bench.figure(f"{name} caution", share(rows, Level.CAUTION) - share(rows, Level.WARN), most=caution)
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


def measure_homographs(bench: Bench, judge: Judge) -> None:
    """One letter of another script in a brand's name."""
    rows = judge.judged((host, "homograph", "") for host in homographs(judge.rulebook, 1000))
    print(f"generated homographs: {len(rows)} hosts")
    bench.figure("warn", share(rows, Level.WARN), least=98)


def measure_speed(bench: Bench, judge: Judge, hosts: Sequence[str]) -> None:
    """Microseconds of processor time a host, each host once: other programs run beside this one."""
    links = [host_link(host) for host in hosts]
    times = [each_us(lambda link: find_lookalikes(link, judge.index), [link]) for link in links]
    print(f"speed: {len(links)} hosts, {1e6 / mean(times):,.0f} hosts/s (µs of processor time a host)")
    bench.figure("mean", mean(times), most=35)
    bench.figure("p50", percentile(times, 50), most=30)
    bench.figure("p99", percentile(times, 99), most=120)


def measure_cases(bench: Bench, judge: Judge) -> None:
    """The project's own cases, where no labelled data is there."""
    cases = tomllib.loads(CASES.read_text("utf-8"))["case"]
    rows = judge.judged((case["host"], case["level"], case.get("brand", "")) for case in cases)
    print(f"own cases: {len(rows)} hosts")
    bench.figure("as expected", 100 * sum(row.level.word == row.group for row in rows) / len(rows), least=100)
    measure_homographs(bench, judge)
    measure_speed(bench, judge, [row.host for row in rows] * 20)


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


def measure(options: argparse.Namespace, bench: Bench) -> None:
    """Labelled hosts, or the project's own cases where there are none."""
    judge = Judge(load_rulebook(options.rules), familiar=options.familiar)
    if not (options.data / "lookalike_examples.tsv").exists():
        print(f"{options.data}: no labelled hosts; measuring the project's own cases")
        measure_cases(bench, judge)
        return
    misses = measure_lookalikes(bench, judge, options.data)
    measure_phishing(bench, judge, options.data)
    measure_homographs(bench, judge)
    alarms = measure_honest(bench, judge, options.data)
    mixed = [
        *(options.data / "benign_longtail.txt").read_text("utf-8").split()[::5],
        *(row["host"] for row in table(options.data / "phish_eval_sample.tsv")),
    ]
    measure_speed(bench, judge, mixed)
    worst("misses", misses, len(misses) if options.all else 20)
    worst("false alarms", alarms, len(alarms) if options.all else 20)


if __name__ == "__main__":
    sys.exit(run(__file__, __doc__, measure, FLAGS))
