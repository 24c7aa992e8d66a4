"""Level, Evidence, Verdict: what was found out about a link or a page.

A Verdict carries what matched and what excused it, so that the log, the terminal and the warning
page all tell the same story. What can be found stands in `sekisho.reasons`; its enums are public here too.
Pure: nothing here looks anything up or knows the time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sekisho.reasons import Circumstance, PageSign, Reason, Secret, Trick

__all__ = [
    "Circumstance",
    "Evidence",
    "Fake",
    "Level",
    "PageSign",
    "Reason",
    "Secret",
    "Trick",
    "Verdict",
    "brand_shown",
    "brand_slug",
    "evidence_from_dict",
    "evidence_to_dict",
]


class Level(IntEnum):
    """What happens to the click; a higher level is more severe."""

    PASS = 0
    CAUTION = 1
    """The page loads; secrets typed into it are guarded."""
    WARN = 2
    """A warning page; the person may go on after a question."""
    BLOCK = 3
    """A warning page; only the family opens it."""

    @property
    def word(self) -> str:
        """The level as it stands in logs, JSON and rules: pass, caution, warn, block."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> "Level":
        """Raises ValueError that names the four words."""
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError(f"{word!r} is no level; write pass, caution, warn or block") from None


@dataclass(frozen=True, slots=True)
class Fake:
    """A stretch of the host that is not what it looks like."""

    start: int
    """Offset of the first character in ``Link.unicode`` (code points)."""
    end: int
    """Offset after the last."""
    stands_for: str
    """What a hurried reader sees there: ``o`` for ``0``. Empty where the letter is only extra."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding, with its source and time."""

    reason: Reason
    level: Level
    """What this finding alone would make of the link."""
    source: str
    """Where it comes from: a check (``lookalike``), or a file and line (``rules/blocklist.txt:12``)."""
    detail: str
    """One English sentence for logs and the terminal; pages build their own from the fields below."""
    brand: str | None = None
    """Slug of the brand in rules/brands.toml."""
    trick: Trick | None = None
    imitates: str = ""
    """The official domain or the name that is imitated (``microsoft.com``)."""
    fakes: tuple[Fake, ...] = ()
    """The fake stretches of ``Link.unicode``, left to right, not overlapping."""
    matched: tuple[int, int] | None = None
    """The stretch of ``Link.unicode`` that imitates, as (start, end): ``micr0s0ft``."""
    at: float = 0.0
    """When it was found, seconds since 1970 UTC; set by the policy."""
    circumstance: Circumstance | None = None
    """Which one, where the reason is a circumstance; None in evidence that was stored before this was kept."""
    count: int | None = None
    """Of VirusTotal the engines that speak against the name; of a new name its age in days. Else None."""
    since: float | None = None
    """Seconds since 1970 UTC: when a list was last known to be current, when VirusTotal's engines looked, when a
    name was registered. None for all else, and where nobody says."""
    named: str = ""
    """What the list is called that names the host; else empty."""
    asks: tuple[Secret, ...] = ()
    """What the page asks for, the worst first, where the reason is a page."""
    signs: tuple[tuple[PageSign, str], ...] = ()
    """What was found on the page, the weightiest first, each with the words or the host that it was found in."""

    entry: str = ""
    """The name on a list by which the host was found (``example.org``), as the list has it; else empty."""
    outweighed: str = ""
    """Which line lost against this one, and why (``rules/blocklist.txt:1 because it is closer``); else empty."""

    def as_dict(self) -> dict[str, Any]:
        """The four fields of `sekisho check --jsonl`."""
        return {
            "reason": self.reason.value,
            "brand": self.brand,
            "detail": self.detail,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The level of a link and every finding behind it, the decisive one first."""

    level: Level
    evidence: tuple[Evidence, ...] = ()
    familiar: bool = False
    """Known good enough to be tunnelled untouched."""

    @property
    def decisive(self) -> Evidence | None:
        """The finding that set the level; None where nothing was found (pass)."""
        return self.evidence[0] if self.evidence else None


_IMITATING = frozenset({Reason.LOOKALIKE, Reason.PAGE})
"""Reasons whose brand is the one that is imitated; that of `Reason.OFFICIAL` is the owner."""


def brand_slug(evidence: Iterable[Evidence]) -> str | None:
    """Slug of the brand that pages and messages name: that of the worst finding that says which one is imitated.

    evidence: the decisive one first. None where no finding names a brand.
    """
    return next((found.brand for found in evidence if found.reason in _IMITATING and found.brand), None)


def brand_shown[Brand](verdict: Verdict | None, brands: Mapping[str, Brand]) -> Brand | None:
    """The brand of `brand_slug`, whose real site a page offers; None where there is none or the rules lost it."""
    return brands.get(brand_slug(verdict.evidence) or "") if verdict else None


def evidence_from_dict(fields: Mapping[str, Any]) -> Evidence:
    """The inverse of `evidence_to_dict`; raises KeyError or ValueError on a foreign shape."""
    matched = fields.get("matched")
    return Evidence(
        reason=Reason(fields["reason"]),
        level=Level.from_word(fields["level"]),
        source=fields["source"],
        detail=fields["detail"],
        brand=fields.get("brand"),
        trick=Trick(fields["trick"]) if fields.get("trick") else None,
        imitates=fields.get("imitates", ""),
        fakes=tuple(Fake(*fake) for fake in fields.get("fakes", ())),
        matched=(matched[0], matched[1]) if matched else None,
        at=fields.get("at", 0.0),
        circumstance=Circumstance(fields["circumstance"]) if fields.get("circumstance") else None,
        count=fields.get("count"),
        since=fields.get("since"),
        named=fields.get("named", ""),
        asks=tuple(Secret(asked) for asked in fields.get("asks", ())),
        signs=tuple((PageSign(sign), str(seen)) for sign, seen in fields.get("signs", ())),
        entry=fields.get("entry", ""),
        outweighed=fields.get("outweighed", ""),
    )


def evidence_to_dict(evidence: Evidence) -> dict[str, Any]:
    """Every field as plain JSON values, for the store."""
    return {
        "reason": evidence.reason.value,
        "level": evidence.level.word,
        "source": evidence.source,
        "detail": evidence.detail,
        "brand": evidence.brand,
        "trick": evidence.trick.value if evidence.trick else None,
        "imitates": evidence.imitates,
        "fakes": [[fake.start, fake.end, fake.stands_for] for fake in evidence.fakes],
        "matched": list(evidence.matched) if evidence.matched else None,
        "at": evidence.at,
        "circumstance": evidence.circumstance.value if evidence.circumstance else None,
        "count": evidence.count,
        "since": evidence.since,
        "named": evidence.named,
        "asks": [asked.value for asked in evidence.asks],
        "signs": [[sign.value, seen] for sign, seen in evidence.signs],
        "entry": evidence.entry,
        "outweighed": evidence.outweighed,
    }
