"""``sekisho status``: how the proxy is doing, for the person who looks after it.

Read only. What is bad stands first: a damaged store, hosts that turned bad and that nobody was told
of; then each source from outside with what is the matter and what to do; then rules, counts and what
waits. On a terminal nothing is wider than it; into a pipe each sentence stays one line.
"""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sekisho.cli.failure import settings_of
from sekisho.cli.household import open_store
from sekisho.cli.rows import utc
from sekisho.portal.page import visible, visible_words
from sekisho.providers import Context, Provider, make_providers
from sekisho.providers.condition import OFF, OK
from sekisho.records.domains import TYPED, Event
from sekisho.records.sources import Spent
from sekisho.rulebook import rules_folder
from sekisho.settings import Settings
from sekisho.store import Store
from sekisho.verdict import Level

_SHOWN = 10
_RULES = ("brands.toml", "familiar.txt", "blocklist.txt", "allowlist.txt", "feeds.toml")
_INDENT = 2
_LONGEST_NAME = 32
_FOR_PEOPLE = frozenset({"is_spare", "budget"})
"""Members of a row that the JSON object has not."""
_ENDLESS = 1 << 16
"""Columns of what is no terminal."""

_FIELDS = {"sentence": "told"}
"""Field of `Condition` → its name in `--json`, where that is another one; others read it."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show sources, rules, what happened today and what waits."""
    settings = settings_of(ctx)
    found = read_status(settings, time.time())
    if as_json:
        click.echo(json.dumps(_public(found), ensure_ascii=False))
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_ENDLESS)
    show(found, console)


def read_status(settings: Settings, now: float) -> dict[str, Any]:
    """Everything as plain values; times are UTC in ISO form. Raises Failure.

    Keys: sources (VirusTotal and registries) and feeds, lists of objects as `Condition`; budget: what VirusTotal
    was asked in this minute and today, and the limits; rules, lists (file → time), today (level →
    clicks), refused, familiar, due, events (untold), store_bytes.
    """
    with open_store(settings, read_only=True) as store:
        counts = store.visits.counts_since(_midnight(now)) if store else {}
        refused = (
            number for (kind, level), number in counts.items() if kind != "click" and level >= Level.WARN
        )
        found: dict[str, Any] = {
            "sources": [],
            "feeds": [],
            "budget": {},
            "rules": _times(settings.rules or rules_folder(), _RULES),
            "lists": {
                **_times(settings.state, ("blocklist.txt", "allowlist.txt", "feeds.toml")),
                **_imported(settings.state / "lists"),
            },
            "today": {level.word: counts.get(("click", level), 0) for level in Level},
            "refused": sum(refused),
            "familiar": [
                {"domain": known.name, "since": utc(known.familiar_at), "last_clean": utc(known.clean_at)}
                for known in (store.known_domains.familiar(now) if store else ())
            ],
            "due": store.known_domains.count_due(now) if store else 0,
            "events": [_event(event) for event in (store.events.all(pending_only=True) if store else ())],
            "store_bytes": store.size() if store else None,
        }
        return _with_providers(found, settings, store, now)


def show(found: dict[str, Any], console: Console) -> None:
    """The same for a person."""
    for event in found["events"]:
        console.print(Text(_event_line(event), "bold red"))
    rows = [row for row in (*found["sources"], *found["feeds"]) if not row["is_spare"]]
    width = min(max(len(row["name"]) for row in rows), _LONGEST_NAME)
    head = f"{'source'.ljust(width)}  {'state'.ljust(13)} {'since'.ljust(16)}  last good"
    console.print(Text(head, "bold"))
    for row in rows:
        console.print(_source_line(row, width))
        sentence = " ".join(visible(word) for word in str(row["told"]).split())
        if row["budget"] and row["state"] != OFF:
            sentence = f"{sentence}; {_spent(row['budget'])}"
        dim = "dim" if row["state"] in (OK, OFF) else ""
        console.print(Padding(Text(sentence, dim), (0, 0, 0, _INDENT), expand=False))
    console.print()
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, sentence in _lines(found):
        table.add_row(Text(name, "bold"), Text(sentence))
    console.print(table)


def _source_line(row: dict[str, Any], width: int) -> Text:
    style = {OK: "green", OFF: "dim"}.get(row["state"], "yellow" if row["is_quiet"] else "bold red")
    line = Text(visible_words(row["name"]).ljust(width)) + Text("  ")
    line += Text(row["state"].ljust(13) + " ", style)
    line += Text(f"{_local(row['since']).ljust(16)}  {_local(row['last_good_at'])}")
    line.rstrip()
    return line


