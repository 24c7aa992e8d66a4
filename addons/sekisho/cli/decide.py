"""``sekisho block``, ``allow``, ``unblock`` and ``disallow``: the family's decisions from the command line.

What a decision does, and when it is refused, stands in `engine.deciding`. ``--for`` and ``--until`` are decisions in
the store; a line of a list that ends is written by hand: ``example.org  until 2026-12-31``.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import click

from sekisho.cli.arguments import DURATION
from sekisho.cli.failure import UNDONE, Failure, UsageFailure, failing, settings_of
from sekisho.cli.household import may_have_store, read_household
from sekisho.engine import deciding
from sekisho.engine.deciding import DONE, TAKEN_BACK, Kind, RefusedError, file_of, read_host, reason_of
from sekisho.policy.household import Household
from sekisho.rulebook import RuleError
from sekisho.rulebook.ends import parse_end
from sekisho.rulebook.own_lists import ListFileError, remove_entries
from sekisho.settings import Settings
from sekisho.store import Store, StoreError
from sekisho.verdict import Evidence, Level, Reason

_HOSTS_HELP = "HOST is a host or a URL; its subdomains are meant too, unless it is written =HOST."
_LINE_HELP = "HOST is a host or a URL; =HOST means that line only."


_hosts = click.argument("hosts", metavar="HOST…", nargs=-1, required=True)
_for = click.option("--for", "duration", type=DURATION, metavar="TIME", help="For so long: 10m, 2h, 1d, 1w.")
_until = click.option(
    "--until", metavar="DAY", help="To the end of that day: 2026-12-31; or '2026-12-31 18:00'."
)


def _deciding(kind: Kind, summary: str) -> click.Command:
    @click.command(kind, help=summary, epilog=_HOSTS_HELP)
    @_hosts
    @_for
    @_until
    @click.pass_context
    def command(
        ctx: click.Context, hosts: tuple[str, ...], duration: timedelta | None, until: str | None
    ) -> None:
        settings = settings_of(ctx)
        now = time.time()
        wanted = _duration(duration, until, now)
        _each(ctx, hosts, lambda host: decide(settings, kind, host, wanted, now))

    return command


def _taking_back(kind: Kind, summary: str) -> click.Command:
    @click.command(TAKEN_BACK[kind], help=summary, epilog=_LINE_HELP)
    @_hosts
    @click.pass_context
    def command(ctx: click.Context, hosts: tuple[str, ...]) -> None:
        settings = settings_of(ctx)
        _each(ctx, hosts, lambda host: take_back(settings, kind, host, time.time()))

    return command


block = _deciding("block", "Block hosts: the warning page, which only the family opens.")
allow = _deciding("allow", "Allow hosts, whatever the rules find.")
unblock = _taking_back("block", "Take a block back: the family's own line, and decisions that are in force.")
disallow = _taking_back(
    "allow", "Take an allow back: the family's own line, and decisions that are in force."
)


def decide(settings: Settings, kind: Kind, text: str, duration: timedelta | None, now: float) -> list[str]:
    """Block or allow one host and say what was done. Raises RefusedError, and Failure where nothing can be done."""
    return deciding.decide(
        read_household(settings),
        kind,
        text,
        duration,
        now,
        by=f"sekisho {kind}",
        state=settings.state,
        store_for=lambda needed: _store(settings, needed=needed),
    )


def take_back(settings: Settings, kind: Kind, text: str, now: float) -> list[str]:
    """Unblock or disallow one host and say what was done. Raises RefusedError where it changes nothing."""
    exact, link = read_host(text)
    path = settings.state / f"{kind}list.txt"
    by = f"sekisho {TAKEN_BACK[kind]}"
    done = [f"took out {path}:{number}" for number in remove_entries(path, link.host, exact=exact or None)]
    with _store(settings, needed=False) as store:
        ended = store.decisions.end_on(link.host, by=by, at=now, kind=kind) if store else []
    done += [f"ended: {decision.summary}" for decision in ended]
    try:
        household = read_household(settings)
    except Failure as error:  # the message names what was taken back all the same
        raise RefusedError("\n".join([*done, error.message])) from error
    verdict = household.policy().judge(link, now=now)
    why = verdict.decisive
    if why and why.reason is reason_of(kind):
        done.append(
            f"{link.host} is still {DONE[kind]}: {why.detail} ({why.source}); {_still(settings, household, why)}"
        )
        raise RefusedError("\n".join(done))
    if kind == "block" and why and verdict.level >= Level.WARN:
        done.append(
            f"{link.host} gets the warning page by another rule: {why.detail} ({why.source});"
            f" `sekisho allow {link.host}` opens it"
        )
        raise RefusedError("\n".join(done))
    if not done:
        return [f"{link.host} was not {DONE[kind]}"]
    done = [f"{TAKEN_BACK[kind]}ed {link.host}", *(f"  {line}" for line in done)]
    if kind == "allow":
        done.append(
            f"  it is judged by the rules again: {verdict.level.word}{f' ({why.detail})' if why else ''}"
        )
    return done


def _each(ctx: click.Context, hosts: tuple[str, ...], act: Callable[[str], list[str]]) -> None:
    """Do one after the other; what cannot be done gets a message, and the rest is done all the same."""
    failed = False
    for host in hosts:
        try:
            with failing(ListFileError, StoreError, RuleError):
                for line in act(host):
                    click.echo(line)
        except RefusedError as error:
            failed = True
            click.echo(f"sekisho: {error}", err=True)
    ctx.exit(UNDONE if failed else 0)


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


def _still(settings: Settings, household: Household, why: Evidence) -> str:
    """How to take back a word that stands elsewhere: on a parent domain, or in another file."""
    for decision in household.decisions:
        if decision.source == why.source:
            return f"`sekisho {TAKEN_BACK[decision.kind]} {decision.host}` ends that"
    file = file_of(why)
    if file.parent.parent == settings.state / "lists":
        other = "allow" if why.reason is Reason.FAMILY_BLOCK else "block"
        return (
            f"`sekisho {other}` outweighs it, `sekisho import --remove {file.stem}` takes the whole list out"
        )
    return "take that line out of the file"
