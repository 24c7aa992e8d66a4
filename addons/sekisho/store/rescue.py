"""Rescue: a damaged database file is kept aside, and a new one begins with the decisions that can be read.

Only the proxy asks for it (`Store.open(…, rescue=True)`): a reader must never swap the file below the
others. The new file is made complete beside the old one and then takes its place by renames, so that a
crash at any point leaves either the damaged file, to be rescued again, or the finished new one.
"""

import contextlib
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sekisho.records.visits import Decision, StoreError
from sekisho.store.schema import decisions

logger = logging.getLogger(__name__)

_COLUMNS = tuple(column.name for column in decisions.columns)
_MOST_TRIED = 20_000
"""Numbers of decisions that are asked for one by one where a page in the middle is broken."""


def new_beside(path: Path) -> Path:
    """Where the new file is made."""
    return path.with_name(f"{path.name}.new")


def finish(path: Path) -> None:
    """Let a finished new file take its place, where a crash came between the renames. Raises StoreError."""
    new = new_beside(path)
    with _name_failures(path):
        if new.exists() and not path.exists():
            _drop_log(path)
            new.rename(path)
        # What a rescue that was cut off has left: half a file.
        _drop_log(new)
        new.unlink(missing_ok=True)


def swap(path: Path, aside: Path) -> None:
    """Put the damaged file aside, with its log ahead, and the new one in its place. Raises StoreError."""
    with _name_failures(path):
        log = _part(path, "-wal")
        if log.exists() and log.stat().st_size:
            shutil.copyfile(log, _part(aside, "-wal"))
            _part(aside, "-wal").chmod(0o600)
        path.rename(aside)
        # A log ahead that is left behind would be played into the new file.
        _drop_log(path)
        new_beside(path).rename(path)


def free_name(path: Path, at: float) -> Path:
    """Where the damaged file will be kept: ``sekisho.db.damaged-20261124-080000``."""
    stamp = f"{datetime.fromtimestamp(at, UTC):%Y%m%d-%H%M%S}"
    names = (f"{path.name}.damaged-{stamp}{f'-{number}' if number > 1 else ''}" for number in count(1))
    return next(aside for aside in map(path.with_name, names) if not aside.exists())


def readable_decisions(path: Path) -> list[Decision]:
    """Every decision of a damaged file that can still be read, by number; none where it is no database."""
    found: dict[int, Decision] = {}
    # The second way ignores the log ahead, which may be what is broken.
    for how in ("mode=ro", "mode=ro&immutable=1"):
        with contextlib.suppress(sqlite3.Error, OSError):
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=1.0)
            with contextlib.closing(connection):
                for row in _rows(connection):
                    with contextlib.suppress(ValueError, TypeError, KeyError):
                        decision = _decision(row)
                        found.setdefault(decision.id or 0, decision)
    return [found[number] for number in sorted(found)]


def message(path: Path, aside: Path, saved: int) -> str:
    """What happened and what to do, in one sentence or two."""
    what = f"{saved} decisions were saved" if saved else "no decision could be read in it"
    return (
        f"the store {path} was damaged and is kept as {aside.name}; a new one was made, {what}. "
        "Look at `sekisho log` and repeat what the family decided and is missing; check the disk."
    )


def _rows(connection: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Rows of decisions from the front, from the back, and one by one in between."""
    wanted = f"SELECT {', '.join(_COLUMNS)} FROM decisions"  # noqa: S608 (our own column names)
    ends: list[int] = []
    for order in ("ASC", "DESC"):
        last = 0
        try:
            for row in connection.execute(f"{wanted} ORDER BY id {order}"):
                last = row[0]
                yield row
            return
        except sqlite3.DatabaseError:
            ends.append(last)
    if not all(isinstance(end, int) for end in ends):
        return
    low, high = ends
    for number in range(low + 1, min(high or low + 1000, low + _MOST_TRIED)):
        with contextlib.suppress(sqlite3.DatabaseError):
            yield from connection.execute(f"{wanted} WHERE id = ?", (number,))


def _decision(row: tuple[Any, ...]) -> Decision:
    """Raises ValueError or TypeError where the row holds nonsense."""
    fields = dict(zip(_COLUMNS, row, strict=True))
    for name in ("at", "until", "ended_at"):
        if fields[name] is not None:
            fields[name] = float(fields[name])
    if not all(isinstance(fields[name], str | None) for name in ("host", "by", "client", "ended_by")):
        raise ValueError("a column of text holds something else")
    return Decision(**{**fields, "exact": bool(fields["exact"]), "id": int(fields["id"])})


def _part(path: Path, end: str) -> Path:
    return path.with_name(f"{path.name}{end}")


def _drop_log(path: Path) -> None:
    for end in ("-wal", "-shm"):
        _part(path, end).unlink(missing_ok=True)


@contextlib.contextmanager
def _name_failures(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"the damaged store {path} cannot be put aside ({error.strerror}): move it away by hand, "
            "or check who owns the folder"
        ) from error
