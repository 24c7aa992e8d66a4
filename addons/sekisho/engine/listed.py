"""Listed: which of the household's known domains are bad now, after a new list came into use.

A household may know a hundred thousand domains, and to judge them all takes seconds of this process, which
clicks need as well: threads of Python take turns of 5 ms, and a click waits for several. So the domains are
read and judged in pieces of a millisecond, with a rest after each. Called in a thread.
"""

import time
from collections.abc import Callable
from typing import Protocol

from sekisho.link import Link, host_link
from sekisho.verdict import Level, Verdict

PIECE = 20
"""Domains that are judged between two rests: half a millisecond."""
REST = 0.002
"""Seconds. Four thousand domains take half a second so."""
PAGE = 200
"""Domains that are read at once: a millisecond."""


class Acquainted(Protocol):
    """What is needed of the store's memory."""

    def names_below(self, level: Level, after: str, limit: int) -> list[str]:
        """Names of domains with a better level, in order, from the first behind `after`."""


def find_listed(
    memory: Acquainted, judge: Callable[[Link], Verdict], rest: Callable[[float], object] = time.sleep
) -> list[tuple[str, Verdict]]:
    """Every known domain that was no reason to warn and is one now, with its verdict. Raises StoreError."""
    found: list[tuple[str, Verdict]] = []
    after = ""
    while names := memory.names_below(Level.WARN, after, PAGE):
        for number, name in enumerate(names):
            if number % PIECE == 0:
                rest(REST)
            verdict = judge(host_link(name))
            if verdict.level >= Level.WARN:
                found.append((name, verdict))
        after = names[-1]
    return found
