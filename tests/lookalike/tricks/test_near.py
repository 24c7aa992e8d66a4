import pytest

from sekisho.lookalike import LookalikeIndex
from sekisho.lookalike.index import deletions
from sekisho.lookalike.tricks.near import _neighbours, mangled, own_letters, typo
from tests.lookalike.conftest import reading_of


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("kawaso.com", "typo"),
        ("kawuaso.com", "typo"),
        ("kawausso.com", "typo"),
        ("kawaubo.com", "typo"),
        ("kawausocerd.com", "typo-long"),
        ("aosaga.com", "typo-world"),
        ("kawжuso.com", "skeleton"),
        ("bawauso.com", None),
        ("kawausos.com", None),
        ("kawauso.com", None),
        ("kabaubo.com", None),
    ],
)
def test_one_slip(host: str, key: str | None, index: LookalikeIndex) -> None:
    finding = typo(reading_of(host, index), index)
    assert (finding and finding.key) == key


def test_a_slip_among_the_names_own_letters_counts_less_where_the_rest_is_a_word(
    index: LookalikeIndex,
) -> None:
    name = index.names["kawausocard"]
    assert own_letters("kavausocard", name) == len("kawausocard") - 2
    assert own_letters("kawausocaad", name) == len("kawausocard")


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("kaiwaiuso.com", "mangled-near"),
        ("kawsauo.com", "mangled-near"),
        ("kaxwxauxsxo.com", "mangled"),
        ("kawuasocerd.com", "mangled-long"),
        ("kavauso-heron.com", "mangled-near"),
        ("kavausoheron.com", "typo-inside"),
        ("mykaiwaiuso.com", "mangled-near"),
        ("aiosiagi.com", "mangled-world"),
        ("heron.com", None),
        ("kingfisher.com", None),
    ],
)
def test_scrambled_and_padded(host: str, key: str | None, index: LookalikeIndex) -> None:
    finding = mangled(reading_of(host, index), index)
    assert (finding and finding.key) == key


@pytest.mark.parametrize("word", ["saloon", "telegraf", "lacoste", "journal"])
def test_a_word_that_honest_sites_use_is_no_slip(word: str, shipped: LookalikeIndex) -> None:
    reading = reading_of(f"{word}.com", shipped)
    assert typo(reading, shipped) is None
    assert mangled(reading, shipped) is None


def test_no_slip_is_lost_by_looking_at_the_ends_first(shipped: LookalikeIndex) -> None:
    # openings and endings only save look-ups: whatever slip a word holds, the same names are found.
    for name in shipped.names.values():
        for place in range(1, len(name.folded)):
            for token in (
                name.folded[:place] + "q" + name.folded[place:],
                name.folded[:place] + "q" + name.folded[place + 1 :],
                name.folded[:place] + name.folded[place + 1 :],
            ):
                every = set(shipped.near.get(token, ()))
                every.update(near for shorter in deletions(token) for near in shipped.near.get(shorter, ()))
                assert set(_neighbours(token, shipped)) == every, token
