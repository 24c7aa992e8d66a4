"""``sekisho log``: who went where, the newest first, with what is known of each host today."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sekisho.cli.duration import Duration
from sekisho.cli.failure import Failure, UsageFailure, settings_of
from sekisho.cli.household import may_have_store
from sekisho.cli.show import LEVEL_STYLES
from sekisho.link import LinkError, host_link, parse_link
from sekisho.store import LogLine, Store, StoreError
from sekisho.verdict import Level
from sekisho.web.page import visible


@click.command()
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True, help="Lines to show."
)
@click.option("--level", type=click.Choice([level.word for level in Level]), help="This level or worse.")
@click.option("--since", type=Duration(), metavar="TIME", help="Not older than 10m, 2h, 1d, 1w.")
@click.option("--host", metavar="HOST", help="This host and its subdomains.")
@click.option("--jsonl", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def log(
    ctx: click.Context, limit: int, level: str | None, since: timedelta | None, host: str | None, jsonl: bool
) -> None:
    """Show visits, the newest first."""
    settings = settings_of(ctx)
    wanted: dict[str, Any] = {"limit": limit, "level": Level.from_word(level) if level else None}
    if since:
        wanted["since"] = time.time() - since.total_seconds()
    if host:
        try:
            wanted["host"] = parse_link(host).host
        except LinkError as error:
            raise UsageFailure(str(error)) from error
    lines: list[LogLine] = []
    if may_have_store(settings):
        try:
            with Store.open(settings.store_url) as store:
                lines = store.log(**wanted)
        except StoreError as error:
            raise Failure(str(error)) from error
    if jsonl:
        for line in lines:
            click.echo(json.dumps(as_dict(line)))
    elif lines:
        Console(highlight=False).print(as_table(lines))
    else:
        click.echo("no visits", err=True)


def as_dict(line: LogLine) -> dict[str, Any]:
    """One visit as JSON has it; times are UTC."""
    return {
        "at": datetime.fromtimestamp(line.at, UTC).isoformat(timespec="seconds"),
        "level": line.level.word,
        "host": line.host,
        "client": line.client,
        "kind": line.kind,
        "scheme": line.scheme,
        "why": line.why,
        "reasons": [item.as_dict() for item in line.evidence],
    }


def as_table(lines: list[LogLine]) -> Table:
    """Visits as a table; times are local, and nothing is cut."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, at_least in (("time", 16), ("level", 7), ("host", 12), ("client", 9), ("why", 12)):
        table.add_column(name, overflow="fold", min_width=at_least)
    for line in lines:
        table.add_row(
            Text(f"{datetime.fromtimestamp(line.at, UTC).astimezone():%Y-%m-%d %H:%M}"),
            Text(line.level.word, LEVEL_STYLES[line.level]),
            Text(visible(host_link(line.host).unicode)),
            Text(visible(line.client)),
            Text(line.why),
        )
    return table
