"""Harness: what all benches share, so that each is only its measurement.

A bench is scripts/bench_NAME.py with a docstring, a table of its flags, and `measure` that takes the
options and a `Bench`: it prints its figures, those with a target by `Bench.figure`. `run` does the rest: the flags,
one line about the machine, the exit code (0 all targets met, 1 some missed, 2 it could not be measured).
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from types import MappingProxyType
from typing import Any

from sekisho.rulebook.load import RuleError

PROJECT = Path(__file__).resolve().parent.parent
RULES = PROJECT / "rules"
DATA = PROJECT.parent / "shared" / "data"
"""Where labelled hosts and pages lie, if anywhere; a bench that needs them takes --data."""
ASK = "--ask"
Flags = Mapping[str, Mapping[str, Any]]
"""Flag → what argparse is to know of it."""


class CannotMeasureError(RuntimeError):
    """Something is missing or does not start; the message says what to do."""


class Bench:
    """What was measured so far."""

    def __init__(self) -> None:
        self.missed: list[str] = []
        """The targets that were missed."""

    def figure(
        self,
        what: str,
        value: float,
        *,
        least: float | None = None,
        most: float | None = None,
        note: str = "",
    ) -> None:
        """Print one figure, beside what it should be where that is given."""
        line = f"  {what:58} {value:10.3f}  {note:22}"
        if least is not None or most is not None:
            aim = f"≥ {least:g}" if least is not None else f"≤ {most:g}"
            met = (least is None or value >= least) and (most is None or value <= most)
            if not met:
                self.missed.append(f"{what}: {value:.3g}, aim {aim}")
            line += f" {aim:>9}  {'met' if met else 'MISSED'}"
        print(line.rstrip())

    def finish(self) -> int:
        """Print which targets were missed; the exit code."""
        print(f"missed {len(self.missed)} targets:" if self.missed else "all targets met")
        for line in self.missed:
            print(f"  {line}")
        return int(bool(self.missed))


def run(
    file: str,
    doc: str | None,
    measure: Callable[[argparse.Namespace, Bench], None],
    flags: Flags = MappingProxyType({}),
    ask: Callable[[Path, int], dict[str, float]] | None = None,
) -> int:
    """Run the bench of this file; the exit code.

    file, doc: its ``__file__`` and ``__doc__``; ask: what `in_fresh_process` runs of it.
    """
    if ask and sys.argv[1:2] == [ASK]:
        print(json.dumps(ask(Path(sys.argv[2]), int(sys.argv[3]))))
        return 0
    name = Path(file).stem.removeprefix("bench_")
    parser = argparse.ArgumentParser(prog=f"scripts/bench {name}", description=(doc or "").partition("\n")[0])
    parser.add_argument("--rules", type=Path, default=RULES, help="rules folder [the project's]")
    for flag, settings in flags.items():
        parser.add_argument(flag, **settings)
    options = parser.parse_args()
    print(environment())
    bench = Bench()
    try:
        measure(options, bench)
    except (RuntimeError, OSError, RuleError, subprocess.CalledProcessError) as error:
        print(f"scripts/bench {name}: it could not be measured: {error}", file=sys.stderr)
        return 2
    return bench.finish()


def environment() -> str:
    """The machine, and what runs on it."""
    python, load = sys.version.split()[0], os.getloadavg()[0]
    return (
        f"Python {python}, mitmproxy {version('mitmproxy')}, {os.cpu_count()} cores, load average {load:.1f}"
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """Of at least one value."""
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def processor_us(work: Callable[[], object], *, rounds: int = 1) -> float:
    """Microseconds of processor time, the median over the rounds: other programs run beside this one."""
    taken: list[float] = []
    for _ in range(rounds):
        began = time.thread_time()
        work()
        taken.append((time.thread_time() - began) * 1e6)
    return median(taken)


def each_us[T](work: Callable[[T], object], items: Sequence[T], *, rounds: int = 1) -> float:
    """The same for each item of a whole turn."""

    def turn() -> None:
        for item in items:
            work(item)

    return processor_us(turn, rounds=rounds) / len(items)


def proc(name: str, pid: int | str = "self") -> str:
    """A file of proc(5). Raises CannotMeasureError."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError as error:
        raise CannotMeasureError(
            f"/proc/{pid}/{name} is missing: the process has ended, or this is not Linux"
        ) from error


def resident(field: str = "VmRSS", pid: int | str = "self") -> float:
    """MiB that a process holds in memory, mapped pages included; `RssFile`: of mapped files alone."""
    found = re.search(rf"{field}:\s+([0-9]+) kB", proc("status", pid))
    if not found:
        raise CannotMeasureError(f"process {pid} has ended")
    return int(found[1]) / 1024


def in_fresh_process(file: str, folder: Path, count: int) -> dict[str, float]:
    """What the `ask` of the bench of this file finds in a Python that has loaded nothing."""
    command = [sys.executable, file, ASK, str(folder), str(count)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def progress(text: str) -> None:
    """Show on a terminal what is being done."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def grouped[T](rows: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    """Rows by key, the largest group first."""
    groups: dict[str, list[T]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))
