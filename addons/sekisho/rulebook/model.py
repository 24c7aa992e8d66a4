"""The Rulebook: everything in ``rules/`` as one frozen value, with the questions that checks ask of it.

No I/O and no parsing here: `rulebook.load` builds this from files, tests build it from literals.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from sekisho.link import Link
from sekisho.rulebook.aftercare import Aftercare
from sekisho.rulebook.page_rules import PageRules
from sekisho.verdict import Level

_EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Brand:
    """A name that phishing imitates, and what its owner owns (rules/brands.toml)."""

    slug: str
    name: str
    """As its owner writes it in English: Sumitomo Mitsui Card."""
    name_ja: str
    """As a Japanese reader knows it: 三井住友カード."""
    region: str
    """``world``, or the ISO 3166 code of the one country where people know it: ``jp``."""
    kind: str
    """shop, bank, card, telecom, …: see the head of rules/brands.toml."""
    tokens: tuple[str, ...]
    """Names that mean this brand wherever they stand alone in a host: ``amazon``."""
    weak_tokens: tuple[str, ...]
    """Names that are common words too (``line``, ``au``): they need a second token beside them."""
    domains: tuple[str, ...]
    """Domains that it owns, each with its subdomains. The first is where a parent is sent."""
    tlds: tuple[str, ...] = ()
    """Top-level domains that only it may use: ``amazon``."""
    content: tuple[str, ...] = ()
    """Domains that it owns but whose pages are its users': ``amazonaws.com``. Never official, never tunnelled."""
    common_tokens: tuple[str, ...] = ()
    """Names that families, places or other firms bear too, but no word of every day (``nomura``): worth care
    alone, and a warning beside a word that asks for secrets."""

    @property
    def site(self) -> str:
        """The domain that the warning page offers as the real site."""
        return self.domains[0]


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One line of a blocklist or an allowlist."""

    name: str
    """Canonical ASCII host."""
    exact: bool
    """``=host``: this host only; else its subdomains too."""
    source: str
    """File and line: ``rules/blocklist.txt:12``."""
    until: float | None = None
    """The first moment at which it no longer counts, seconds since 1970; None is for good."""

    def in_force(self, now: float) -> bool:
        """It has not ended."""
        return self.until is None or now < self.until


class PartsOfDomains(Protocol):
    """Registrable domain → until when a part of it, and not the whole, is listed."""

    def get(self, domain: str, /) -> float | None:
        """Seconds since 1970, `math.inf` for good; None where no part is listed."""


@dataclass(frozen=True, slots=True)
class HostList:
    """A family's list: the entry that matches a host most closely, in time that grows with its labels only.

    Of a long list, `rulebook.packed_list` has a form of its own.
    """

    domains: Mapping[str, ListEntry] = field(default_factory=dict)
    hosts: Mapping[str, ListEntry] = field(default_factory=dict)
    packed_parts: PartsOfDomains | None = field(default=None, compare=False, repr=False)
    """Worked out beforehand for a long list: see `rulebook.parts`."""

    def find(self, link: Link, now: float = 0.0) -> ListEntry | None:
        """``=host`` first, then the longest domain that holds the host; what has ended does not count."""
        if not self.hosts and not self.domains:
            return None
        if (entry := self.hosts.get(link.host)) and (entry.until is None or now < entry.until):
            return entry
        for parent in link.parents:
            if (entry := self.domains.get(parent)) and (entry.until is None or now < entry.until):
                return entry
        return None


@dataclass(frozen=True, slots=True)
class TrickStrength:
    """What one trick is worth (rules/tricks.toml)."""

    alone: Level
    supported: Level
    """Where a risk word, a fake suffix or a cheap suffix stands beside it."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules. Frozen: a reload makes a new one, a check keeps the one that it began with."""

    brands: Mapping[str, Brand] = field(default_factory=dict)
    familiar_domains: Set[str] = frozenset()
    """Registrable domains of rules/familiar.txt."""
    blocklist: tuple[HostList, ...] = ()
    """The family's block entries, the most personal file first (state folder, then rules/)."""
    allowlist: tuple[HostList, ...] = ()
    """The family's allow entries, the same order; what was imported stands between the two."""
    imported: tuple[HostList, ...] = ()
    """Block lists that were imported. Familiar and official domains stay open whatever stands here."""
    platforms: Mapping[str, str] = _EMPTY
    """Domain → kind (hosting, forms, shortener, dynamic-dns …): pages under it belong to its users."""
    risk_words: frozenset[str] = frozenset()
    """Words that phishing puts beside a brand: login, ninsho, 認証."""
    plain_words: frozenset[str] = frozenset()
    """Ordinary words that hold or resemble a brand's name and mean nothing bad: pineapple."""
    ordinary_words: frozenset[str] = frozenset()
    """Words of rules/ordinary.txt, of which familiar sites of different owners are made: no slip of a name."""
    cheap_suffixes: Mapping[str, str] = _EMPTY
    """Suffix → why it is held to be cheap."""
    watched_suffixes: Mapping[str, str] = _EMPTY
    """Suffix → why it counts beside another sign; `bulk_suffixes` among them."""
    bulk_suffixes: frozenset[str] = frozenset()
    """Watched suffixes under which machines register names by the thousand."""
    confusables: Mapping[str, str] = _EMPTY
    """Character → the ASCII letters that it looks like."""
    tricks: Mapping[str, TrickStrength] = field(default_factory=dict)
    """Trick → strength."""
    page: PageRules = field(default_factory=PageRules)
    """How pages are read."""
    aftercare: Aftercare = field(default_factory=Aftercare)
    """Who helps after something was typed."""
    official_domains: Mapping[str, str] = field(init=False)
    """Domain → slug of the brand that owns it; built from `brands`, without content domains."""
    brand_tlds: Mapping[str, str] = field(init=False)
    """Top-level domain → slug."""
    content_domains: Mapping[str, str] = field(init=False)
    """Brand-owned domain whose pages are its users' → slug."""
    _grounds: Mapping[str, Brand | None] = field(init=False, repr=False, compare=False)
    """The three questions of `standing_of` in one: domain → the brand whose it is, None for a platform."""

    def __post_init__(self) -> None:
        brands = self.brands.values()
        put = object.__setattr__
        put(self, "official_domains", {d: b.slug for b in brands for d in b.domains})
        put(self, "brand_tlds", {t: b.slug for b in brands for t in b.tlds})
        put(self, "content_domains", {d: b.slug for b in brands for d in b.content})
        grounds: dict[str, Brand | None] = {d: self.brands[slug] for d, slug in self.official_domains.items()}
        grounds.update(dict.fromkeys((*self.platforms, *self.content_domains)))
        put(self, "_grounds", grounds)

    def standing_of(self, link: Link) -> tuple[str | None, Brand | None]:
        """(platform, owner): what `platform_of` and `owner_of` answer, in one walk; one of them is None."""
        private = link.suffix if link.private_suffix else None
        grounds = self._grounds
        for parent in link.parents:
            if parent == private:
                return parent, None
            if parent in grounds:
                brand = grounds[parent]
                return (parent, None) if brand is None else (None, brand)
        slug = self.brand_tlds.get(link.host.rpartition(".")[2])
        return None, self.brands[slug] if slug else None

    def platform_of(self, link: Link) -> str | None:
        """The platform that the host stands on, itself included; None where its pages are its owner's.

        An official domain below a platform is its owner's: ``tax.service.gov.uk``.
        """
        return self.standing_of(link)[0]

    def owner_of(self, link: Link) -> Brand | None:
        """The brand whose official host this is, content domains and platforms excepted."""
        return self.standing_of(link)[1]
