import pytest

from sekisho.lookalike import LookalikeIndex
from sekisho.lookalike.tricks.spelled import (
    combosquat,
    disguised,
    embedding,
    fake_suffix,
    named_token,
    weak_token,
)
from tests.lookalike.conftest import reading_of


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("kawauso.co.jp.heron.com", "embedding"),
        ("www-kawauso-co-jp.heron.com", "embedding"),
        ("xxkawausocojpxx.com", "embedding"),
        ("kawausocom.heron.net", "embedding"),
        ("xkawausocomx.net", None),
        ("aosagi-com.net", "embedding-bare"),
        ("heron.com", None),
    ],
)
def test_the_official_domain_inside_another(host: str, key: str | None, index: LookalikeIndex) -> None:
    finding = embedding(reading_of(host, index), index)
    assert (finding and finding.key) == key


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("kawаuso.com", "skeleton"),
        ("xxkawаusoxx.com", "skeleton"),
        ("kawaus0.com", "leet"),
        ("kavvauso.com", "leet"),
        ("kawauso.com.net", None),
        ("aosagl.com", "leet"),
        ("a05a91.com", None),
        ("kawaus0shop.com", "short-leet"),
        ("mykawaus0.com", "leet"),
    ],
)
def test_a_name_in_other_letters(host: str, key: str | None, index: LookalikeIndex) -> None:
    finding = disguised(reading_of(host, index), index)
    assert (finding and finding.key) == key


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("kawauso-heron.com", "brand-token"),
        ("kawauso.heron.com", "brand-token"),
        ("kawauso.net", "brand-token"),
        ("kawauso.fr", "brand-token"),
        ("kawauso.jp", "other-suffix"),
        ("aosagi.fr", "other-suffix"),
        ("aosagi-heron.com", "world-token"),
        ("aosg-heron.com", "short-token"),
        ("kawauso9.com", "brand-token"),
        ("kawausoheron.com", None),
        ("kawaus0.com", None),
    ],
)
def test_a_name_between_dots_and_dashes(host: str, key: str | None, index: LookalikeIndex) -> None:
    finding = named_token(reading_of(host, index), index)
    assert (finding and finding.key) == key


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("sagi-heron.com", "weak-token"),
        ("sagilogin.com", "weak-token"),
        ("sagiheron.com", None),
        ("mujinabank.heron.com", "weak-local"),
    ],
)
def test_a_common_word_that_is_a_name_too(host: str, key: str | None, index: LookalikeIndex) -> None:
    finding = weak_token(reading_of(host, index), index)
    assert (finding and finding.key) == key


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("kawausoheron.com", "combosquat-local"),
        ("heronkawauso.com", "combosquat"),
        ("aosagiheron.com", "combosquat-world"),
        ("heronaosagi.com", "combosquat-inside"),
        ("kawauso-heron.com", None),
        ("heron.com", None),
    ],
)
def test_a_name_run_together_with_others(host: str, key: str | None, index: LookalikeIndex) -> None:
    finding = combosquat(reading_of(host, index), index)
    assert (finding and finding.key) == key


def test_a_fake_suffix_is_shown_where_it_stands(index: LookalikeIndex) -> None:
    finding = fake_suffix(reading_of("www.heron-co-jp.com", index), index)
    assert finding is not None
    assert finding.span == (10, 15)
    assert fake_suffix(reading_of("heron.co.jp", index), index) is None
