"""Decisions: the family's decisions, read from memory for every request.

An immutable view of the decisions that were in force when it was built; a change makes a new view.
The closest host wins (`=host`, then the longest domain), then the newest. To go on past a warning is
weaker: it is kept apart, so that it can never beat a block. Pure: time is passed in.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sekisho.link import Link, host_link
from sekisho.records.visits import GO_ON, Decision

__all__ = ["GO_ON", "Decision", "Decisions", "go_on"]

_ByHost = Mapping[str, Sequence[Decision]]


class Decisions:
    """What the family decided, in the order in which it counts."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        # Newest first, so that the first one that holds is the one that counts.
        newest = sorted((d for d in decisions if d.ended_at is None), key=_age, reverse=True)
        word = [decision for decision in newest if not decision.is_go_on]
        self._exact: _ByHost = _by_host(decision for decision in word if decision.exact)
        self._domains: _ByHost = _by_host(decision for decision in word if not decision.exact)
        gone_on: dict[tuple[str, str], list[Decision]] = defaultdict(list)
        for decision in newest:
            if decision.is_go_on and decision.client:
                gone_on[decision.client, host_link(decision.host).domain].append(decision)
        self._gone_on: Mapping[tuple[str, str], Sequence[Decision]] = dict(gone_on)
        self._blocked_inside = frozenset(
            domain
            for decision in word
            if decision.kind == "block"
            and ((domain := host_link(decision.host).domain) != decision.host or decision.exact)
        )

    def __iter__(self) -> Iterator[Decision]:
        """The family's word, without going on."""
        for by_host in (self._exact, self._domains):
            for decisions in by_host.values():
                yield from decisions

    def find(self, link: Link, client: str, now: float) -> Decision | None:
        """What the family decided about this host, for the household or for this client; never a go-on."""
        if not self._exact and not self._domains:
            return None
        if decision := _first(self._exact.get(link.host, ()), client, now):
            return decision
        for parent in link.parents:
            if decision := _first(self._domains.get(parent, ()), client, now):
                return decision
        return None

    def find_go_on(
        self, link: Link, client: str, now: float, *, is_click: bool, on_platform: bool = False
    ) -> Decision | None:
        """This client's choice to go on past a warning, where it holds.

        It opens one host to clicks, and to sub-resources the rest of its registrable domain too (a
        site keeps its pictures next door). `on_platform` says that the hosts of that domain belong to
        different people: then sub-resources, too, need the very host.
        """
        for decision in self._gone_on.get((client, link.domain), ()):
            if now < (decision.until or 0.0) and (
                decision.host == link.host or not (is_click or on_platform)
            ):
                return decision
        return None

    def blocks_inside(self, domain: str) -> bool:
        """A part of this registrable domain is blocked for somebody, so it must not be tunnelled whole."""
        return domain in self._blocked_inside


def go_on(link: Link, client: str, now: float, minutes: int) -> Decision:
    """The decision that a person makes who goes on past a warning: this host, this client, a few minutes."""
    return Decision("allow", link.host, now, GO_ON, exact=True, client=client, until=now + minutes * 60)


def _age(decision: Decision) -> tuple[float, int]:
    """Sorts by time; among decisions of one moment the store's later number is the newer."""
    return decision.at, decision.id or 0


def _by_host(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    grouped: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        grouped[decision.host].append(decision)
    return dict(grouped)


def _first(decisions: Sequence[Decision], client: str, now: float) -> Decision | None:
    for decision in decisions:
        if decision.client in (None, client) and decision.in_force(now):
            return decision
    return None
