"""Text from elsewhere must be seen as what it is: a host or a name that hides or turns letters deceives people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.visible import visible, visible_words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("example.org", "example.org"),
        ("аррӏе.com", "аррӏе.com"),
        ("日本.jp", "日本.jp"),
        ("evil\u202egro.elgoog.com", "evil\ufffdgro.elgoog.com"),
        ("goo\u200bgle.com", "goo\ufffdgle.com"),
        ("a\x00b\nc", "a\ufffdb\ufffdc"),
        ("a b", "a\ufffdb"),
        ("\ue000\U000e0041", "\ufffd\ufffd"),
        ("a" * 400, "a" * 299 + "…"),
        ("", ""),
    ],
)
def test_a_name_cannot_hide_or_turn_its_letters(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(max_size=299))
def test_offsets_into_a_host_stay_true(text: str) -> None:
    assert len(visible(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "longest", "shown"),
    [
        ("Tokyo  Card\n", None, "Tokyo Card"),
        ("a\nb\u202ec\u200b", None, "a b\ufffdc\ufffd"),
        ("three short words", 9, "three sh…"),
        ("x" * 500, 120, "x" * 119 + "…"),
        ("", 10, ""),
    ],
)
def test_words_stay_on_one_line(text: str, longest: int | None, shown: str) -> None:
    """A second line in a message or a log would be believed to be ours."""
    assert visible_words(text, longest) == shown


@given(st.text(), st.integers(1, 50))
def test_no_more_is_shown_than_there_is_space_for(text: str, longest: int) -> None:
    assert len(visible_words(text, longest)) <= longest
