from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.lookalike.folding import (
    UNKNOWN,
    bare,
    fold,
    fold_word,
    kana_shape,
    seen,
    skeleton,
    todays_form,
    trace,
)

CONFUSABLES = {"а": "a", "œ": "oe", "é": "e"}
HOSTS = st.text(st.sampled_from("abcdnrvil0134578-._аœéあ黑\u0301\u200dж"), max_size=40)


def test_digits_and_pairs_are_the_letters_that_they_pass_for() -> None:
    assert fold("rnicr0s0ft") == fold("microsoft")
    assert fold("paypa1") == fold("paypai") == fold("paypal")
    assert fold_word("smbc-card.com") == fold("smbccardcom")


def test_a_letter_of_another_script_is_the_letter_that_it_looks_like() -> None:
    assert skeleton("pаypаl", CONFUSABLES) == "paypal"
    assert skeleton("cœur", CONFUSABLES) == "coeur"


def test_what_looks_like_nothing_is_not_mistaken_for_a_letter() -> None:
    assert seen("ж", CONFUSABLES) == UNKNOWN
    assert seen("あ", CONFUSABLES) == "-"
    assert seen("\u0301", CONFUSABLES) == ""


def test_old_and_chinese_forms_are_read_as_todays() -> None:
    assert todays_form("黑貓宅急便") == todays_form("黑猫宅急便") == "黒猫宅急便"
    assert todays_form("登录认证") == "登録認証"


def test_kana_in_half_width_are_read_in_full() -> None:
    assert todays_form("ﾒﾙｶﾘｰ") == "メルカリー"


@pytest.mark.parametrize(
    "text", ["カワウソ", "かわうそ", "ｶﾜｳｿ", "力ワウソ", "ガワウン", "カヮゥソ", "カワウゾ"]
)
def test_kana_that_pass_for_each_other_have_one_shape(text: str) -> None:
    assert kana_shape(text) == kana_shape("カワウソ")


def test_kana_that_nobody_mistakes_keep_their_shapes() -> None:
    assert kana_shape("カワウソ") != kana_shape("カワクソ")


@given(st.text(max_size=30))
def test_a_shape_has_as_many_letters_as_the_text(text: str) -> None:
    """What is found in the shape is marked in the host."""
    assert len(kana_shape(text)) == len(todays_form(text)) == len(text)


@given(HOSTS)
def test_folding_what_is_folded_changes_nothing_more(text: str) -> None:
    once = fold(skeleton(text, CONFUSABLES))
    # A fold may bring two letters together that pass for one more; a second time it must settle.
    settled = fold(once)
    for _ in range(len(text)):
        settled = fold(settled)
    assert fold(settled) == settled


@given(HOSTS)
def test_each_folded_letter_knows_where_it_came_from(text: str) -> None:
    """Otherwise the page would put its carets under the wrong letters."""
    letters, spans = trace(text, CONFUSABLES)
    assert letters == fold(skeleton(text, CONFUSABLES)).replace("-", "")
    assert len(spans) == len(letters)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(first[0] <= second[0] for first, second in pairwise(spans))


def test_separators_are_left_out_of_a_bare_name() -> None:
    assert bare("jp-bank.japan_post") == "jpbankjapanpost"
