"""Numbers: the networks' own test numbers are cards, and look-alikes of everyday life are not."""

import pytest

from sekisho.forms.numbers import holds_card, holds_iban, is_card, is_my_number, luhn, plain_digits

CARDS = [
    "4111111111111111", "5555555555554444", "2223003122003222", "378282246310005", "3530111333300000",
    "30569309025904", "36227206271667", "6011111111111117", "6200000000000005",
]  # fmt: skip
OTHERS = [
    "4111111111111112",  # the check digit
    "1111111111111117",  # no issuer
    "4222222222222",  # 13 digits: a shop's bar code looks so
    "1732406400000123",
]


@pytest.mark.parametrize("digits", CARDS)
def test_cards(digits: str) -> None:
    assert is_card(digits)
    assert holds_card(f"no. {digits}, thanks")
    assert not holds_card(f"{digits}7")
    assert not holds_card(f"a{digits}")


@pytest.mark.parametrize("digits", OTHERS)
def test_no_cards(digits: str) -> None:
    assert not is_card(digits)
    assert not holds_card(digits)


def test_groups_are_those_of_a_card() -> None:
    assert holds_card("2026 4111 1111 1111 1111")
    assert holds_card("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1")
    assert not holds_card("41 1111 111 1111111")


def test_one_wrong_digit_is_always_seen() -> None:
    for at in range(16):
        wrong = list(CARDS[0])
        wrong[at] = str((int(wrong[at]) + 1) % 10)
        assert not luhn("".join(wrong))


def test_the_check_digit_of_my_number() -> None:
    assert is_my_number("123456789018")
    assert sum(is_my_number(f"12345678901{last}") for last in range(10)) == 1
    assert not is_my_number("12345678901")


def test_iban() -> None:
    assert holds_iban("pay to GB82 WEST 1234 5698 7654 32 please")
    assert not holds_iban("GB83 WEST 1234 5698 7654 32")
    assert not holds_iban("XX82WEST12345698765432")


def test_full_width_digits_are_digits() -> None:
    assert plain_digits("４１１１－１１１１") == "4111-1111"
