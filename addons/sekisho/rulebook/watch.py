"""RulebookFiles: the last good Rulebook, kept up to date while the proxy runs.

An edit that cannot be used leaves the last good rules in force and says so once; the next good edit
replaces them. Nothing here waits for the operating system to report changes: a dozen `stat` calls a
second cost less than a watcher, and work on network drives and in containers.
"""

import logging
import threading
from pathlib import Path

from sekisho.rulebook.load import RuleError, RuleFiles
from sekisho.rulebook.model import Rulebook

_log = logging.getLogger(__name__)

SETTLE_SECONDS = 0.05
"""How long a changed file must rest before it is read: editors truncate first and write then."""


class RulebookFiles:
    """`current` is always a good Rulebook; `refresh` looks whether the files have changed."""

    current: Rulebook
    """Replaced as a whole, never changed: a check keeps the one that it began with."""
    problems: tuple[str, ...]
    """What is wrong with the files as they are now; empty where `current` is what they say."""

    def __init__(
        self, rules: Path | None = None, state: Path | None = None, settle: float = SETTLE_SECONDS
    ) -> None:
        """Loads the files as `load_rulebook` does; raises RuleError where they are not good."""
        self._files = RuleFiles(rules, state)
        self.current = self._files.read()
        self.problems = ()
        self._files.settle = settle
        self._one_at_a_time = threading.Lock()

    def refresh(self) -> bool:
        """Reads what has changed; True where `current` or `problems` is another than before.

        Blocking: well under a millisecond where nothing has changed, else as long as the changed
        files take. Never raises: whatever goes wrong is a problem, and `current` stays.
        """
        with self._one_at_a_time:
            return self._files.changed() and self._read()

    def _read(self) -> bool:
        try:
            rulebook = self._files.read()
        except RuleError as error:
            return self._keep(error.problems)
        except Exception as error:
            _log.exception("the rules could not be read")
            return self._keep((f"the rules could not be read: {error!r}",))
        new = bool(self.problems) or rulebook != self.current
        self.current, self.problems = rulebook, ()
        if new:
            _log.info("new rules are in force")
        return new

    def _keep(self, problems: tuple[str, ...]) -> bool:
        if problems == self.problems:
            return False
        self.problems = problems
        _log.error("the last good rules stay in force until this is mended:\n%s", "\n".join(problems))
        return True
