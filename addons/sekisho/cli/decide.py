"""``sekisho block``, ``allow``, ``unblock`` and ``disallow``: the family's word from the command line.

For good is a line in the state folder's blocklist.txt or allowlist.txt, where people see and edit it;
``--for`` and ``--until`` are decisions in the store, which end and outweigh lists. (A line that ends is
written by hand: ``example.org  until 2026-12-31``.) Before anything is written, the household is asked
what the new word would be worth: one that another line or decision outweighs is refused with its
place, instead of being kept and losing in silence. A newer word on the same host ends the older one.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import click

from sekisho.cli.duration import Duration
from sekisho.cli.failure import UNDONE, Failure, UsageFailure, settings_of
from sekisho.cli.household import Household, may_have_store, read_household
from sekisho.family.decisions import Decision
from sekisho.family.lists import ListFileError, add_entry, remove_entries
from sekisho.family.weight import WINS
from sekisho.link import Link, LinkError, host_link, parse_link
from sekisho.rulebook import RuleError, read_entry, shared_domains
from sekisho.rulebook.ends import parse_end
from sekisho.rulebook.model import ListEntry
from sekisho.settings import Settings
from sekisho.store import Store, StoreError
from sekisho.verdict import Evidence, Level, Reason

Kind = Literal["allow", "block"]
_DONE = {"allow": "allowed", "block": "blocked"}
_TAKEN_BACK = {"allow": "disallow", "block": "unblock"}
_HOSTS_HELP = "HOST is a host or a URL; its subdomains are meant too, unless it is written =HOST."


class RefusedError(ValueError):
    """One host cannot be done; the others can."""


@click.command(epilog=_HOSTS_HELP)
@click.argument("hosts", metavar="HOST…", nargs=-1, required=True)
@click.option("--for", "duration", type=Duration(), metavar="TIME", help="For so long: 10m, 2h, 1d, 1w.")
@click.option("--until", metavar="DAY", help="To the end of that day: 2026-12-31; or '2026-12-31 18:00'.")
@click.pass_context
def block(ctx: click.Context, hosts: tuple[str, ...], duration: timedelta | None, until: str | None) -> None:
    """Block hosts: the warning page, which only the family opens."""
    settings = settings_of(ctx)
    now = time.time()
    wanted = _duration(duration, until, now)
    _each(ctx, hosts, lambda host: decide(settings, "block", host, wanted, now))


@click.command(epilog=_HOSTS_HELP)
@click.argument("hosts", metavar="HOST…", nargs=-1, required=True)
@click.option("--for", "duration", type=Duration(), metavar="TIME", help="For so long: 10m, 2h, 1d, 1w.")
@click.option("--until", metavar="DAY", help="To the end of that day: 2026-12-31; or '2026-12-31 18:00'.")
@click.pass_context
def allow(ctx: click.Context, hosts: tuple[str, ...], duration: timedelta | None, until: str | None) -> None:
    """Allow hosts, whatever the rules find."""
    settings = settings_of(ctx)
    now = time.time()
    wanted = _duration(duration, until, now)
    _each(ctx, hosts, lambda host: decide(settings, "allow", host, wanted, now))


@click.command(epilog="HOST is a host or a URL; =HOST means that line only.")
@click.argument("hosts", metavar="HOST…", nargs=-1, required=True)
@click.pass_context
def unblock(ctx: click.Context, hosts: tuple[str, ...]) -> None:
    """Take a block back: the family's own line, and decisions that are in force."""
    settings = settings_of(ctx)
    _each(ctx, hosts, lambda host: take_back(settings, "block", host, time.time()))


@click.command(epilog="HOST is a host or a URL; =HOST means that line only.")
@click.argument("hosts", metavar="HOST…", nargs=-1, required=True)
@click.pass_context
def disallow(ctx: click.Context, hosts: tuple[str, ...]) -> None:
    """Take an allow back: the family's own line, and decisions that are in force."""
    settings = settings_of(ctx)
    _each(ctx, hosts, lambda host: take_back(settings, "allow", host, time.time()))


