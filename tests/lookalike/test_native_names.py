"""Without these rules a host in Japanese letters could carry any bank's name."""

import pytest

from sekisho.lookalike.native_names import derived_name, is_apart, is_kana, is_telling, native_names
from tests.lookalike.conftest import brand


@pytest.mark.parametrize(
    ("name_ja", "name"),
    [
        ("三菱ＵＦＪ銀行", "三菱ufj銀行"),
        ("日本航空（JAL）", "日本航空"),
        ("ヒューレット・パッカード", "ヒューレットパッカード"),
        ("スカパー！", "スカパー"),
        ("ビザ", "ビザ"),
        ("一休.com", ""),
        ("U-NEXT", ""),
        ("LINE（ライン）", ""),
        ("券", ""),
    ],
)
def test_a_name_as_a_host_spells_it(name_ja: str, name: str) -> None:
    assert derived_name(name_ja) == name


@pytest.mark.parametrize(
    ("name", "telling"),
    [
        ("川獺銀行", True),
        ("川獺", False),
        ("ムジナ", False),
        ("カワウソヤ", False),
        ("カワウソカード", True),
        ("jr川獺", True),
    ],
)
def test_a_short_name_is_a_word_too(name: str, telling: bool) -> None:
    assert is_telling(name) is telling


def test_what_brands_toml_names_comes_before_what_is_derived() -> None:
    one = brand("mujina", "mujina", "ムジナ", weak=("狢", "wana"), name_ja="ムジナ")
    assert list(native_names(one)) == [("ムジナ", True), ("狢", False)]
    assert list(native_names(brand("mujina", "mujina", name_ja="貉運輸"))) == [("貉運輸", True)]


@pytest.mark.parametrize(
    ("text", "name", "apart"),
    [
        ("イタチ", "イタチ", True),
        ("my-イタチ.の", "イタチ", True),
        ("イタチの森", "イタチ", True),
        ("オイタチ", "イタチ", False),
        ("イタチー", "イタチ", False),
        ("いたちの森", "いたち", True),
        ("いたちう", "いたち", False),
        ("極楽天国", "楽天", False),
        ("楽天国", "楽天", True),
    ],
)
def test_a_short_name_stands_by_itself(text: str, name: str, apart: bool) -> None:
    start = text.index(name)
    assert is_apart(text, start, start + len(name), short=True, opens=False, closes=False) is apart


def test_a_known_word_beside_a_name_is_an_edge() -> None:
    assert is_apart("ログインイタチ", 4, 7, short=True, opens=True, closes=False)
    assert is_apart("イタチログイン", 0, 3, short=True, opens=False, closes=True)


def test_a_latin_letter_at_the_edge_of_a_long_name_counts_too() -> None:
    """dカード is a brand's name, idカード is a card."""
    assert is_apart("dカード", 0, 4, short=False, opens=False, closes=False)
    assert not is_apart("idカード", 1, 5, short=False, opens=False, closes=False)
    assert is_apart("オイタチ", 1, 4, short=False, opens=False, closes=False)


def test_kana() -> None:
    assert all(map(is_kana, "あンーヶ"))
    assert not any(map(is_kana, "力ka-"))
