"""Foreign lists: what another blocker blocks is blocked here, and nothing more than that."""

import re
import tomllib
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.link import host_link
from sekisho.rulebook.foreign import MOST_TOLD, DistinctLines, ForeignReader, Kind, read_foreign
from sekisho.rulebook.hostlist import SharedDomainError, entry_line, read_entry

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "foreign.toml").read_text("utf-8")
)["case"]
PLATFORMS = {"weebly.com": "hosting"}


def test_the_table_of_cases_is_read() -> None:
    assert len(CASES) == 57


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["line"])
def test_line(case: dict[str, Any]) -> None:
    """Losing one: the family imports a list, and a part of it does nothing, or shuts more than it says."""
    reader = ForeignReader(PLATFORMS)
    if "kept" in case:
        found = reader.read(case["line"])
        assert [f"{'@@' if kind == 'allow' else ''}{entry_line(e)}" for kind, e in found] == case["kept"]
        return
    kind = SharedDomainError if "refused" in case else ValueError
    with pytest.raises(ValueError, match=re.escape(case.get("refused") or case["skipped"])) as raised:
        reader.read(case["line"])
    assert raised.type is kind


def test_a_zone_is_read_with_its_origin_and_its_head_left_out() -> None:
    zone = """\
$ORIGIN rpz.example.
@ 3600 IN SOA localhost. root.localhost. (
    2026112401 ; serial
    3600 )
  IN NS localhost.
ads.test CNAME .
*.ads.test CNAME .
trk.test.rpz.example. CNAME .
""".splitlines()
    reading = read_foreign(zone, "zone", {})
    assert list(reading.kept["block"]) == ["ads.test", "=trk.test"]
    assert not reading.skipped.count


def test_repeats_are_kept_once_and_what_fails_is_counted_and_told() -> None:
    lines = ["a.example", "=a.example", "0.0.0.0 a.example", "||a.example^", "co.jp", *["/x/"] * 9]
    seen: list[tuple[Kind, str, bool]] = []
    reading = read_foreign(
        lines, "big", PLATFORMS, lambda kind, name, exact, until: seen.append((kind, name, exact))
    )
    assert list(reading.kept["block"]) == ["a.example"]
    assert seen == [("block", "a.example", exact) for exact in (False, True, True, False)]
    assert [problem.partition(": ")[0] for problem in reading.refused.first] == ["big:5"]
    assert reading.skipped.count == 9
    assert len(reading.skipped.first) == MOST_TOLD
    assert reading.skipped.first[0].startswith("big:6: ")


PIECES = st.sampled_from(
    [
        *(
            "a.example",
            "co.jp",
            "weebly.com",
            "例え.jp",
            "0.0.0.0",
            "192.0.2.1",
            "=",
            "|",
            "||",
            "^",
            "@@",
            "$",
        ),
        *(
            "/",
            "*.",
            "address=",
            "server=",
            "local-zone:",
            "local-data:",
            "host-record=",
            '"',
            "#",
            " ",
            "CNAME",
        ),
        *(
            " CNAME .",
            " A ",
            "IN",
            "SOA (",
            ")",
            "$ORIGIN ",
            "until",
            "until 2026-12-31",
            ",",
            ";",
            "\x00",
            ":",
        ),
    ]
)


@given(st.lists(st.lists(PIECES, max_size=7).map("".join) | st.text(max_size=30), max_size=6))
def test_any_lines_are_kept_or_told_and_nothing_shared_is_ever_kept(lines: list[str]) -> None:
    reading = read_foreign(lines, "big", PLATFORMS)
    assert reading.skipped.count + reading.refused.count <= len(lines)
    kinds: tuple[Kind, ...] = ("block", "allow")
    for kind in kinds:
        for line in reading.kept[kind]:
            entry = read_entry(
                line, "", PLATFORMS
            )  # raises where our own parser would refuse what is written
            assert entry is not None
            assert not host_link(entry.name).flaws
            assert entry.exact or entry.name not in {"co.jp", "weebly.com", "jp", "example"}


LINES = st.lists(
    st.sampled_from(["a.example", "=a.example", "b.example", "=b.example", "=c.example", "=é.example"])
)


@given(LINES)
def test_distinct_lines_are_the_first_of_each_without_hosts_that_a_domain_covers(lines: list[str]) -> None:
    """A list that names a host twice must not grow with each import, nor lose one."""
    kept = DistinctLines()
    for line in lines:
        kept.add(line)
    expected = [line for line in dict.fromkeys(lines) if line[0] != "=" or line[1:] not in lines]
    assert list(kept) == expected
    assert len(kept) == len(expected)
    assert all((line in kept) is (line in expected) for line in lines)


def test_names_with_one_checksum_are_both_kept() -> None:
    """plumless and buckeroo have one CRC-32."""
    kept = DistinctLines()
    for line in ("plumless", "buckeroo", "=plumless"):
        kept.add(line)
    assert list(kept) == ["plumless", "buckeroo"]


@given(st.lists(PIECES, max_size=6).map("".join) | st.text(max_size=30))
def test_a_plain_line_is_read_as_the_slow_way_reads_it(line: str) -> None:
    if found := ForeignReader(PLATFORMS).read_plain(line):
        with (
            mock.patch("sekisho.rulebook.foreign.plain_entry", return_value=None),
            mock.patch("sekisho.rulebook.hostlist.plain_entry", return_value=None),
        ):
            ((kind, entry),) = ForeignReader(PLATFORMS).read(line)
        assert (kind, entry.name, entry.exact, entry.until) == ("block", *found, None)
