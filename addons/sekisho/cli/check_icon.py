"""A site's icon, for `sekisho check --icon`: whose it is by the rules, and the hashes to add where it is nobody's."""

from pathlib import Path

import click

from sekisho.cli.failure import Failure
from sekisho.page.icons import LARGEST, hashes_of
from sekisho.rulebook.model import Rulebook


def print_icon(rulebook: Rulebook, file: str) -> None:
    """Print whose icon a file is, and a line with its hashes for [icons] of page.toml. Raises Failure."""
    try:
        with Path(file).open("rb") as source:
            icon = source.read(LARGEST + 1)
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
