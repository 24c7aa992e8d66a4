"""Spec: what a module of this folder declares about its signs, so that nothing else need be touched."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from selectolax.lexbor import LexborHTMLParser

from sekisho.page.facts import PageFacts
from sekisho.page.signs.tally import Tally
from sekisho.verdict import PageSign


class Role(Enum):
    """What a sign says beside its weight."""

    NAMES = "names"
    """It names the brand; links alone lead to a counter or to a page of news."""
    OUTRIGHT = "outright"
    """By it a page says outright who it is."""
    HEAD = "head"
    """It stands at the head of the page."""
    TOPIC = "topic"
    """An article about a brand has it too."""


@dataclass(frozen=True, slots=True)
class SignSpec:
    """One or two signs that are found together."""

    find: Callable[[Tally, PageFacts], None]
    place: int
    """Signs are looked for in this order, the lowest first."""
    roles: Mapping[PageSign, frozenset[Role]]
    """Each sign that `find` adds."""
    read: Callable[[LexborHTMLParser], Iterable[str]] | None = None
    """Takes from the page what no other sign needs; it stands in `PageFacts.own` by the first of the signs."""

    @property
    def sign(self) -> PageSign:
        """The first of its signs."""
        return next(iter(self.roles))
