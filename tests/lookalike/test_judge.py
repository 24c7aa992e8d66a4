import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.link import Link, host_link, parse_link
from sekisho.lookalike import LookalikeIndex, find_lookalikes
from sekisho.lookalike.judge import VETTED_SUFFIXES, is_vetted
from sekisho.verdict import Circumstance, Level, Reason
from tests.lookalike.conftest import found_in

CASES = Path(__file__).parent.parent / "cases"
TABLE: list[dict[str, Any]] = tomllib.loads((CASES / "lookalike.toml").read_text("utf-8"))["case"]
GOOD = [line for line in (CASES / "good_sites.txt").read_text("utf-8").split("\n") if line and line[0] != "#"]


def test_no_case_was_lost() -> None:
    assert len(TABLE) == 131
    assert len({case["host"] for case in TABLE}) == 131
    assert len(GOOD) == 106


@pytest.mark.parametrize("case", TABLE, ids=[case["host"] for case in TABLE])
def test_case(case: dict[str, Any], shipped: LookalikeIndex) -> None:
    found = found_in(case["host"], shipped)
    first = found[0] if found else None
    assert (first.level.word if first else "pass") == case["level"], first
    assert (first.brand if first else None) == case.get("brand")
    assert (first.trick if first else None) == case.get("trick")


@pytest.mark.parametrize("host", GOOD)
def test_a_well_known_site_is_not_warned_of(host: str, shipped: LookalikeIndex) -> None:
    """Two false alarms a week, and a family switches us off."""
    for name in (host, f"www.{host}"):
        assert all(item.level < Level.WARN for item in found_in(name, shipped))


def test_an_official_host_is_never_flagged(shipped: LookalikeIndex) -> None:
    """Whatever the case, the port, the trailing dot or the subdomain."""
    platforms = shipped.rulebook
    for brand in platforms.brands.values():
        for domain in brand.domains:
            if platforms.platform_of(host_link(domain)) is not None:
                continue
            for text in (domain, f"https://WWW.{domain.upper()}:4443/", f"http://secure-login.{domain}./"):
                assert found_in(text, shipped) == (), text


def test_a_brands_own_top_level_domain_is_quiet(shipped: LookalikeIndex) -> None:
    for brand in shipped.rulebook.brands.values():
        for tld in brand.tlds:
            assert found_in(f"{brand.slug}-login.{tld}", shipped) == ()


def doubles_of(shipped: LookalikeIndex) -> dict[str, list[str]]:
    """Letters → the characters that look like them and that a browser leaves as they are."""
    doubles: dict[str, list[str]] = {}
    for char, letters in shipped.rulebook.confusables.items():
        link = host_link(f"x{char}x.example")
        if char in link.unicode and not link.flaws:
            doubles.setdefault(letters, []).append(char)
    return doubles


def link_of(label: str) -> Link:
    """What host_link makes of an IDN under .net, in a tenth of the time."""
    host = f"xn--{label.encode('punycode').decode()}.net"
    return replace(
        host_link("heron.net"), host=host, domain=host, unicode=f"{label}.net", parents=(host, "net")
    )


def test_the_quick_way_to_a_link_is_the_true_one() -> None:
    """The test below must judge what a browser would open."""
    assert link_of("аmazon") == host_link("аmazon.net")


@pytest.mark.slow
def test_each_swap_of_one_letter_for_its_double_is_caught(shipped: LookalikeIndex) -> None:
    """Every name of five letters and more of every brand, at every place. All doubles everywhere are half a million
    hosts and take 40 s (none is missed); here every place gets two, in turn, so that every double is tried.
    """
    doubles = doubles_of(shipped)
    turns: dict[str, Iterator[str]] = {letters: cycle(among) for letters, among in doubles.items()}
    names = {token for brand in shipped.rulebook.brands.values() for token in brand.tokens}
    tried: list[str] = []
    used: set[str] = set()
    missed = []
    for name in sorted(name for name in names if len(name) >= 5 and name.isascii()):
        for letters, among in doubles.items():
            for match in re.finditer(f"(?={letters})", name):
                for double in islice(turns[letters], min(2, len(among))):
                    label = name[: match.start()] + double + name[match.start() + len(letters) :]
                    tried.append(label)
                    used.add(double)
                    found = find_lookalikes(link_of(label), shipped)
                    if not found or found[0].level < Level.WARN:
                        missed.append(label)
    assert missed == []
    assert len(tried) > 20_000
    assert len(used) > 950


@given(st.text(max_size=80))
@settings(max_examples=400)
def test_nothing_makes_it_raise(shipped: LookalikeIndex, host: str) -> None:
    found = find_lookalikes(host_link(host), shipped)
    assert all(first.level >= second.level for first, second in pairwise(found))


_PIECES = """
    amazon rakuten micr0s0ft co jp com xn-- xn--a - . .. login а ノ 楽天 1 raukuten smbc ? _ é 𝔞 192.168.0.1 top cn
    github.io
"""
PIECES = st.sampled_from([*_PIECES.split(), "\u0301"])


