from sekisho.lookalike.ordinary import ORDINARY


def test_words_are_in_the_form_in_which_they_are_looked_up() -> None:
    assert all(word.isalpha() and word == word.lower() and len(word) >= 5 for word in ORDINARY)


def test_words_near_a_brand_are_among_them() -> None:
    """saloon is not saison with a slip, and japan is not jalan."""
    assert {"saloon", "japan", "journal", "gaming"} <= ORDINARY
