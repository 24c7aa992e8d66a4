"""``sekisho check``: the verdict on links that nobody opens.

Judged as the proxy would judge a click from this house now: by the rules, the family's lists and its
decisions. Nothing is written, and nothing is asked outside of this computer.
"""

import gc
import sys
import time
from collections.abc import Iterable, Iterator

import click

from sekisho.cli.failure import SEVERE, settings_of
from sekisho.cli.household import read_household
from sekisho.cli.show import print_answer
from sekisho.cli.stream import answer_batches, judge_text, read_lines
from sekisho.verdict import Level


@click.command()
@click.argument("urls", metavar="[URL]… | -", nargs=-1, required=True)
@click.option("--offline", is_flag=True, help="Ask nobody outside of this computer.")
@click.option("--jsonl", is_flag=True, help="Print one JSON object a line, in the order of the input.")
@click.option(
    "--fail-on",
    type=click.Choice(["never", "caution", "warn", "block"]),
    help="Exit with 3 where a link is this severe or worse, or could not be read."
    "  [default: warn; with --jsonl: never]",
)
@click.pass_context
def check(ctx: click.Context, urls: tuple[str, ...], offline: bool, jsonl: bool, fail_on: str | None) -> None:
    """Judge URLs or hosts without opening them; - reads them from standard input, one a line.

    With --jsonl each line has url, host, level (pass, caution, warn or block), familiar (true or false)
    and reasons: a list of reason, brand, detail and source. A line that cannot be read has error, and
    its level is null; the run goes on.

    To let a script go on only for harmless links: sekisho check --fail-on warn URL && …
    """
    household = read_household(settings_of(ctx))
    checkpoint = household.checkpoint()
    gc.freeze()  # the rules stay as long as the run; walking through them again and again takes a tenth of it
    batches = _batches(urls)
    if jsonl:
        worst, unread = answer_batches(checkpoint, batches, sys.stdout.buffer, time.time)
    else:
        worst, unread = None, 0
        for text in (text for batch in batches for text in batch):
            judged = judge_text(checkpoint, text, time.time())
            print_answer(text, judged, household.rulebook)
            if isinstance(judged, str):
                unread += 1
            else:
                worst = max(worst or Level.PASS, judged[1].level)
    ctx.exit(exit_code(worst, unread, fail_on or ("never" if jsonl else "warn")))


def exit_code(worst: Level | None, unread: int, fail_on: str) -> int:
    """0 or 3. What could not be read is as bad as the worst: nobody knows that it is harmless."""
    if fail_on == "never":
        return 0
    return SEVERE if unread or (worst is not None and worst >= Level.from_word(fail_on)) else 0


def _batches(urls: Iterable[str]) -> Iterator[list[str]]:
    for url in urls:
        if url == "-":
            yield from read_lines(sys.stdin.buffer)
        else:
            # Bytes of the command line that are no UTF-8 arrive as lone surrogates.
            yield [url.encode(sys.getfilesystemencoding(), "surrogateescape").decode(errors="replace")]
