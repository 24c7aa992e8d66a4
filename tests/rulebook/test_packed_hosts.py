"""PackedHosts: the same answers as a dict, and nothing else is taken for one."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.rulebook.packed_hosts import MAGIC, PackedHosts, Packer, pack

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(NAMES, st.integers(0, 2**32 - 1), max_size=40), st.lists(NAMES, max_size=20))
def test_it_answers_as_a_dict_would(entries: Mapping[str, int], asked: list[str]) -> None:
    hosts = PackedHosts(pack(entries.items()))
    assert len(hosts) == len(entries)
    assert dict(hosts) == entries
    for name in (*asked, *entries):
        assert (name in hosts) == (name in entries)
        assert hosts.get(name) == entries.get(name)


def test_the_first_of_two_entries_stays() -> None:
    assert PackedHosts(pack([("a.example", 1), ("a.example", 2)]))["a.example"] == 1


def test_two_names_of_one_checksum_keep_their_own_answers() -> None:
    # crc32 is the same for both.
    hosts = PackedHosts(pack([("plumless", 1), ("buckeroo", 2)]))
    assert (hosts["plumless"], hosts["buckeroo"]) == (1, 2)
    assert "plumles" not in hosts


def test_a_later_value_takes_the_place_of_an_earlier_one_where_the_caller_says_so() -> None:
    """Of a line that ends tomorrow and one for good, the second must count."""
    packer = Packer()
    for name, value in (("a.example", 5), ("b.example", 2), ("a.example", 9), ("b.example", 1)):
        packer.add(name, value)
    hosts = PackedHosts(packer.pack(lambda value, known: value > known))
    assert dict(hosts) == {"a.example": 9, "b.example": 2}
    assert dict(PackedHosts(packer.pack())) == {}


def test_a_name_that_is_not_listed_raises_as_a_dict_does() -> None:
    with pytest.raises(KeyError, match=r"b\.example"):
        PackedHosts(pack([("a.example", 1)]))["b.example"]


@pytest.mark.parametrize(
    "damaged", [b"", b"<html>", MAGIC, pack([("a.example", 1)])[:-1], pack([("a.example", 1)]) + b"x"]
)
def test_anything_else_is_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="packed list"):
        PackedHosts(damaged)
