"""What one look costs, by the number of brands and by the length of the host: scripts/bench lookalike [--help]

Brands are made up: pronounceable names, three to a brand, as long as those of rules/brands.toml are (five to
thirteen letters, nine in the mean). The same hosts are judged against 100, 1,000, 10,000 and 50,000 of them,
in turns; what counts is the median over the rounds of the ratio to 100 brands in the same round. Then the real
index is built, and hosts of 10 to 253 characters are judged against it.

Exit code: 0 all targets met, 1 some missed, 2 it could not be measured.
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from sekisho.link import Link, host_link
from sekisho.lookalike import LookalikeIndex, build_index, find_lookalikes
from sekisho.rulebook.load import RuleError, load_rulebook
from sekisho.rulebook.model import Brand, Rulebook

SIZES = (100, 1_000, 10_000, 50_000)
LENGTHS = (10, 20, 40, 80, 160, 253)
CONSONANTS = "bcdfghjkmnprstvwz"
VOWELS = "aeiou"
HOSTS = 4_000
TOKEN_LENGTHS = (5, 6, 7, 8, 8, 9, 10, 11, 13)
"""Deciles of the tokens' lengths in rules/brands.toml."""


def made_up_name(choose: random.Random) -> str:
    """A name that one can say."""
    letters = "".join(choose.choice(CONSONANTS) + choose.choice(VOWELS) for _ in range(7))
    return letters[: choose.choice(TOKEN_LENGTHS)]


def made_up_brands(count: int, seed: int = 7) -> dict[str, Brand]:
    """So many brands with three names each; the first ones are the same whatever the count."""
    choose = random.Random(seed)
    brands: dict[str, Brand] = {}
    taken: set[str] = set()
    for number in range(count):
        names: list[str] = []
        while len(names) < 3:
            name = made_up_name(choose)
            if name not in taken:
                taken.add(name)
                names.append(name)
        slug = f"brand-{number}"
        region = "jp" if number % 2 else "world"
        brands[slug] = Brand(slug, slug, slug, region, "shop", tuple(names), (), (f"{names[0]}.co.jp",))
    return brands


def some_links(familiar: Sequence[str], count: int, seed: int = 11) -> list[Link]:
    """Familiar domains as ordinary hosts, and a tenth with a made-up brand in a suspicious place."""
    choose = random.Random(seed)
    brands = list(made_up_brands(SIZES[0]).values())
    hosts: list[str] = []
    for number in range(count):
        domain = choose.choice(familiar)
        if number % 10 == 0:
            domain = f"{choose.choice(choose.choice(brands).tokens)}-login.{domain.partition('.')[0]}.top"
        hosts.append(f"www.{domain}")
    return [host_link(host) for host in hosts]


def cost(links: Sequence[Link], index: LookalikeIndex) -> float:
    """Mean microseconds of processor time a host: other programs run beside this one."""
    began = time.thread_time()
    for link in links:
        find_lookalikes(link, index)
    return (time.thread_time() - began) / len(links) * 1e6


def hosts_of_length(length: int, brands: Sequence[Brand], seed: int = 3) -> list[Link]:
    """Hosts of so many characters, made of words, brands and digits."""
    choose = random.Random(seed)
    links: list[Link] = []
    for _ in range(100):
        text = ""
        while len(text) < length:
            word = choose.choice(
                (
                    made_up_name(choose),
                    choose.choice(choose.choice(brands).domains).partition(".")[0],
                    "login",
                    "4821",
                )
            )
            text += word + choose.choice("-.-")
        labels = [label[:60].strip("-") or "a" for label in text[: length - 4].split(".")]
        links.append(host_link(".".join(labels).strip(".-")[: length - 4].rstrip(".-") + ".com"))
    return links


def main(argv: list[str]) -> int:
    """Run the measurement; the exit code is in the head of this file."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench lookalike", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--rounds", type=int, default=7, help="turns of each size (default: %(default)s)")
    options = parser.parse_args(argv)
    try:
        rulebook = load_rulebook()
    except RuleError as error:
        print(error, file=sys.stderr)
        return 2
    missed = by_number_of_brands(rulebook, options.rounds) + by_length(rulebook)
    print(f"missed: {', '.join(missed)}" if missed else "all targets met")
    return int(bool(missed))


def by_number_of_brands(rulebook: Rulebook, rounds: int) -> list[str]:
    """Cost against the number of brands; the names of the targets that were missed."""
    links = some_links(sorted(rulebook.familiar_domains), HOSTS)
    indexes: dict[int, LookalikeIndex] = {}
    print("brands      build ms   µs a host   against 100")
    builds: dict[int, float] = {}
    for size in SIZES:
        book = replace(rulebook, brands=made_up_brands(size))
        began = time.thread_time()
        indexes[size] = build_index(book)
        builds[size] = (time.thread_time() - began) * 1e3
    costs: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(rounds):
        for size, index in indexes.items():
            costs[size].append(cost(links, index))
    ratios = {
        size: median(many / few for many, few in zip(costs[size], costs[SIZES[0]], strict=True))
        for size in SIZES
    }
    for size in SIZES:
        print(f"{size:6,}   {builds[size]:11.1f} {median(costs[size]):11.1f} {ratios[size]:13.2f}")
    return ["50,000 brands cost more than 1.3 times 100"] if ratios[SIZES[-1]] > 1.3 else []


def by_length(rulebook: Rulebook) -> list[str]:
    """Cost against the host's length, and how long the real index takes to build."""
    brands = dict(list(rulebook.brands.items())[:300])
    book = replace(rulebook, brands=brands)
    times: list[float] = []
    for _ in range(5):
        began = time.thread_time()
        build_index(book)
        times.append((time.thread_time() - began) * 1e3)
    print(f"index of {len(brands)} brands of rules/brands.toml: {min(times):.1f} ms (aim <= 50)")
    index = build_index(rulebook)
    print(f"length   µs a host, {len(rulebook.brands)} brands")
    for length in LENGTHS:
        links = hosts_of_length(length, list(brands.values()))
        print(f"{length:6}   {median(cost(links, index) for _ in range(5)):9.1f}")
    return ["index of 300 brands takes more than 50 ms"] if min(times) > 50 else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
