"""Language: a parent whose browser is Japanese, or says nothing, reads Japanese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.portal.language import best_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ja"),
        ("ja", "ja"),
        ("ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7", "ja"),
        ("en-GB,en;q=0.9", "en"),
        ("en-US,en;q=0.9,ja;q=0.8", "en"),
        ("EN", "en"),
        ("fr-FR,fr;q=0.9", "ja"),
        ("fr-FR,fr;q=0.9,en;q=0.5", "en"),
        ("en;q=0.1,ja;q=0.2", "ja"),
        ("en;q=0", "ja"),
        ("*", "ja"),
        ("en;q=nonsense", "ja"),
        (",;=,", "ja"),
    ],
)
def test_the_browser_chooses(header: str, language: str) -> None:
    assert best_language(header) == language


@given(st.text())
def test_no_header_can_break_a_warning(header: str) -> None:
    assert best_language(header) in ("ja", "en")
