"""``sekisho export``: what the family blocks or allows now, in the notation of another program.

Taken are its own lists, those that it imported, those of the rules folder and its decisions, as far as they
are in force and nothing closer or stronger says otherwise about the very host. What a notation cannot say is
left out and told on standard error.
"""

import time
from collections.abc import Iterator
from itertools import batched

import click

from sekisho.cli.failure import failing, settings_of
from sekisho.cli.household import read_household
from sekisho.link import host_link
from sekisho.policy.household import Household
from sekisho.rulebook.model import ListEntry
from sekisho.rulebook.names import name_below
from sekisho.rulebook.notation import Notation, writer
from sekisho.verdict import Reason

_BATCH = 1000


@click.command()
@click.option("--allow", is_flag=True, help="What is allowed, instead of what is blocked.")
@click.option(
    "--format",
    "notation",
    type=click.Choice(["plain", "hosts", "adguard", "dnsmasq"]),
    default="plain",
    show_default=True,
    help="plain is our own, which `sekisho import` reads back whole.",
)
@click.pass_context
def export(ctx: click.Context, allow: bool, notation: Notation) -> None:
    """Write the family's list to standard output."""
    kind = "allow" if allow else "block"
    with failing(usage=ValueError):
        write = writer(kind, notation)
    household = read_household(settings_of(ctx))
    unsaid = ended = subdomains = 0
    for batch in batched(entries_in_force(household, kind, time.time()), _BATCH):
        lines = [write(entry) for entry in batch]
        unsaid += lines.count(None)
        ended += sum(entry.until is not None for entry in batch)
        subdomains += sum(not entry.exact for entry in batch)
        click.echo("".join(f"{line}\n" for line in lines if line is not None), nl=False)
    if unsaid:
        click.echo(f"sekisho: {unsaid:,} left out, which {notation} cannot say", err=True)
    if ended and notation != "plain":
        click.echo(
            f"sekisho: {ended:,} end one day, which {notation} cannot say: export again then", err=True
        )
    if subdomains and notation == "hosts":
        click.echo(f"sekisho: {subdomains:,} mean their subdomains too, which hosts cannot say", err=True)


def entries_in_force(household: Household, kind: str, now: float) -> Iterator[ListEntry]:
    """Decisions of the whole household and entries of lists, each name once."""
    rules = household.rulebook
    lists = rules.allowlist if kind == "allow" else (*rules.blocklist, *rules.imported)
    against = rules.blocklist if kind == "allow" else rules.allowlist
    opposed = bool(household.decisions) or any(listed.domains or listed.hosts for listed in against)
    judge = household.family_policy()
    done: set[tuple[str, bool]] = set()

    def counts(entry: ListEntry) -> bool:
        # A domain is asked about below itself: the very host may have a line of its own.
        link = host_link(entry.name) if entry.exact else name_below(entry.name)
        word = judge.judge(link, now=now).decisive
        return word is not None and word.reason is (
            Reason.FAMILY_ALLOW if kind == "allow" else Reason.FAMILY_BLOCK
        )

    for decision in reversed(household.decisions):
        entry = ListEntry(decision.host, decision.exact, decision.source, decision.until)
        key = (entry.name, entry.exact)
        if decision.kind == kind and decision.client is None and key not in done and counts(entry):
            done.add(key)
            yield entry
    for listed in lists:
        for table in (listed.domains, listed.hosts):
            for entry in table.values():
                key = (entry.name, entry.exact)
                if key not in done and entry.in_force(now) and (not opposed or counts(entry)):
                    done.add(key)
                    yield entry
