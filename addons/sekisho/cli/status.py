"""``sekisho status``: how the checkpoint is doing, for the person who looks after it.

Read only. What is bad stands first: a damaged store, hosts that turned bad and that nobody was told
of, sources that do not answer. Tables and files of sources that are not set up are simply not there.
"""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sekisho.cli.failure import Failure, settings_of
from sekisho.cli.household import may_have_store
from sekisho.rulebook import rules_folder
from sekisho.settings import Settings
from sekisho.store import Store, StoreError
from sekisho.verdict import Level
from sekisho.web.page import visible

_SHOWN = 10
_RULES = ("brands.toml", "familiar.txt", "blocklist.txt", "allowlist.txt")
_GOOD = frozenset({"ok", "off"})


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show sources, rules, what happened today and what waits."""
    settings = settings_of(ctx)
    try:
        found = read_status(settings, time.time())
    except StoreError as error:
        raise Failure(str(error)) from error
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        show(found, Console(highlight=False))


def read_status(settings: Settings, now: float) -> dict[str, Any]:
    """Everything as plain values; times are UTC in ISO form. Raises StoreError.

    Keys: sources, feeds (lists of objects), rules, lists (file → time), today (level → clicks), refused,
    familiar, due, events (untold), store_bytes, budget (null where none is kept).
    """
    found: dict[str, Any] = {
        "sources": [],
        "feeds": _feeds(settings.state / "feeds"),
        "rules": _times(settings.rules or rules_folder(), _RULES),
        "lists": _times(settings.state, ("blocklist.txt", "allowlist.txt")),
        "today": {level.word: 0 for level in Level},
        "refused": 0,
        "familiar": [],
        "due": 0,
        "events": [],
        "store_bytes": None,
        "budget": None,
    }
    if not may_have_store(settings):
        return found
    with Store.open(settings.store_url, read_only=True) as store:
        memory = store.memory
        counts = memory.counts_since(_midnight(now))
        for level in Level:
            found["today"][level.word] = counts.get(("click", level), 0)
        refused = (
            number for (kind, level), number in counts.items() if kind != "click" and level >= Level.WARN
        )
        found["refused"] = sum(refused)
        found["familiar"] = [
            {"domain": known.name, "since": _iso(known.familiar_at), "last_clean": _iso(known.clean_at)}
            for known in memory.familiar(now)
        ]
        found["due"] = memory.count_due(now)
        found["events"] = [
            {
                "id": event.id,
                "kind": event.kind,
                "host": event.host,
                "at": _iso(event.at),
                "level": event.level.word,
                "why": event.evidence[0].detail if event.evidence else event.detail,
                "clients": [person.client for person in event.people],
            }
            for event in memory.events(untold_only=True)
        ]
        found["store_bytes"] = store.size()
        # Sources keep their states and budgets in tables of their own, where there are any.
        found["sources"] = [_plain(state) for state in _asked(store, "source_states") or ()]
        found["budget"] = _plain(_asked(store, "spent", "virustotal", now))
    return found


def show(found: dict[str, Any], console: Console) -> None:
    """The same for a person."""
    for event in found["events"]:
        console.print(Text(_event_line(event), "bold red"))
    sources = [*found["sources"], *found["feeds"]]
    if sources:
        table = _table("source", "state", "since", "last good", "")
        for source in sources:
            state = str(source.get("state", ""))
            table.add_row(
                Text(visible(str(source.get("source", "")))),
                Text(state, "green" if state in _GOOD else "bold red"),
                Text(_local(source.get("since"))),
                Text(_local(source.get("last_good_at"))),
                Text(" ".join(visible(word) for word in str(source.get("told") or "").split())),
            )
        console.print(table)
    table = _table("", "")
    for name, told in _lines(found):
        table.add_row(Text(name, "bold"), Text(told))
    console.print(table)


def _lines(found: dict[str, Any]) -> Iterable[tuple[str, str]]:
    today = ", ".join(f"{number} {word}" for word, number in found["today"].items())
    yield "clicks today", f"{today}; {found['refused']} parts of pages refused"
    if found["budget"] is not None:
        spent = found["budget"]
        told = (
            ", ".join(f"{name} {value}" for name, value in spent.items())
            if isinstance(spent, dict)
            else spent
        )
        yield "asked outside", str(told)
    yield "re-checks due", str(found["due"])
    familiar = [entry["domain"] for entry in found["familiar"]]
    more = f" and {len(familiar) - _SHOWN} more" if len(familiar) > _SHOWN else ""
    yield "became familiar", (", ".join(familiar[:_SHOWN]) + more) if familiar else "none yet"
    for name, at in {**found["rules"], **{f"your {name}": at for name, at in found["lists"].items()}}.items():
        yield name, _local(at)
    size = found["store_bytes"]
    yield "store", "none yet" if size is None else f"{size / 2**20:.1f} MB"


def _event_line(event: dict[str, Any]) -> str:
    at = _local(event["at"])
    if not event["host"]:
        return f"{at}  {event['why']}"
    people = ", ".join(event["clients"])
    return f"{at}  {visible(event['host'])} is bad now ({event['why']}); who was there: {people}"


def _feeds(folder: Path) -> list[dict[str, Any]]:
    """The states that feeds keep, one JSON object a file; one that cannot be read is told as such."""
    states = []
    for path in sorted(folder.glob("*.json")):
        state: dict[str, Any]
        try:
            read = json.loads(path.read_text(encoding="utf-8"))
            state = dict(read) if isinstance(read, dict) else {}
        except (OSError, ValueError) as error:
            state = {
                "state": "unreadable",
                "told": f"{path} cannot be read ({type(error).__name__}): delete it",
            }
        for name in ("since", "last_good_at"):
            if isinstance(state.get(name), int | float):
                state[name] = _iso(state[name])
        states.append({"source": path.stem, **state})
    return states


def _asked(store: Store, name: str, *arguments: object) -> Any:
    """What a method of the Store says that not every version has."""
    method: Callable[..., Any] | None = getattr(store, name, None)
    return method(*arguments) if method else None


def _plain(value: Any) -> Any:
    fields = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    if isinstance(fields, dict):
        times = ("at", "since", "last_good_at")
        return {k: _iso(v) if k in times and isinstance(v, int | float) else v for k, v in fields.items()}
    return fields


def _times(folder: Path, names: Iterable[str]) -> dict[str, str]:
    there = (folder / name for name in names)
    return {path.name: _iso(path.stat().st_mtime) or "" for path in there if path.is_file()}


def _iso(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _local(at: object) -> str:
    try:
        return f"{datetime.fromisoformat(str(at)).astimezone():%Y-%m-%d %H:%M}" if at else ""
    except (ValueError, OverflowError, OSError):
        return str(at)


def _midnight(now: float) -> float:
    today = datetime.fromtimestamp(now, UTC).astimezone()
    return today.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=any(names))
    for name in names:
        table.add_column(name, overflow="fold")
    return table
