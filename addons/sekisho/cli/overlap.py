"""Overlap: where an imported list and what counts in this household already say different things.

Asked once for each entry of a list, of which there may be a million: a look at the names that the household
knows comes first, and only where one is met is the host judged.
"""

from collections.abc import Set
from itertools import chain

from sekisho.link import host_link
from sekisho.policy.checks import Policy
from sekisho.policy.precedence import because, closest, outweighs
from sekisho.rulebook.hostlist import Problems
from sekisho.rulebook.model import ListEntry

MOST_TOLD = 3


class Overlap:
    """Counts what of a new list will not take effect, or takes effect against the household's own word."""

    def __init__(self, policy: Policy, now: float) -> None:
        """`policy`: the household as it is, an older list of the same name included."""
        self._checkpoint = policy
        self._now = now
        rules = policy.rulebook
        words = [decision.host for decision in policy.decisions]
        own = [(listed.domains, listed.hosts) for listed in (*rules.blocklist, *rules.allowlist)]
        self._known: tuple[Set[str], ...] = (
            rules.familiar_domains,
            rules.official_domains.keys(),
            rules.brand_tlds.keys(),
            frozenset(words),
            *(table.keys() for table in chain.from_iterable(own) if table),
        )
        self.open = Problems(MOST_TOLD)
        """Blocks that do not count: the site is familiar or official, or the family allowed it."""
        self.shut = Problems(MOST_TOLD)
        """Allows that do not count: the family blocked the host, more closely or as closely."""
        self.opened = Problems(MOST_TOLD)
        """Allows that count against a line of the family's blocklist."""

    def note(self, kind: str, entry: ListEntry) -> None:
        """Look at one entry of the new list."""
        name = entry.name
        while not any(name in names for names in self._known):
            name = name.partition(".")[2]
            if not name:
                return
        link = host_link(entry.name)
        verdict = self._checkpoint.judge(link, now=self._now)
        if kind == "block":
            if verdict.decisive and not verdict.level:
                self.open.add(f"{entry.name}: {verdict.decisive.detail} ({verdict.decisive.source})")
            return
        block = closest(self._checkpoint.rulebook.blocklist, link, self._now)
        if block is None:
            return
        if outweighs(block, entry):
            self.shut.add(f"{entry.name}: {block.name} is on the family's blocklist ({block.source})")
        else:
            self.opened.add(f"{entry.name}{because(entry, block)}")
