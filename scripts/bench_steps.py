"""How long single steps take that a click or a start waits for: scripts/bench steps [--help]

Processor time, so that other programs do not count: reading all rules at a start, the look for edited rules that
comes every second, one warning page, and whatever hostile bytes of a page or a form are made to keep busy.
"""

import argparse
import gzip
import json
import shutil
import sys
import zlib
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from selectolax.lexbor import LexborHTMLParser

from harness import Bench, processor_us, run
from sekisho.forms.bodies import read_body
from sekisho.page.encoded import hidden_markup
from sekisho.page.tame import tame
from sekisho.rulebook.load import load_rulebook
from sekisho.rulebook.watch import RulebookFiles
from shots import STORY, STORY_VERDICT, warned

MARKUP = {
    "div": "<div>" * 150_000,
    "b": "<b>" * 100_000,
    "form and a": "<form><a>" * 60_000,
    "attributes": "<a " + " ".join(f"a{n}=1" for n in range(80_000)) + ">",
    "closed and opened": "</div><div>" * 80_000,
    "picture": '<img src="data:image/png;base64,' + "A" * 900_000 + '">',
}
SCRIPTS = ("unescape('" + "%3C" * 200_000, "atob('" + "A" * 900_000, "atob('" + "QUFB" * 99_000)
BODIES = {
    "brackets": b"[" * 1_000_000,
    "objects": b'{"a":' * 200_000,
    "pairs": b"a=b&" * 250_000,
    "strings": json.dumps(["a" * 100] * 10_000).encode(),
    "elements": b"<a>" * 300_000,
    "colons": b"a:" * 500_000,
    "binary": b"\x00abcd\xff" * 150_000,
    "letters": b"A" * 1_000_000,
    "digits": b"9" * 2_000_000,
}


def measure(options: argparse.Namespace, bench: Bench) -> None:
    """All steps, in milliseconds."""
    rules = processor_us(lambda: load_rulebook(options.rules), rounds=3) / 1e3
    bench.figure("the whole rules folder is read, ms", rules, most=1000)
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "rules"
        shutil.copytree(options.rules, copy)
        files = RulebookFiles(copy, None, settle=0.0)
        files.refresh()
        bench.figure(
            "unchanged rules are seen to be so, ms", processor_us(files.refresh, rounds=50) / 1e3, most=1
        )
    shot = warned("warning-story", STORY, STORY_VERDICT)
    shot.page("ja")
    bench.figure("a warning page, ms", processor_us(lambda: shot.page("ja"), rounds=60) / 1e3, most=2)
    for name, padding in MARKUP.items():
        page = f"<title>Example</title>{padding}<input type=password>"
        bench.figure(f"hostile markup, {name}, ms", processor_us(partial(read_page, page)) / 1e3, most=2000)
    for script in SCRIPTS:
        taken = processor_us(partial(hidden_markup, script)) / 1e3
        bench.figure(f"a huge script, {script[:14]}, ms", taken, most=1000)
    for name, body in BODIES.items():
        taken = processor_us(partial(read_body, body)) / 1e3
        bench.figure(f"a megabyte of a form, {name}, ms", taken, most=2000)
    for coding, pack in (("gzip", gzip.compress), ("deflate", zlib.compress)):
        bomb = pack(b"0" * 30_000_000)
        taken = processor_us(partial(read_body, bomb, "", coding)) / 1e3
        bench.figure(f"a form that unpacks to 30 MB, {coding}, ms", taken, most=3000)


def read_page(page: str) -> None:
    """Tame and parse; untamed some of these take minutes."""
    LexborHTMLParser(tame(page)[0])


if __name__ == "__main__":
    sys.exit(run(__file__, __doc__, measure))
