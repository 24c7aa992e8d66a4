"""Numbers that money hangs on: payment cards, My Number, IBAN. By their check digits, not by their fields.

A number that somebody typed is read in full-width digits and with the spaces and dashes that people put
into it. One of ten numbers passes a check digit by chance, so the first digits (a card's issuer), the
groups, or a word beside the number must fit as well. Pure.
"""

import re
import unicodedata
from collections.abc import Sequence

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ーｰ", "-"))
_RUN = re.compile(r"(?<![0-9A-Za-z.])[0-9](?:[ \-]{0,3}[0-9]){12,60}(?![0-9A-Za-z])")
_GROUPS = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (8, 8), (6, 13), (6, 10)})
"""How cards print their number."""
_TWELVE = re.compile(r"(?<![0-9A-Za-z.-])[0-9]{4}[ \-]{0,3}[0-9]{4}[ \-]{0,3}[0-9]{4}(?![0-9A-Za-z])")
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]){11,30}(?![0-9A-Za-z])")

_ISSUERS: tuple[tuple[int, int, frozenset[int]], ...] = (
    # First six digits from, to, lengths. ISO/IEC 7812 ranges as the networks publish them for merchants.
    (400000, 499999, frozenset({16, 19})),  # Visa
    (510000, 559999, frozenset({16})),  # Mastercard
    (222100, 272099, frozenset({16})),  # Mastercard
    (340000, 349999, frozenset({15})),  # American Express
    (370000, 379999, frozenset({15})),
    (352800, 358999, frozenset({16, 17, 18, 19})),  # JCB
    (300000, 305999, frozenset({14, 16})),  # Diners Club
    (309500, 309599, frozenset({14, 16})),
    (360000, 369999, frozenset({14})),
    (380000, 399999, frozenset({14, 16})),
    (601100, 601199, frozenset({16, 19})),  # Discover
    (644000, 659999, frozenset({16, 19})),
    (620000, 629999, frozenset({16, 17, 18, 19})),  # UnionPay
    (501800, 501899, frozenset({16, 18, 19})),  # Maestro
    (502000, 502099, frozenset({16, 18, 19})),
    (503800, 503899, frozenset({16, 18, 19})),
    (675900, 676399, frozenset({16, 18, 19})),
    (220000, 220499, frozenset({16})),  # Mir
)

_IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25,
    "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "AE": 23, "SA": 24, "BR": 29, "UA": 29,
}  # fmt: skip
"""Country → length (SWIFT's IBAN registry)."""


def plain_digits(text: str) -> str:
    """The text with full-width digits, letters and every kind of dash and space as ASCII."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def holds_card(text: str) -> bool:
    """Whether a payment card's number stands in this text (as `plain_digits` gives it)."""
    for run in _RUN.finditer(text):
        groups = re.findall("[0-9]+", run[0])
        if len(groups) == 1:
            if is_card(groups[0]):
                return True
        elif max(map(len, groups)) <= 2:
            if is_card("".join(groups)):
                return True
        elif card_in_groups(groups) or any(is_card(group) for group in groups):
            return True
    return False


def card_in_groups(groups: Sequence[str]) -> bool:
    """Whether neighbours among these groups of digits make a card's number, as cards print it."""
    sizes = tuple(map(len, groups))
    for shape in _GROUPS:
        for start in range(len(groups) - len(shape) + 1):
            if sizes[start : start + len(shape)] == shape and is_card(
                "".join(groups[start : start + len(shape)])
            ):
                return True
    return False


def is_card(digits: str) -> bool:
    """A number of an issuer's range and length whose Luhn digit is right."""
    if not 14 <= len(digits) <= 19:
        return False
    first, size = int(digits[:6]), len(digits)
    return any(low <= first <= high and size in sizes for low, high, sizes in _ISSUERS) and luhn(digits)


def luhn(digits: str) -> bool:
    """The check of ISO/IEC 7812-1 annex B over ASCII digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def holds_my_number(text: str) -> bool:
    """Whether twelve digits with a right check digit stand in this text; one of ten such numbers has it."""
    return any(is_my_number(re.sub("[^0-9]", "", found[0])) for found in _TWELVE.finditer(text))


def is_my_number(digits: str) -> bool:
    """The check digit of an individual number: ordinance 85 of 2014 of the Ministry of Internal Affairs, art. 5."""
    if len(digits) != 12:
        return False
    total = sum(
        int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(digits[:-1]), start=1)
    )
    rest = total % 11
    return int(digits[-1]) == (0 if rest <= 1 else 11 - rest)


def holds_iban(text: str) -> bool:
    """Whether an international bank account number stands in this text (ISO 13616, check by ISO 7064)."""
    for found in _IBAN.finditer(text.upper()):
        number = found[0].replace(" ", "")
        length = _IBAN_LENGTHS.get(number[:2], 0)
        number = number[:length]  # words may follow it
        if length and len(number) == length:
            turned = number[4:] + number[:4]
            if int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1:
                return True
    return False
