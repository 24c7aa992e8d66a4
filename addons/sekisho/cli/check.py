"""``sekisho check``: the verdict on links that nobody opens.

Judged as the proxy would judge a click from this household now: by the rules, the family's lists and its
decisions. Links that are given as arguments are also looked up in the downloaded lists of phishing, and where
it could change the verdict, VirusTotal and the registries are asked; `--offline` asks nobody. Lines of
standard input, of which there may be a million, are judged by what stands on this computer's rules and lists
alone.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

from sekisho.cli.check_page import answer_pages, explain_body, explain_page, print_icon
from sekisho.cli.failure import SEVERE, Failure, UsageFailure, settings_of
from sekisho.cli.household import read_household
from sekisho.cli.outside import Known, downloaded_lists, path_of
from sekisho.cli.show import print_answer
from sekisho.cli.stream import PIECE, Judge, answer_batches, judge_text, read_lines
from sekisho.cli.why import Why, explain, print_why, why_objects
from sekisho.link import Link, LinkError, parse_link
from sekisho.policy.checks import wants_outside
from sekisho.verdict import Level


@click.command()
@click.argument("urls", metavar="[URL]… | -", nargs=-1)
@click.option("--offline", is_flag=True, help="Ask neither VirusTotal nor registries about the URLs.")
@click.option("--why", is_flag=True, help="Show every check and trick that was tried, found or not.")
@click.option("--page", metavar="FILE", help="Judge a saved page instead of a link.")
@click.option("--url", default="", metavar="URL", help="With --page: where the page was found.")
@click.option("--fetch", metavar="URL", help="Fetch a page, and judge it and what it asks for.")
@click.option("--pages", metavar="FILE | -", help="Judge saved pages: lines of URL, tab, file.")
@click.option("--icon", metavar="FILE", help="Say whose icon a file is, and print its hashes.")
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
    fetch: str | None,
    pages: str | None,
    icon: str | None,
    jsonl: bool,
    fail_on: str | None,
) -> None:
    """Judge URLs or hosts without opening them; - reads them from standard input, one a line.

    With --jsonl each line has url, host, level (pass, caution, warn or block), familiar (true or false)
    and reasons: a list of reason, brand, detail and source. A line that cannot be read has error, and
    its level is null; the run goes on. With --why a link has a list tried too: an object for each check,
    trick and circumstance, with kind, name, found, level, detail and what was measured; and untried, the
    reason where no trick was tried.

    URLs of which nobody has decided yet are asked about at VirusTotal (where there is a key) and at the registry
    of their domain: the domain only, never the rest. A source that does not answer is told on standard error.
    Lines of standard input are judged by rules and lists of this household alone, and nobody is asked about them.

    With --page FILE a saved page is judged as if its host were unfamiliar, with --pages one for each line; - reads
    the lines from standard input. Its objects have url, level, asks (what the page asks for), brand and reasons.
    --fetch URL gets the page first: the site is asked once, as by a browser without cookies, and nothing runs.

    --icon FILE prints the hashes of a site's icon as [icons] of rules/page.toml lists them, and whose it is there.

    To let a script go on only for harmless links: sekisho check --fail-on warn URL && …
    """
    if sum(given is not None for given in (page, pages, fetch, icon)) + bool(urls) != 1:
        raise UsageFailure(
            "give URLs, or --page FILE, or --pages FILE, or --fetch URL, or --icon FILE; one of them"
        )
    if url and page is None:
        raise UsageFailure("--url says where the page of --page was found; give --page FILE too")
    settings = settings_of(ctx)
    household = read_household(settings)
    if icon is not None:
        print_icon(household.rulebook, icon)
        ctx.exit(0)
    if page is not None:
        ctx.exit(exit_code(explain_page(household.rulebook, page, url), 0, fail_on or "warn"))
    if fetch is not None:
        from sekisho.cli.fetch_page import fetch_page  # a fifth of a second

        got = fetch_page(fetch, settings)
        judged_as = explain_body(household.rulebook, got.body, got.content_type, got.link, got.url)
        ctx.exit(exit_code(judged_as, 0, fail_on or "warn"))
    if pages is not None:
        worst_page, unread = answer_pages(household.rulebook, _page_lines(pages), sys.stdout.buffer)
        ctx.exit(exit_code(worst_page, unread, fail_on or "never"))
    policy = household.policy()
    # Bytes of the command line that are no UTF-8 arrive as lone surrogates.
    texts = [
        url.encode(sys.getfilesystemencoding(), "surrogateescape").decode(errors="replace") for url in urls
    ]
    known = Known(policy)
    if links := [link for text in texts if text != "-" and (link := _link(text))]:
        known = Known(policy.with_lists(downloaded_lists(settings)))
        if not offline and any(wants_outside(known.policy.judge(link)) for link in links):
            from sekisho.cli.ask import ask_outside  # a quarter of a second

            known, troubles = ask_outside(settings, known, links)
            for trouble in troubles:
                click.echo(f"sekisho: {trouble}", err=True)
    gc.freeze()  # the rules stay as long as the run; walking through them again and again takes a tenth of it
    levels: set[Level] = set()
    unread = 0
    for text in texts:
        judge: Judge = known.judge
        explained = partial(_argument_why, known, text)
        batches = iter([[text]])
        if text == "-":
            judge, explained = partial(judge_text, policy), partial(explain, policy)
            batches = read_lines(sys.stdin.buffer)
        if jsonl:
            more = partial(_tried, explained) if why else None
            level, failed = answer_batches(judge, batches, sys.stdout.buffer, time.time, more)
            unread += failed
            levels |= {level} if level is not None else set()
            continue
        for line in (line for batch in batches for line in batch):
            judged = judge(line, time.time())
            print_answer(line, judged, household.rulebook)
            if isinstance(judged, str):
                unread += 1
                continue
            levels.add(judged[1].level)
            if why:
                print_why(explained(judged[0], time.time()), household.rulebook)
    ctx.exit(exit_code(max(levels, default=None), unread, fail_on or ("never" if jsonl else "warn")))


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


def _tried(explained: Callable[[Link, float], Why], link: Link, now: float) -> str:
    """The members that --why adds to an object."""
    found = explained(link, now)
    tried = json.dumps(why_objects(found))
    return f', "tried": {tried}, "untried": {json.dumps(found.untried or None)}'


def _argument_why(known: Known, text: str, link: Link, now: float) -> Why:
    return explain(known.policy, link, now, path_of(text), known.of(link))


def _link(text: str) -> Link | None:
    try:
        return parse_link(text) if len(text) < PIECE else None
    except LinkError:
        return None
