"""Reasons: what is stored must be read again, and what is found must have words."""

import pytest

from sekisho.reasons import Circumstance, LetterKind, PageSign, Reason, Secret, Trick, Worded


@pytest.mark.parametrize("kind", [Circumstance, LetterKind, PageSign, Reason, Secret, Trick])
def test_a_member_is_its_word(kind: type[Worded]) -> None:
    for member in kind:
        assert kind(str(member)) is member
        assert member == member.value == str(member)


def test_whoever_meets_a_trick_a_circumstance_a_secret_or_a_sign_reads_a_sentence() -> None:
    for kind in (Circumstance, LetterKind, PageSign, Secret, Trick):
        assert [member for member in kind if not member.sentence] == []


def test_a_log_names_every_secret() -> None:
    assert [secret for secret in Secret if not secret.detail] == []
