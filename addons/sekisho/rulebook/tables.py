"""The small tables: words.toml, suffixes.toml, platforms.toml and tricks.toml.

Each is a short schema over one or two levels of TOML. What is unknown is a problem, not ignored: a
misspelled key would switch a rule off without a word. Pure.
"""

import re
from difflib import get_close_matches

from sekisho.reasons import VARIANTS
from sekisho.rulebook.model import TrickStrength
from sekisho.rulebook.names import name_below, rule_platform
from sekisho.rulebook.toml_file import TomlFile
from sekisho.verdict import Circumstance, Level, Trick

_STRENGTHS = frozenset({*(trick.value for trick in Trick), *(sign.value for sign in Circumstance), *VARIANTS})
"""Tables of tricks.toml."""
_KIND = re.compile(r"[a-z][a-z-]*")


def parse_words(text: str, source: str) -> tuple[tuple[frozenset[str], frozenset[str]], list[str]]:
    """(risk words, plain words) of words.toml, all languages together, and the problems."""
    file = TomlFile(text, source)
    words: dict[str, dict[str, str]] = {"risk": {}, "plain": {}}
    for name, table in file.tables():
        if name not in words:
            file.problem("unknown table; words.toml has [risk] and [plain]", name)
            continue
        for language, listed in table.items():
            for word in file.strings(name, language, listed):
                if word != word.lower() or any(c.isspace() for c in word):
                    file.problem(
                        f"word {word!r}: write it in lower case, without spaces", name, language, word
                    )
                elif word in words[name]:
                    message = f"word {word!r} is under {words[name][word]} already; remove one"
                    file.problem(message, name, language, word)
                words[name][word] = language
    for word in words["risk"].keys() & words["plain"].keys():
        message = f"word {word!r} is a risk word too; remove one"
        file.problem(message, "plain", words["plain"][word], word)
    file.require(
        file.problems or words["risk"], "no risk words; without them no combination is recognised", None
    )
    return (frozenset(words["risk"]), frozenset(words["plain"])), file.problems


def parse_suffixes(text: str, source: str) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Table (cheap, watched, bulk) → suffix → why it is held to be so; and the problems of suffixes.toml."""
    file = TomlFile(text, source)
    suffixes: dict[str, dict[str, str]] = {"cheap": {}, "watched": {}, "bulk": {}}
    for name, table in file.tables():
        if name not in suffixes:
            file.problem("unknown table; suffixes.toml has [cheap], [watched] and [bulk]", name)
            continue
        for suffix, reason in table.items():
            if isinstance(reason, dict):
                file.problem(f'{suffix!r}: put a suffix with a dot in quotes, as "com.de" = …', name, suffix)
            elif name_below(suffix).suffix != suffix:
                file.problem(f"{suffix!r} is no public suffix; write it as 'top'", name, suffix)
            elif any(suffix in table for table in suffixes.values()):
                file.problem(f"{suffix!r} stands in two tables; remove one", name, suffix)
            else:
                suffixes[name][suffix] = file.string(name, suffix, reason)
    return suffixes, file.problems


def parse_platforms(text: str, source: str) -> tuple[dict[str, str], list[str]]:
    """Domain → kind of platform, and the problems of platforms.toml."""
    file = TomlFile(text, source)
    platforms: dict[str, str] = {}
    for kind, table in file.tables():
        file.require(_KIND.fullmatch(kind), "a kind is written in a-z and dashes", kind)
        file.require_known(kind, table, ("domains",))
        for domain in file.strings(kind, "domains", table.get("domains", [])):
            try:
                # A company's own suffix is a platform already: naming it gives it a kind.
                rule_platform(domain)
            except ValueError as error:
                file.problem(f"platform {error}", kind, "domains", domain)
                continue
            file.require(
                domain not in platforms,
                f"{domain!r} is under {platforms.get(domain)} already; remove one",
                kind,
                "domains",
                domain,
            )
            platforms[domain] = kind
    return platforms, file.problems


def parse_tricks(text: str, source: str) -> tuple[dict[str, TrickStrength], list[str]]:
    """Trick or circumstance → strength, and the problems of tricks.toml; every Trick must be there."""
    file = TomlFile(text, source)
    tricks: dict[str, TrickStrength] = {}
    for name, table in file.tables():
        if not _KIND.fullmatch(name):
            file.problem("a trick is written in a-z and dashes", name)
        elif name not in _STRENGTHS:
            near = get_close_matches(name, sorted(_STRENGTHS), 3, 0.0)
            file.problem(f"unknown trick; did you mean one of {', '.join(near)}?", name)
        file.require_known(name, table, ("alone", "supported"))
        alone = _level(file, name, "alone", table.get("alone"))
        supported = _level(file, name, "supported", table.get("supported", table.get("alone")))
        if alone is None or supported is None:
            continue
        file.require(
            supported >= alone,
            f"supported ({supported.word}) is weaker than alone ({alone.word}); raise it",
            name,
            "supported",
        )
        tricks[name] = TrickStrength(alone, supported)
    if not file.problems:
        for trick in Trick:
            file.require(trick in tricks, f'no table [{trick.value}]; add it with alone = "warn"', None)
    return tricks, file.problems


def _level(file: TomlFile, table: str, key: str, word: object) -> Level | None:
    try:
        return Level.from_word(word if isinstance(word, str) else repr(word))
    except ValueError as error:
        file.problem(f"{key}: {error}", table, key)
        return None