def _spent(budget: dict[str, int]) -> str:
    return (
        f"asked {budget['in_minute']} of {budget['per_minute']} this minute, "
        f"{budget['in_day']} of {budget['per_day']} today (UTC)"
    )


def _lines(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    spare = [visible_words(row["name"]) for row in found["feeds"] if row["is_spare"]]
    if spare:
        yield "lists not in use", f"{', '.join(spare)} (`on = […]` below [feeds] in sekisho.toml uses one)"
    today = ", ".join(f"{number} {word}" for word, number in found["today"].items())
    yield "clicks today", f"{today}; {found['refused']} parts of pages refused"
    due = found["due"]
    yield (
        "waiting",
        f"{due} known domain{'' if due == 1 else 's'} to be looked at again" if due else "nothing",
    )
    familiar = [entry["domain"] for entry in found["familiar"]]
    more = f" and {len(familiar) - _SHOWN} more" if len(familiar) > _SHOWN else ""
    yield "became familiar", (", ".join(familiar[:_SHOWN]) + more) if familiar else "none yet"
    for name, at in {**found["rules"], **{f"your {name}": at for name, at in found["lists"].items()}}.items():
        yield visible_words(name), _local(at)
    size = found["store_bytes"]
    yield "store", "none yet" if size is None else f"{size / 2**20:.1f} MB"


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "kind": event.kind,
        "host": event.host,
        "at": utc(event.at),
        "level": event.level.word,
        "why": event.evidence[0].detail if event.evidence else event.detail,
        "clients": [person.client for person in event.people],
        "last_visits": [utc(person.last_at) for person in event.people],
    }


def _event_line(event: dict[str, Any]) -> str:
    at = _local(event["at"])
    if event["kind"] == TYPED:
        where = f" at {visible(event['host'])}" if event["host"] else ""
        return f"{at}  {', '.join(event['clients'])} tells{where}: {event['why']}; phone them now"
    if not event["host"]:
        return f"{at}  {event['why']}"
    visits = zip(event["clients"], event["last_visits"], strict=True)
    people = ", ".join(f"{client} ({_local(last)})" for client, last in visits)
    return f"{at}  {visible(event['host'])} is bad now ({event['why']}); who was there: {people}"


def _with_providers(
    found: dict[str, Any], settings: Settings, store: Store | None, now: float
) -> dict[str, Any]:
    states = {state.source: state for state in store.sources.states()} if store else {}
    for provider in make_providers(Context(settings)):
        budget = _budget(provider, store, now)
        found["budget"] = found["budget"] or budget
        for condition in provider.conditions(states):
            fields = asdict(condition)
            row = {_FIELDS.get(name, name): value for name, value in fields.items()}
            row["is_quiet"] = condition.is_quiet
            for name in ("since", "last_good_at", "next_try"):
                row[name] = utc(row[name])
            row["budget"] = budget if condition.source == provider.name else {}
            found["sources" if provider.service else "feeds"].append(row)
    return found


def _budget(provider: Provider, store: Store | None, now: float) -> dict[str, int]:
    """What a provider was asked and may be asked; empty where that is not counted."""
    limits = provider.service.budget if provider.service else None
    if limits is None:
        return {}
    spent = store.sources.spent(provider.name, now) if store else Spent()
    return {
        "in_minute": spent.in_minute,
        "per_minute": limits.per_minute,
        "in_day": spent.in_day,
        "per_day": limits.per_day,
    }


def _public(found: dict[str, Any]) -> dict[str, Any]:
    """Without what only the overview for people needs."""
    kept = {
        group: [{name: row[name] for name in row if name not in _FOR_PEOPLE} for row in found[group]]
        for group in ("sources", "feeds")
    }
    return {**found, **kept}


def _imported(folder: Path) -> dict[str, str]:
    """Lists of others: ``block/ads`` → when the family imported it."""
    there = sorted(path for kind in ("block", "allow") for path in (folder / kind).glob("*.txt"))
    return {f"{path.parent.name}/{path.stem}": utc(path.stat().st_mtime) for path in there}


def _times(folder: Path, names: Iterable[str]) -> dict[str, str]:
    there = (folder / name for name in names)
    return {path.name: utc(path.stat().st_mtime) for path in there if path.is_file()}


def _local(at: object) -> str:
    try:
        return f"{datetime.fromisoformat(str(at)).astimezone():%Y-%m-%d %H:%M}" if at else ""
    except (ValueError, OverflowError, OSError):
        return str(at)


def _midnight(now: float) -> float:
    today = datetime.fromtimestamp(now, UTC).astimezone()
    return today.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
