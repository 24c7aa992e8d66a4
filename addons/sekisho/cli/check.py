"""``sekisho check``: the verdict on links that nobody opens.

Judged as the proxy would judge a click from this house now: by the rules, the family's lists and its
decisions. Nothing is written, and nothing is asked outside of this computer.
"""

import gc
import json
import sys
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import click

from sekisho.checkpoint import Checkpoint
from sekisho.cli.check_page import answer_pages, explain_page
from sekisho.cli.failure import SEVERE, Failure, UsageFailure, settings_of
from sekisho.cli.household import read_household
from sekisho.cli.show import print_answer
from sekisho.cli.stream import answer_batches, judge_text, read_lines
from sekisho.cli.why import explain, print_why, why_objects
from sekisho.link import Link
from sekisho.verdict import Level


@click.command()
@click.argument("urls", metavar="[URL]… | -", nargs=-1)
@click.option("--offline", is_flag=True, help="Ask nobody outside of this computer.")
@click.option("--why", is_flag=True, help="Show every check and trick that was tried, found or not.")
@click.option("--page", metavar="FILE", help="Judge a saved page instead of a link.")
@click.option("--url", default="", metavar="URL", help="With --page: where the page was found.")
@click.option("--pages", metavar="FILE | -", help="Judge saved pages: lines of URL, tab, file.")
@click.option("--jsonl", is_flag=True, help="Print one JSON object a line, in the order of the input.")
@click.option(
    "--fail-on",
    type=click.Choice(["never", "caution", "warn", "block"]),
    help="Exit with 3 where a link is this severe or worse, or could not be read."
    "  [default: warn; with --jsonl: never]",
)
@click.pass_context
def check(
    ctx: click.Context,
    urls: tuple[str, ...],
    offline: bool,
    why: bool,
    page: str | None,
    url: str,
    pages: str | None,
    jsonl: bool,
    fail_on: str | None,
) -> None:
    """Judge URLs or hosts without opening them; - reads them from standard input, one a line.

    With --jsonl each line has url, host, level (pass, caution, warn or block), familiar (true or false)
    and reasons: a list of reason, brand, detail and source. A line that cannot be read has error, and
    its level is null; the run goes on. With --why a link has a list tried too: an object for each check,
    trick and circumstance, with kind, name, found, level, detail and what was measured; and untried, the
    reason where no trick was tried.

    With --page FILE a saved page is judged as if its host were unfamiliar, with --pages one for each line; - reads
    the lines from standard input. Its objects have url, level, asks (what the page asks for), brand and reasons.

    To let a script go on only for harmless links: sekisho check --fail-on warn URL && …
    """
    if (page is not None) + (pages is not None) + bool(urls) != 1:
        raise UsageFailure("give URLs, or --page FILE, or --pages FILE; one of them")
    if url and page is None:
        raise UsageFailure("--url says where the page of --page was found; give --page FILE too")
    household = read_household(settings_of(ctx))
    if page is not None:
        level = explain_page(household.rulebook, page, url)
        ctx.exit(exit_code(level, 0, fail_on or "warn"))
    if pages is not None:
        worst, unread = answer_pages(household.rulebook, _page_lines(pages), sys.stdout.buffer)
        ctx.exit(exit_code(worst, unread, fail_on or "never"))
    checkpoint = household.checkpoint()
    gc.freeze()  # the rules stay as long as the run; walking through them again and again takes a tenth of it
    batches = _batches(urls)
    if jsonl:
        more = partial(_tried, checkpoint) if why else None
        worst, unread = answer_batches(checkpoint, batches, sys.stdout.buffer, time.time, more)
    else:
        worst, unread = None, 0
        for text in (text for batch in batches for text in batch):
            judged = judge_text(checkpoint, text, time.time())
            print_answer(text, judged, household.rulebook)
            if isinstance(judged, str):
                unread += 1
                continue
            worst = max(worst or Level.PASS, judged[1].level)
            if why:
                print_why(explain(checkpoint, judged[0], time.time()), household.rulebook)
    ctx.exit(exit_code(worst, unread, fail_on or ("never" if jsonl else "warn")))


def _page_lines(source: str) -> Iterator[str]:
    if source == "-":
        for batch in read_lines(sys.stdin.buffer):
            yield from batch
        return
    try:
        with Path(source).open("rb") as lines:
            for batch in read_lines(lines):
                yield from batch
    except OSError as error:
        raise Failure(f"{source}: cannot be read: {error.strerror}") from error


def exit_code(worst: Level | None, unread: int, fail_on: str) -> int:
    """0 or 3. What could not be read is as bad as the worst: nobody knows that it is harmless."""
    if fail_on == "never":
        return 0
    return SEVERE if unread or (worst is not None and worst >= Level.from_word(fail_on)) else 0


def _tried(checkpoint: Checkpoint, link: Link, now: float) -> str:
    """The members that --why adds to an object."""
    found = explain(checkpoint, link, now)
    tried = json.dumps(why_objects(found))
    return f', "tried": {tried}, "untried": {json.dumps(found.untried or None)}'


def _batches(urls: Iterable[str]) -> Iterator[list[str]]:
    for url in urls:
        if url == "-":
            yield from read_lines(sys.stdin.buffer)
        else:
            # Bytes of the command line that are no UTF-8 arrive as lone surrogates.
            yield [url.encode(sys.getfilesystemencoding(), "surrogateescape").decode(errors="replace")]
