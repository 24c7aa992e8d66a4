"""Tables must not hide what a hostile name holds, and times must not depend on where a program runs."""

import io
import re

from rich.console import Console

from sekisho.cli.rows import host_text, local_minute, table, utc


def printed(width: int) -> str:
    out = io.StringIO()
    made = table((("host", 12), ("why", 12)))
    made.add_row(host_text("xn--pple-43d.example"), "because it imitates another")
    Console(file=out, width=width, highlight=False).print(made)
    return out.getvalue()


def test_nothing_in_a_table_is_cut() -> None:
    assert "…" not in printed(30)
    assert "because it imitates another" in printed(80)


def test_a_host_stands_as_people_read_it_and_cannot_steer_the_terminal() -> None:
    assert "аpple.example" in printed(80)
    assert "\u202e" not in host_text("a\u202eb.example").plain


def test_times_are_local_for_people_and_utc_for_programs() -> None:
    assert re.fullmatch(r"2023-11-1[45] \d\d:\d\d", local_minute(1_700_000_000.0).plain)
    assert utc(1_700_000_000.0) == "2023-11-14T22:13:20+00:00"
    assert utc(None) is None
