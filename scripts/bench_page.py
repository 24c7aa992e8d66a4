"""How well pages that ask for secrets in a brand's name are told: scripts/bench page [--help]

Measures on labelled pages in ../shared/data/pages_dev.tar.xz where it is (or --data): a folder or an archive with
`pages.tsv` and `pages/`. Each page is judged as if an unfamiliar host served it; a benign page whose address is
known keeps it, so that a brand's own page stays the brand's. Nothing is opened but files. Prints recall by kind and
brand, false alarms, the time of each step by size, and a hostile set that is generated here. Without labelled pages
only the hostile set is measured.
"""

import argparse
import asyncio
import csv
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from statistics import median

from harness import DATA as SHARED
from harness import Bench, Flags, grouped, run
from sekisho.link import Link, LinkError, host_link, parse_link
from sekisho.page import Examined, PageIndex, examine
from sekisho.page.sandbox.worker import PageWorkers
from sekisho.rulebook.load import load_rulebook
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Level

DATA = SHARED / "pages_dev.tar.xz"
UNFAMILIAR = host_link("qz7-hvkw.example")
FORMS = ("login", "registration", "checkout")
SIZES = (1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 30)
FLAGS: Flags = {
    "--data": {"type": Path, "default": DATA, "help": "folder or archive [%(default)s]"},
}


@dataclass(frozen=True)
class Row:
    """One labelled page and what became of it."""

    page: str
    phishing: bool
    brand: str
    kind: str
    language: str
    text_lost: bool
    url: str
    size: int
    examined: Examined
    seconds: float
    """Processor time."""

    @property
    def asks(self) -> bool:
        return self.kind != "info"

    @property
    def branded(self) -> bool:
        return self.asks and not self.brand.startswith("(")

    @property
    def named(self) -> str | None:
        return next((item.brand for item in self.examined.evidence if item.brand), None)


def share(rows: Sequence[Row], level: Level) -> float:
    """Per cent of the rows at that level or above; 0 of nothing."""
    return 100 * sum(row.examined.level >= level for row in rows) / len(rows) if rows else 0.0


