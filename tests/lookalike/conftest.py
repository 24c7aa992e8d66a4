"""A small rulebook that tests own, and the shipped one."""

import pytest

from sekisho.link import parse_link
from sekisho.lookalike import LookalikeIndex, build_index, find_lookalikes
from sekisho.lookalike.reading import Reading, read_host
from sekisho.rulebook.load import load_rulebook
from sekisho.rulebook.model import Brand, Rulebook, TrickStrength
from sekisho.verdict import Evidence, Level


def brand(
    slug: str, *tokens: str, weak: tuple[str, ...] = (), region: str = "jp", name_ja: str = "x"
) -> Brand:
    """A brand that owns slug.co.jp and slug.com."""
    return Brand(
        slug,
        slug.title(),
        name_ja,
        region,
        "shop",
        tokens,
        weak,
        (f"{slug}.co.jp", f"{slug}.com"),
        (f"{slug}",),
    )


STRONG = TrickStrength(Level.WARN, Level.WARN)
LIFTED = TrickStrength(Level.CAUTION, Level.WARN)


@pytest.fixture(scope="session")
def small() -> Rulebook:
    """Three brands and a handful of words."""
    brands = (
        brand("kawauso", "kawauso", "kawausocard", "カワウソ", name_ja="川獺銀行"),
        brand("aosagi", "aosagi", "aosg", weak=("sagi",), region="world", name_ja="黒鷺"),
        brand("mujina", "mujina", weak=("mujinabank",), name_ja="ムジナ"),
    )
    return Rulebook(
        brands={one.slug: one for one in brands},
        risk_words=frozenset(
            {"login", "secure", "support", "card", "bank", "ログイン", "確認", "銀行", "カード", "会員"}
        ),
        plain_words=frozenset({"kawausology"}),
        cheap_suffixes={"top": "a dollar"},
        watched_suffixes={"cn": "often"},
        bulk_suffixes=frozenset({"cn"}),
        confusables={"а": "a", "о": "o", "ѕ": "s", "œ": "oe", "é": "e"},
        platforms={"weebly.com": "hosting"},
        tricks=dict.fromkeys(("skeleton", "leet", "embedding", "brand-token", "fake-suffix"), STRONG)
        | dict.fromkeys(("typo", "typo-world", "typo-long", "world-token", "combosquat"), LIFTED)
        | {"mangled-near": TrickStrength(Level.PASS, Level.WARN)}
        | {"weak-token": TrickStrength(Level.PASS, Level.CAUTION), "weak-twice": STRONG},
    )


@pytest.fixture(scope="session")
def index(small: Rulebook) -> LookalikeIndex:
    """The index of the small rulebook."""
    return build_index(small)


@pytest.fixture(scope="session")
def shipped() -> LookalikeIndex:
    """The index of the rules that the project ships."""
    return build_index(load_rulebook())


def reading_of(host: str, index: LookalikeIndex) -> Reading:
    """A host as the tricks get it."""
    link = parse_link(host)
    return read_host(link, index.rulebook.platform_of(link), index)


def found_in(host: str, index: LookalikeIndex) -> tuple[Evidence, ...]:
    """What is found in a host."""
    return find_lookalikes(parse_link(host), index)
