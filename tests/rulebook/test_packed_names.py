"""A familiar name that is lost here is a bank that is decrypted; one that is found wrongly is an open gate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.rulebook.packed_names import PackedNames

NAMES = st.text(alphabet="ab.-\u3042", max_size=6)


@given(st.sets(NAMES.filter(bool), max_size=60), st.sets(NAMES, max_size=60))
def test_it_holds_just_what_a_set_holds(names: set[str], others: set[str]) -> None:
    packed = PackedNames(names)
    assert {name for name in names | others if name in packed} == names
    assert set(packed) == names == packed
    assert len(packed) == len(names)
    assert packed == PackedNames(sorted(names))


def test_no_part_of_a_name_and_no_two_of_them_are_a_name() -> None:
    packed = PackedNames(["example.com", "ample.com", "b.jp"])
    for name in (
        "xample.com",
        "example.co",
        "",
        "\n",
        "b.jp\n",
        "example.com\nb.jp",
        "ample.com\nexample.com",
    ):
        assert name not in packed
    assert "\udcff" not in packed


def test_a_line_feed_is_no_part_of_a_name() -> None:
    with pytest.raises(ValueError, match="holds a line feed"):
        PackedNames(["a\nb"])


def test_an_empty_set_is_empty() -> None:
    assert "" not in PackedNames()
    assert not PackedNames()
