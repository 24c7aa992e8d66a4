"""Load: the rules folder and the family's state folder → one Rulebook, or every problem at once.

`RuleFiles` reads each file once and keeps what it became, by the file's (mtime, size, inode); a later
`read` parses only what has changed. A rulebook with a hole would let lookalikes pass, so a missing
file is a problem like any other; only blocklist.txt and allowlist.txt may be absent. Lists that were
imported stand in the state folder under lists/block and lists/allow, each a file of its own. A line of theirs
that the rules refuse today is left out and logged: nobody wrote it here, and newer rules know more platforms.
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from sekisho.rulebook.aftercare import parse_aftercare
from sekisho.rulebook.brands import parse_brands
from sekisho.rulebook.hostlist import parse_host_list
from sekisho.rulebook.lines import parse_confusables, parse_familiar, parse_ordinary
from sekisho.rulebook.long_lists import LONG_BYTES, BuildError, FileChangedError, read_long
from sekisho.rulebook.model import Brand, HostList, Rulebook
from sekisho.rulebook.page_rules import parse_page
from sekisho.rulebook.tables import parse_platforms, parse_suffixes, parse_tricks, parse_words
from sekisho.rulebook.toml_file import TomlFile

_log = logging.getLogger(__name__)

Stamp = tuple[int, int, int] | None
"""(mtime in ns, size, inode) of a file, or None where there is none."""
_UNREAD: Stamp = (-1, -1, -1)
"""No file's stamp: what bears it is read again every time."""

# Every other file is parsed by itself. The two lists come last: they are read against the platforms.
_PARSERS: dict[str, Callable[[str, str], tuple[Any, list[str]]]] = {
    "brands.toml": parse_brands,
    "words.toml": parse_words,
    "suffixes.toml": parse_suffixes,
    "platforms.toml": parse_platforms,
    "tricks.toml": parse_tricks,
    "page.toml": parse_page,
    "aftercare.toml": parse_aftercare,
    "confusables.txt": parse_confusables,
    "familiar.txt": parse_familiar,
    "ordinary.txt": parse_ordinary,
}
_LISTS = ("blocklist.txt", "allowlist.txt")
_MOST_ATTEMPTS = 20
"""How often a file that keeps changing under the reader is read anew, `settle` seconds apart."""

_RESTLESS = "keeps changing while it is read; it is read again soon"


class RuleError(ValueError):
    """Rule files that cannot be used; `problems` holds one line for each thing to mend."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def rules_folder() -> Path:
    """The project's own rules: inside the installed package, else at the top of the checkout."""
    package = Path(str(files("sekisho")))
    installed = package / "rules"
    return installed if installed.is_dir() else package.parent.parent / "rules"


def load_rulebook(rules: Path | None = None, state: Path | None = None) -> Rulebook:
    """Every rule of `rules` (default: the project's own), and the lists of the family's `state` folder.

    Raises RuleError with all problems of all files.
    """
    return RuleFiles(rules, state).read()


def imported_folder(state: Path, kind: str) -> Path:
    """Where lists that were imported stand, one file each; `kind` is ``block`` or ``allow``."""
    return state / "lists" / kind


def cache_folder(state: Path) -> Path:
    """Long lists as the proxy maps them; whatever is here can be deleted."""
    return state / "cache" / "lists"


def pack_imported(state: Path, path: Path, shared: Mapping[str, str]) -> None:
    """Leave the packed form of an imported list that is long, so that whoever reads it next only maps it.

    `shared`: the `shared_domains` of the Rulebook. Raises BuildError; where the list is edited meanwhile, the
    next reader packs it.
    """
    stamp = stamp_of(path)
    if stamp is not None and stamp[1] > LONG_BYTES:
        with suppress(FileChangedError):
            read_long(path, stamp, as_known(path), shared, cache_folder(state), lenient=True)


def shared_domains(rulebook: Rulebook) -> Mapping[str, str]:
    """Domains whose pages belong to their users → kind: platforms.toml and the brands' content domains.

    No list may name one as a whole; pass it to `parse_host_list` and `read_entry`.
    """
    return _shared(rulebook.platforms, rulebook.brands)


