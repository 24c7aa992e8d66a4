"""Familiarity: when a domain becomes familiar to the household, when it lapses, and when it is checked again.

A clean answer in the first hours proves nothing: no source knows a phishing site on the day on which it
works. So a domain must stay clean over time. It becomes familiar when it was clicked on three different
days, its name is older than 30 days, no check ever found anything against it, and it was still clean
a day and a week after the first click; it lapses when no weekly re-check
was clean for 30 days. Domains whose pages belong to their users never become familiar, nor do addresses.

Pure: rows in, rows out; times are passed in (seconds since 1970, UTC).
"""

import zlib
from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from sekisho.link import Link
from sekisho.records.domains import CLEAN_FOR, Bounds, DomainClick, KnownDomain
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Evidence, Level, PageSign, Reason, Verdict

HOUR = 3_600.0
DAY = 86_400.0
WEEK = 7 * DAY

MARKS = (HOUR, 6 * HOUR, DAY, WEEK)
"""When a new known domain is checked again, counted from its first click; then weekly."""
JITTER = 0.1
"""A re-check comes up to this share of its distance later, so that those of one evening do not stand in a row."""
DAYS_NEEDED = 3
NAME_AGE = 30 * DAY
"""A name that is younger may still be waiting for its day."""
UNASKED_DAYS = 14 * DAY
"""How long it must have stayed clean where no outside source is asked."""
VISITED_WITHIN = 8 * DAY
"""Weekly re-checks go on for who is not familiar while somebody came by since the last one, and a day."""
QUIET = 90 * DAY
"""A domain that was not visited for so long loses everything that it had earned."""
RETRY = 15 * 60.0
"""A re-check that failed, or could ask nobody outside, is tried again after this."""

_OURS = frozenset({Reason.UNCHECKED, Reason.NEW_NAME})
"""Findings that are not held against a domain for good: a source of ours was slow; the age of the name has a
rule of its own."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one re-check found."""

    at: float
    level: Level
    raised: bool
    """`raises` of its verdict."""
    asked_outside: bool
    """An outside source answered, if only that it knows nothing."""
    registered_at: float | None = None


def name_of(link: Link, rulebook: Rulebook) -> tuple[str, bool] | None:
    """(name, shared) under which a host is remembered; None for what cannot be one: an address, a single label.

    The registrable domain; on a platform the host that belongs to one user (`shared`), which is
    looked at again but never becomes familiar.
    """
    if link.is_address or link.flaws or not link.suffix or link.host == link.suffix:
        return None
    platform = rulebook.platform_of(link)
    if platform is None:
        return link.domain, link.private_suffix
    if link.host == platform:
        return link.host, True
    return link.parents[link.host.count(".") - platform.count(".") - 1], True


def _is_unread(item: Evidence) -> bool:
    """A page that could not be read in time, which is our fault as often as its own."""
    return any(sign is PageSign.UNCHECKED for sign, _ in item.signs)


def raises(verdict: Verdict) -> bool:
    """Whether a verdict speaks against its host."""
    return verdict.level >= Level.WARN or any(
        item.level >= Level.CAUTION and item.reason not in _OURS and not _is_unread(item)
        for item in verdict.evidence
    )


def domain_click(
    link: Link,
    verdict: Verdict,
    at: float,
    zone: tzinfo | None,
    rulebook: Rulebook,
    registered_at: float | None = None,
) -> DomainClick | None:
    """What a click is for the memory; None for a familiar host and for what has no name. `zone`: the family's."""
    found = None if verdict.familiar else name_of(link, rulebook)
    if found is None:
        return None
    name, shared = found
    day = datetime.fromtimestamp(at, zone).toordinal()
    return DomainClick(name, at, day, verdict.level, raises(verdict), shared, registered_at)


def after_click(known: KnownDomain | None, click: DomainClick) -> KnownDomain | None:
    """What a click makes of a known domain. A refused click does not start tracking the domain."""
    if known is None:
        if click.level >= Level.WARN:
            return None
        return KnownDomain(
            click.name,
            first_at=click.at,
            last_at=click.at,
            last_day=click.day,
            days=1,
            visits=1,
            shared=click.shared,
            begun_at=click.at,
            next_check_at=_mark(click.name, click.at, 0),
            raised_at=click.at if click.raised else None,
            registered_at=click.registered_at,
        )
    same = replace(
        known,
        last_at=max(known.last_at, click.at),
        last_day=max(known.last_day, click.day),
        visits=known.visits + 1,
        shared=known.shared or click.shared,
        raised_at=click.at if click.raised and known.raised_at is None else known.raised_at,
        registered_at=known.registered_at if click.registered_at is None else click.registered_at,
    )
    if click.level >= Level.WARN:
        return replace(same, last_at=known.last_at, last_day=known.last_day)
    if not known.days or click.at - known.last_at > QUIET:
        return replace(
            _stranger(same), begun_at=click.at, days=1, next_check_at=_mark(click.name, click.at, 0)
        )
    if click.day > known.last_day:
        same = replace(same, days=known.days + 1)
    if same.next_check_at is None:
        last = known.checked_at if known.checked_at is not None else known.begun_at
        same = replace(same, next_check_at=max(last + WEEK, click.at + HOUR))
    return same


def passed(known: KnownDomain, at: float) -> KnownDomain:
    """A tunnel to a familiar domain was opened: it is still in use."""
    return replace(known, last_at=max(known.last_at, at))


def held(known: KnownDomain, at: float) -> KnownDomain:
    """A page of it asked for secrets in a brand's name, or a form to it was held."""
    return replace(known, raised_at=at if known.raised_at is None else known.raised_at)


