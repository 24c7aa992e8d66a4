"""Atomic file: a file is replaced whole or not at all, and one process at a time edits it.

Write to a temporary file in the same folder, fsync, rename over the old name, fsync the folder (POSIX
rename is atomic). Everything that a family entered is written this way.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock


def write_whole(path: Path, content: bytes, *, mode: int | None = None, durable: bool = True) -> None:
    """Replace the file by `content`; a symbolic link stays a link. Raises OSError, and leaves the old file then.

    mode: permission bits; None keeps those of the old file, and is 0600 for a new one. durable: survives a
    power cut; False saves some milliseconds for what can be made again.
    """
    target = path.resolve()
    if mode is None:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        fresh.chmod(mode)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    if durable:
        _sync_folder(target.parent)


@contextlib.contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """The file, there or not, is this process's to write; its folder is made.

    Raises filelock.Timeout where another process holds it for longer than `seconds`, and OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(lock_path(path), timeout=seconds, mode=0o600):
        yield


def lock_path(path: Path) -> Path:
    """The lock file of a file."""
    return path.with_name(f".{path.name}.lock")


def _sync_folder(folder: Path) -> None:
    """The new name, too, must survive a power cut; Windows has no such call and needs none."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
