"""``sekisho import``: the list of another blocker, kept as a list of its own that can be renewed and removed.

What it blocks ranks below familiar and official sites and below the family's own word; its exceptions, and
with --allow all of it, are allowed whatever the rules find. A line that a list of hosts cannot keep is
skipped, as other blockers do, and told. A line for a public suffix or a platform refuses the list, as in the
family's own lists, unless --skip-bad says otherwise: skipped in silence, the family would think it blocked.
"""

import io
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from sekisho.cli.failure import UNDONE, Failure, UsageFailure, failing, settings_of
from sekisho.cli.household import read_household
from sekisho.cli.overlap import Overlap
from sekisho.policy.household import Household
from sekisho.rulebook import shared_domains
from sekisho.rulebook.foreign import DistinctLines, Kind, Reading, read_foreign
from sekisho.rulebook.gravity import GravityError, gravity_lines, is_database
from sekisho.rulebook.hostlist import Problems
from sekisho.rulebook.imports import KINDS, import_name, imports, remove_import, write_import
from sekisho.rulebook.load import imported_folder, pack_imported
from sekisho.rulebook.long_lists import BuildError
from sekisho.rulebook.own_lists import ListFileError
from sekisho.settings import Settings

_START = 512
"""Bytes by which a database and a web page are told from a list."""


class NoListError(ValueError):
    """A file cannot be imported; the message says why and what to do."""


@click.command(
    name="import",
    epilog="Read are Pi-hole (gravity.db, adlists), hosts files, AdGuard and AdBlock, dnsmasq, unbound,"
    " response policy zones, and plain names, which mean their subdomains too. The name of a list is that of"
    " its file; to import it again renews it.",
)
@click.argument("files", metavar="FILE… | -", nargs=-1)
@click.option("--allow", is_flag=True, help="Allow what the list names, instead of blocking it.")
@click.option("--name", metavar="NAME", help="Keep it under this name  [default: the file's name]")
@click.option("--dry-run", is_flag=True, help="Say what would be kept, and write nothing.")
@click.option(
    "--skip-bad", is_flag=True, help="Leave out public suffixes and platforms, instead of refusing."
)
@click.option("--list", "show", is_flag=True, help="Show the lists that were imported.")
@click.option("--remove", metavar="NAME", help="Take an imported list out.")
@click.pass_context
def import_(
    ctx: click.Context,
    files: tuple[str, ...],
    allow: bool,
    name: str | None,
    dry_run: bool,
    skip_bad: bool,
    show: bool,
    remove: str | None,
) -> None:
    """Take in lists of other blockers; - reads one from standard input."""
    if sum(map(bool, (files, show, remove))) != 1:
        raise UsageFailure("give files to import, or --list, or --remove NAME")
    if name and len(files) > 1:
        raise UsageFailure("--name names one list; import the files one after the other")
    settings = settings_of(ctx)
    with failing(ListFileError):
        if remove:
            removed(settings, remove)
        elif show:
            shown(settings)
        else:
            with failing(usage=ValueError):
                names = [import_name(name or ("stdin" if file == "-" else file)) for file in files]
            if len(set(names)) < len(names):
                raise UsageFailure(
                    "two of the files have one name; import them one after the other with --name"
                )
            household = read_household(settings)
            kind: Kind = "allow" if allow else "block"
            failed = False
            for file, named in zip(files, names, strict=True):
                try:
                    sentence = take_in(settings, household, file, named, kind, time.time(), dry_run, skip_bad)
                    click.echo("\n".join(sentence))
                    pack(settings.state, named, shared_domains(household.rulebook))
                except NoListError as error:
                    failed = True
                    click.echo(f"sekisho: {error}", err=True)
            ctx.exit(UNDONE if failed else 0)


