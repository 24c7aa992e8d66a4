"""``sekisho log``: who went where, the newest first, with what is known of each host today."""

import csv
import io
import ipaddress
import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sekisho.cli.arguments import WHEN, Parsed, Span, host_of
from sekisho.cli.failure import UsageFailure, settings_of
from sekisho.cli.household import open_store
from sekisho.cli.rows import host_text, local_minute, table, utc
from sekisho.cli.show import LEVEL_STYLES
from sekisho.portal.page import visible
from sekisho.store import LogLine
from sekisho.verdict import Level

_CSV_COLUMNS = ("at", "level", "host", "client", "kind", "scheme", "why")
_FORMULA = frozenset("=+-@\t\r")


def device_address(text: str) -> str:
    """The address of a device, as the log writes it. Raises ValueError with the remedy."""
    try:
        return str(ipaddress.ip_address(text.strip().removeprefix("[").removesuffix("]")))
    except ValueError:
        raise ValueError(f"{text!r} is no IP address; write one of the column client: 192.168.1.5") from None


@click.command()
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True, help="Lines to show."
)
@click.option("--level", type=click.Choice([level.word for level in Level]), help="This level or worse.")
@click.option("--since", type=WHEN, metavar="TIME", help="Not before: 10m, 2h, 1d ago, or 2026-11-24.")
@click.option("--until", type=WHEN, metavar="TIME", help="Only before that: as --since; a day is included.")
@click.option("--host", metavar="HOST", help="This host and its subdomains.")
@click.option(
    "--client",
    type=Parsed("address", device_address),
    metavar="ADDRESS",
    help="This device only: 192.168.1.5.",
)
@click.option("--jsonl", is_flag=True, help="Print one JSON object a line.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values with a head.")
@click.pass_context
def log(
    ctx: click.Context,
    limit: int,
    level: str | None,
    since: Span | None,
    until: Span | None,
    host: str | None,
    client: str | None,
    jsonl: bool,
    as_csv: bool,
) -> None:
    """Show visits, the newest first.

    Times are local; in --jsonl and --csv they are UTC.
    """
    if jsonl and as_csv:
        raise UsageFailure("--jsonl and --csv are two forms of the same: give one of them")
    settings = settings_of(ctx)
    if since and until and since.first >= until.end:
        raise UsageFailure("--until is before --since: no visit can be between them")
    wanted: dict[str, Any] = {
        "limit": limit,
        "level": Level.from_word(level) if level else None,
        "since": since.first if since else None,
        "until": until.end if until else None,
        "host": host_of(host) if host else None,
        "client": client,
    }
    with open_store(settings) as store:
        lines = store.visits.log(**wanted) if store else []
    if jsonl:
        for line in lines:
            click.echo(json.dumps(as_dict(line)))
    elif as_csv:
        click.echo(as_rows(lines), nl=False)
    elif lines:
        Console(highlight=False).print(as_table(lines))
    else:
        click.echo("no visits", err=True)


def as_dict(line: LogLine) -> dict[str, Any]:
    """One visit as JSON has it; times are UTC."""
    return {
        "at": utc(line.at),
        "level": line.level.word,
        "host": line.host,
        "client": line.client,
        "kind": line.kind,
        "scheme": line.scheme,
        "why": line.why,
        "reasons": [item.as_dict() for item in line.evidence],
    }


def as_rows(lines: list[LogLine]) -> str:
    """Visits as CSV (RFC 4180, with a head); a cell that a spreadsheet would take for a formula gets a quote."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_CSV_COLUMNS)
    for line in lines:
        fields = as_dict(line)
        cells = [str(fields[name]) for name in _CSV_COLUMNS]
        writer.writerow([f"'{cell}" if cell[:1] in _FORMULA else cell for cell in cells])
    return out.getvalue()


def as_table(lines: list[LogLine]) -> Table:
    """Visits as a table; times are local, and nothing is cut."""
    made = table((("time", 16), ("level", 7), ("host", 12), ("client", 9), ("why", 12)))
    for line in lines:
        made.add_row(
            local_minute(line.at),
            Text(line.level.word, LEVEL_STYLES[line.level]),
            host_text(line.host),
            Text(visible(line.client)),
            Text(line.why),
        )
    return made