def decide(settings: Settings, kind: Kind, text: str, duration: timedelta | None, now: float) -> list[str]:
    """Block or allow one host and say what was done. Raises RefusedError, and Failure where nothing can be done."""
    household = read_household(settings)
    entry = _entry(text, household, kind)
    link = host_link(entry.name)
    by = f"sekisho {kind}"
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
    if word is None or word.reason is not _reason(kind):
        other = "allow" if kind == "block" else "block"
        raise RefusedError(_outweighed(kind, entry, word, wished, settings.state / f"{other}list.txt"))
    listed = household.listed(kind, entry)
    path = settings.state / f"{kind}list.txt"
    told = []
    with _store(settings, needed=decision is not None) as store:
        if listed and not _opposed(same_host, kind):
            return [f"{entry_text(entry)} is {_DONE[kind]} for good already ({listed.source})"]
        if decision is None and listed is None:
            day = datetime.fromtimestamp(now, UTC).astimezone().date()
            number = add_entry(path, entry, f"{by}, {day}")
            told.append(f"{_DONE[kind]} {entry_text(entry)} ({path}:{number})")
        elif decision is None and listed:
            told.append(f"{_DONE[kind]} {entry_text(entry)} ({listed.source})")
        ended = []
        if store:
            # The new word is kept before the old ones end: a power cut between the two shuts or opens nothing.
            kept = store.add_decision(decision) if decision else None
            exact = True if narrow else None
            ended = store.end_decisions(entry.name, by=by, at=now, exact=exact, but=kept.id if kept else None)
        if decision:
            told.append(f"{_DONE[kind]} {entry_text(entry)} until {_local(decision.until or now)}")
    if won := word.detail.partition(WINS)[2]:
        told.append(f"  wins over {won}")
    return told + [f"  in place of: {old.told}" for old in ended if not old.is_go_on]


def take_back(settings: Settings, kind: Kind, text: str, now: float) -> list[str]:
    """Unblock or disallow one host and say what was done. Raises RefusedError where it changes nothing."""
    exact, link = _host(text)
    path = settings.state / f"{kind}list.txt"
    by = f"sekisho {_TAKEN_BACK[kind]}"
    told = [f"took out {path}:{number}" for number in remove_entries(path, link.host, exact=exact or None)]
    with _store(settings, needed=False) as store:
        ended = store.end_decisions(link.host, by=by, at=now, kind=kind) if store else []
    told += [f"ended: {decision.told}" for decision in ended]
    try:
        household = read_household(settings)
    except Failure as error:  # what was taken back is said all the same
        raise RefusedError("\n".join([*told, error.message])) from error
    verdict = household.checkpoint().judge_locally(link, now=now)
    why = verdict.decisive
    if why and why.reason is _reason(kind):
        told.append(
            f"{link.host} is still {_DONE[kind]}: {why.detail} ({why.source}); {_still(settings, household, why)}"
        )
        raise RefusedError("\n".join(told))
    if kind == "block" and why and verdict.level >= Level.WARN:
        told.append(
            f"{link.host} gets the warning page by another rule: {why.detail} ({why.source});"
            f" `sekisho allow {link.host}` opens it"
        )
        raise RefusedError("\n".join(told))
    if not told:
        return [f"{link.host} was not {_DONE[kind]}"]
    done = [f"{_TAKEN_BACK[kind]}ed {link.host}", *(f"  {line}" for line in told)]
    if kind == "allow":
        done.append(
            f"  it is judged by the rules again: {verdict.level.word}{f' ({why.detail})' if why else ''}"
        )
    return done


def entry_text(entry: ListEntry) -> str:
    """In words: ``example.org and its subdomains``."""
    return f"{entry.name} (this host only)" if entry.exact else f"{entry.name} and its subdomains"


