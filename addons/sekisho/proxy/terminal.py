"""Terminal: what a running proxy prints, one line for each event, with what to do about it.

`stopped_line` is the line of a stopped click. `Terminal` is the handler of all log records; it knows when it last
printed one, so that the addresses of the proxy can be printed last at the start.

Nothing is decided here. Hosts and names are hostile text: they pass `visible.visible` or `visible.visible_words`. No
line holds a path.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TextIO

from sekisho.rulebook.model import Brand
from sekisho.verdict import Reason, Verdict
from sekisho.visible import visible, visible_words

_LONGEST_REASON = 160
"""Characters of the finding in a line."""
QUIET = 0.3
"""Seconds without a record after which the start is over."""
LONGEST_START = 2.0
"""Seconds for which the addresses wait for that at most."""


def stopped_line(host: str, client: str, verdict: Verdict, brand: Brand | None) -> str:
    """``stopped rec0very.example for 192.168.1.7: imitates Microsoft``.

    `host` as it was judged, `client` the address of the device, `brand` the one that the warning page names. Where
    the name imitates nobody, the finding says in its own sentence why.
    """
    found = verdict.decisive
    if found is None:
        why = "no reason was kept"
    elif found.reason is Reason.LOOKALIKE and brand is not None:
        why = f"imitates {brand.name}"
    else:
        why = found.detail
    return f"stopped {visible(host)} for {visible(client) or 'a device'}: {_short(why)}"


def _short(text: str) -> str:
    return visible_words(text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 1]}…")


class Terminal(logging.StreamHandler[TextIO]):
    """Prints log records to standard error, and knows when it last did."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._clock = clock
        self._last = clock()

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        super().emit(record)
        self._last = self._clock()

    async def settled(self) -> None:
        """Wait for the messages of the start, where a person reads them; at once where a program does."""
        if not self.stream.isatty():
            return
        end = self._clock() + LONGEST_START
        while (left := min(self._last + QUIET, end) - self._clock()) > 0:  # noqa: ASYNC110  # any thread logs
            await asyncio.sleep(left)


def log_to_terminal() -> Terminal:
    """Print our records from INFO on, those of libraries from WARNING on."""
    terminal = Terminal()
    logging.basicConfig(
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(message)s",
        datefmt="%H:%M:%S",
        handlers=[terminal],
    )
    logging.getLogger("sekisho").setLevel(logging.INFO)
    return terminal
