"""The tricks: one function each, from a Reading to a Finding or nothing.

A trick says what it saw and where; what that is worth, alone or with support, stands in rules/tricks.toml
under the finding's key. Guards that keep ordinary hosts quiet stand inside the trick that needs them, each
with its reason. Every module of this folder that has `TRICKS` is found by itself; a further trick is a file here, its
member and sentence in `sekisho.reasons` with their translation, and its table in rules/tricks.toml.

    spec      `TrickSpec`: what a trick declares
    spelled   names as they are spelled
    near      names with a slip
    common    names that others bear too
    native    names in other letters than ASCII
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from sekisho.lookalike.reading import Reading
from sekisho.lookalike.tricks.spec import Trait, TrickSpec


def _declared() -> Iterator[TrickSpec]:
    for module in iter_modules(__path__):
        yield from getattr(import_module(f"{__name__}.{module.name}"), "TRICKS", ())


TRICKS: tuple[TrickSpec, ...] = tuple(sorted(_declared(), key=lambda trick: trick.place))
"""In the order in which they are listed where they are worth the same: the most telling first."""

_IN_ASCII = tuple(trick for trick in TRICKS if not trick.beyond_ascii)
"""Those that can find something in an ASCII host, in the same order."""

_NAMELESS = tuple(trick for trick in _IN_ASCII if trick.nameless)
"""Those that can find something in an ASCII host that holds no name as it is: most honest hosts end here."""


def tricks_for(reading: Reading) -> tuple[TrickSpec, ...]:
    """The tricks that can find something in this host."""
    if not reading.head.isascii():
        return TRICKS
    return _IN_ASCII if reading.hits else _NAMELESS


def keys_with(trait: Trait) -> frozenset[str]:
    """Tables of rules/tricks.toml whose findings have this trait."""
    return frozenset(key for trick in TRICKS for key, traits in trick.traits.items() if trait in traits)


__all__ = ["TRICKS", "Trait", "TrickSpec", "keys_with", "tricks_for"]
