"""A packed list answers as the same list that was read, and nothing else is taken for one."""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.link import host_link
from sekisho.rulebook.hostlist import Problems, Row, parse_host_list, read_rows
from sekisho.rulebook.model import HostList
from sekisho.rulebook.packed_list import open_list, pack_list
from sekisho.rulebook.parts import listed_parts

NAMES = [
    "a.example",
    "b.a.example",
    "c.b.a.example",
    "b.co.jp",
    "x.b.co.jp",
    "203.0.113.7",
    "nas.home",
    "例え.jp",
]
LINES = st.tuples(
    st.sampled_from(["", "=", "0.0.0.0 "]),
    st.sampled_from(NAMES),
    st.sampled_from(["", " until 2026-01-31", "  until 2030-12-31 18:00", " # note"]),
).map("".join)
MOMENTS = st.sampled_from([0.0, 1.75e9, 1.8e9, 2.0e9])


def rows(text: str) -> Iterator[Row]:
    return read_rows(io.StringIO(text, newline="\n"), "anything", {}, Problems())


def packed(text: str, source: str = "blocklist.txt") -> HostList:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(pack_list(rows(text)))
        return open_list(path, source)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(LINES, max_size=12), st.sampled_from([*NAMES, "y.nas.home", "jp", "other.example"]), MOMENTS)
def test_it_answers_as_the_list_that_was_read(lines: list[str], host: str, now: float) -> None:
    """A family whose list grew long must be protected by it as before."""
    text = "\n".join(lines)
    read, problems = parse_host_list(text, "blocklist.txt", {})
    assert not problems
    long = packed(text)
    link = host_link(host)
    assert long.find(link, now) == read.find(link, now)
    assert dict(long.domains) == dict(read.domains)
    assert dict(long.hosts) == dict(read.hosts)

    def until(host_list: HostList) -> float | None:
        return max((parts.get(link.domain) or 0.0 for parts in listed_parts([host_list])), default=None)

    assert until(long) == until(read)


def test_thousands_of_names_are_found_and_no_others() -> None:
    text = "\n".join(f"{'=' if n % 3 else ''}n{n}.example" for n in range(5000))
    long = packed(text)
    assert len(long.domains) + len(long.hosts) == 5000
    for number in range(0, 5000, 7):
        entry = long.find(host_link(f"n{number}.example"))
        assert entry is not None
        assert entry.source == f"blocklist.txt:{number + 1}"
    assert not any(long.find(host_link(f"m{n}.example")) for n in range(5000))


def test_names_that_no_browser_sends_are_asked_for_without_harm() -> None:
    long = packed("a.example")
    for host in ("", "\ud800.example", "a..example", "x" * 300):
        assert long.find(host_link(host)) is None
    with pytest.raises(KeyError):
        long.domains["\ud800"]


def test_the_same_list_is_equal_without_a_look_at_its_entries() -> None:
    """Else every reload of another file would cost the time of reading this one, or tell of new rules."""
    assert packed("a.example") == packed("a.example")
    assert packed("a.example") != packed("b.example")
    assert packed("a.example") != packed("a.example", "allowlist.txt")
    assert packed("a.example") != parse_host_list("a.example", "blocklist.txt", {})[0]


@pytest.mark.parametrize("place", [0, 16, 20, 45, -1])
def test_a_damaged_file_is_refused(tmp_path: Path, place: int) -> None:
    """A bit that fell over on the card of a small box must not open a blocked site."""
    whole = bytearray(pack_list(rows("a.example\n=b.example until 2026-12-31")))
    whole[place] ^= 4
    path = tmp_path / "list"
    path.write_bytes(whole)
    with pytest.raises(ValueError, match=r"damaged|no packed list"):
        open_list(path, "l")


@pytest.mark.parametrize("cut", [0, 10, 60, -3])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "list"
    path.write_bytes(pack_list(rows("a.example"))[:cut])
    with pytest.raises(ValueError, match=r"damaged|no packed list"):
        open_list(path, "l")
