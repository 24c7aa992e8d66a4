"""``sekisho forget``: removes what is known of a host, from the file too.

Verdicts, visits, the known domain, answers of providers, events and asks are removed. Decisions and lists are the
family's own and stay; `unblock` and an editor end those.
"""

import click

from sekisho.cli.arguments import host_of
from sekisho.cli.failure import UsageFailure, settings_of
from sekisho.cli.household import open_store

_TOLD = {
    "visits": "visits",
    "verdicts": "verdicts",
    "verdict_changes": "earlier verdicts",
    "known_domains": "known_domains",
    "events": "events",
    "asks": "asks",
    "facts": "facts from outside",
    "visit_days": "counts of days",
}


@click.command()
@click.argument("hosts", metavar="[HOST]…", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every host.")
@click.option("--yes", is_flag=True, help="Do not ask before --all.")
@click.pass_context
def forget(ctx: click.Context, hosts: tuple[str, ...], everything: bool, yes: bool) -> None:
    """Forget hosts and their subdomains: visits, verdicts, and all else that was learned.

    What the family decided (allow, block, go on) and its lists stay.
    """
    if everything == bool(hosts):
        raise UsageFailure("say what to forget: hosts, or --all")
    settings = settings_of(ctx)
    names: list[str | None] = [None] if everything else [host_of(text) for text in hosts]
    if everything and not yes:
        click.confirm(
            "Forget every visit and everything that was learned of every host?", abort=True, err=True
        )
    with open_store(settings) as store:
        if store is None:
            click.echo("nothing is known of any host")
            return
        for name in names:
            click.echo(_sentence(name, store.pruning.forget(name)))
        # Deleted rows stay readable in the file until it is written anew.
        store.compact(wipe=True)
    click.echo("Decisions and lists stay; a proxy that runs may still hold in memory what it saw today.")


def _sentence(name: str | None, gone: dict[str, int]) -> str:
    who = "everything" if name is None else f"{name} and its subdomains"
    parts = [f"{number} {_TOLD.get(table, table)}" for table, number in gone.items() if number]
    return f"forgot {who}: {', '.join(parts)}" if parts else f"nothing was known of {name or 'any host'}"
