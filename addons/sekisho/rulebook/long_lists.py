"""LongLists: lists too long to be read beside traffic, each built once into a file and then only mapped.

Python reads a million lines in some twenty seconds, and a thread that does so delays every click from 1.5 to
97 ms. So another process reads the list (`build_list`) and leaves a `packed_list` in the cache folder, named
after the list and its state: its time, size and inode, the platforms that no list may name, the program's
version, the time zone in which its ends are meant. A file that is missing or damaged is built again; without
a cache folder it is built in a temporary one.
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from sekisho import __version__
from sekisho.rulebook.model import HostList
from sekisho.rulebook.packed_list import MAGIC, open_list

_log = logging.getLogger(__name__)

LONG_BYTES = 400_000
"""Some 20,000 lines; what is shorter is read as it is, in a fifth of a second at the most."""
BUILD_SECONDS = 600.0
"""A list that takes longer is held to be stuck."""
CHANGED = 3
"""Exit code of `build_list`: the list was edited while it was read."""


class BuildError(RuntimeError):
    """The list could not be built; the message is a sentence without the file's name."""


@dataclass(frozen=True, slots=True)
class Order:
    """What `build_list` is to do, as JSON on its standard input."""

    path: str
    """The list."""
    target: str
    """Where the packed list goes."""
    source: str
    """The list's name in problems."""
    stamp: tuple[int, int, int]
    """(mtime in ns, size, inode) that the list must have before and after it is read."""
    shared: dict[str, str]
    """Domains whose pages belong to their users → kind."""
    lenient: bool
    """Lines that are wrong are left out; else they refuse the list."""


def read_long(
    path: Path,
    stamp: tuple[int, int, int],
    source: str,
    shared: Mapping[str, str],
    cache: Path | None,
    *,
    lenient: bool = False,
) -> tuple[HostList | None, list[str]]:
    """The list and its problems, as `parse_host_list`; the list is None where the problems refuse it.

    Blocking, for as long as a build takes where none is ready. `cache` need not exist; None builds in a
    temporary folder. Raises BuildError, FileChangedError where the list is being edited.
    """
    key = json.dumps([stamp, sorted(shared.items()), __version__, MAGIC.decode(), time.tzname, lenient])
    stem, state = _digest(str(path.absolute())), _digest(key)
    ready = cache / f"{stem}-{state}.list" if cache else None
    if ready:
        with suppress(OSError, ValueError):
            return open_list(ready, source), []
    with tempfile.TemporaryDirectory(prefix="sekisho-", ignore_cleanup_errors=True) as folder:
        if not ready or not _made(ready.parent):
            ready = Path(folder) / "list"
        _log.info("%s is long: another process reads it, which may take a minute", source)
        problems = _build(Order(str(path), str(ready), source, stamp, dict(shared), lenient))
        if problems and not lenient:
            return None, problems
        try:
            host_list = open_list(ready, source)
        except (OSError, ValueError) as error:
            raise BuildError(f"could not be packed: {error}") from error
    for old in ready.parent.glob(f"{stem}-*.list"):
        if old != ready:
            with suppress(OSError):  # Windows: another process still maps it
                old.unlink()
    return host_list, problems


class FileChangedError(RuntimeError):
    """The list is another than its stamp says."""


def _build(order: Order) -> list[str]:
    """Run `build_list` and return the problems of the list."""
    command = [sys.executable, "-P", "-m", "sekisho.rulebook.build_list"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
    job = json.dumps({name: getattr(order, name) for name in Order.__slots__})
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            input=job,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=environment,
            timeout=BUILD_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"could not be read in another process: {error}") from error
    if done.returncode == CHANGED:
        raise FileChangedError(order.path)
    if done.returncode:
        sentence = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise BuildError(f"could not be read in another process (exit code {done.returncode}: {sentence})")
    problems: list[str] = json.loads(done.stdout)
    return problems


def _made(folder: Path) -> bool:
    """The folder is there and may be written to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
