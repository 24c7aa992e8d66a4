"""``sekisho asks``: what was asked, how it stands, and an answer from the terminal."""

import getpass
import json
import time
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sekisho.cli.failure import Failure, UsageFailure, settings_of
from sekisho.cli.household import open_store
from sekisho.cli.rows import host_text, local_minute, table, utc
from sekisho.engine.asks import answer_ask
from sekisho.portal.page import visible_words
from sekisho.records.asks import ANSWERS, Answer, Ask, Outcome
from sekisho.store import Store

_LEAST_OF_ID = 4
_MOST_SEARCHED = 10_000
_STYLES = {"open": "bold yellow", "answered": "green", "expired": ""}


@click.command(
    epilog="ID may be its first letters, at least four. An answer is once, 1d, 1w, always or block."
)
@click.option(
    "--answer", "given", type=(str, click.Choice(ANSWERS)), metavar="ID ANSWER", help="Answer an ask."
)
@click.option("--open", "only_open", is_flag=True, help="Only those that wait for an answer.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Asks to show.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def asks(
    ctx: click.Context, given: tuple[str, Answer] | None, only_open: bool, limit: int, as_json: bool
) -> None:
    """Show what was asked of the family, the newest first; or answer.

    once opens the host to the device that asked, for half an hour; the other answers hold for the household.
    A proxy that runs follows within a second.
    """
    now = time.time()
    with open_store(settings_of(ctx), read_only=given is None) as store:
        if given and store:
            click.echo(_answer(store, *given, now))
            return
        if store is None:
            if given:
                raise Failure("nothing was asked yet")
            click.echo("nothing was asked yet", err=True)
            return
        found = store.asks.open_asks(now)[::-1] if only_open else store.asks.newest(limit)
    if as_json:
        for ask in found[:limit]:
            click.echo(json.dumps(as_dict(ask, now), ensure_ascii=False))
    elif found:
        Console(highlight=False).print(as_table(found[:limit], now))
    else:
        click.echo("nothing waits for an answer" if only_open else "nothing was asked yet", err=True)


def as_dict(ask: Ask, now: float) -> dict[str, Any]:
    """One ask as JSON has it; times are UTC."""
    return {
        "id": ask.id,
        "state": ask.state(now),
        "at": utc(ask.at),
        "expires": utc(ask.expires),
        "host": ask.host,
        "client": ask.client,
        "who": ask.who,
        "level": ask.level.word,
        "why": ask.evidence[0].detail if ask.evidence else "",
        "path": ask.path,
        "told_at": utc(ask.told_at),
        "answer": ask.answer,
        "answered_at": utc(ask.answered_at),
        "answered_by": ask.answered_by,
    }


def as_table(found: list[Ask], now: float) -> Table:
    """Asks as a table; times are local, and nothing is cut."""
    made = table((("id", 8), ("time", 16), ("who", 9), ("host", 12), ("state", 8), ("why", 12)))
    for ask in found:
        state = ask.state(now)
        shown = f"{ask.answer} ({ask.answered_by})" if state == "answered" else state
        made.add_row(
            Text(ask.id[:8]),
            local_minute(ask.at),
            Text(visible_words(ask.who or ask.client)),
            host_text(ask.host),
            Text(shown, _STYLES[state]),
            Text(ask.evidence[0].detail if ask.evidence else ""),
        )
    return made


def _answer(store: Store, start: str, answer: Answer, now: float) -> str:
    ask = _find(store, start)
    outcome = answer_ask(store, ask.id, answer, by=_by(), now=now)
    if outcome.kind != "accepted":
        raise Failure(_why_not(outcome))
    return f"answered: {outcome.decision.summary}" if outcome.decision else "answered"


def _find(store: Store, start: str) -> Ask:
    if len(start) < _LEAST_OF_ID:
        raise UsageFailure(f"give at least {_LEAST_OF_ID} letters of the ID, as `sekisho asks` shows it")
    found = [ask for ask in store.asks.newest(_MOST_SEARCHED) if ask.id.startswith(start)]
    if not found:
        raise Failure(f"there is no ask {start}; `sekisho asks` shows them")
    if len(found) > 1:
        raise UsageFailure(f"{len(found)} asks begin with {start}; give more letters (--json shows all)")
    return found[0]


def _why_not(outcome: Outcome) -> str:
    ask = outcome.ask
    if ask is None:
        return "the ask is gone"
    if ask.answered_at is None:
        return f"the ask about {ask.host} is over; `sekisho allow` and `sekisho block` decide without one"
    return (
        f"{ask.answered_by} answered {ask.answer} about {ask.host} before; "
        "`sekisho allow` and `sekisho block` decide anew"
    )


def _by() -> str:
    try:
        return f"sekisho asks ({getpass.getuser()})"
    except (OSError, KeyError):  # a container whose user has no name
        return "sekisho asks"
