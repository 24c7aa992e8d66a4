"""What `sekisho export` writes, `sekisho import` reads back as the same entries."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sekisho.link import host_link
from sekisho.rulebook.foreign import ForeignReader
from sekisho.rulebook.model import ListEntry
from sekisho.rulebook.notation import Notation, writer

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,12}[a-z0-9])?", fullmatch=True).filter(lambda s: s[2:4] != "--")
NAMES = st.tuples(
    st.lists(LABELS, min_size=1, max_size=3), st.sampled_from(["com", "co.jp", "xn--q9jyb4c"])
).map(lambda parts: ".".join([*parts[0], parts[1]]))
ENDS = st.none() | st.integers(1_600_000_000 // 60, 4_000_000_000 // 60).map(lambda minutes: minutes * 60.0)


@given(
    NAMES,
    st.booleans(),
    ENDS,
    st.sampled_from(["block", "allow"]),
    st.sampled_from(["plain", "adguard", "dnsmasq"]),
)
def test_what_is_written_reads_back(
    name: str, exact: bool, until: float | None, kind: str, notation: Notation
) -> None:
    link = host_link(name)
    assume(link.suffix != name and not link.flaws)
    entry = ListEntry(name, exact, "", until if notation == "plain" else None)
    line = writer(kind, notation)(entry)
    if line is None:
        assert (kind, notation, exact) == ("allow", "dnsmasq", True)
        return
    assert ForeignReader({}).read(line) == [("block" if notation == "plain" else kind, entry)]


@given(NAMES, st.booleans())
def test_a_hosts_file_keeps_the_host(name: str, exact: bool) -> None:
    line = writer("block", "hosts")(ListEntry(name, exact, ""))
    assert line is not None
    assert ForeignReader({}).read(line) == [("block", ListEntry(name, True, ""))]


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::1"])
def test_an_address_is_left_out_where_it_would_be_no_name(address: str) -> None:
    entry = ListEntry(address, True, "")
    assert writer("block", "hosts")(entry) is None
    assert writer("block", "dnsmasq")(entry) is None
    for notation in ("plain", "adguard"):
        line = writer("block", notation)(entry)
        assert ForeignReader({}).read(line or "") == [("block", entry)]


def test_exceptions_are_never_written_as_blocks() -> None:
    """A hosts file of allowed sites, pasted into a blocker, would shut them all."""
    with pytest.raises(ValueError, match="hosts has no exceptions"):
        writer("allow", "hosts")