def _shared(platforms: Mapping[str, str], brands: Mapping[str, Brand]) -> dict[str, str]:
    content = (domain for brand in brands.values() for domain in brand.content)
    return {**dict.fromkeys(content, "content"), **platforms}


@dataclass(frozen=True, slots=True)
class _Parsed:
    stamp: Stamp
    value: Any
    problems: list[str]


class RuleFiles:
    """The files behind a Rulebook, each parsed once for each of its states."""

    def __init__(self, rules: Path | None = None, state: Path | None = None, settle: float = 0.0) -> None:
        """`settle`: seconds that a changed file must stay as it is before it is read, for use while
        somebody may be writing it.
        """
        rules = rules if rules is not None else rules_folder()
        self.settle = settle
        self._state = state
        self._paths = {name: rules / name for name in _PARSERS}
        # The most personal list first: the state folder's, then the rules folder's.
        folders = [folder for folder in (state, rules) if folder is not None]
        self._lists = {name: [folder / name for folder in folders] for name in _LISTS}
        self._shown = {rules / name: f"{rules.name}/{name}" for name in (*_PARSERS, *_LISTS)}
        self._imported_read: list[Path] = []
        self._parsed: dict[Path, _Parsed] = {}
        self._shared: dict[str, str] = {}

    def changed(self) -> bool:
        """A file was edited, replaced, added or removed since the last `read`. Reads no file."""
        imported = self._imported("block") + self._imported("allow")
        return imported != self._imported_read or any(
            path not in self._parsed or self._parsed[path].stamp != stamp_of(path)
            for path in (*self._paths.values(), *self._list_paths(), *imported)
        )

    def read(self) -> Rulebook:
        """The Rulebook of the files as they are now. Raises RuleError with all problems."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        for name, path in self._paths.items():
            parsed = self._file(path, _PARSERS[name], required=True)
            values[name] = parsed.value
            problems += parsed.problems
        brands = cast("dict[str, Brand]", values["brands.toml"] or {})
        platforms = cast("dict[str, str]", values["platforms.toml"] or {})
        problems += self._sites_on_platforms(brands, platforms)
        shared = _shared(platforms, brands)
        blocks, allows = self._imported("block"), self._imported("allow")
        self._imported_read = blocks + allows
        if shared != self._shared:
            for path in (*self._list_paths(), *self._imported_read):
                self._parsed.pop(path, None)
            self._shared = shared
        blocklist, allowlist = (self._read_lists(paths, problems) for paths in self._lists.values())
        imported = self._read_lists(blocks, problems, lenient=True)
        allowlist[1:1] = self._read_lists(allows, problems, lenient=True)
        if problems:
            raise RuleError(tuple(problems))
        risk_words, plain_words = values["words.toml"]
        suffixes = values["suffixes.toml"]
        return Rulebook(
            brands=brands,
            familiar_domains=values["familiar.txt"],
            blocklist=tuple(blocklist),
            allowlist=tuple(allowlist),
            imported=tuple(imported),
            platforms=platforms,
            risk_words=risk_words,
            plain_words=plain_words,
            ordinary_words=values["ordinary.txt"],
            cheap_suffixes=suffixes["cheap"],
            watched_suffixes=suffixes["watched"] | suffixes["bulk"],
            bulk_suffixes=frozenset(suffixes["bulk"]),
            confusables=values["confusables.txt"],
            tricks=values["tricks.toml"],
            page=values["page.toml"],
            aftercare=values["aftercare.toml"],
        )

    def _list_paths(self) -> tuple[Path, ...]:
        return tuple(path for paths in self._lists.values() for path in paths)

    def _imported(self, kind: str) -> list[Path]:
        """The imported lists that are there now, in the order of their names."""
        return sorted(imported_folder(self._state, kind).glob("[!.]*.txt")) if self._state else []

    def _read_lists(self, paths: list[Path], problems: list[str], *, lenient: bool = False) -> list[HostList]:
        """Those of the lists that can be used; what is wrong with them is added to `problems`."""
        parsed = [self._list(path, lenient=lenient) for path in paths]
        problems += [problem for one in parsed for problem in one.problems]
        return [one.value for one in parsed if one.value is not None]

    def _list(self, path: Path, *, lenient: bool = False) -> _Parsed:
        """One list; a lenient one has its good lines in its value, and no problem because of the others."""
        stamp = stamp_of(path)
        known = self._parsed.get(path)
        if known and known.stamp == stamp:
            return known
        source = self._shown.setdefault(path, as_known(path))
        if stamp is not None and stamp[1] > LONG_BYTES:
            parsed = self._long_list(path, source, lenient=lenient)
        else:
            parsed = self._file(
                path, lambda text, known_as: parse_host_list(text, known_as, self._shared), required=False
            )
        if lenient and parsed.value is not None and parsed.problems:
            _log.warning("lines of an imported list are left out:\n%s", "\n".join(parsed.problems))
            parsed = _Parsed(parsed.stamp, parsed.value, [])
        self._parsed[path] = parsed
        return parsed

    def _long_list(self, path: Path, source: str, *, lenient: bool) -> _Parsed:
        """A list that another process reads, once nobody writes it any more."""
        cache = cache_folder(self._state) if self._state is not None and self._state.is_dir() else None
        for _ in range(_MOST_ATTEMPTS):
            stamp = stamp_of(path)
            time.sleep(self.settle)
            if stamp is None or stamp != stamp_of(path):
                continue
            try:
                value, problems = read_long(path, stamp, source, self._shared, cache, lenient=lenient)
            except FileChangedError:
                continue
            except BuildError as error:
                return _Parsed(_UNREAD, None, [f"{source}: {error}"])
            return _Parsed(stamp, value, problems)
        return _Parsed(_UNREAD, None, [f"{source}: {_RESTLESS}"])

    def _sites_on_platforms(self, brands: Mapping[str, Brand], platforms: Mapping[str, str]) -> list[str]:
        """Real sites that the Rulebook could not hold to be official, since users' pages stand there.

        Of a brand's other domains both may be true: it owns them, and its users fill them.
        """
        path = self._paths["brands.toml"]
        on_platform = [
            (brand.slug, domain, parent)
            for brand in brands.values()
            for domain in brand.domains[:1]
            for parent in _parents(domain)
            if parent in platforms
        ]
        if not on_platform:
            return []
        file = TomlFile(_text_of(path)[0] or "", self._shown[path])
        for slug, domain, parent in on_platform:
            message = f"the real site {domain!r} is on the platform {parent} of platforms.toml"
            file.problem(f"{message}; put another domain first", slug, "domains", domain)
        return file.problems

    def _file(
        self, path: Path, parse: Callable[[str, str], tuple[Any, list[str]]], required: bool
    ) -> _Parsed:
        known = self._parsed.get(path)
        if known and known.stamp == stamp_of(path):
            return known
        source = self._shown[path]
        stamp, content, problem = self._settled(path)
        if content is None:
            problems = [f"{source}: {problem}"] if problem else []
            if not problem and required:
                problems = [f"{source}: is missing; put the project's own file back"]
            parsed = _Parsed(stamp, None, problems)
        else:
            value, problems = parse(content, source)
            parsed = _Parsed(stamp, value, problems)
        self._parsed[path] = parsed
        return parsed

    def _settled(self, path: Path) -> tuple[Stamp, str | None, str]:
        """(stamp, text, problem) of a file that nobody is writing at the moment."""
        stamp = stamp_of(path)
        for _ in range(_MOST_ATTEMPTS):
            # Waiting comes before reading: a second write within one tick of the file system's clock
            # leaves the stamp as it was, and would otherwise never be seen.
            time.sleep(self.settle)
            text, problem = _text_of(path)
            after = stamp_of(path)
            if after == stamp:
                # Permissions and disks are mended without a new stamp.
                return (_UNREAD if problem else stamp), text, problem
            stamp = after
        return _UNREAD, None, _RESTLESS


def stamp_of(path: Path) -> Stamp:
    """What changes with each writing of a file; None where it cannot be seen."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _text_of(path: Path) -> tuple[str | None, str]:
    try:
        return path.read_bytes().decode("utf-8-sig"), ""
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, f"line {line} is not UTF-8; save the file as UTF-8"


def _parents(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[index:]) for index in range(len(labels))]


def as_known(path: Path) -> str:
    """The path as the family knows it: below ``~`` where it is below their home."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