def take_in(
    settings: Settings,
    household: Household,
    file: str,
    name: str,
    kind: Kind,
    now: float,
    dry_run: bool,
    skip_bad: bool,
) -> list[str]:
    """Import one file and say what became of it. Raises NoListError, and ListFileError."""
    shown_as = "standard input" if file == "-" else Path(file).name
    overlap = Overlap(household.policy(), now)
    try:
        reading = read_foreign(
            _lines(file),
            shown_as,
            shared_domains(household.rulebook),
            lambda found, *entry: overlap.note(kind if found == "block" else "allow", *entry),
        )
    except OSError as error:
        raise NoListError(f"{file} cannot be read: {error.strerror}") from error
    except GravityError as error:
        raise NoListError(str(error)) from error
    if reading.refused.count and not skip_bad:
        why = f"{_lines_of(reading.refused)} would {kind} the sites of strangers; --skip-bad leaves them out"
        raise NoListError("\n".join([f"{file} is not imported: {why}", *_first(reading.refused)]))
    lines: dict[str, DistinctLines] = {"block": reading.kept["block"], "allow": reading.kept["allow"]}
    exceptions = len(lines["allow"])
    if kind == "allow":
        for line in lines["allow"]:
            lines["block"].add(line)
        lines = {"allow": lines["block"]}
    if not any(lines.values()):
        sentence = [f"{file} is not imported: no line of it names a host", *_first(reading.skipped)]
        raise NoListError("\n".join(sentence))
    day = datetime.fromtimestamp(now, UTC).astimezone().date()
    head = f"from {shown_as} by sekisho import, {day}; import it again as {name} to renew it"
    written = {} if dry_run else write_import(settings.state, name, head, lines)
    sentence = [f"{name}: {'nothing written' if dry_run else 'imported'}"]
    for listed in KINDS:
        if count := len(lines.get(listed, ())):
            verb = f"would {listed}" if dry_run else f"{listed}ed"
            sentence.append(f"  {verb} {count:,}{f' ({written[listed]})' if listed in written else ''}")
    return sentence + _remarks(reading, overlap, exceptions if kind == "block" else 0)


def pack(state: Path, name: str, shared: Mapping[str, str]) -> None:
    """Pack the files of an import that are long, for the next check and the proxy; say so where that fails."""
    for kind in KINDS:
        path = imported_folder(state, kind) / f"{name}.txt"
        try:
            pack_imported(state, path, shared)
        except BuildError as error:
            click.echo(f"sekisho: {path}: {error}; the next check tries again", err=True)


def removed(settings: Settings, name: str) -> None:
    """Take a list out and say so. Raises Failure where there is none."""
    paths = remove_import(settings.state, name)
    if not paths:
        names = sorted({item.name for item in imports(settings.state)})
        raise Failure(f"no imported list is named {name}: {', '.join(names) or 'none was imported'}")
    for path in paths:
        click.echo(f"removed {path}")


def shown(settings: Settings) -> None:
    """One line for each imported list."""
    for item in imports(settings.state):
        click.echo(f"{item.name}  {item.kind}s {item.entries:,}  {item.head}  ({item.path})")


def _remarks(reading: Reading, overlap: Overlap, exceptions: int) -> list[str]:
    sentence: list[str] = []

    def remark(what: str, problems: Problems) -> None:
        if problems.count:
            sentence.extend((f"  {what}:", *_first(problems)))

    if exceptions:
        sentence.append(
            f"  on the allowlist: {_count(exceptions, 'exception')} (@@), which open whatever the rules find"
        )
    if reading.wildcards:
        wild = _count(reading.wildcards, "line")
        sentence.append(f"  kept as NAME, which covers NAME itself too: {wild} of the kind *.NAME")
    remark(f"skipped {_lines_of(reading.skipped)} that a list of hosts cannot keep", reading.skipped)
    remark(f"left out {_lines_of(reading.refused)} for the sites of strangers", reading.refused)
    remark(
        f"open all the same ({overlap.open.count:,}), as familiar sites and the family's own word outweigh imported"
        " lists; `sekisho block HOST` shuts one",
        overlap.open,
    )
    remark(
        f"shut all the same ({overlap.shut.count:,}), as the family's blocklist outweighs them", overlap.shut
    )
    remark(f"opened although the family blocked more ({overlap.opened.count:,})", overlap.opened)
    return sentence


def _first(problems: Problems) -> list[str]:
    sentence = [f"    {line}" for line in problems.first]
    more = problems.count - len(sentence)
    return [*sentence, f"    and {more:,} more"] if more else sentence


def _lines_of(problems: Problems) -> str:
    return _count(problems.count, "line")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _lines(file: str) -> Iterable[str]:
    """The lines of a file, of standard input or of a Pi-hole's database. Raises NoListError and OSError."""
    with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as source:
        # Standard input may be another stream where a program replaced it.
        buffered = (
            source
            if isinstance(source, io.BufferedReader)
            else io.BufferedReader(cast("io.RawIOBase", source))
        )
        start = buffered.peek(_START)[:_START]
        if is_database(start) and file != "-":
            yield from gravity_lines(Path(file))
            return
        if start.lstrip().lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
            raise NoListError(f"{file} is a web page, not a list; fetch the list itself")
        if b"\0" in start:
            raise NoListError(f"{file} is no text in UTF-8; unpack it, or save it as UTF-8")
        text = io.TextIOWrapper(buffered, "utf-8", "replace", newline="\n")  # only "\n" ends a line
        try:
            yield from text
        finally:
            text.detach()
