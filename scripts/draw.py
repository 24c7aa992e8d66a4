"""Draw every page as Chromium shows it: scripts/screenshots [NAME…]

Each page of shots.py is taken in Japanese and English, on a phone of 320 px and on a desktop, light and dark, and as
a window of 1280 × 800 shows it at 200 %. The light pictures hold the whole page; the dark and the zoomed ones show
what is seen before scrolling. No network: each request is answered by this script. The pictures go to .screenshots/,
which git ignores, and none is written that would be the same as another; those of the same name in tests/screenshots,
which are in git for the README and for reviews, are renewed there.

Exit code: 0 all pages fit, 1 a page, down to its end, scrolls sideways or lays text upon text in any of these
windows, or a picture outgrows 120 KB.
"""

import re
import sys
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Literal, cast

from PIL import Image
from playwright.sync_api import Browser, Route, sync_playwright
from playwright.sync_api import Page as Tab

from sekisho.portal.page import Page
from sekisho.portal.render import STYLE
from shots import Shot, shots

PROJECT = Path(__file__).resolve().parent.parent
OUT = PROJECT / ".screenshots"
KEPT = PROJECT / "tests" / "screenshots"
"""The pictures that are in git."""
CHROMIUM = "/usr/bin/chromium"
LARGEST = 120 * 1024


@dataclass(frozen=True)
class Layout:
    """A language in a window, which the two colour schemes share."""

    language: str
    window: str
    width: int
    height: int
    whole: str = "light"
    """The colours in which the picture is taken down to the end of the page."""

    def picture(self, shot: str, colours: str) -> str:
        """The file's name."""
        return f"{shot}-{self.language}-{self.window}-{colours}.png"


LAYOUTS = tuple(
    Layout(language, *window)
    for language in ("ja", "en")
    for window in (("phone", 320, 640), ("desktop", 900, 640), ("zoomed", 640, 400, ""))
)
"""A window of 1280 × 800 at 200 % has 640 × 400 px of CSS."""
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ZOOMED = (("ja", "dark"), ("en", "light"))
"""The colours of the zoomed pictures: one a language, since a zoom changes nothing but the layout."""


STYLE_COLOURS = {tuple(bytes.fromhex(colour)) for colour in re.findall(r"--[a-z-]+:#([0-9a-f]{6})", STYLE)}


def with_few_colours(png: bytes, shades: int = 2) -> bytes:
    """The picture in the colours of the style and its most frequent other shades, two pixels a byte.

    Written here, since Pillow filters the rows of a palette's picture, which makes text a quarter larger.
    """
    picture = Image.open(BytesIO(png)).convert("RGB")
    width, height = picture.size
    counts = cast("list[tuple[int, tuple[int, int, int]]]", picture.getcolors(width * height))
    found = [colour for _, colour in sorted(counts, reverse=True)]
    kept = [colour for colour in found if colour in STYLE_COLOURS][: 16 - shades]
    kept += [colour for colour in found if colour not in STYLE_COLOURS][:shades]
    palette = bytes(part for colour in kept for part in colour)
    few = Image.new("P", (1, 1))
    few.putpalette(palette)
    pixels = picture.quantize(palette=few, dither=Image.Dither.NONE).tobytes()
    digits = pixels.translate(bytes.maketrans(bytes(range(16)), b"0123456789abcdef")).decode()
    lines = (digits[y * width : (y + 1) * width] + "0" * (width % 2) for y in range(height))
    rows = b"".join(b"\0" + bytes.fromhex(line) for line in lines)
    chunks = (
        (b"IHDR", pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


OVERLAPS = """() => {
    const found = [], seen = []
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node; node = walk.nextNode();) {
        const parent = node.parentElement
        if (!node.data.trim() || parent.closest(".unseen, rp") || !parent.checkVisibility()) continue
        // A base is spread under its furigana, and the box of its text then reaches into the air beside it.
        const most = parent.closest("ruby") ? parseFloat(getComputedStyle(parent).fontSize) / 2 : 1
        const range = document.createRange()
        range.selectNodeContents(node)
        for (const r of range.getClientRects())
            if (r.width > 1) seen.push([r.left, r.top + r.height / 4, r.right, r.bottom - r.height / 4, node, most])
    }
    for (let i = 0; i < seen.length; i++) for (let j = i + 1; j < seen.length; j++) {
        const [a, b] = [seen[i], seen[j]]
        const wide = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), high = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
        if (a[4] !== b[4] && wide > Math.max(a[5], b[5]) && high > 1)
            found.push(a[4].data.trim() + " / " + b[4].data.trim())
    }
    return found
}"""
"""Pairs of texts that lie upon each other; a quarter of each line above and below its letters is air."""


def faults(tab: Tab) -> list[str]:
    """Where the page that is shown scrolls sideways, or lays text upon text."""
    wide, window = tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    sideways = [f"{wide} px wide in a window of {window} px"] if wide > window else []
    return sideways + [f"text upon text: {pair}" for pair in tab.evaluate(OVERLAPS)]


class Camera:
    """One browser, one tab for each layout, and the pictures that were taken."""

    def __init__(self, browser: Browser) -> None:
        self.wrong: list[str] = []
        self.taken: dict[bytes, str] = {}
        self._sent = Page(200, (), b"")
        self._tabs = {layout: self._open(browser, layout) for layout in LAYOUTS}

    def _open(self, browser: Browser, layout: Layout) -> Tab:
        tab = browser.new_page(
            viewport={"width": layout.width, "height": layout.height}, locale=layout.language
        )
        tab.route("**/*", self._answer)
        return tab

    def _answer(self, route: Route) -> None:
        route.fulfill(status=self._sent.status, headers=dict(self._sent.headers), body=self._sent.body)

    def take(self, shot: Shot, layout: Layout) -> None:
        tab = self._tabs[layout]
        self._sent = shot.page(layout.language)
        tab.emulate_media(color_scheme="light")
        tab.goto(shot.url)
        for summary in tab.locator("summary").all()[: shot.opened]:
            summary.click()
        tab.mouse.move(0, 0)
        tab.evaluate("scrollTo(0, 0)")
        self.wrong += [f"{shot.name}, {layout.language}, {layout.window}: {fault}" for fault in faults(tab)]
        for colours in COLOURS:
            if layout.window == "zoomed" and (layout.language, colours) not in ZOOMED:
                continue
            tab.emulate_media(color_scheme=colours)
            picture = with_few_colours(tab.screenshot(full_page=colours == layout.whole))
            self._keep(picture, layout.picture(shot.name, colours))

    def _keep(self, picture: bytes, name: str) -> None:
        (OUT / name).unlink(missing_ok=True)
        if self.taken.setdefault(picture, name) == name:
            (OUT / name).write_bytes(picture)
        if (KEPT / name).exists():
            (KEPT / name).write_bytes(picture)
        if len(picture) > LARGEST:
            self.wrong.append(f"{name}: {len(picture):,} bytes")


def main(names: list[str]) -> int:
    """Draw the pages of these names, or all; the exit code is in the head of this file."""
    OUT.mkdir(exist_ok=True)
    start = monotonic()
    with TemporaryDirectory() as folder, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        camera = Camera(browser)
        for shot in shots(Path(folder)):
            if not names or shot.name in names:
                for layout in LAYOUTS:
                    camera.take(shot, layout)
        browser.close()
    size = sum(map(len, camera.taken)) / 1e6
    print("\n".join(camera.wrong) or "all pages fit")
    print(f"{len(camera.taken)} pictures, {size:.1f} MB, in {monotonic() - start:.0f} s: {OUT}")
    return 1 if camera.wrong or not camera.taken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
