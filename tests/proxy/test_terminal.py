"""A family member who helps reads the terminal: each line must say who, where, what it means and what to do."""

import asyncio
import io

import pytest

from sekisho.proxy.terminal import (
    LONGEST_START,
    QUIET,
    Terminal,
    stopped_line,
)
from sekisho.rulebook import load_rulebook
from sekisho.rulebook.model import Brand
from sekisho.verdict import Evidence, Level, Reason, Verdict

BRANDS = load_rulebook().brands
HOST, CLIENT = "rec0very.example", "192.168.1.7"


def why(reason: Reason, detail: str, brand: Brand | None = None) -> str:
    evidence = Evidence(reason, Level.WARN, "source", detail)
    line = stopped_line(HOST, CLIENT, Verdict(Level.WARN, (evidence,)), brand)
    head = f"stopped {HOST} for {CLIENT}: "
    assert line.startswith(head)
    return line.removeprefix(head)


@pytest.mark.parametrize(
    ("reason", "detail", "brand", "shown"),
    [
        (Reason.LOOKALIKE, "the letters of microsoft with digits", "microsoft", "imitates Microsoft"),
        (Reason.LOOKALIKE, "co-jp stands where it is no suffix", None, "co-jp stands where it is no suffix"),
        (Reason.PAGE, "the page asks for a password", "microsoft", "the page asks for a password"),
        (
            Reason.FAMILY_BLOCK,
            "a.example is on the family's blocklist",
            None,
            "a.example is on the family's blocklist",
        ),
    ],
)
def test_a_stopped_click_gets_one_calm_line(
    reason: Reason, detail: str, brand: str | None, shown: str
) -> None:
    assert why(reason, detail, BRANDS[brand] if brand else None) == shown


def test_hostile_text_neither_steers_the_terminal_nor_fills_it() -> None:
    evil = "pay\u202epal\x1b[2J\n00:00:00 INFO forged"
    for line in (
        why(Reason.FEED, evil),
        stopped_line(evil, evil, Verdict(Level.WARN), None),
    ):
        assert not {"\u202e", "\x1b", "\n"} & set(line)
    assert len(why(Reason.FEED, "x" * 5_000)) <= 160
    assert stopped_line(HOST, "", Verdict(Level.WARN), None) == (
        f"stopped {HOST} for a device: no reason was kept"
    )


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_addresses_wait_on_a_terminal_until_the_start_is_over() -> None:
    """Or the address of the proxy scrolls away under messages about lists."""
    started = asyncio.new_event_loop()
    try:
        terminal = Terminal(_Screen())
        began = started.time()
        started.run_until_complete(terminal.settled())
        assert QUIET * 0.9 <= started.time() - began <= LONGEST_START
    finally:
        started.close()


def test_a_program_that_reads_the_output_does_not_wait() -> None:
    terminal = Terminal(io.StringIO(), clock=lambda: 0.0)
    asyncio.run(terminal.settled())  # with a clock that stands still it would never come back
