"""Arguments: what several commands read from the command line in the same way."""

from collections.abc import Callable

import click

from sekisho.cli.failure import failing
from sekisho.link import LinkError, parse_link


class Parsed[T](click.ParamType[T]):
    """A value that a function reads from text; it raises ValueError with the remedy."""

    def __init__(self, name: str, parse: Callable[[str], T]) -> None:
        """`name` as click's messages call it."""
        self.name = name
        self._parse = parse

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> T:
        """Ends the command as wrong usage where it cannot be read. What is no text was read before."""
        try:
            return self._parse(value) if isinstance(value, str) else value  # type: ignore[return-value]
        except ValueError as error:
            self.fail(str(error), param, ctx)


def host_of(text: str) -> str:
    """The canonical host of a host or a URL. Raises UsageFailure."""
    with failing(usage=LinkError):
        return parse_link(text).host