def judged(folder: Path, index: PageIndex) -> Iterator[Row]:
    """Every labelled page, judged in this process."""
    with (folder / "pages.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row[0].startswith("#"):
                continue
            page, label, _, brand, kind, language, flag, url = (*row, *[""] * 8)[:8]
            body = (folder / "pages" / f"{page}.html").read_bytes()
            link = UNFAMILIAR if label == "pos" else link_of(url)
            began = time.process_time()
            examined = examine(body, "", link, index)
            seconds = time.process_time() - began
            lost = flag == "text_lost"
            yield Row(page, label == "pos", brand, kind, language, lost, url, len(body), examined, seconds)


def link_of(url: str) -> Link:
    """The host of a benign page, or an unfamiliar one where it is not known."""
    try:
        return parse_link(url) if url.startswith("http") else UNFAMILIAR
    except LinkError:
        return UNFAMILIAR


def is_own(row: Row, rulebook: Rulebook) -> bool:
    """A page of the brand itself whose address is not known but whose owner is (``name:amazon``)."""
    if row.named is None or not row.url.startswith("name:"):
        return False
    owner = row.url.removeprefix("name:").partition("-")[0]
    brand = rulebook.brands[row.named]
    return owner in (brand.slug, *brand.tokens, *brand.weak_tokens, *brand.common_tokens)


def slug_of(name: str, rulebook: Rulebook) -> str | None:
    """The brand that a label means; None where the rules do not know it."""
    wanted = "".join(char for char in name.lower() if char.isalnum())
    for brand in rulebook.brands.values():
        known = (brand.slug, brand.name.lower().replace(" ", ""), *brand.tokens, *brand.weak_tokens)
        if wanted in known or name.lower() == brand.name.lower():
            return brand.slug
    return None


def measure_recall(bench: Bench, rows: Sequence[Row], rulebook: Rulebook) -> None:
    """Phishing pages."""
    asking = [row for row in rows if row.asks]
    branded = [row for row in asking if row.branded]
    kept = [row for row in branded if not row.text_lost]
    japanese = [row for row in kept if row.language == "ja"]
    print(f"phishing pages that ask: {len(asking)}, in a brand's name {len(branded)}, text kept {len(kept)}")
    bench.figure(f"text kept ({len(kept)}), warn", share(kept, Level.WARN), least=85)
    bench.figure(f"text kept, Japanese ({len(japanese)}), warn", share(japanese, Level.WARN), least=90)
    bench.figure("text kept, warn or caution", share(kept, Level.CAUTION), least=93)
    bench.figure(f"all that ask ({len(asking)}), warn", share(asking, Level.WARN), least=72)
    print(f"  all that ask, warn or caution {share(asking, Level.CAUTION):.1f}")
    print(f"  in a brand's name, text lost too: warn {share(branded, Level.WARN):.1f}")
    known = [(row.named, slug_of(row.brand, rulebook)) for row in branded if row.named]
    right = [named == wanted for named, wanted in known if wanted]
    bench.figure(f"brand named rightly ({len(right)})", 100 * sum(right) / max(1, len(right)), least=97)
    for key in ("kind", "brand"):
        print(f"by {key} (pages, % warn, % warn or caution)")
        for name, group in grouped(asking, attrgetter(key)).items():
            print(
                f"  {name:30} {len(group):4} {share(group, Level.WARN):6.1f} {share(group, Level.CAUTION):6.1f}"
            )


def measure_alarms(bench: Bench, rows: Sequence[Row], rulebook: Rulebook) -> None:
    """Benign pages."""
    benign = [row for row in rows if not is_own(row, rulebook)]
    forms = [row for row in benign if row.kind in FORMS]
    print(f"benign pages: {len(benign)}, {len(forms)} of them {', '.join(FORMS)}")
    bench.figure("warn, %", share(benign, Level.WARN), most=0.1)
    bench.figure("caution, %", share(benign, Level.CAUTION) - share(benign, Level.WARN), most=1)
    bench.figure("login, registration, checkout: warn, %", share(forms, Level.WARN), most=0.25)
    for row in benign:
        if row.examined.evidence:
            item = row.examined.evidence[0]
            print(f"  {item.level.word:8} {row.page} {row.kind:13} {item.detail[:140]}")


def measure_times(bench: Bench, rows: Sequence[Row]) -> None:
    """Processor time by size, in milliseconds."""
    times = sorted(1e3 * row.seconds for row in rows)
    bench.figure("processor time, p50, ms", median(times), most=2)
    bench.figure("processor time, p99, ms", times[int(0.99 * len(times))], most=25)
    bench.figure("processor time, slowest, ms", times[-1], most=150)
    least = 0
    for most in SIZES:
        some = sorted(1e3 * row.seconds for row in rows if least <= row.size < most)
        if some:
            sentence = f"p50 {median(some):6.2f}, p99 {some[int(0.99 * len(some))]:6.2f}"
            print(f"  {least:>8}–{most:<11} bytes {len(some):5} pages: {sentence}")
        least = most


def hostile_pages() -> dict[str, bytes]:
    """Pages that are made to keep a parser busy, and yet ask for a password as a bank's."""
    page = b"<title>Amazon</title><form>%b<input type=password></form>"
    first = b"<title>Amazon</title><form><input type=password></form>"
    return {
        "300,000 nested div": page % (b"<div>" * 300_000),
        "40,000 nested b with attributes": page % b"".join(b"<b a%d>" % n for n in range(40_000)),
        "formatting that is opened again": page
        % (b"".join(b"<b a%d>" % n for n in range(900)) + b"<p>x" * 20_000),
        "200,000 attributes": page % (b"<a " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">"),
        "attributes with <": page % (b"<a " + b" ".join(b"a%d='<'" % n for n in range(60_000)) + b">"),
        "5 MB of text": page % (b"word " * 1_000_000),
        "1 MB of <": page % (b"<" * 1_000_000),
        "100,000 inputs": page % (b"<input name=a>" * 70_000),
        "50,000 tables": page % (b"<table><td>" * 50_000),
        "lying charset": b"<meta charset=iso-2022-jp>" + page % ("ログイン".encode() * 50_000),
        "utf-16": (page % (b"x" * 200_000)).decode().encode("utf-16"),
        "base64 in a script": page % (b"<script>atob('" + b"QUFB" * 200_000 + b"')</script>"),
        "percent in a script": page % (b"<script>unescape('" + b"%3Cp%3E" * 100_000 + b"')</script>"),
        "percent that never ends": page
        % (b"<script>unescape('" + b"%3C" + b"a" * 190 + b"'" * 900_000 + b"')</script>"),
        "comments that never end": first + b"<!--" * 200_000,
        "a long title": b"<title>" + b"Amazon " * 140_000 + b"</title><input type=password>",
        "copyright signs": page % (b"&copy; Amazon " * 70_000),
        "quotes": first + b'<a href="' * 100_000,
    }


async def measure_hostile(bench: Bench, rulebook: Rulebook) -> None:
    """Wall time with the workers' deadline; what is not judged must not be held to be clean."""
    print("hostile pages (level, ms)")
    workers = PageWorkers(rulebook)
    await workers.start()
    clean, slowest = 0, 0.0
    try:
        for number, (name, body) in enumerate(hostile_pages().items()):
            host = host_link(
                f"qz7-hvkw{number}.example"
            )  # a site that took too long is not read again at once
            began = time.perf_counter()
            examined = await workers.judge_page(body, "", host)
            took = 1e3 * (time.perf_counter() - began)
            slowest = max(slowest, took)
            clean += examined.level is Level.PASS
            reason = examined.evidence[0].detail[:90] if examined.evidence else "nothing found"
            print(f"  {name:34} {examined.level.word:8} {took:7.1f}  {reason}")
            await asyncio.sleep(0.3)  # the next page of a person comes later too
        bench.figure("slowest, ms", slowest, most=250)
        bench.figure("held to be clean", clean, most=0)
    finally:
        await workers.close()


def measure(options: argparse.Namespace, bench: Bench) -> None:
    """Labelled pages where there are any, then the hostile set."""
    rulebook = load_rulebook(options.rules)
    with tempfile.TemporaryDirectory() as unpacked:
        folder: Path = options.data
        if folder.is_file():
            with tarfile.open(folder) as archive:
                archive.extractall(unpacked, filter="data")
            folder = Path(unpacked)
        if (folder / "pages.tsv").is_file():
            rows = list(judged(folder, PageIndex(rulebook)))
            measure_recall(bench, [row for row in rows if row.phishing], rulebook)
            measure_alarms(bench, [row for row in rows if not row.phishing], rulebook)
            measure_times(bench, rows)
        else:
            print(f"{options.data}: no labelled pages; measuring the hostile set")
    asyncio.run(measure_hostile(bench, rulebook))


if __name__ == "__main__":
    sys.exit(run(__file__, __doc__, measure, FLAGS))
