"""CancelToken: ends downloads when the program stops, since a waiting thread cannot be interrupted."""

import contextlib
import threading
from collections.abc import Callable, Iterator


class CancelToken:
    """Things that wait (a socket, a child process), and the one call that ends them all. For any thread."""

    def __init__(self) -> None:
        self.cancelled = False
        """True for good once `pull` was called."""
        self._lock = threading.Lock()
        self._ends: dict[int, Callable[[], object]] = {}

    def pull(self) -> None:
        """End everything that is under way, and whatever begins from now on."""
        with self._lock:
            self.cancelled = True
            ends = list(self._ends.values())
        for end in ends:
            _call(end)

    @contextlib.contextmanager
    def watching(self, end: Callable[[], object]) -> Iterator[None]:
        """While in here, `pull` calls `end`; at once where it was pulled before."""
        with self._lock:
            self._ends[id(end)] = end
            pulled = self.cancelled
        if pulled:
            _call(end)
        try:
            yield
        finally:
            with self._lock:
                self._ends.pop(id(end), None)


def _call(end: Callable[[], object]) -> None:
    with contextlib.suppress(OSError):  # it ended by itself meanwhile
        end()
