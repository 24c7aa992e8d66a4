"""Specs: every trick of the folder is tried, in its order, and its traits speak of tables that are there."""

from sekisho.lookalike.tricks import TRICKS, Trait, keys_with
from sekisho.rulebook.load import load_rulebook


def test_every_trick_is_found_in_its_folder_and_stands_in_its_place() -> None:
    """A trick that nothing tries would let its lookalikes pass."""
    assert [trick.name for trick in TRICKS] == [
        *(
            "embedding",
            "disguised",
            "named-token",
            "native-name",
            "typo",
            "combosquat",
            "mangled",
            "common-token",
        ),
        *("fake-suffix", "lure", "mixed-script"),
    ]
    assert len({trick.place for trick in TRICKS}) == len(TRICKS)


def test_traits_speak_of_tables_of_the_rules() -> None:
    """A key that names no table changes nothing, and nobody notices."""
    tables = load_rulebook().tricks
    assert {key for trick in TRICKS for key in trick.traits} <= set(tables)
    assert all(keys_with(trait) for trait in Trait)
    assert keys_with(Trait.SLIGHTEST) < keys_with(Trait.SLIGHT)
