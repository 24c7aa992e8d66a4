"""Overlap: where an imported list and what counts in this household already say different things.

Asked once for each entry of a list, of which there may be a million: a look at the names that the household
knows comes first, and only where one is met is the host judged.
"""

from itertools import chain

from sekisho.link import host_link
from sekisho.policy.checks import Policy
from sekisho.policy.precedence import because, closest, outweighs, with_loser
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
        own = [
            table
            for listed in (*rules.blocklist, *rules.allowlist)
            for table in (listed.domains, listed.hosts)
        ]
        self._long = [table for table in own if not isinstance(table, dict)]
        self._known = frozenset(
            chain(
                rules.familiar_domains,
                rules.official_domains,
                rules.brand_tlds,
                words,
                *(table for table in own if isinstance(table, dict)),
            )
        )
        self._noted: set[tuple[str, ListEntry]] = set()
        self.open = Problems(MOST_TOLD)
        """Blocks that do not count: the site is familiar or official, or the family allowed it."""
        self.shut = Problems(MOST_TOLD)
        """Allows that do not count: the family blocked the host, more closely or as closely."""
        self.opened = Problems(MOST_TOLD)
        """Allows that count against a line of the family's blocklist."""

    def note(self, kind: str, host: str, exact: bool, until: float | None = None) -> None:
        """Look at one entry of the new list; a repeat counts once."""
        name, known, long = host, self._known, self._long
        while name not in known and not (long and any(name in names for names in long)):
            name = name.partition(".")[2]
            if not name:
                return
        entry = ListEntry(host, exact, "", until)
        if (kind, entry) in self._noted:
            return
        self._noted.add((kind, entry))
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
            self.opened.add(with_loser(entry.name, because(entry, block)))
