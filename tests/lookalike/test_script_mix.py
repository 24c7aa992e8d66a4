import pytest

from sekisho.lookalike.script_mix import odd_mixture, script_of


@pytest.mark.parametrize(
    "head",
    [
        "otter",
        "かわうそ",
        "カワウソ館",
        "かわうそotter",
        "カワウソ-otter-川獺",
        "ノート",
        "川獺otter",
        "수달otter",
        "выдра",
        "ενυδρίδα",
        "fischotter-köln",
        "выдра.otter",
        "ヘルシンキ",
        "へいわ",
    ],
)
def test_what_languages_write_is_ordinary(head: str) -> None:
    """A Japanese shop whose name mixes kana, kanji and Latin must not be warned of."""
    assert odd_mixture(head) is None


@pytest.mark.parametrize(
    ("head", "span"),
    [
        ("ottеr", (0, 5)),
        ("www.ottеr", (4, 9)),
        ("otterκ", (0, 6)),
        ("loginノotter", (5, 6)),
        ("otter一login", (5, 6)),
        ("あtter", (0, 1)),
        ("otュter", (2, 3)),
        ("かわヘうそ", (2, 3)),
        ("カワへウソ", (2, 3)),
    ],
)
def test_what_no_language_writes_is_shown_where_it_stands(head: str, span: tuple[int, int]) -> None:
    assert odd_mixture(head) == span


def test_scripts_are_told_by_name() -> None:
    assert [script_of(char) for char in "aжあア川ー1-"] == [
        "LATIN",
        "CYRILLIC",
        "HIRAGANA",
        "KATAKANA",
        "HAN",
        "",
        "",
        "",
    ]
