"""``sekisho update``: fetch the lists of phishing that this household uses, now instead of in the background."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from sekisho.cli.failure import UNDONE, failing, settings_of
from sekisho.providers.feeds import FeedFolderError, FeedOutcome, Feeds, Result, Step, feeds_of
from sekisho.rulebook import RuleError, load_rulebook, shared_domains

_SHOWN = {"downloads": "downloads", "reads": "reads the list", "done": "done"}


@click.command()
@click.option(
    "--force",
    is_flag=True,
    help="Ask for every list, due or not, and take one that has become much shorter.",
)
@click.pass_context
def update(ctx: click.Context, force: bool) -> None:
    """Download the lists of phishing that are due.

    Which lists there are stands in rules/feeds.toml, your own in feeds.toml of the state folder; [feeds] in
    sekisho.toml switches them on and off. A list that cannot be fetched, or is damaged, changes nothing: the
    last good one stays in use. The exit code is 1 where that happened.
    """
    settings = settings_of(ctx)
    if not settings.feeds.enabled:
        click.echo("feeds are switched off (feeds.enabled in the settings); nothing was asked for")
        return
    with failing(RuleError, usage=ValueError):
        specs = feeds_of(settings)
        shared = shared_domains(load_rulebook(settings.rules, settings.state))
    if not specs:
        click.echo("no feeds are on; rules/feeds.toml says which there are")
        return
    feeds = Feeds(settings.state, specs, shared)
    console = Console(highlight=False)
    with failing(FeedFolderError), _bars(console) as show:
        outcomes = feeds.update(force, show)
    for outcome in outcomes:
        click.echo(outcome_sentence(outcome, time.time()))
    if any(outcome.result is Result.FAILED for outcome in outcomes):
        ctx.exit(UNDONE)


def outcome_sentence(outcome: FeedOutcome, now: float) -> str:
    """What became of a feed, in a sentence; `now` in seconds since 1970."""
    name, state = outcome.spec.name, outcome.state
    match outcome.result:
        case Result.NEW:
            return f"{name}: updated, {state.count:,} entries"
        case Result.SAME:
            return f"{name}: unchanged, {state.count:,} entries"
        case Result.NOT_DUE:
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(state.next_try))
            failed = f" (the last attempt failed: {state.error})" if state.error else ""
            return f"{name}: not due before {when}, {state.count:,} entries; --force asks now{failed}"
        case Result.FAILED:
            if state.parts:
                kept = f"The list of {_age(now - state.good)} ago stays in use, {state.count:,} entries"
            else:
                kept = "There is no earlier list, so it warns of nothing"
            return f"{name}: not updated: {state.error}. {kept}."


def _age(seconds: float) -> str:
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'s' if count > 1 else ''}"
    return "a moment"


@contextmanager
def _bars(console: Console) -> Iterator[Callable[[Step], object]]:
    """What `Feeds.update` tells, from several threads: a bar for each feed on a terminal; nothing elsewhere, where
    each feed gets its line at the end.
    """
    if not console.is_terminal:
        yield lambda step: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[what]}"),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, transient=True) as bars:

        def show(step: Step) -> None:
            slug = step.spec.slug
            if slug not in tasks:
                tasks[slug] = bars.add_task(step.spec.name, total=None, what="")
            bars.update(tasks[slug], what=_SHOWN[step.what])
            if step.done:
                bars.update(tasks[slug], completed=step.done, total=step.announced or None)

        yield show
