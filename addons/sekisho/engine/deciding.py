"""Deciding: writes the family's decision on one host, from the terminal and from the desk alike.

A permanent one is a line in the state folder's blocklist.txt or allowlist.txt, where people see and edit it; one
for a time is a decision in the store, which ends and outweighs lists. Before anything is written, `Household`
says whether it would take effect: one that another line or decision outweighs is refused with the place of that
line. A newer decision on the same host ends the older one.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from sekisho.link import Link, LinkError, host_link, parse_link
from sekisho.policy.decisions import Decision
from sekisho.policy.household import Household
from sekisho.rulebook import read_entry, shared_domains
from sekisho.rulebook.hostlist import SharedDomainError
from sekisho.rulebook.model import ListEntry
from sekisho.rulebook.own_lists import add_entry
from sekisho.store import Store
from sekisho.verdict import Evidence, Reason

Kind = Literal["allow", "block"]
StoreFor = Callable[[bool], AbstractContextManager[Store | None]]
"""Opens the store; may give nothing where there is none and, as it is called, none is needed."""
DONE = {"allow": "allowed", "block": "blocked"}
TAKEN_BACK = {"allow": "disallow", "block": "unblock"}


Why = Literal["no-site", "shared", "decision", "list", "rules"]
"""The host cannot be read; belongs to many owners; a decision, a line of a list, or the rules outweigh the word."""


class RefusedError(ValueError):
    """One host cannot be done; the others can.

    The message is for the terminal; `why` and `against` (what stands against it: a host, or FILE:LINE) are for
    the pages.
    """

    def __init__(self, message: str, why: Why = "rules", against: str = "") -> None:
        super().__init__(message)
        self.why = why
        self.against = against


def decide(
    household: Household,
    kind: Kind,
    text: str,
    duration: timedelta | None,
    now: float,
    *,
    by: str,
    state: Path,
    store_for: StoreFor,
) -> list[str]:
    """Block or allow one host and say what was done, in English; None as `duration` is for good.

    Raises RefusedError, and ListFileError or StoreError where it could not be kept.
    """
    entry = _entry(text, household, kind)
    link = host_link(entry.name)
    # What the new word takes the place of: on the same host, but for the subdomains that it does not cover.
    narrow = duration is not None and entry.exact
    same_host = [d for d in household.decisions if d.host == entry.name and (d.exact or not narrow)]
    others = [d for d in household.decisions if d not in same_host]
    if duration is None:
        decision = None
        wished = household.with_decisions(others).with_line(kind, entry)
    else:
        until = now + duration.total_seconds()
        decision = Decision(kind, entry.name, now, by, exact=entry.exact, until=until)
        wished = household.with_decisions([*others, decision])
    word = wished.family_word(link, now)
    if word is None or word.reason is not reason_of(kind):
        other = "allow" if kind == "block" else "block"
        raise _outweighed(kind, entry, word, wished, state / f"{other}list.txt")
    listed = household.listed(kind, entry)
    path = state / f"{kind}list.txt"
    lines = []
    with store_for(decision is not None) as store:
        if listed and not _opposed(same_host, kind):
            return [f"{entry_text(entry)} is {DONE[kind]} for good already ({listed.source})"]
        if decision is None and listed is None:
            day = datetime.fromtimestamp(now, UTC).astimezone().date()
            number = add_entry(path, entry, f"{by}, {day}")
            lines.append(f"{DONE[kind]} {entry_text(entry)} ({path}:{number})")
        elif decision is None and listed:
            lines.append(f"{DONE[kind]} {entry_text(entry)} ({listed.source})")
        ended = []
        if store:
            # The new word is kept before the old ones end: a power cut between the two shuts or opens nothing.
            kept = store.decisions.add(decision) if decision else None
            exact = True if narrow else None
            ended = store.decisions.end_on(
                entry.name, by=by, at=now, exact=exact, but=kept.id if kept else None
            )
        if decision:
            lines.append(f"{DONE[kind]} {entry_text(entry)} until {_local(decision.until or now)}")
    if word.outweighed:
        lines.append(f"  wins over {word.outweighed}")
    return lines + [f"  in place of: {old.summary}" for old in ended if not old.is_go_on]


def entry_text(entry: ListEntry) -> str:
    """In words: ``example.org and its subdomains``."""
    return f"{entry.name} (this host only)" if entry.exact else f"{entry.name} and its subdomains"


def read_host(text: str) -> tuple[bool, Link]:
    """(is it written =HOST, its link); raises RefusedError."""
    exact = text.startswith("=")
    try:
        return exact, parse_link(text.removeprefix("="))
    except LinkError as error:
        raise RefusedError(str(error), "no-site") from None


def _entry(text: str, household: Household, kind: Kind) -> ListEntry:
    """The entry that a person means, under the rules for lists; raises RefusedError with the reason."""
    exact, link = read_host(text)
    try:
        entry = read_entry(f"{'=' if exact else ''}{link.host}", "", shared_domains(household.rulebook))
    except SharedDomainError as error:
        raise RefusedError(f"cannot {kind} {text}: {error}", "shared", link.host) from None
    except ValueError as error:
        raise RefusedError(f"cannot {kind} {text}: {error}", "no-site") from None
    if entry is None:
        raise RefusedError(f"cannot {kind} {text}: it is no host name", "no-site")
    return entry


def reason_of(kind: Kind) -> Reason:
    """As evidence names the family's word."""
    return Reason.FAMILY_BLOCK if kind == "block" else Reason.FAMILY_ALLOW


def _opposed(decisions: list[Decision], kind: Kind) -> bool:
    """An older decision on the same host says otherwise, or says it for a while only."""
    return any(decision.kind != kind and not decision.is_go_on for decision in decisions)


def _outweighed(
    kind: Kind, entry: ListEntry, word: Evidence | None, wished: Household, path: Path
) -> RefusedError:
    """Why a new word would lose, and what to do first. `path`: the family's own list of the other kind."""
    cannot = f"cannot {kind} {entry_text(entry)}"
    if word is None:
        return RefusedError(f"{cannot}: the rules would not follow it")
    lost = f"{cannot}: {word.detail} ({word.source})"
    if not word.outweighed:
        lost += ", which outweighs it"
    for decision in wished.decisions:
        if decision.source == word.source:
            ends = f"`sekisho {TAKEN_BACK[decision.kind]} {decision.host}` ends that"
            closer = f"{lost}; {ends}, or use --for: the closer decision wins"
            return RefusedError(closer, "decision", decision.host)
    if file_of(word) == path:
        back = f"`sekisho {TAKEN_BACK['block' if kind == 'allow' else 'allow']}"
        lost += f"; {back} {word.entry}` takes that line out; or {kind} it --for a while"
    else:
        lost += "; take that line out first, or use --for: a decision for a while outweighs lists"
    return RefusedError(lost, "list", word.source)


def file_of(word: Evidence) -> Path:
    """The list in which a word stands."""
    return Path(word.source.rpartition(":")[0]).expanduser()


def _local(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%d %H:%M}"
