"""Saved pages, for `sekisho check`: what a page shows, what it asks for, and what is wrong with it.

A page is judged as if its host were unfamiliar, which is what the proxy asks of it; a brand's own domain stays
the brand's. Parsed by the same processes as in the proxy, with more time: nobody waits for a browser here. Of a
site's icon it is told whose it is by the rules, and the hashes to add where it is nobody's.
"""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click

from sekisho.cli.failure import Failure, UsageFailure
from sekisho.link import Link, LinkError, host_link, parse_link
from sekisho.page.decode import MOST_BYTES
from sekisho.page.examine import Examined
from sekisho.page.icons import LARGEST, hashes_of
from sekisho.page.sandbox.worker import PageWorkers
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Level, brand_slug
from sekisho.visible import visible_words

UNNAMED = "unfamiliar.example"
"""Stands for the host of a page that comes without its address; a reserved name (RFC 2606)."""
_SECONDS = 5.0


def link_of(url: str) -> Link:
    """The host of a page's address; where there is no address, one that nobody knows. Raises LinkError."""
    return parse_link(url) if url.strip() else host_link(UNNAMED)


def explain_page(rulebook: Rulebook, file: str, url: str) -> Level:
    """Print what one saved page is, and return its level. Raises Failure."""
    try:
        link = link_of(url)
        body = read_body(Path(file))
    except LinkError as error:
        raise UsageFailure(f"--url: {error}") from error
    except OSError as error:
        raise Failure(f"{file}: cannot be read: {error.strerror}") from error
    return explain_body(rulebook, body, "", link, file)


def explain_body(rulebook: Rulebook, body: bytes, content_type: str, link: Link, name: str) -> Level:
    """Print what one page is, and return its level; `name` is what the reader calls it."""
    examined = asyncio.run(_judge(rulebook, body, content_type, link))
    click.echo(f"{examined.level.word:8} {visible_words(name)} as a page of {link.host}")
    asks = ", ".join(secret.value for secret in examined.asks)
    click.echo(f"         asks for: {asks or 'nothing'}")
    for item in examined.evidence:
        click.echo(f"         {item.level.word}: {visible_words(item.detail)}")
        for sign, words in item.signs:
            click.echo(f"           {sign.value:13} {visible_words(words)}")
    return examined.level


def answer_pages(rulebook: Rulebook, lines: Iterable[str], out: BinaryIO) -> tuple[Level | None, int]:
    """One JSON object for each line ``url<TAB>file``, in their order: url, level, asks, brand, reasons.

    A line that cannot be judged has level null and error. Returns the most severe level and the number of
    lines without one.
    """
    return asyncio.run(_answer(rulebook, lines, out))


async def _answer(rulebook: Rulebook, lines: Iterable[str], out: BinaryIO) -> tuple[Level | None, int]:
    worst: Level | None = None
    unread = 0
    workers = PageWorkers(rulebook, deadline=_SECONDS, patience=10 * _SECONDS, rest=0)
    await workers.start()
    try:
        for line in lines:
            url, tab, file = line.partition("\t")
            try:
                if not tab:
                    raise ValueError("write the page's address (or nothing), a tab and its file")
                link, body = link_of(url), read_body(Path(file))
            except (OSError, ValueError) as error:
                unread += 1
                message = error.strerror if isinstance(error, OSError) else str(error)
                answer: dict[str, object] = {
                    "url": url,
                    "level": None,
                    "asks": [],
                    "brand": None,
                    "reasons": [],
                    "error": message or type(error).__name__,
                }
            else:
                examined = await workers.judge_page(body, "", link)
                worst = examined.level if worst is None else max(worst, examined.level)
                answer = page_object(url, examined)
            out.write(json.dumps(answer).encode() + b"\n")
            out.flush()
    finally:
        await workers.close()
    return worst, unread


def page_object(url: str, examined: Examined) -> dict[str, object]:
    """The answer to one page as plain JSON values."""
    return {
        "url": url,
        "level": examined.level.word,
        "asks": [secret.value for secret in examined.asks],
        "brand": brand_slug(examined.evidence),
        "reasons": [
            {**item.as_dict(), "signs": [[sign.value, words] for sign, words in item.signs]}
            for item in examined.evidence
        ],
    }


def read_body(file: Path, most: int = MOST_BYTES) -> bytes:
    """As much of a file as is looked at, and a byte more. Raises OSError."""
    with file.open("rb") as source:
        return source.read(most + 1)


async def _judge(rulebook: Rulebook, body: bytes, content_type: str, link: Link) -> Examined:
    workers = PageWorkers(rulebook, count=1, deadline=_SECONDS, patience=10 * _SECONDS, rest=0)
    await workers.start()
    try:
        return await workers.judge_page(body, content_type, link)
    finally:
        await workers.close()


def print_icon(rulebook: Rulebook, file: str) -> None:
    """Print whose icon a file is, and a line with its hashes for [icons] of page.toml. Raises Failure."""
    try:
        icon = read_body(Path(file), LARGEST)
    except OSError as error:
        raise Failure(f"{file}: cannot be read: {error.strerror}") from error
    if not icon:
        raise Failure(f"{file}: it is empty; a browser shows no icon")
    if len(icon) > LARGEST:
        raise Failure(f"{file}: longer than {LARGEST} bytes; no icon of that size is looked at")
    hashes = hashes_of(icon)
    slug = next((found for one in hashes if (found := rulebook.page.icons.get(one))), "")
    brand = rulebook.brands.get(slug)
    click.echo(f"# {f'the icon of {brand.name}' if brand else 'of no brand in rules/page.toml'}")
    listed = ", ".join(f'"{one}"' for one in hashes)
    click.echo(f"{slug or 'brand'} = [{listed}]")
