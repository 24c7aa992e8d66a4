"""An explanation that says something else than the verdict is worse than none."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.link import Link, host_link, parse_link
from sekisho.lookalike import LookalikeIndex, find_lookalikes
from sekisho.lookalike.circumstances import CIRCUMSTANCES, LABEL_CIRCUMSTANCES, MEASURES
from sekisho.lookalike.trial import Trial, quiet_because, try_all
from sekisho.lookalike.tricks import TRICKS
from sekisho.verdict import Evidence, Level, Reason

CASES = Path(__file__).parent.parent / "cases" / "lookalike.toml"
HOSTS = [case["host"] for case in tomllib.loads(CASES.read_text("utf-8"))["case"]]
_PIECES = "amazon rakuten micr0s0ft raukuten smbc co jp com login а ノ 楽天 . . . - top cn 12345 xqzvkw"
PIECES = st.sampled_from(_PIECES.split())


def tried(host: str, index: LookalikeIndex) -> dict[str, Trial]:
    return {trial.name: trial for trial in try_all(parse_link(host), index)}


def sentence(link: Link, index: LookalikeIndex) -> list[Evidence | tuple[str, Level]]:
    """What `find_lookalikes` would answer, from what was tried."""
    worth = [trial for trial in try_all(link, index, 7.0) if trial.level > Level.PASS]
    return [
        trial.evidence or (trial.key, trial.level) for trial in sorted(worth, key=lambda trial: -trial.level)
    ]


def found(link: Link, index: LookalikeIndex) -> list[Evidence | tuple[str, Level]]:
    return [
        (item.circumstance or "", item.level) if item.reason is Reason.CIRCUMSTANCE else item
        for item in find_lookalikes(link, index, 7.0)
    ]


@pytest.mark.parametrize("host", HOSTS)
def test_what_was_tried_is_worth_what_was_found(host: str, shipped: LookalikeIndex) -> None:
    link = parse_link(host)
    assert sentence(link, shipped) == found(link, shipped)


@given(st.lists(PIECES, min_size=1, max_size=8).map("".join), st.sampled_from([443, 4430]))
def test_it_is_so_for_any_host(shipped: LookalikeIndex, host: str, port: int) -> None:
    link = host_link(host, port)
    assert sentence(link, shipped) == found(link, shipped)


def test_everything_is_tried_in_its_order(index: LookalikeIndex) -> None:
    names = [trial.name for trial in try_all(parse_link("heron.com"), index)]
    signs = [one.__name__ for one in CIRCUMSTANCES], [one.__name__ for one in LABEL_CIRCUMSTANCES]
    tricks = [trick.find.__name__ for trick in TRICKS]
    assert [name.replace("-", "_") for name in names] == [*tricks, *signs[0], "foreign_script", *signs[1]]
    assert set(MEASURES) == {*signs[0], "foreign_script", *signs[1]}, "each is measured"


def test_what_was_found_is_shown_with_its_strength(index: LookalikeIndex) -> None:
    trial = tried("kawaus0-login.top", index)["disguised"]
    assert trial.evidence is not None
    assert (trial.key, trial.beside, trial.level) == ("leet", "strong", Level.WARN)
    assert trial.strength == index.rulebook.tricks["leet"]
    assert (trial.evidence.brand, len(trial.evidence.fakes)) == ("kawauso", 1)
    assert not tried("kawaus0-login.top", index)["embedding"].found


def test_what_was_found_and_counts_for_nothing_is_shown_too(shipped: LookalikeIndex) -> None:
    """Who asks why a host passes learns what was seen and how little it weighs."""
    signs = tried("heron48213.com", shipped)
    assert (signs["digits"].key, signs["digits"].level) == ("digits", Level.PASS)
    assert signs["digits"].detail == "'heron48213' holds 5 digits."
    assert signs["digits"].strength == shipped.rulebook.tricks["digits"]


@pytest.mark.parametrize(
    ("host", "name", "text", "value", "bound"),
    [
        ("a.b.heron.com", "many-labels", "4 names; a sign from 6", 4, 6),
        ("heron482.com", "digits", "3 digits; a sign from 5", 3, 5),
        ("heron.com", "random-label", "3.25 bits a letter; a sign from 5.3", 3.25, 5.3),
        ("鷺.com", "random-label", "letters beyond a to z are not counted", None, 5.3),
        ("鷺.com", "foreign-script", "han, latin", None, None),
        ("鷺.com", "other-letters", "han", None, None),
        ("hеron.鷺.com", "mixed-script", "cyrillic, latin; han", None, None),
        ("heron.co.jp", "cheap-suffix", ".co.jp", None, None),
        ("http://heron.com:81", "odd-port", "port 81", 81, None),
        ("203.0.113.7", "ip-address", "an address", None, None),
    ],
)
def test_what_was_measured_is_shown_found_or_not(
    host: str, name: str, text: str, value: float | None, bound: float | None, index: LookalikeIndex
) -> None:
    measure = tried(host, index)[name].measure
    assert measure is not None
    assert (measure.text, measure.value, measure.bound) == (text, value, bound)


def test_an_address_is_tried_for_circumstances_only(index: LookalikeIndex) -> None:
    assert not any(trial.is_trick for trial in try_all(host_link("203.0.113.7"), index))


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("www.kawauso.com", "kawauso.com belongs to Kawauso"),
        ("kawauso-login.city.lg.jp", "only its rightful owner is given a name under .lg.jp"),
        ("heron.com", ""),
    ],
)
def test_a_host_that_is_quiet_says_why(host: str, why: str, index: LookalikeIndex) -> None:
    link = parse_link(host)
    assert quiet_because(link, index) == why
    assert (try_all(link, index) == ()) is bool(why)
