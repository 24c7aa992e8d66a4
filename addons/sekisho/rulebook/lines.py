"""familiar.txt, ordinary.txt and confusables.txt: generated files, one fact a line, ``#`` comments.

All are long, so a good file is checked as a whole, at well under a microsecond a line; only where that
fails is each line looked at, to say what is wrong with it. Pure.
"""

import re
from collections.abc import Callable, Iterable, Set

from sekisho.link import ends_of_rules
from sekisho.rulebook.names import name_below, rule_domain
from sekisho.rulebook.packed_names import PackedNames

_ORDINARY = re.compile(r"[a-z]{5,}")
_PLAIN = re.compile(r"[a-z0-9.\n-]*")
_CONFUSABLE = re.compile(r"(?P<code>[0-9A-Fa-f]{1,6})[ \t]*;[ \t]*(?P<letters>[a-z0-9-]+)[ \t]*(?:#.*)?")
_MAX_PROBLEMS = 20
"""A file of another kind under this name would give one problem a line; the first few tell the story."""


def parse_familiar(text: str, source: str) -> tuple[Set[str], list[str]]:
    """The registrable domains of familiar.txt and its problems, the first 20 of them."""
    lines = text.split("\n")
    plain = [line for line in lines if line and line[0] != "#"]
    domains = set(plain)
    # Nearly all names are one label before a suffix, and the suffixes repeat: each is looked up once.
    rests = {name.partition(".")[2] for name in domains}
    odd = {rest for rest in rests if not _is_open_suffix(rest)}
    ends = ends_of_rules()  # among them every public suffix (co.jp), which would match no host
    if (
        len(domains) == len(plain)
        and _PLAIN.fullmatch("\n".join(plain))
        and not any(
            _familiar_problem(name) for name in domains if name in ends or name.partition(".")[2] in odd
        )
    ):
        return PackedNames(domains), []
    domains.clear()

    def read(line: str) -> str:
        name = line.partition("#")[0].strip()
        plain_name = name not in ends and name.partition(".")[2] not in odd and _PLAIN.fullmatch(name)
        problem = "" if plain_name else _familiar_problem(name)
        if not problem and name in domains:
            return f"{name!r} is here twice; remove one"
        if not problem:
            domains.add(name)
        return problem

    problems = _problems(lines, source, read)
    return PackedNames(domains), problems


def _problems(lines: Iterable[str], source: str, read: Callable[[str], str]) -> list[str]:
    """`read` each line that is no comment; the first 20 problems that it returned, with their lines."""
    problems: list[str] = []
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if line and line[0] != "#" and (problem := read(line)) and len(problems) < _MAX_PROBLEMS:
            problems.append(f"{source}:{number}: {problem}")
    return problems


def _is_open_suffix(suffix: str) -> bool:
    """A public suffix below which each name has an owner of its own; not a company's."""
    link = name_below(suffix)
    return bool(suffix) and link.suffix == suffix and not link.private_suffix


def _familiar_problem(name: str) -> str:
    try:
        link = rule_domain(name)
    except ValueError as error:
        return f"domain {error}"
    if link.private_suffix:
        return f"{name!r} is on the platform {link.suffix}, where anybody gets a name; remove it"
    if link.domain != name:
        return f"{name!r} is a host below {link.domain!r}; write the registrable domain"
    return ""


def parse_ordinary(text: str, source: str) -> tuple[frozenset[str], list[str]]:
    """The words of ordinary.txt, and its first 20 problems."""
    words: set[str] = set()

    def read(line: str) -> str:
        word = line.partition("#")[0].strip()
        if not _ORDINARY.fullmatch(word):
            return f"{word[:60]!r}: write one word of five letters a to z or more"
        if word in words:
            return f"{word!r} is here twice; remove one"
        words.add(word)
        return ""

    problems = _problems(text.split("\n"), source, read)
    return frozenset(words), problems


def parse_confusables(text: str, source: str) -> tuple[dict[str, str], list[str]]:
    """Character → the ASCII letters that it looks like, and the first 20 problems of confusables.txt.

    A line is ``0430 ; a  # CYRILLIC SMALL LETTER A``: one code point in hexadecimal.
    """
    confusables: dict[str, str] = {}

    def read(line: str) -> str:
        found = _CONFUSABLE.fullmatch(line)
        code = int(found["code"], 16) if found else -1
        if not found or not 0 <= code <= 0x10FFFF or 0xD800 <= code < 0xE000:
            return f"{line[:60]!r}: write a code point, ';' and letters, as '0430 ; a'"
        if chr(code) == found["letters"]:
            return f"{found['code']} is {found['letters']!r} itself, so the line does nothing; remove it"
        if chr(code) in confusables:
            return f"{found['code']} is here twice; remove one"
        confusables[chr(code)] = found["letters"]
        return ""

    return confusables, _problems(text.split("\n"), source, read)
