"""Rows: tables for people and times for programs, the same in every command that lists something."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import overload

from rich.table import Table
from rich.text import Text

from sekisho.link import host_link
from sekisho.portal.page import visible


def table(columns: Iterable[tuple[str, int]]) -> Table:
    """An empty table of columns: a name, and the least width in columns of the terminal. Nothing in it is cut."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for name, at_least in columns:
        made.add_column(name, overflow="fold", min_width=at_least)
    return made


def host_text(host: str) -> Text:
    """A host as a person reads it, with every character in sight."""
    return Text(visible(host_link(host).unicode))


def local_minute(at: float) -> Text:
    """Seconds since 1970 as ``2026-11-24 18:30``, local time."""
    return Text(f"{datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%d %H:%M}")


@overload
def utc(at: float) -> str: ...
@overload
def utc(at: None) -> None: ...
def utc(at: float | None) -> str | None:
    """Seconds since 1970 in ISO form, UTC, for JSON and CSV; None stays None."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
