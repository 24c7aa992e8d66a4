"""What one judgement costs, by the number of brands and the host's length: scripts/bench lookalike [--help]

Brands are made up: pronounceable names, three to a brand, as long as those of rules/brands.toml are (five to
thirteen letters, nine in the mean). The same hosts are judged against 100, 1,000, 10,000 and 50,000 of them,
in turns; what counts is the median over the rounds of the ratio to 100 brands in the same round. Then the real
index is built, and hosts of 10 to 253 characters are judged against it.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from harness import Bench, Flags, each_us, processor_us, run
from sekisho.link import Link, host_link
from sekisho.lookalike import LookalikeIndex, build_index, find_lookalikes
from sekisho.rulebook.load import load_rulebook
from sekisho.rulebook.model import Brand, Rulebook

SIZES = (100, 1_000, 10_000, 50_000)
LENGTHS = (10, 20, 40, 80, 160, 253)
CONSONANTS = "bcdfghjkmnprstvwz"
VOWELS = "aeiou"
HOSTS = 4_000
TOKEN_LENGTHS = (5, 6, 7, 8, 8, 9, 10, 11, 13)
"""Deciles of the tokens' lengths in rules/brands.toml."""
FLAGS: Flags = {
    "--rounds": {"type": int, "default": 7, "help": "turns of each size [7]"},
}


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


def cost(links: Sequence[Link], index: LookalikeIndex, rounds: int = 1) -> float:
    """Microseconds of processor time a host."""
    return each_us(lambda link: find_lookalikes(link, index), links, rounds=rounds)


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


def measure(options: argparse.Namespace, bench: Bench) -> None:
    """By the number of brands, then by the length of the host."""
    rulebook = load_rulebook(options.rules)
    by_number_of_brands(bench, rulebook, options.rounds)
    by_length(bench, rulebook)


def by_number_of_brands(bench: Bench, rulebook: Rulebook, rounds: int) -> None:
    """Cost against the number of brands."""
    links = some_links(sorted(rulebook.familiar_domains), HOSTS)
    indexes: dict[int, LookalikeIndex] = {}
    builds: dict[int, float] = {}

    def build(size: int) -> None:
        indexes[size] = build_index(replace(rulebook, brands=made_up_brands(size)))

    for size in SIZES:
        builds[size] = each_us(build, [size]) / 1e3
    costs: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(rounds):
        for size, index in indexes.items():
            costs[size].append(cost(links, index))
    print("brands      build ms   µs a host   against 100")
    ratios = {}
    for size in SIZES:
        pairs = zip(costs[size], costs[SIZES[0]], strict=True)
        ratios[size] = median(many / few for many, few in pairs)
        print(f"{size:6,}   {builds[size]:11.1f} {median(costs[size]):11.1f} {ratios[size]:13.2f}")
    bench.figure(f"{SIZES[-1]:,} brands against {SIZES[0]}, ratio", ratios[SIZES[-1]], most=1.3)


def by_length(bench: Bench, rulebook: Rulebook) -> None:
    """Cost against the host's length, and how long the real index takes to build."""
    brands = dict(list(rulebook.brands.items())[:300])
    book = replace(rulebook, brands=brands)
    build = min(processor_us(lambda: build_index(book)) for _ in range(5)) / 1e3
    bench.figure(f"index of {len(brands)} brands of rules/brands.toml, ms", build, most=50)
    index = build_index(rulebook)
    print(f"length   µs a host, {len(rulebook.brands)} brands")
    for length in LENGTHS:
        links = hosts_of_length(length, list(brands.values()))
        print(f"{length:6}   {cost(links, index, 5):9.1f}")


if __name__ == "__main__":
    sys.exit(run(__file__, __doc__, measure, FLAGS))
