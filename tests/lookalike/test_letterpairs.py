from sekisho.lookalike.letterpairs import CODES, LETTERS, SURPRISE


def test_the_table_is_whole() -> None:
    """A hole would make every name with that pair look random."""
    assert list(SURPRISE) == list(LETTERS)
    assert all(len(codes) == len(LETTERS) and set(codes) <= set(CODES) for codes in SURPRISE.values())


def test_what_follows_a_letter_adds_up_to_about_one() -> None:
    for codes in SURPRISE.values():
        assert 0.85 < sum(2 ** -(CODES.index(code) / 4) for code in codes) < 1.15
