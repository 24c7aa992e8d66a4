"""Level, Reason, Trick, Circumstance, Secret, PageSign, Evidence, Verdict: what was found out about a link or a page.

A Verdict carries what matched and what excused it, so that the log, the terminal and the warning
page all tell the same story. Pure: nothing here looks anything up or knows the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any


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


class Reason(StrEnum):
    """Why a check spoke."""

    FAMILY_BLOCK = "family-block"
    """The family blocked it: a decision, or a line of a blocklist.txt."""
    FAMILY_ALLOW = "family-allow"
    """The family allowed it: a decision, or a line of an allowlist.txt."""
    GO_ON = "go-on"
    """The person at this device chose to go on, a few minutes ago."""
    FAMILIAR = "familiar"
    """A domain of rules/familiar.txt."""
    OFFICIAL = "official"
    """A domain that a brand of rules/brands.toml owns."""
    LOOKALIKE = "lookalike"
    """The host imitates a brand."""
    CIRCUMSTANCE = "circumstance"
    """Something about the name that phishing shares: an address, a cheap suffix, random letters."""
    UNREADABLE = "unreadable"
    """The host cannot be read as a browser would read it."""
    FEED = "feed"
    """A downloaded list of phishing names it."""
    VIRUSTOTAL = "virustotal"
    """Engines of VirusTotal hold it to be malicious."""
    NEW_NAME = "new-name"
    """The domain was registered a few days ago."""
    UNCHECKED = "unchecked"
    """A source that should have been asked did not answer in time."""
    HOUSEHOLD = "household"
    """Visited on several days and clean each time that it was looked at again."""
    HOME_NETWORK = "home-network"
    """The host leads into this computer or the home network."""
    FORM = "form"
    """A form with a secret was about to be sent; only in what the family is asked."""
    PAGE = "page"
    """What the page itself shows and asks for."""


class Trick(StrEnum):
    """One way to imitate a brand."""

    SKELETON = "skeleton"
    """Letters of other scripts that look the same: аpple (Cyrillic а)."""
    LEET = "leet"
    """Digits or letter pairs in place of letters: micr0s0ft, rnicrosoft."""
    EMBEDDING = "embedding"
    """The official domain spelled out inside another: www-amazon-co-jp.example."""
    FAKE_SUFFIX = "fake-suffix"
    """`co-jp` and the like where it is not the suffix."""
    BRAND_TOKEN = "brand-token"
    """The brand's name between dots and dashes of a host that it does not own."""
    TYPO = "typo"
    """One letter added, dropped, changed or swapped."""
    COMBOSQUAT = "combosquat"
    """The brand's name run together with other words: paypalsecure."""
    MANGLED = "mangled"
    """The brand's letters scrambled or with noise between them: anazno."""
    MIXED_SCRIPT = "mixed-script"
    """Scripts in one label that no language mixes."""


class Circumstance(StrEnum):
    """What a name shares with phishing though it imitates nobody; each its table in rules/tricks.toml."""

    IP_ADDRESS = "ip-address"
    """An address instead of a name."""
    CHEAP_SUFFIX = "cheap-suffix"
    """A suffix that costs next to nothing and holds few honest sites."""
    CHEAP_PLAIN = "cheap-plain"
    """The same below a name that reads like a word."""
    WATCHED_SUFFIX = "watched-suffix"
    """A suffix with honest sites, on which phishing is far more common than elsewhere."""
    ODD_PORT = "odd-port"
    """A port that no shop or bank uses."""
    MANY_LABELS = "many-labels"
    """So many names between the dots that the real one is out of sight."""
    FOREIGN_SCRIPT = "foreign-script"
    """Letters that nobody of the household reads."""
    OTHER_LETTERS = "other-letters"
    """Other letters than Latin ones, which few addresses have."""
    RANDOM_LABEL = "random-label"
    """Letters that no language puts side by side."""
    ODD_LABEL = "odd-label"
    """Letters that can only just be said, under a suffix that is sold in bulk."""
    RANDOM_ABOVE = "random-above"
    """Letters that no language puts side by side, left of the registrable name."""
    DIGITS = "digits"
    """A number that no person would remember."""


class Secret(StrEnum):
    """What a page asks people to type; the worst first."""

    SEED = "seed"
    """The words that open a purse of crypto money."""
    MY_NUMBER = "my-number"
    """My Number, or another number that a state gives a person."""
    CARD = "card"
    BANK = "bank"
    """An account's number, or the PIN of a bank."""
    PASSWORD = "password"
    QUESTION = "question"
    """The answer to a security question."""
    CODE = "code"
    """A code that was sent, or that an app shows."""
    PERSONAL = "personal"
    """Name, address, birthday."""
    IDENTITY = "identity"
    """A mail address, a user's name or a telephone number: the first step of many logins."""
    OTHER = "other"
    """Something that the page does not name in words."""


class PageSign(StrEnum):
    """One way in which a page presents itself as a brand, or otherwise deceives; weights in rules/page.toml."""

    TITLE = "title"
    """A part of the title says nothing but the brand."""
    TITLE_WORD = "title-word"
    SITE_NAME = "site-name"
    ADDRESS = "address"
    """The page says that it stands at the brand's domain."""
    ICON = "icon"
    AUTHOR = "author"
    COPYRIGHT = "copyright"
    HEADING = "heading"
    """A heading says nothing but the brand."""
    HEADING_WORD = "heading-word"
    FORM = "form"
    """The brand is named beside the fields."""
    LABEL = "label"
    """A field is labelled with the brand: "Apple ID"."""
    PHRASE = "phrase"
    """Words that stand on the brand's own login page and hardly anywhere else."""
    LINKS = "links"
    """All links that lead elsewhere lead to the brand."""
    PICTURE = "picture"
    ASSETS = "assets"
    """Pictures or styles are loaded from the brand."""
    TEXT = "text"
    PRESSURE = "pressure"
    """It says that something must be confirmed or is locked."""
    ALARM = "alarm"
    """Words of alarm, as false support writes them."""
    TELEPHONE = "telephone"
    OPAQUE = "opaque"
    """Nothing to read but an encoded text that a script writes out."""
    UNCHECKED = "unchecked"
    """The page could not be read in time."""
    PROGRAM = "program"
    """It is no page but a program."""


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
    }
