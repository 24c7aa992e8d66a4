"""Secrets: which secrets stand in what is about to be sent, and which of them are held. Pure.

Numbers that carry their own proof (cards, IBAN, a wallet's words) are found in any field; what only its
field tells (passwords, codes, accounts) by the field's name. Reading an unknown site is normal, typing a
card number into it is not: such secrets are held for every host that is not familiar, passwords where
something speaks against the host, where anybody on the way can read them, or where the host is new here.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from sekisho.forms.bodies import Field
from sekisho.forms.numbers import (
    card_in_groups,
    holds_card,
    holds_iban,
    holds_my_number,
    is_my_number,
    plain_digits,
)
from sekisho.forms.seeds import FEWEST, holds_seed, is_seed, one_word
from sekisho.page.field_names import Name, read_name, says_my_number
from sekisho.verdict import Level, Secret

NEW_FOR = 86_400.0
"""Seconds after its first visit in which a host is new to the household."""
_FLAGS = frozenset({"true", "false", "on", "off", "yes", "no", "null", "none", "undefined"})
_CODE = re.compile(r"(?:[A-Za-z]-)?[0-9]{3}[ -]?[0-9]{1,7}|[0-9]{4,10}")
OF_AN_ACCOUNT = frozenset({Secret.PASSWORD, Secret.QUESTION})
"""Held only where something speaks against the host; every other secret at any level."""


def find_secrets(
    fields: Sequence[Field], *, password_names: Collection[str] = (), typed: bool = True
) -> tuple[Secret, ...]:
    """The secrets among these fields, in the order of `Secret`. Never raises.

    `password_names`: fields that the page itself masks (``<input type=password>``). `typed` is False for a
    link that was followed from elsewhere: a code in its query is the site's own, not a person's.
    """
    found: set[Secret] = set()
    names = [read_name(field.name) for field in fields]
    values = [plain_digits(field.value) for field in fields]
    for field, name, value in zip(fields, names, values, strict=True):
        found.update(_by_value(name, field.value, value))
        found.update(_by_name(name, value.strip(), typed=typed))
        if field.name in password_names and _is_password(value):
            found.add(Secret.PASSWORD)
    found.update(_across(names, [value.strip() for value in values], typed=typed))
    return tuple(secret for secret in Secret if secret in found)


def held_of(
    found: Iterable[Secret], *, level: Level, plain_http: bool, known_for: float | None
) -> tuple[Secret, ...]:
    """Those that must not go up unasked. `known_for`: seconds since the household first saw the host, or None."""
    guarded = level >= Level.CAUTION or plain_http or known_for is None or known_for < NEW_FOR
    return tuple(secret for secret in found if guarded or secret not in OF_AN_ACCOUNT)


def _by_value(name: Name, text: str, value: str) -> Iterable[Secret]:
    if len(value) >= 14 and holds_card(value):
        yield Secret.CARD
    if len(value) >= 15 and holds_iban(value):
        yield Secret.BANK
    if (name.my_number or says_my_number(text)) and holds_my_number(value):
        yield Secret.MY_NUMBER
    if holds_seed(value):
        yield Secret.SEED


def _by_name(name: Name, value: str, *, typed: bool) -> Iterable[Secret]:
    digits = re.sub("[^0-9]", "", value)
    short = len(value) <= 40
    if name.password and _is_password(value):
        yield Secret.PASSWORD
    if name.answer and len(value) >= 2 and value.lower() not in _FLAGS:
        yield Secret.QUESTION
    if typed and short and _CODE.fullmatch(value) and (name.code or (name.is_code and len(digits) == 6)):
        yield Secret.CODE
    if name.security and re.fullmatch("[0-9]{3,4}", value):
        yield Secret.CARD
    if (name.pin and re.fullmatch("[0-9]{4,8}", value)) or (name.bank and short and 4 <= len(digits) <= 20):
        yield Secret.BANK


def _across(names: Sequence[Name], values: Sequence[str], *, typed: bool) -> Iterable[Secret]:
    """What is typed into several fields that stand side by side: card numbers, codes, words."""
    for start, end in _rows([value.isascii() and value.isdigit() for value in values]):
        row = values[start:end]
        if card_in_groups(row):
            yield Secret.CARD
        for at in range(len(row) - 2):
            if names[start + at].my_number and is_my_number("".join(row[at : at + 3])):
                yield Secret.MY_NUMBER
        stems = [names[start + at].digit_of if len(row[at]) == 1 else "" for at in range(len(row))]
        if typed and any(stems[at] and len(set(stems[at : at + 4])) == 1 for at in range(len(stems) - 3)):
            yield Secret.CODE
    words = [one_word(value) for value in values]
    for start, end in _rows([bool(word) for word in words]):
        if end - start >= FEWEST and is_seed(words[start:end]):
            yield Secret.SEED


def _rows(marks: Sequence[bool]) -> Iterable[tuple[int, int]]:
    """(start, end) of each stretch of at least two true marks."""
    start = None
    for at, mark in enumerate([*marks, False]):
        if mark and start is None:
            start = at
        elif not mark and start is not None:
            if at - start >= 2:
                yield start, at
            start = None


def _is_password(value: str) -> bool:
    return 4 <= len(value.strip()) <= 1000 and value.strip().lower() not in _FLAGS