@pytest.mark.slow
@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=400)
def test_offsets_lie_in_the_host(shipped: LookalikeIndex, host: str) -> None:
    """A page that slices with them must never cut beside the letters."""
    link = host_link(host)
    for evidence in find_lookalikes(link, shipped):
        assert all(0 <= fake.start < fake.end <= len(link.unicode) for fake in evidence.fakes)
        assert all(a.end <= b.start for a, b in pairwise(evidence.fakes))
        assert evidence.matched is None or 0 <= evidence.matched[0] < evidence.matched[1] <= len(link.unicode)
        assert evidence.reason is not Reason.CIRCUMSTANCE or evidence.level <= Level.CAUTION


@given(st.lists(PIECES, min_size=1, max_size=8).map("".join))
def test_a_host_in_its_normal_form_is_judged_the_same(shipped: LookalikeIndex, host: str) -> None:
    link = host_link(host)
    if not link.flaws:
        again = host_link(link.host)
        assert find_lookalikes(again, shipped) == find_lookalikes(link, shipped)


def test_a_flawed_link_is_judged_without_complaint(shipped: LookalikeIndex) -> None:
    assert isinstance(find_lookalikes(host_link("xn--\u0661.com"), shipped), tuple)
    assert isinstance(find_lookalikes(Link("", "", "", False, ""), shipped), tuple)


def test_a_host_of_253_letters_is_bounded(shipped: LookalikeIndex) -> None:
    """Nothing but names: found, and in a number that does not grow without end."""
    host = ".".join(["rakutenpaypalmicrosoftdocomomercaripaypayapplenetflixamazon"] * 4) + ".com"
    found = find_lookalikes(host_link(host), shipped)
    assert found[0].level is Level.WARN
    assert len(found) < 10


@pytest.mark.parametrize(
    ("suffix", "vetted"),
    [
        ("co.jp", True),
        ("jp", True),
        ("gov.uk", True),
        ("ac.nz", True),
        ("edu.hn", True),
        ("com", False),
        ("co", False),
    ],
)
def test_suffixes_that_somebody_looked_at(suffix: str, vetted: bool) -> None:
    assert is_vetted(suffix) is vetted
    assert "com" not in VETTED_SUFFIXES


def test_a_second_sign_lifts_a_finding(index: LookalikeIndex) -> None:
    assert found_in("aosagi-heron.com", index)[0].level is Level.CAUTION
    for host in ("aosagi-login.com", "aosagi-heron.top", "aosagi.heron-co-jp.com", "aosagi-heron.weebly.com"):
        assert found_in(host, index)[0].level is Level.WARN, host


def test_a_slight_finding_needs_more_than_a_watched_suffix(index: LookalikeIndex) -> None:
    assert found_in("kaiwaiuso-heron.cn", index)[0].level is Level.CAUTION
    assert found_in("kaiwaiuso-heron.top", index)[0].level is Level.WARN
    assert found_in("kaiwaiuso.heron.cn", index)[0].level is Level.WARN
    assert found_in("kaiwaiuso-heron.com", index) == ()


@pytest.mark.parametrize(
    ("host", "level"),
    [
        ("aosagi.heron.com", Level.WARN),
        ("sagi.heron.com", Level.CAUTION),
        ("sagi.login-heron.com", Level.WARN),
        ("sagi.heron.cn", Level.WARN),
        ("sagi-login.cn", Level.WARN),
        ("sagi-login.com", Level.CAUTION),
        ("kaiwaiuso.heron.com", Level.CAUTION),
        ("kaiwaiuso.heron-login.com", Level.WARN),
        ("aosaga.cn", Level.CAUTION),
        ("aosaga-login.com", Level.WARN),
    ],
)
def test_signs_of_two_kinds_are_strong_support(host: str, level: Level, index: LookalikeIndex) -> None:
    """Where a name stands, the suffix below it, the words beside it: each alone happens to honest hosts."""
    assert found_in(host, index)[0].level is level


def test_a_trick_that_rules_do_not_know_is_worth_nothing(index: LookalikeIndex) -> None:
    assert parse_link("herоn.com").unicode == "herоn.com"
    assert found_in("herоn.com", index) == ()


def test_a_circumstance_says_which_one_it_is(shipped: LookalikeIndex) -> None:
    """Pages in other languages have nothing else to make their sentence of."""
    found = find_lookalikes(host_link("203.0.113.7", 4430), shipped)
    assert [item.circumstance for item in found] == [Circumstance.IP_ADDRESS, Circumstance.ODD_PORT]
    assert {item.reason for item in found} == {Reason.CIRCUMSTANCE}


def test_evidence_carries_the_time_that_it_was_asked_with(index: LookalikeIndex) -> None:
    found = find_lookalikes(host_link("kawauso-login.top"), index, 1234.5)
    assert found
    assert {item.at for item in found} == {1234.5}