def _each(ctx: click.Context, hosts: tuple[str, ...], act: Callable[[str], list[str]]) -> None:
    """Do one after the other; what cannot be done is told, and the rest is done all the same."""
    failed = False
    for host in hosts:
        try:
            for line in act(host):
                click.echo(line)
        except RefusedError as error:
            failed = True
            click.echo(f"sekisho: {error}", err=True)
        except (ListFileError, StoreError) as error:
            raise Failure(str(error)) from error
        except RuleError as error:
            raise Failure("\nsekisho: ".join(error.problems)) from error
    ctx.exit(UNDONE if failed else 0)


def _host(text: str) -> tuple[bool, Link]:
    """(is it written =HOST, its link); raises RefusedError."""
    exact = text.startswith("=")
    try:
        return exact, parse_link(text.removeprefix("="))
    except LinkError as error:
        raise RefusedError(str(error)) from None


def _entry(text: str, household: Household, kind: Kind) -> ListEntry:
    """The entry that a person means, under the rules for lists; raises RefusedError with the reason."""
    exact, link = _host(text)
    try:
        entry = read_entry(f"{'=' if exact else ''}{link.host}", "", shared_domains(household.rulebook))
    except ValueError as error:
        raise RefusedError(f"cannot {kind} {text}: {error}") from None
    if entry is None:
        raise RefusedError(f"cannot {kind} {text}: it is no host name")
    return entry


def _duration(duration: timedelta | None, until: str | None, now: float) -> timedelta | None:
    """How long from now, or None for good. Raises UsageFailure."""
    if until is None:
        return duration
    if duration is not None:
        raise UsageFailure("give --for or --until, not both")
    try:
        end = parse_end(until)
    except ValueError as error:
        raise UsageFailure(f"--until: {error}") from None
    if end <= now:
        raise UsageFailure(f"--until: {until} is over; give a day that is to come")
    return timedelta(seconds=end - now)


def _store(settings: Settings, *, needed: bool) -> AbstractContextManager[Store | None]:
    """The store, or nothing where there is none and none is needed."""
    return Store.open(settings.store_url) if needed or may_have_store(settings) else nullcontext()


def _reason(kind: Kind) -> Reason:
    return Reason.FAMILY_BLOCK if kind == "block" else Reason.FAMILY_ALLOW


def _opposed(decisions: list[Decision], kind: Kind) -> bool:
    """An older decision on the same host says otherwise, or says it for a while only."""
    return any(decision.kind != kind and not decision.is_go_on for decision in decisions)


def _outweighed(kind: Kind, entry: ListEntry, word: Evidence | None, wished: Household, path: Path) -> str:
    """Why a new word would lose, and what to do first. `path`: the family's own list of the other kind."""
    cannot = f"cannot {kind} {entry_text(entry)}"
    if word is None:
        return f"{cannot}: the rules would not follow it"
    lost = f"{cannot}: {word.detail} ({word.source})"
    if WINS not in word.detail:
        lost += ", which outweighs it"
    for decision in wished.decisions:
        if decision.source == word.source:
            ends = f"`sekisho {_TAKEN_BACK[decision.kind]} {decision.host}` ends that"
            return f"{lost}; {ends}, or use --for: the closer decision wins"
    if _file_of(word) == path:
        back = f"`sekisho {_TAKEN_BACK['block' if kind == 'allow' else 'allow']}"
        named = word.detail.split()[0]
        return f"{lost}; {back} {named}` takes that line out; or {kind} it --for a while"
    return f"{lost}; take that line out first, or use --for: a decision for a while outweighs lists"


def _still(settings: Settings, household: Household, why: Evidence) -> str:
    """How to take back a word that stands elsewhere: on a parent domain, or in another file."""
    for decision in household.decisions:
        if decision.source == why.source:
            return f"`sekisho {_TAKEN_BACK[decision.kind]} {decision.host}` ends that"
    file = _file_of(why)
    if file.parent.parent == settings.state / "lists":
        other = "allow" if why.reason is Reason.FAMILY_BLOCK else "block"
        return (
            f"`sekisho {other}` outweighs it, `sekisho import --remove {file.stem}` takes the whole list out"
        )
    return "take that line out of the file"


def _file_of(word: Evidence) -> Path:
    return Path(word.source.rpartition(":")[0]).expanduser()


def _local(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%d %H:%M}"
