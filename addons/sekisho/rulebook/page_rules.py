"""page.toml: the words, names and weights by which a page is read. Text in, values and problems out. Pure.

Everything that `sekisho.page` weighs stands here as data. A weight that is missing would switch a sign off
without a word, so each must be there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sekisho.rulebook.toml_file import TomlFile
from sekisho.verdict import PageSign, Secret

_LEVELS = ("warn", "caution", "lead", "support", "topic")
_WORDS = ("generic", "borrowed", "steps", "pressure", "alarm", "call")
_ICON = re.compile(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}|mmh3:(?:0|-?[1-9][0-9]{0,9})")
_BRANDS = ("self_hosted", "support")
UNWEIGHED = frozenset(sign for sign in PageSign if not sign.detail)
"""Signs that decide by being there."""


@dataclass(frozen=True, slots=True)
class PageRules:
    """rules/page.toml."""

    warn: float = 6
    """Score from which a page that asks is warned of."""
    caution: float = 4
    lead: float = 2
    """How far the brand must be ahead of the next one."""
    support: int = 3
    """Different words of alarm that a page of false support has at least."""
    topic: float = 3
    """What the signs that articles have too count for together, at most."""
    weights: Mapping[PageSign, float] = field(default_factory=dict)
    fields: Mapping[Secret, tuple[str, ...]] = field(default_factory=dict)
    """What is typed into a field → words in its label or name."""
    generic: frozenset[str] = frozenset()
    """Words of a title that say nothing of whose page it is."""
    borrowed: frozenset[str] = frozenset()
    """Words with which an honest page names a brand; ``{}`` stands for it."""
    steps: frozenset[str] = frozenset()
    """Words beside the first field of a login."""
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Slug → words of the brand's own login page."""
    pressure: frozenset[str] = frozenset()
    """What a title says that wants something confirmed at once."""
    alarm: frozenset[str] = frozenset()
    call: frozenset[str] = frozenset()
    self_hosted: frozenset[str] = frozenset()
    """Slugs of software that people run on hosts of their own."""
    support_brands: frozenset[str] = frozenset()
    """Slugs in whose name false support calls."""
    embeds: frozenset[str] = frozenset()
    """Hosts from which honest pages load something."""
    icons: Mapping[str, str] = field(default_factory=dict)
    """Hash of a brand's icon, as its site serves the file (``sha256:…``, ``md5:…``, ``mmh3:…``) → slug."""


def parse_page(text: str, source: str) -> tuple[PageRules, list[str]]:
    """The rules of page.toml, and what is wrong with them."""
    file = TomlFile(text, source)
    tables = dict(file.tables())
    known = ("levels", "weights", "fields", *_WORDS, "phrases", "brands", "embeds", "icons")
    for name in tables.keys() - set(known):
        file.problem(f"unknown table; page.toml has {', '.join(f'[{name}]' for name in known)}", name)
    levels = _numbers(file, tables, "levels", _LEVELS)
    weights = _numbers(file, tables, "weights", [s.value for s in PageSign if s not in UNWEIGHED])
    fields = _lists(file, tables, "fields", [secret.value for secret in Secret])
    brands = _lists(file, tables, "brands", _BRANDS)
    embeds = _lists(file, tables, "embeds", ("hosts",))
    phrases = _lists(file, tables, "phrases", sorted(tables.get("phrases", {})))
    icons = _icons(file, tables)
    words = {
        name: frozenset(
            word
            for language, listed in tables.get(name, {}).items()
            for word in _lower(file, name, language, listed)
        )
        for name in _WORDS
    }
    for phrase in sorted(words["borrowed"]):
        once = phrase.count("{}") == 1
        file.require(once, f"{phrase!r}: write {{}} once, where the brand stands", "borrowed")
    if not file.problems:
        for name in ("fields", *_WORDS):
            file.require(
                tables.get(name), f"no table [{name}]; without its words pages are not read rightly", None
            )
    ordered = file.problems or 0 < levels["caution"] <= levels["warn"]
    file.require(ordered, "warn must not be below caution, and both above 0", "levels", "warn")
    rules = PageRules(
        warn=levels.get("warn", 0),
        caution=levels.get("caution", 0),
        lead=levels.get("lead", 0),
        support=int(levels.get("support", 0)),
        topic=levels.get("topic", 0),
        weights={PageSign(name): value for name, value in weights.items()},
        fields={Secret(name): listed for name, listed in fields.items()},
        generic=words["generic"],
        borrowed=words["borrowed"],
        steps=words["steps"],
        phrases=phrases,
        pressure=words["pressure"],
        alarm=words["alarm"],
        call=words["call"],
        self_hosted=frozenset(brands.get("self_hosted", ())),
        support_brands=frozenset(brands.get("support", ())),
        embeds=frozenset(embeds.get("hosts", ())),
        icons=icons,
    )
    return rules, file.problems


def _numbers(
    file: TomlFile, tables: Mapping[str, Mapping[str, object]], name: str, keys: tuple[str, ...] | list[str]
) -> dict[str, float]:
    table = tables.get(name, {})
    file.require_known(name, table, keys)
    numbers: dict[str, float] = {}
    for key in keys:
        value = table.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            if key in table or not file.problems:
                file.problem(f"{key} must be a number, 0 or more, not {value!r}", name, key)
        else:
            numbers[key] = float(value)
    return numbers


def _lists(
    file: TomlFile, tables: Mapping[str, Mapping[str, object]], name: str, keys: tuple[str, ...] | list[str]
) -> dict[str, tuple[str, ...]]:
    table = tables.get(name, {})
    file.require_known(name, table, keys)
    return {key: _lower(file, name, key, table.get(key, [])) for key in keys}


def _icons(file: TomlFile, tables: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    icons: dict[str, str] = {}
    for slug, listed in tables.get("icons", {}).items():
        for digest in file.strings("icons", slug, listed):
            if not _ICON.fullmatch(digest):
                file.problem(
                    f"{digest!r}: write sha256: and 64 characters, md5: and 32, or mmh3: and a number, "
                    "as `sekisho check --icon FILE` prints them",
                    *("icons", digest),
                )
            elif icons.setdefault(digest, slug) != slug:
                file.problem(
                    f"{digest} belongs to {icons[digest]} already; remove one", "icons", slug, digest
                )
    return icons


def _lower(file: TomlFile, table: str, key: str, listed: object) -> tuple[str, ...]:
    words = file.strings(table, key, listed)
    for word in words:
        file.require(word == word.lower(), f"{word!r}: write it in lower case", table, key, word)
    return words
