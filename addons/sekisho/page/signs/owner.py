"""Whose a page says it is: its copyright lines. Pure."""

import re

from sekisho.page.facts import PageFacts
from sekisho.page.signs.spec import Role, SignSpec
from sekisho.page.signs.tally import Tally
from sekisho.verdict import PageSign

_SIGN = re.compile(r"©|Ⓒ|\(c\)|copyright|®")
_YEARS = re.compile(r"^(?:[\s\d\W]|copyright|by\b|the\b|\(c\)|since\b|present\b)*")
_END_OF_OWNER = re.compile(
    r"[|;•·\n]|\.\s|,|\ball rights\b|株式会社|\b(?:terms|privacy)\b|"
    r"\b(?:inc|corp|corporation|ltd|co|gmbh|llc|plc|ag|sa|n\.a|na)\b"
)


def copyright_line(tally: Tally, facts: PageFacts) -> None:
    """Copyright lines: what stands beside the sign is a firm's name, be it a word of every day or not."""
    names = tally.index.names
    for line in facts.copyrights:
        for owner in _owners(names.plain(line)):
            if only := tally.says_only(owner):
                tally.add(PageSign.COPYRIGHT, only.slug, line)


def _owners(line: str) -> list[str]:
    """The words behind each copyright sign of a line, as far as an owner's name goes, and those before the first."""
    parts = _SIGN.split(line)
    if len(parts) < 2:
        return []
    behind = [_END_OF_OWNER.split(_YEARS.sub("", part), maxsplit=1)[0][:60] for part in parts[1:]]
    before = re.split(r"[|;•·\n]|\.\s", parts[0])[-1]
    return [*behind, before[-60:]]


SIGNS = (SignSpec(copyright_line, 70, {PageSign.COPYRIGHT: frozenset({Role.NAMES})}),)
