from dataclasses import replace

import pytest

from sekisho.lookalike import LookalikeIndex, build_index
from sekisho.lookalike.judge import has_risk_word
from sekisho.lookalike.reading import Finding
from sekisho.lookalike.tricks.native import lure, mixed_script, native_name
from sekisho.rulebook.model import Rulebook
from tests.lookalike.conftest import reading_of


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("川獺銀行.com", "native-name"),
        ("www.川獺銀行-heron.com", "native-name"),
        ("川獺銀行.みんな", "native-name"),
        ("川獺銀行の話.川.com", "native-name"),
        ("川獺銀行a5v.com", "brand-token"),
        ("川獺銀行jp.com", "native-name"),
        ("カワウソ.heron.com", "native-name"),
        ("かわうそ.heron.com", "native-name"),
        ("ガワウソ.heron.com", "typo"),
        ("カワウン.heron.com", "typo"),
        ("力ワウソ.heron.com", "skeleton"),
        ("オカワウソ.com", None),
        ("カワウソの話.com", "native-name"),
        ("ムジナ.com", "weak-token"),
        ("むじな.com", None),
        ("オムジナ.com", None),
        ("ムジナー.com", None),
        ("ムジナログイン.com", "native-name"),
        ("ムジナ銀行.com", "weak-token"),
        ("ムジナa5v.com", "native-name"),
        ("a5vムジナ.com", "native-name"),
        ("ムジナ2.com", "weak-token"),
        ("ムジナcafe.com", "weak-token"),
        ("ムジナjp.com", "weak-token"),
        ("ムジナxk.com", "native-name"),
        ("カワウソショップ.com", "native-name"),
        ("ムジナランド.com", None),
        ("ムジナcoffeehouse.com", "weak-token"),
        ("黒鷺.com", "weak-token"),
        ("黒鷺町.com", "weak-token"),
        ("大黒鷺.com", None),
        ("銀行.com", None),
        ("猫黒鷺の宿.com", None),
    ],
)
def test_a_name_in_japanese(host: str, key: str | None, index: LookalikeIndex) -> None:
    finding = native_name(reading_of(host, index), index)
    assert (finding and finding.key) == key


def test_an_ordinary_word_hides_the_name_in_it(small: Rulebook) -> None:
    """The story of a witch's delivery service is no parcel."""
    index = build_index(replace(small, plain_words=frozenset({"月のカワウソ"})))
    assert native_name(reading_of("月のカワウソ.com", index), index) is None
    assert not has_risk_word(reading_of("月のカワウソ-heron.com", index), Finding("typo", None, None), index)


def test_the_longest_name_is_told(index: LookalikeIndex) -> None:
    finding = native_name(reading_of("ムジナ-川獺銀行.com", index), index)
    assert finding is not None
    assert finding.span == (4, 8)


def test_a_name_in_an_old_form_of_its_characters(index: LookalikeIndex) -> None:
    finding = native_name(reading_of("www.黑鷺-heron.com", index), index)
    assert finding is not None
    assert finding.span == (4, 6)


@pytest.mark.parametrize(
    ("host", "there"),
    [
        ("ログイン確認.com", True),
        ("ログインの確認.com", True),
        ("確認.ログイン.com", False),
        ("確認.com", False),
        ("カード確認.com", True),
        ("カード会員.com", False),
    ],
)
def test_the_language_of_an_alarm(host: str, there: bool, index: LookalikeIndex) -> None:
    assert (lure(reading_of(host, index), index) is not None) is there


def test_scripts_that_no_language_mixes(index: LookalikeIndex) -> None:
    assert mixed_script(reading_of("herоn.com", index), index) is not None
    assert mixed_script(reading_of("heron.com", index), index) is None
