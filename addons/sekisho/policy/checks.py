"""Checks: the ordered list of checks that a link passes, and the verdict that they give.

The list `CHECKS` is complete, and the checks run in its order. A check returns a verdict, or adds evidence and
leaves the decision to the next ones: a finding that only calls for caution does not end the list. A check is a
plain function of the rules and the question; none of them waits, asks a provider or reads a clock: the answers of
the providers are part of the question. One rule is not in the list: a person who chose to go on passes a warning
(never a block), and the evidence stays on the verdict.
"""

from collections.abc import Callable
from pathlib import PurePath
from typing import NamedTuple

from sekisho.link import Link
from sekisho.lookalike import HOME, READABLE, LookalikeIndex, build_index, find_lookalikes
from sekisho.policy.decisions import Decision, Decisions
from sekisho.policy.familiarity import is_household_familiar
from sekisho.policy.precedence import because, closest, outweighs, with_loser
from sekisho.rulebook.model import Rulebook
from sekisho.rulebook.parts import listed_parts
from sekisho.verdict import Evidence, Level, Reason, Verdict


class Question(NamedTuple):
    """One request that wants to be judged."""

    link: Link
    client: str
    """Address of the device that asks; empty where nobody in particular does (`sekisho check`)."""
    is_click: bool
    now: float
    """Seconds since 1970, UTC."""
    path: str | None = None
    """Path and query of the request, for lists that name single pages of a platform; it goes nowhere else."""
    outside: tuple[Evidence, ...] = ()
    """What VirusTotal and the registries answered about this name until now."""


Lookup = Callable[[Link, str | None], tuple[Evidence, ...]]
"""(link, path) → what local lists of phishing say of the host or, by path and query, the page; the worst first."""
_NOTHING_FOUND = Verdict(Level.PASS)


def _on_no_list(link: Link, path: str | None) -> tuple[Evidence, ...]:
    return ()


class Policy:
    """Judges links against one Rulebook and one set of decisions. Immutable: a change makes a new one.

    home, readable: regions and scripts of the household, as `build_index` takes them.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        decisions: Decisions | None = None,
        *,
        home: frozenset[str] = HOME,
        readable: frozenset[str] = READABLE,
    ) -> None:
        self.rulebook = rulebook
        self.decisions = decisions if decisions is not None else Decisions(())
        self.index: LookalikeIndex = build_index(rulebook, home, readable)
        self.listed: Lookup = _on_no_list
        """Downloaded lists of phishing."""
        self.household: frozenset[str] = frozenset()
        """Registrable domains that became familiar to this household."""
        self._blocked_parts = listed_parts(rulebook.blocklist)

    def with_decisions(self, decisions: Decisions) -> "Policy":
        """The same rules with the family's newer decisions; costs nothing."""
        return self._with(decisions=decisions)

    def with_lists(self, listed: Lookup) -> "Policy":
        """The same rules with these downloaded lists; costs nothing."""
        return self._with(listed=listed)

    def with_household(self, household: frozenset[str]) -> "Policy":
        """The same rules with other domains that are familiar to the household; costs nothing."""
        return self._with(household=household)

    def _with(self, **changed: object) -> "Policy":
        other = object.__new__(Policy)
        other.__dict__.update(self.__dict__, **changed)
        return other

    def judge(
        self,
        link: Link,
        client: str = "",
        now: float = 0.0,
        *,
        is_click: bool = True,
        path: str | None = None,
        outside: tuple[Evidence, ...] = (),
    ) -> Verdict:
        """The verdict of all checks on what is known now; asks nobody."""
        question = Question(link, client, is_click, now, path, outside)
        found: tuple[Evidence, ...] = ()
        for check in CHECKS:
            verdict = check(self, question)
            if verdict is None:
                continue
            if verdict.level is Level.CAUTION:
                found += verdict.evidence
            elif verdict.level > Level.PASS or not found:  # no praise outweighs what calls for caution
                found = (*verdict.evidence, *found)
                break
        else:
            if not found:
                return _NOTHING_FOUND
            verdict = Verdict(Level.CAUTION, found)
        if verdict.level is Level.WARN and (chosen := self._gone_on(question)):
            return Verdict(Level.CAUTION, (chosen, *found))
        return Verdict(verdict.level, found, verdict.familiar) if found != verdict.evidence else verdict

    def holds_a_block(self, domain: str, now: float = 0.0) -> bool:
        """The family blocked some host inside this registrable domain, so it must not be tunnelled whole."""
        for parts in self._blocked_parts:
            until = parts.get(domain)
            if until is not None and now < until:
                return True
        return self.decisions.blocks_inside(domain)

    def has_gone_on(self, link: Link, client: str, now: float) -> bool:
        """Whether this device chose to go on to this very host, and the choice still holds."""
        return self._gone_on(Question(link, client, True, now)) is not None

    def _gone_on(self, question: Question) -> Evidence | None:
        decision = self.decisions.find_go_on(
            question.link,
            question.client,
            question.now,
            is_click=question.is_click,
            on_platform=self.rulebook.platform_of(question.link) is not None,
        )
        if decision is None:
            return None
        return Evidence(
            Reason.GO_ON,
            Level.CAUTION,
            decision.source,
            f"this device chose to go on to {decision.host}",
            at=question.now,
        )


