"""A card number that is taken for something harmless is typed without a word of warning."""

import pytest

from sekisho.page import PageIndex
from sekisho.page.fields import spaced
from sekisho.verdict import Secret


@pytest.mark.parametrize(
    ("kind", "words", "secret"),
    [
        ("password", ("",), Secret.PASSWORD),
        ("password", ("セキュリティコード",), Secret.CARD),
        ("password", ("user_email",), Secret.PASSWORD),
        ("text", ("cardNumber",), Secret.CARD),
        ("tel", ("cc-csc",), Secret.CARD),
        ("text", ("カード番号",), Secret.CARD),
        ("text", ("", "One-time code"), Secret.CODE),
        ("number", ("ワンタイムパスワード",), Secret.CODE),
        ("text", ("口座番号",), Secret.BANK),
        ("text", ("個人番号（マイナンバー）",), Secret.MY_NUMBER),
        ("text", ("Secret recovery phrase",), Secret.SEED),
        ("text", ("Mother's maiden name",), Secret.QUESTION),
        ("email", ("",), Secret.IDENTITY),
        ("text", ("お名前",), Secret.PERSONAL),
        ("text", ("Passenger",), None),
        ("text", ("Search by card number",), None),
        ("hidden", ("password",), None),
        ("email", ("newsletter",), None),
    ],
)
def test_what_is_typed_there(
    index: PageIndex, kind: str, words: tuple[str, ...], secret: Secret | None
) -> None:
    assert index.fields.secret_of(kind, *words) is secret


def test_names_are_read_as_words() -> None:
    assert {spaced(name) for name in ("cardNumber", "card_number", "card-number", "Ｃａｒｄ Number")} == {
        "card number"
    }


def test_a_choice_of_security_questions(index: PageIndex) -> None:
    assert index.fields.of_a_question("What was the name of your first pet?") is Secret.QUESTION
    assert index.fields.of_a_question("Japan Korea China") is None
