"""Spec: what a module of this folder declares about each of its tricks, so that nothing else need be touched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from sekisho.link import Link
from sekisho.lookalike.circumstances import Measure
from sekisho.lookalike.index import LookalikeIndex
from sekisho.lookalike.reading import Finding, Reading


class Trait(Enum):
    """What is true of all findings of one table of rules/tricks.toml, beside their strength."""

    NEAR_MISS = "near-miss"
    """Found by likeness only: a platform, where all kinds of names stand, says nothing about it."""
    SLIGHT = "slight"
    """Chance makes it too: a word or a watched suffix beside it is worth caution at most."""
    SLIGHTEST = "slightest"
    """Chance makes it so often that only strong support counts."""
    UNMOVED_BY_A_SUFFIX = "unmoved-by-a-suffix"
    """Honest names make it under watched suffixes as well."""
    MOVED_BY_ITS_PLACE = "moved-by-its-place"
    """Chance makes it in registrable names, and hardly ever left of them."""


@dataclass(frozen=True, slots=True)
class TrickSpec:
    """One trick: the function that finds it, and when it is tried."""

    find: Callable[[Reading, LookalikeIndex], Finding | None]
    place: int
    """Findings worth the same are listed in this order: the most telling, which have the lowest, first."""
    beyond_ascii: bool = False
    """Only a host with other letters than ASCII can hold it."""
    nameless: bool = False
    """A host of ASCII letters that holds no name as it is may hold it."""
    only_supported: bool = False
    """It is dear to find and worth nothing alone: tried where something stands in the host that may support it."""
    traits: Mapping[str, frozenset[Trait]] = field(default_factory=dict)
    """Table of rules/tricks.toml → traits; those without any may be left out."""
    measure: Callable[[Link, str], Measure] | None = None
    """What it goes by, found or not, from the link and its judged part; for people who ask why."""

    @property
    def name(self) -> str:
        """Of its function, with dashes: ``named-token``."""
        return self.find.__name__.replace("_", "-")