def unreadable(_: Policy, question: Question) -> Verdict | None:
    """A host that no browser could open, or whose letters cannot be decoded, is never let through."""
    flaws = question.link.flaws
    if not flaws:
        return None
    detail = f"the host name cannot be read ({', '.join(flaws)})"
    return Verdict(Level.WARN, (Evidence(Reason.UNREADABLE, Level.WARN, "link", detail, at=question.now),))


def family_decision(policy: Policy, question: Question) -> Verdict | None:
    """What somebody of the family decided for this host, while it is in force."""
    decision = policy.decisions.find(question.link, question.client, question.now)
    if decision is None:
        return None
    detail = f"the family decided: {decision.summary}"
    outweighed = _over_lists(policy, question, decision)
    return _family_verdict(
        question, decision.kind == "block", decision.source, detail, decision.host, outweighed=outweighed
    )


def family_lists(policy: Policy, question: Question) -> Verdict | None:
    """blocklist.txt and allowlist.txt: the closest entry wins; where two are as close, the block."""
    rulebook, link, now = policy.rulebook, question.link, question.now
    block = closest(rulebook.blocklist, link, now)
    allow = closest(rulebook.allowlist, link, now)
    if block and (not allow or outweighs(block, allow)):
        detail = f"{block.name} is on the family's blocklist"
        return _family_verdict(
            question, True, block.source, detail, block.name, outweighed=because(block, allow)
        )
    if allow:
        whole = not allow.exact and rulebook.platform_of(link) is None and allow.name == link.domain
        familiar = whole and not policy.holds_a_block(link.domain, now)
        detail, outweighed = f"{allow.name} is on the family's allowlist", because(allow, block)
        if not block and (listed := closest(rulebook.imported, link, now)):
            outweighed = f"{listed.source} because the family's word outweighs imported lists"
        return _family_verdict(
            question, False, allow.source, detail, allow.name, familiar=familiar, outweighed=outweighed
        )
    return None


def imported_lists(policy: Policy, question: Question) -> Verdict | None:
    """Block lists of others that the family imported; they never shut a familiar or an official site."""
    entry = closest(policy.rulebook.imported, question.link, question.now)
    if entry is None:
        return None
    name = PurePath(entry.source.rpartition(":")[0]).stem
    detail = f"{entry.name} is on the list {name}, which the family imported"
    return _family_verdict(question, True, entry.source, detail, entry.name, named=name)


