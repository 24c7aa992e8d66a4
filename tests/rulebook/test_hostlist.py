"""A family's lists: each line means what its writer means, or is refused with the line and the remedy."""

import re
import tomllib
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sekisho.link import host_link
from sekisho.rulebook.hostlist import (
    MOST_PROBLEMS,
    entry_line,
    parse_host_list,
    plain_entry,
    read_entry,
    read_line,
)
from sekisho.rulebook.model import HostList, ListEntry

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "host_list.toml").read_text("utf-8")
)["case"]
PLATFORMS = {"weebly.com": "hosting"}


def parsed(text: str) -> tuple[HostList, list[str]]:
    return parse_host_list(text, "blocklist.txt", PLATFORMS)


def test_the_table_of_cases_is_read() -> None:
    assert len(CASES) == 77


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["line"].strip() or "empty")
def test_line(case: dict[str, Any]) -> None:
    """Losing one: a site the family blocked opens, or a line shuts more than it says."""
    if "problem" in case:
        with pytest.raises(ValueError, match=re.escape(case["problem"])):
            read_line(case["line"], "blocklist.txt:1", PLATFORMS)
    else:
        entries = read_line(case["line"], "blocklist.txt:1", PLATFORMS)
        assert [entry_line(entry) for entry in entries] == case["entries"]
        assert {entry.source for entry in entries} <= {"blocklist.txt:1"}


def test_every_problem_is_told_with_its_line_and_the_good_lines_stay() -> None:
    found, problems = parsed("good.example\nco.jp\n\nhello\n=one.example\n")
    assert [problem.partition(": ")[0] for problem in problems] == ["blocklist.txt:2", "blocklist.txt:4"]
    assert found.domains == {"good.example": ListEntry("good.example", False, "blocklist.txt:1")}
    assert found.hosts == {"one.example": ListEntry("one.example", True, "blocklist.txt:5")}


def test_the_first_of_two_equal_entries_is_the_one_that_is_named() -> None:
    found, problems = parsed("bad.example\n||bad.example^\n")
    assert not problems
    assert found.domains["bad.example"].source == "blocklist.txt:1"


def test_of_two_entries_for_one_name_the_one_that_holds_longer_stays() -> None:
    """Whoever allows a host for good after a day of trying means for good."""
    for lines in ("a.example until 2026-12-31\na.example", "a.example\na.example until 2026-12-31"):
        assert parsed(lines)[0].domains["a.example"].until is None
    longer = parsed("a.example until 2026-01-31\na.example until 2026-12-31")[0].domains["a.example"]
    assert longer.source == "blocklist.txt:2"


def test_a_flood_of_problems_is_cut_and_counted() -> None:
    _, problems = parsed("two words\n" * 60)
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1] == "blocklist.txt: and 10 more lines that are wrong"


def test_windows_line_ends_and_byte_order_mark() -> None:
    found, problems = parsed("\ufeffone.example\r\n# comment\r\ntwo.example\r\n")
    assert not problems
    assert list(found.domains) == ["one.example", "two.example"]


def test_a_hosts_line_does_not_shut_subdomains_and_a_domain_does() -> None:
    """A hosts file that names example.com must not take shop.example.com from the family."""
    found, _ = parsed("0.0.0.0 host.example\nwhole.example\n")
    assert found.find(host_link("host.example"))
    assert not found.find(host_link("www.host.example"))
    assert found.find(host_link("www.whole.example"))


def test_read_entry_takes_one_name_only() -> None:
    assert read_entry("# nothing") is None
    assert read_entry("0.0.0.0 one.example") == ListEntry("one.example", True, "")
    with pytest.raises(ValueError, match="several names on one line"):
        read_entry("0.0.0.0 one.example two.example")


@given(st.text())
def test_any_text_gives_entries_and_problems_never_an_exception(text: str) -> None:
    """A half-written or foreign file must not take the proxy down."""
    found, problems = parsed(text)
    assert len(problems) <= text.count("\n") + 1
    for entry in (*found.domains.values(), *found.hosts.values()):
        assert host_link(entry.name).host == entry.name
        assert not host_link(entry.name).flaws


