"""How long a page takes to be made: each kind of warning, and the portal's, in both languages.

Run `scripts/bench pages [--rounds N]`. A click waits for a warning after its verdict; the aim is 3 ms at the median.
Pages of the portal go through the whole of Flask here, and wait for nobody's click.
"""

import argparse
import sys
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

from shots import shots

LIMIT_MS = 3.0
IN_A_CLICK = ("warning", "form-story", "form-shop", "refused", "could-not-check", "portal-warning")


def main(arguments: list[str]) -> int:
    """Print p50 and p95 of every page in milliseconds, and its size; 1 where a median is over the aim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, help="how often each page is made")
    rounds = parser.parse_args(arguments).rounds
    slow = []
    print(f"{'page':32} lang   p50 ms   p95 ms    KiB")
    with TemporaryDirectory() as folder:
        for shot in shots(Path(folder)):
            for language in ("ja", "en"):
                size = len(shot.page(language).body)
                took = []
                for _ in range(rounds):
                    begin = perf_counter()
                    shot.page(language)
                    took.append((perf_counter() - begin) * 1000)
                p50, p95 = median(took), quantiles(took, n=20)[-1]
                print(f"{shot.name:32} {language}   {p50:6.2f}   {p95:6.2f}  {size / 1024:5.1f}")
                if p50 > LIMIT_MS and shot.name.startswith(IN_A_CLICK):
                    slow.append(f"{shot.name} {language}")
    print(f"over {LIMIT_MS:g} ms: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