def familiar_or_official(policy: Policy, question: Question) -> Verdict | None:
    """A domain that is known good: a brand's own, or one of rules/familiar.txt."""
    rulebook, link = policy.rulebook, question.link
    platform, brand = rulebook.standing_of(link)
    if brand is not None:
        evidence = Evidence(
            Reason.OFFICIAL,
            Level.PASS,
            "rules/brands.toml",
            f"{link.domain} belongs to {brand.name}",
            brand.slug,
            at=question.now,
        )
    elif platform is None and link.domain in rulebook.familiar_domains:
        detail = f"{link.domain} is well known"
        evidence = Evidence(Reason.FAMILIAR, Level.PASS, "rules/familiar.txt", detail, at=question.now)
    else:
        return None
    return Verdict(Level.PASS, (evidence,), familiar=not policy.holds_a_block(link.domain, question.now))


def feeds(policy: Policy, question: Question) -> Verdict | None:
    """A downloaded list of phishing names the host, or the very page of a platform."""
    found = policy.listed(question.link, question.path)
    return Verdict(max(item.level for item in found), found) if found else None


def outside(_: Policy, question: Question) -> Verdict | None:
    """What VirusTotal and the registries answered."""
    answer = question.outside
    return Verdict(max(item.level for item in answer), answer) if answer else None


def household(policy: Policy, question: Question) -> Verdict | None:
    """A domain that was visited on several days and stayed clean through its re-checks."""
    link = question.link
    if not is_household_familiar(link, policy.household, policy.rulebook):
        return None
    detail = f"{link.domain} was visited on several days and stayed clean"
    evidence = Evidence(Reason.HOUSEHOLD, Level.PASS, "memory", detail, at=question.now)
    return Verdict(Level.PASS, (evidence,), not policy.holds_a_block(link.domain, question.now))


def lookalike(policy: Policy, question: Question) -> Verdict | None:
    """A host that is dressed up as a brand, or shares with phishing what honest names seldom do."""
    found = find_lookalikes(question.link, policy.index, question.now)
    return Verdict(found[0].level, found) if found else None


Check = Callable[[Policy, Question], Verdict | None]

CHECKS: tuple[Check, ...] = (
    unreadable,
    family_decision,
    family_lists,
    familiar_or_official,
    imported_lists,
    feeds,
    lookalike,
    outside,
    household,
)
"""Every check, in the order in which they are asked. The first that says more or less than caution decides."""


def wants_outside(verdict: Verdict) -> bool:
    """Nobody has decided yet: what VirusTotal and the registries say could change this verdict.

    What VirusTotal itself said before may be taken back by it.
    """
    reason = verdict.decisive.reason if verdict.decisive else None
    open_yet = verdict.level < Level.WARN or reason is Reason.VIRUSTOTAL
    return not verdict.familiar and open_yet and reason not in _DECIDED


_DECIDED = frozenset(
    {Reason.FAMILY_ALLOW, Reason.FAMILY_BLOCK, Reason.GO_ON, Reason.OFFICIAL, Reason.FAMILIAR}
)
"""Reasons that no outside source can change."""


def _family_verdict(
    question: Question,
    blocked: bool,
    source: str,
    detail: str,
    entry: str,
    *,
    familiar: bool = False,
    named: str = "",
    outweighed: str = "",
) -> Verdict:
    reason, level = (Reason.FAMILY_BLOCK, Level.BLOCK) if blocked else (Reason.FAMILY_ALLOW, Level.PASS)
    evidence = Evidence(
        reason,
        level,
        source,
        with_loser(detail, outweighed),
        at=question.now,
        named=named,
        entry=entry,
        outweighed=outweighed,
    )
    return Verdict(level, (evidence,), familiar)


def _over_lists(policy: Policy, question: Question, decision: Decision) -> str:
    """The line that says otherwise and would count without the decision, and why it does not; or empty."""
    rulebook = policy.rulebook
    lists = rulebook.allowlist if decision.kind == "block" else rulebook.blocklist + rulebook.imported
    other = closest(lists, question.link, question.now)
    return f"{other.source} because a decision outweighs lists" if other else ""
