"""How long a page takes to be made, each kind and both languages: scripts/bench pages [--help]

A click waits for a warning after its verdict; the aim is 3 ms at the median. Pages of the portal go through the whole
of Flask here, and no click waits for them.
"""

import argparse
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from harness import Bench, Flags, percentile, run
from shots import Shot, shots

LIMIT_MS = 3.0
IN_A_CLICK = ("warning", "form-story", "form-shop", "refused", "could-not-check", "portal-warning")
FLAGS: Flags = {
    "--rounds": {"type": int, "default": 50, "help": "how often each page is made [50]"},
}


def took_ms(shot: Shot, language: str) -> float:
    """Milliseconds for one page."""
    began = time.perf_counter()
    shot.page(language)
    return (time.perf_counter() - began) * 1e3


def measure(options: argparse.Namespace, bench: Bench) -> None:
    """p50, p95 and the size of every page."""
    print(f"  {'page':58} {'p50, ms':>10}  p95, ms; size")
    with TemporaryDirectory() as folder:
        for shot in shots(Path(folder)):
            for language in ("ja", "en"):
                size = len(shot.page(language).body)
                took = [took_ms(shot, language) for _ in range(options.rounds)]
                name, p50 = f"{shot.name} {language}", median(took)
                note = f"{percentile(took, 95):6.2f}; {size / 1024:5.1f} KiB"
                most = LIMIT_MS if shot.name.startswith(IN_A_CLICK) else None
                bench.figure(name, p50, most=most, note=note)


if __name__ == "__main__":
    sys.exit(run(__file__, __doc__, measure, FLAGS))
