"""Foreign lists: what another blocker blocks is blocked here, and nothing more than that."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.link import host_link
from sekisho.rulebook.foreign import MOST_TOLD, ForeignReader, Kind, read_foreign
from sekisho.rulebook.hostlist import SharedDomainError, entry_line, read_entry
from sekisho.rulebook.model import ListEntry

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
    assert reading.lines("block") == ["ads.test", "=trk.test"]
    assert not reading.skipped.count


def test_repeats_are_kept_once_and_what_fails_is_counted_and_told() -> None:
    lines = ["a.example", "=a.example", "0.0.0.0 a.example", "||a.example^", "co.jp", *["/x/"] * 9]
    seen: list[tuple[Kind, ListEntry]] = []
    reading = read_foreign(lines, "big", PLATFORMS, lambda kind, entry: seen.append((kind, entry)))
    assert reading.lines("block") == ["a.example"]
    assert [entry_line(entry) for _, entry in seen] == ["a.example", "=a.example"]
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
        for line in reading.lines(kind):
            entry = read_entry(
                line, "", PLATFORMS
            )  # raises where our own parser would refuse what is written
            assert entry is not None
            assert not host_link(entry.name).flaws
            assert entry.exact or entry.name not in {"co.jp", "weebly.com", "jp", "example"}
