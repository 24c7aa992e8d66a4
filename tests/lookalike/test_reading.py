import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.link import host_link
from sekisho.lookalike import LookalikeIndex
from sekisho.lookalike.reading import edges_of, read_host, spans_of, without_filler, written
from tests.lookalike.conftest import reading_of


@pytest.mark.parametrize(
    ("host", "head"),
    [
        ("www.kawauso-x.co.jp", "www.kawauso-x"),
        ("kawauso.weebly.com", "kawauso"),
        ("kawauso.github.io", "kawauso"),
        ("weebly.com", ""),
        ("github.io", ""),
        ("localhost", "localhost"),
        ("川獺.kawauso.みんな", "川獺.kawauso"),
    ],
)
def test_only_what_its_owner_chose_is_judged(host: str, head: str, index: LookalikeIndex) -> None:
    assert reading_of(host, index).head == head


def test_a_name_knows_whether_it_stands_alone(index: LookalikeIndex) -> None:
    [alone] = reading_of("my-kawauso.example.com", index).hits
    assert (alone.opens, alone.closes) == (True, True)
    [inside] = reading_of("superkawausoshop.com", index).hits
    assert (inside.opens, inside.closes) == (False, False)


def test_digits_and_known_words_beside_a_name_are_its_edges(index: LookalikeIndex) -> None:
    reading = reading_of("mykawauso77.com", index)
    [hit] = reading.hits
    assert edges_of(reading, hit, index) == (True, True)
    assert edges_of(reading, hit, index, digits=False) == (True, False)


def test_letters_that_meet_across_a_dash_are_no_name(index: LookalikeIndex) -> None:
    assert reading_of("takawa-usoda.com", index).hits == []


def test_a_brand_inside_an_ordinary_word_is_chance(index: LookalikeIndex) -> None:
    assert reading_of("kawausology.com", index).hits == []


@pytest.mark.parametrize(
    ("host", "there"),
    [
        ("heron-co-jp.com", True),
        ("heron.co.jp.meadow.com", True),
        ("heron.ne.ip-x.com", True),
        ("heroncojp.com", False),
        ("heron.cojp.com", True),
        ("heron.co.jp", False),
        ("taco-jpop.com", False),
    ],
)
def test_the_end_of_a_japanese_address_counts_only_where_it_is_not_the_end(
    host: str, there: bool, index: LookalikeIndex
) -> None:
    assert (reading_of(host, index).fake_suffix is not None) is there


def test_what_is_written_is_told_from_what_is_read(index: LookalikeIndex) -> None:
    for host, text in (("kawаus0.com", "kawаus0"), ("ka.wauso-x.com", "kawauso")):
        reading = reading_of(host, index)
        assert written(reading, 0, len("kawauso"), index) == text


def test_a_filler_before_a_name_is_skipped() -> None:
    assert without_filler("mykavauso") == 2
    assert without_filler("kawauso") == 0


def test_names_in_other_letters_are_found_where_they_stand(index: LookalikeIndex) -> None:
    found = {(start, end, name.text) for start, end, name in reading_of("my.カワウソ銀行.com", index).native}
    assert found == {(3, 7, "カワウソ"), (7, 9, "銀行")}


def test_a_word_within_a_strong_name_stands_not_beside_it(index: LookalikeIndex) -> None:
    assert [name.text for _, _, name in reading_of("川獺銀行.com", index).native] == ["川獺銀行"]


@given(st.text(max_size=60))
def test_any_host_can_be_read(index: LookalikeIndex, host: str) -> None:
    link = host_link(host)
    reading = read_host(link, index.rulebook.platform_of(link), index)
    assert len(spans_of(reading, index)) == len(reading.folded)
    assert reading.link.unicode.startswith(reading.head)