PIECES = [
    "example",
    "com",
    "co.jp",
    "例え",
    "=",
    "||",
    "^",
    "$",
    "/",
    ":",
    "@@",
    "##",
    "*",
    ".",
    " ",
    "#",
    "\t",
    "-",
]
ADDRESSES = [
    "0.0.0.0",
    "::1",
    "192.0.2.0/24",
    "[",
    "%",
    "\ufeff",
    "xn--",
    "0x7f",
    "http://",
    "weebly.com",
    "\x00",
]


@given(st.lists(st.sampled_from(PIECES + ADDRESSES)).map("".join))
def test_lines_that_are_nearly_right_never_shut_a_suffix_or_a_platform(line: str) -> None:
    found, problems = parsed(line)
    assert all(problem.startswith("blocklist.txt:1: ") for problem in problems)
    assert not {"com", "co.jp", "jp", "weebly.com"} & found.domains.keys()


LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True).filter(lambda s: s[2:4] != "--")


@given(st.lists(LABELS, min_size=1, max_size=4), st.sampled_from(["com", "co.jp", "example"]), st.booleans())
def test_what_is_written_for_an_entry_reads_back_as_that_entry(
    labels: list[str], suffix: str, exact: bool
) -> None:
    """`sekisho block` writes with `entry_line`; what the family blocked must still be blocked tomorrow."""
    name = ".".join([*labels, suffix])
    assume(host_link(name).suffix != name)  # 4u.com is a public suffix, and rightly refused
    entry = ListEntry(name, exact, "blocklist.txt:1")
    assert read_entry(entry_line(entry), "blocklist.txt:1") == entry


@given(st.text(alphabet="abx019-.", min_size=1, max_size=80))
def test_the_short_way_for_plain_hosts_agrees_with_the_parser(name: str) -> None:
    """`=0x7f.1` is an address: taken as a name it would never match."""
    link = host_link(name)
    try:
        entry = read_entry(f"={name}")
    except ValueError:
        entry = None
    if entry is not None:
        assert entry.name == link.host
        assert not link.flaws


WORDS = st.sampled_from(
    (
        *(
            "0.0.0.0",
            "127.0.0.1",
            "::1",
            " ",
            "\t",
            "=",
            "||",
            "^",
            "\r\n",
            "\n",
            "#",
            "$",
            "/",
            "*.",
            "\ufeff",
        ),
        *("a.com", "Example.ORG", "co.jp", "x.", "weebly.com", "xn--a.com", "kawasaki.jp", "b.kawasaki.jp"),
        *(
            ".",
            "a" * 63,
            "b.",
            "localhost",
            "localhost.localdomain",
            "-",
            "_",
            "1.2.3.4",
            "0x7f.1",
            "\u212a.com",
        ),
        *("until", "until 2026-12-31", "a.1", "github.io", "me.github.io", "unknown.example", "example"),
    )
)


@settings(max_examples=500)
@given(st.lists(WORDS, max_size=5).map("".join) | st.text(max_size=20))
def test_a_plain_line_is_read_as_the_slow_way_reads_it(line: str) -> None:
    """A shortcut that reads one letter differently opens a site that the family blocked."""
    found = plain_entry(line, PLATFORMS)
    if found:
        with mock.patch("sekisho.rulebook.hostlist.plain_entry", return_value=None):
            (entry,) = read_line(line, "", PLATFORMS)
        assert (entry.name, entry.exact, entry.until) == (*found, None)


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("a.example\n", ("a.example", False)),
        ("||A.Example^\r\n", ("a.example", False)),
        ("0.0.0.0\ta.example", ("a.example", True)),
        ("127.0.0.1 co.jp", ("co.jp", True)),
        ("=weebly.com", ("weebly.com", True)),
    ],
)
def test_nearly_every_line_of_a_long_list_is_plain(line: str, entry: tuple[str, bool]) -> None:
    """Read the slow way, a list of a million takes a minute."""
    assert plain_entry(line, PLATFORMS) == entry


@pytest.mark.parametrize(
    "line", ["co.jp", "weebly.com", "||github.io^", "b.kawasaki.jp", "xn--a.com", "a.1", ""]
)
def test_what_may_be_refused_is_left_to_the_slow_way(line: str) -> None:
    assert plain_entry(line, PLATFORMS) is None
