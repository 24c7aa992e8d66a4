"""The tricks: one function each, from a Reading to a Finding or nothing.

A trick says what it saw and where; what that is worth, alone or with support, stands in rules/tricks.toml
under the finding's key. Guards that keep ordinary hosts quiet stand inside the trick that needs them, each
with its reason.
"""

from collections.abc import Callable

from sekisho.lookalike.index import LookalikeIndex
from sekisho.lookalike.reading import Finding, Reading
from sekisho.lookalike.tricks.common import common_token
from sekisho.lookalike.tricks.native import lure, mixed_script, native_name
from sekisho.lookalike.tricks.near import mangled, typo
from sekisho.lookalike.tricks.spelled import (
    combosquat,
    disguised,
    embedding,
    fake_suffix,
    named_token,
)

TRICKS: tuple[Callable[[Reading, LookalikeIndex], Finding | None], ...] = (
    embedding,
    disguised,
    named_token,
    native_name,
    typo,
    combosquat,
    mangled,
    common_token,
    fake_suffix,
    lure,
    mixed_script,
)
"""In the order in which they are told where they are worth the same: the most telling first."""

IN_ASCII = tuple(trick for trick in TRICKS if trick not in (native_name, lure, mixed_script))
"""Those that can find something in an ASCII host, in the same order."""

WITHOUT_NAMES = (typo, mangled, fake_suffix)
"""Those that can find something in an ASCII host that holds no name as it is: most honest hosts end here."""


def tricks_for(reading: Reading) -> tuple[Callable[[Reading, LookalikeIndex], Finding | None], ...]:
    """The tricks that can find something in this host."""
    if not reading.head.isascii():
        return TRICKS
    return IN_ASCII if reading.hits else WITHOUT_NAMES


__all__ = ["TRICKS", "mangled", "tricks_for"]
