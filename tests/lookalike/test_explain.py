import pytest

from sekisho.lookalike import LookalikeIndex
from sekisho.verdict import Fake
from tests.lookalike.conftest import found_in


@pytest.mark.parametrize(
    ("host", "fakes", "matched"),
    [
        ("kawaus0.com", (Fake(6, 7, "o"),), (0, 7)),
        ("kavvauso.com", (Fake(2, 4, "w"),), (0, 8)),
        ("kawаuso.com", (Fake(3, 4, "a"),), (0, 7)),
        ("www.kawaus0-heron.com", (Fake(10, 11, "o"),), (4, 11)),
        ("kawausso.com", (Fake(6, 7, ""),), (0, 8)),
        ("kawaso.com", (Fake(3, 4, "au"),), (0, 6)),
        ("kawaubo.com", (Fake(5, 6, "s"),), (0, 7)),
        ("supp0rt-kawaus0.com", (Fake(4, 5, "o"), Fake(14, 15, "o")), (8, 15)),
        ("kawauso-heron.com", (), (0, 7)),
        ("my.力ワウン.com", (Fake(3, 4, "カ"), Fake(6, 7, "ソ")), (3, 7)),
    ],
)
def test_the_page_can_draw_which_letters_are_fake(
    host: str, fakes: tuple[Fake, ...], matched: tuple[int, int], index: LookalikeIndex
) -> None:
    evidence = found_in(host, index)[0]
    assert evidence.fakes == fakes
    assert evidence.matched == matched


def test_the_domain_that_fits_best_is_offered(index: LookalikeIndex) -> None:
    assert found_in("kawauso-heron.com", index)[0].imitates == "kawauso.co.jp"
    assert found_in("www.kawauso.com.heron.net", index)[0].imitates == "kawauso.com"


def test_a_sentence_names_what_was_seen(index: LookalikeIndex) -> None:
    assert (
        found_in("kawaus0-heron.com", index)[0].detail
        == "'kawaus0' imitates Kawauso, which does not own kawaus0-heron.com."
    )


def test_the_storys_host(shipped: LookalikeIndex) -> None:
    """Its 0s are shown under the brand and under the words beside it."""
    evidence = found_in("http://rec0very-supp0rt-micr0s0ft.org/", shipped)[0]
    assert (evidence.brand, evidence.trick, evidence.imitates) == ("microsoft", "leet", "microsoft.com")
    assert evidence.fakes == tuple(Fake(place, place + 1, "o") for place in (3, 13, 21, 23))
    assert evidence.matched == (17, 26)
