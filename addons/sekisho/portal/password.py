"""Password: the one that opens the family's desk, kept in the state folder as an argon2id hash.

A file that cannot be read is never taken for "no password yet": then anybody could set one.
"""

import unicodedata
from hashlib import sha256
from pathlib import Path

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from sekisho.atomic_file import write_whole
from sekisho.rulebook.own_lists import ListFileError, locked

PASSWORD_NAME = "desk-password"  # noqa: S105 - a file's name
LEAST = 8
LONGEST = 256
"""Characters of a password."""
_HASHER = PasswordHasher()
"""Argon2id with the second recommendation of RFC 9106: 64 MiB, 3 passes."""
_LONGEST_FILE = 1024


class PasswordError(RuntimeError):
    """The file cannot be read or written; the message names it and the remedy."""


def set_password(state: Path, password: str) -> Path:
    """Keep it in place of the old one. Raises ValueError for one that is too short or too long, PasswordError."""
    text = _clean(password)
    if len(text) < LEAST:
        raise ValueError(f"the password is too short; use {LEAST} characters or more")
    if len(text) > LONGEST:
        raise ValueError(f"the password is too long; use at most {LONGEST} characters")
    path = state / PASSWORD_NAME
    hashed = _HASHER.hash(text)
    try:
        with locked(path):
            write_whole(path, f"{hashed}\n".encode())
            path.chmod(0o600)
    except (ListFileError, OSError) as error:
        raise PasswordError(f"{path} cannot be written: check who owns it ({error})") from error
    return path


def has_password(state: Path) -> bool:
    """Whether one was set. Raises PasswordError where that cannot be known."""
    return bool(_read(state))


def is_password(state: Path, password: str) -> bool:
    """Whether this is it; takes some 50 ms by design. Raises PasswordError."""
    kept = _read(state)
    if not kept or len(password) > 4 * LONGEST:
        return False
    try:
        return _HASHER.verify(kept, _clean(password))
    except VerificationError:
        return False


def mark_of(state: Path) -> str:
    """Changes with the password and reveals nothing of it; empty where none is set. Raises PasswordError."""
    kept = _read(state)
    return sha256(kept.encode()).hexdigest() if kept else ""


def _clean(password: str) -> str:
    # A Japanese keyboard may type the same letters wide.
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


def _read(state: Path) -> str:
    path = state / PASSWORD_NAME
    try:
        with path.open("rb") as file:
            kept = file.read(_LONGEST_FILE).decode("ascii").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise PasswordError(f"{path} cannot be read ({error.strerror}): check who owns it") from None
    except ValueError:
        raise _damaged(path) from None
    try:
        if extract_parameters(kept).type is not Type.ID:
            raise _damaged(path)
    except InvalidHashError:
        raise _damaged(path) from None
    return kept


def _damaged(path: Path) -> PasswordError:
    return PasswordError(f"{path} is damaged: set the password anew by `sekisho desk password`")
