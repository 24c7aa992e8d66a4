"""The key file: VirusTotal's key in the state folder, where ``sekisho virustotal key`` puts it.

It counts only where neither ``sekisho.toml`` nor the environment gives a key. `find_key` checks the
file anew each time (which costs some microseconds, since it is read only when it changed), so that a
new key counts at once and without a restart.
"""

import logging
import os
import stat
from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr

from sekisho.atomic_file import write_whole
from sekisho.settings.model import Settings
from sekisho.settings.virustotal import clean_key

logger = logging.getLogger(__name__)

KEY_NAME = "virustotal.key"
_LONGEST = 4096
NONE = SecretStr("")


def find_key(settings: Settings) -> SecretStr:
    """The key that counts now: the settings' own, else the one in the state folder; empty where there is none.

    Never raises: a file that cannot be read is logged, once for each change.
    """
    if settings.virustotal.key.get_secret_value():
        return settings.virustotal.key
    path = settings.state / KEY_NAME
    try:
        seen = path.stat()
    except FileNotFoundError:
        return NONE
    except OSError as error:
        return _unreadable(path, error.strerror or "")
    return _read(path, seen.st_ino, seen.st_mtime_ns, seen.st_size, seen.st_mode)


def write_key(state: Path, key: str) -> Path:
    """Keep a key for this account only, whole or not at all. Raises ValueError or OSError."""
    key = clean_key(key)
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = state / KEY_NAME
    write_whole(path, f"{key}\n".encode("ascii"), mode=0o600)
    return path


def remove_key(state: Path) -> bool:
    """Take the key away; False where there was none. Raises OSError."""
    try:
        (state / KEY_NAME).unlink()
    except FileNotFoundError:
        return False
    return True


def warn_of_readers(path: Path, mode: int, what: str = "the VirusTotal key") -> None:
    """Say so where others of this computer can read a file that holds a secret."""
    if os.name == "posix" and stat.S_IMODE(mode) & 0o044:
        logger.warning(
            "%s holds %s, and others can read it: chmod go= %s, and think of a new one",
            path,
            what,
            path,
        )


@lru_cache(maxsize=16)
def _read(path: Path, _inode: int, _changed: int, _size: int, mode: int) -> SecretStr:
    """The key of a file in just this state, so that each state is read, and logged, once."""
    warn_of_readers(path, mode)
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST).decode("ascii")
        return SecretStr(clean_key(text))
    except OSError as error:
        return _unreadable(path, error.strerror or "")
    except ValueError:
        logger.error("%s holds no key: run `sekisho virustotal key`, or remove the file", path)
        return NONE


@lru_cache(maxsize=16)
def _unreadable(path: Path, why: str) -> SecretStr:
    logger.error("%s cannot be read (%s): check who owns it; VirusTotal is not asked", path, why)
    return NONE
