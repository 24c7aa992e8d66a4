import pytest

from sekisho.lookalike.circumstances import RANDOM_BITS
from sekisho.lookalike.letterscore import surprise


@pytest.mark.parametrize(
    "label", ["kingfisher", "kawasemi", "yamanoue-hoikuen", "xiaoshan", "wasserfall", "library"]
)
def test_names_that_people_chose_do_not_look_random(label: str) -> None:
    assert surprise(label) < RANDOM_BITS


@pytest.mark.parametrize("label", ["xqzvkwpj", "qhxvbk", "jxkqwzt", "zvqxjk-wqhx"])
def test_letters_of_a_machine_do(label: str) -> None:
    assert surprise(label) > RANDOM_BITS


def test_nothing_is_no_surprise() -> None:
    assert surprise("") == surprise("--") == 0.0


def test_digits_are_one_letter() -> None:
    assert surprise("otter1") == surprise("otter7")
