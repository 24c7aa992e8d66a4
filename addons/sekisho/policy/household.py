"""Household: the rules, the family's lists and its decisions at one moment, in one value. Pure.

`engine.deciding` asks it what a new decision would change, before it writes one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sekisho.link import Link
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decision, Decisions
from sekisho.rulebook.model import HostList, ListEntry, Rulebook
from sekisho.settings import HouseholdSettings
from sekisho.verdict import Evidence, Reason

_NOBODY_SAID = HouseholdSettings()
NEW_LINE = "the new line"
"""The source of a line that is not written yet."""


@dataclass(frozen=True, slots=True)
class Household:
    """What counts in this household at one moment."""

    rulebook: Rulebook
    decisions: tuple[Decision, ...]
    """In force, the oldest first."""
    people: HouseholdSettings = _NOBODY_SAID
    """Whose brands and scripts are near to them."""
    familiar: frozenset[str] = frozenset()
    """Domains that became familiar here."""

    def policy(self) -> Policy:
        """Judges as the proxy does."""
        decisions = Decisions(self.decisions)
        people = self.people
        made = Policy(self.rulebook, decisions, home=people.home, readable=people.readable)
        return made.with_household(self.familiar)

    def family_word(self, link: Link, now: float) -> Evidence | None:
        """What the family's lists and decisions say about a host, all rules of the project aside."""
        found = self.family_policy().judge(link, now=now).decisive
        return found if found and found.reason in (Reason.FAMILY_BLOCK, Reason.FAMILY_ALLOW) else None

    def family_policy(self) -> Policy:
        """Judges by the family's lists and decisions alone."""
        rules = self.rulebook
        lists = Rulebook(blocklist=rules.blocklist, allowlist=rules.allowlist, imported=rules.imported)
        return Policy(lists, Decisions(self.decisions))

    def with_line(self, kind: str, entry: ListEntry) -> "Household":
        """As it would be with one more line in the family's own blocklist or allowlist."""
        entry = replace(entry, source=entry.source or NEW_LINE)
        one = {entry.name: entry}
        more = HostList(hosts=one) if entry.exact else HostList(domains=one)
        rulebook = self.rulebook
        if kind == "block":
            rulebook = replace(rulebook, blocklist=(more, *rulebook.blocklist))
        else:
            rulebook = replace(rulebook, allowlist=(more, *rulebook.allowlist))
        return replace(self, rulebook=rulebook)

    def with_decisions(self, decisions: Iterable[Decision]) -> "Household":
        """The same lists with other decisions."""
        return replace(self, decisions=tuple(decisions))

    def listed(self, kind: str, entry: ListEntry) -> ListEntry | None:
        """The line that says just this already, and for good."""
        lists = self.rulebook.blocklist if kind == "block" else self.rulebook.allowlist
        for host_list in lists:
            found = (host_list.hosts if entry.exact else host_list.domains).get(entry.name)
            if found and found.until is None:
                return found
        return None
