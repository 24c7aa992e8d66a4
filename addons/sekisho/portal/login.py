"""Login: who may use the desk — the one-time code of the first start, guesses that are slowed, and sessions.

A session is a random number that the browser keeps; only its hash is kept here, in memory and in a file of
the state folder, so that a restart logs nobody out and whoever reads the file cannot log in. It belongs to the
password with which it began: a new password ends all. Time is passed in, and all may be used from threads.
"""

import json
import logging
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from threading import Lock

from cachetools import LRUCache

from sekisho.atomic_file import write_whole
from sekisho.backoff import backoff
from sekisho.engine.pending import same_secret
from sekisho.link import is_loopback
from sekisho.rulebook.own_lists import ListFileError, locked

logger = logging.getLogger(__name__)

SESSIONS_NAME = "desk-sessions.json"
IDLE_SECONDS = 30 * 86_400.0
"""A session that nobody used for so long is over."""
_NOTED_EVERY = 3600.0
_MOST_SESSIONS = 100
_LONGEST_FILE = 256 * 1024

FREE_GUESSES, LONGEST_WAIT = 3, 900.0
"""A device's wrong guesses that cost nothing, and the most seconds that it then waits; the wait doubles."""
FREE_TOGETHER, LONGEST_TOGETHER = 20, 60.0
"""The same for all devices together that never logged in: the wait is short, and who was right once is not held
up by it, or somebody with many addresses could lock the family out."""
_FORGOTTEN = 86_400.0
_MOST_GUESSERS = 1000

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0 and O, 1 and I: it is read off a screen."""


@dataclass(slots=True)
class _Wrong:
    count: int = 0
    last: float = 0.0


class LoginThrottle:
    """Wrong guesses of late: of each device, and of all together."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by: LRUCache[str, _Wrong] = LRUCache(_MOST_GUESSERS)
        self._all = _Wrong()
        self._known: set[str] = set()

    def begin(self, client: str, now: float) -> float:
        """Seconds to wait, and nothing may be tried; or 0, and one try counts as wrong until `right` is called.

        So a thousand tries at the same moment are not a thousand free ones.
        """
        with self._lock:
            own = self._by.setdefault(_network(client), _Wrong(last=now))
            for wrong in (own, self._all):
                if abs(now - wrong.last) > _FORGOTTEN:
                    wrong.count = 0
            wait = _wait(own, FREE_GUESSES, LONGEST_WAIT, now)
            if _network(client) not in self._known and not is_loopback(client):
                wait = max(wait, _wait(self._all, FREE_TOGETHER, LONGEST_TOGETHER, now))
            if wait > 0:
                return wait
            for wrong in (own, self._all):
                wrong.count, wrong.last = wrong.count + 1, now
            return 0.0

    def right(self, client: str) -> None:
        """The try that began was right."""
        with self._lock:
            self._by.pop(_network(client), None)
            self._all.count = max(0, self._all.count - 1)
            if len(self._known) < _MOST_GUESSERS:
                self._known.add(_network(client))


def _wait(wrong: _Wrong, free: int, longest: float, now: float) -> float:
    if wrong.count < free:
        return 0.0
    pause = backoff(wrong.count - free + 1, 2.0, longest)
    # A clock that was set back must not lock anybody out for longer than the pause.
    return max(0.0, min(wrong.last + pause - now, pause))


def _network(client: str) -> str:
    """A device has as many IPv6 addresses as it likes, all of one /64."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else client


class SetUp:
    """The one-time code with which the first password is set; none where there is a password already."""

    def __init__(self, code: str = "") -> None:
        self._lock = Lock()
        self._code = code

    @property
    def code(self) -> str:
        """As the terminal shows it; empty where it was used, or never made."""
        return self._code

    def use(self, given: str, act: Callable[[], object]) -> bool:
        """Where the code is right: do it, and the code is used up. What `act` raises goes up, and leaves it good."""
        plain = "".join(c for c in unicodedata.normalize("NFKC", given[:100]).upper() if c.isalnum())
        with self._lock:
            wanted = self._code.replace("-", "")
            if not wanted or not same_secret(wanted, plain):
                return False
            act()
            self._code = ""
            return True


def new_code() -> str:
    """Eight letters, as ``ABCD-2345``: 40 bits, against which guesses are slowed."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


@dataclass(slots=True)
class _Session:
    mark: str
    """Of the password with which it began."""
    seen: float
    noted: float
    """What stands in the file as `seen`."""


class Sessions:
    """Who is logged in. `mark` changes with the password (`portal.password.mark_of`)."""

    def __init__(self, state: Path, mark: Callable[[], str]) -> None:
        self._path = state / SESSIONS_NAME
        self._mark = mark
        self._lock = Lock()
        self._open: dict[str, _Session] | None = None

    def begin(self, now: float) -> str:
        """A new session; its id is for the browser alone. Never one that a browser brought along."""
        name = secrets.token_urlsafe(32)
        with self._lock:
            kept = self._read()
            while len(kept) >= _MOST_SESSIONS:
                del kept[min(kept, key=lambda key: kept[key].seen)]
            kept[_hash(name)] = _Session(self._mark(), now, now)
            self._write()
        return name

    def is_open(self, name: str, now: float) -> bool:
        """Whether this is a session; to ask is to use it."""
        mark = self._mark()
        with self._lock:
            kept = self._read()
            found = kept.get(_hash(name)) if name else None
            if found is None:
                return False
            if not mark or found.mark != mark or not -IDLE_SECONDS < now - found.seen < IDLE_SECONDS:
                del kept[_hash(name)]
                self._write()
                return False
            found.seen = now
            if abs(now - found.noted) > _NOTED_EVERY:
                self._write()
            return True

    def end(self, name: str) -> None:
        """Log this browser out."""
        with self._lock:
            if self._read().pop(_hash(name), None):
                self._write()

    def end_all(self) -> None:
        """Log everybody out."""
        with self._lock:
            self._read().clear()
            self._write()

    def _read(self) -> dict[str, _Session]:
        if self._open is None:
            self._open = {}
            try:
                with self._path.open("rb") as file:
                    for key, (mark, seen) in json.loads(file.read(_LONGEST_FILE)).items():
                        self._open[str(key)] = _Session(str(mark), float(seen), float(seen))
            except FileNotFoundError:
                pass
            except (OSError, ValueError, TypeError, AttributeError) as error:
                self._open = {}
                logger.warning("%s cannot be read, so everybody logs in anew: %s", self._path, error)
        return self._open

    def _write(self) -> None:
        kept = self._read()
        for session in kept.values():
            session.noted = session.seen
        content = json.dumps({key: [session.mark, session.seen] for key, session in kept.items()})
        try:
            with locked(self._path):
                write_whole(self._path, content.encode())
        except (ListFileError, OSError) as error:
            logger.error("sessions end with this run, since they cannot be kept: %s", error)


def _hash(name: str) -> str:
    return sha256(name.encode("utf-8", "replace")).hexdigest()