def turned(known: KnownDomain, level: Level, at: float) -> KnownDomain:
    """Somebody found it bad, outside of a re-check of ours."""
    return replace(held(known, at), level=max(known.level, level))


def checked(known: KnownDomain, check: Check, *, outside: bool) -> KnownDomain:
    """What a re-check makes of a known domain. `outside`: an outside source is set up and should be asked.

    What it found counts at once where it is bad. Where it is clean it counts only if the outside was
    asked, or there is none to ask; else the re-check stays due.
    """
    new: dict[str, Any] = {"level": check.level}
    if check.raised and known.raised_at is None:
        new["raised_at"] = check.at
    if check.registered_at is not None:
        new["registered_at"] = check.registered_at
    if outside and not check.asked_outside:
        return replace(put_off(known, check.at), **new)
    age = check.at - known.begun_at
    new["checked_at"] = check.at
    if not check.raised and age >= DAY:
        new["clean_at"] = check.at
        if check.asked_outside and known.clean_day_at is None:
            new["clean_day_at"] = check.at
        if check.asked_outside and known.clean_week_at is None and age >= WEEK:
            new["clean_week_at"] = check.at
    new["stage"], new["next_check_at"] = _next(known, check.at)
    return replace(known, **new)


def put_off(known: KnownDomain, at: float) -> KnownDomain:
    """A re-check that could not be answered stays due, a little later."""
    return replace(known, next_check_at=at + RETRY * (1 + _spread(known.name, known.stage)))


def settled(known: KnownDomain, now: float, *, outside: bool) -> KnownDomain:
    """The known_domain as it is by these rules at this moment: familiar from now on, lapsed, or the same."""
    if known.familiar_at is not None:
        if _stays(known, now):
            return known
        lapsed = replace(known, familiar_at=None, lapsed_at=now)
        return lapsed if known.raised_at is not None else replace(_stranger(lapsed), next_check_at=None)
    if not may_become_familiar(known, now, outside=outside):
        return known
    due = known.next_check_at
    return replace(known, familiar_at=now, next_check_at=now + WEEK if due is None else due)


def bounds(now: float) -> Bounds:
    """Which known_domains `settled` may change at this moment."""
    return Bounds(DAYS_NEEDED, now - NAME_AGE, now - CLEAN_FOR, now - QUIET)


def may_become_familiar(known: KnownDomain, now: float, *, outside: bool) -> bool:
    """Every condition at once. Without an outside source: 14 clean days in the place of its two answers."""
    if known.shared or known.raised_at is not None or known.days < DAYS_NEEDED:
        return False
    if known.registered_at is None or now - known.registered_at <= NAME_AGE:
        return False
    if known.clean_at is None or now - known.clean_at >= CLEAN_FOR or now - known.last_at > QUIET:
        return False
    if outside:
        return known.clean_day_at is not None and known.clean_week_at is not None
    return known.clean_at - known.begun_at >= UNASKED_DAYS


def is_household_familiar(link: Link, names: Set[str], rulebook: Rulebook) -> bool:
    """Whether a host is of a domain that became familiar, under the rules of today (a platform is none)."""
    return (
        link.domain in names
        and not link.private_suffix
        and not link.is_address
        and rulebook.platform_of(link) is None
    )


def urgency(known: KnownDomain, now: float) -> tuple[int, int, float]:
    """Sorts due re-checks: those nearest to a decision first, then the most visited, then the longest due.

    Nearest: a familiar one that would lapse within ten days, and one that lacks nothing but this answer;
    then those of the first week, which are the ones that turn bad; then the weekly ones.
    """
    due = known.next_check_at or 0.0
    if known.familiar_at is not None:
        near = known.clean_at is None or now - known.clean_at > CLEAN_FOR - 10 * DAY
        return (0 if near else 2, -known.visits, due)
    age = now - known.begun_at
    lacks_this = known.days >= DAYS_NEEDED and known.raised_at is None and not known.shared and age >= WEEK
    if lacks_this:
        return (0, -known.visits, due)
    return (1 if known.stage < len(MARKS) else 3, -known.visits, due)


def _stays(known: KnownDomain, now: float) -> bool:
    clean = known.clean_at is not None and now - known.clean_at < CLEAN_FOR
    return clean and known.raised_at is None and not known.shared and now - known.last_at <= QUIET


def _stranger(known: KnownDomain) -> KnownDomain:
    """All that was earned is gone; what spoke against it stays."""
    return replace(
        known, days=0, stage=0, clean_at=None, clean_day_at=None, clean_week_at=None, familiar_at=None
    )


def _next(known: KnownDomain, at: float) -> tuple[int, float | None]:
    """(stage, time) after a re-check at this time: the next mark, or a week later while somebody comes by."""
    age = at - known.begun_at
    for stage, mark in enumerate(MARKS):
        if mark > age:
            return stage, _mark(known.name, known.begun_at, stage)
    if known.familiar_at is None and at - known.last_at > VISITED_WITHIN:
        return len(MARKS), None
    return len(MARKS), at + WEEK + JITTER * DAY * _spread(known.name, len(MARKS))


def _mark(name: str, begun_at: float, stage: int) -> float:
    return begun_at + MARKS[stage] * (1 + JITTER * _spread(name, stage))


def _spread(name: str, stage: int) -> float:
    """0 to 1, the same for the same name and stage on every run."""
    return zlib.crc32(f"{stage} {name}".encode()) / 2**32
