"""Condition: the state of one provider, or of one of its lists, for `sekisho status` and for the desk. Pure.

A provider records in the store how its last question ended; a feed keeps that beside its list. `Provider.conditions`
combines these records with the settings: a provider without a key, or one that is switched off, is `off` whatever was
recorded before, and one that was never asked is reported as such.
"""

from dataclasses import dataclass

OFF, OK, UNASKED, FAILED, UNREADABLE = "off", "ok", "not asked yet", "failed", "unreadable"
"""States that several providers have; all others are words of their own: ``wrong key``, ``rate-limited``."""

QUIET = frozenset({OFF, OK, UNASKED})
"""States in which there is nothing to do."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How one source is. Times are seconds since 1970 UTC, None where there is none."""

    kind: str
    """What kind of source it is: ``virustotal``, ``registration`` (the age of names), ``feed``."""
    source: str
    """Its name in the store and in files: ``virustotal``, ``jprs``, ``openphish``."""
    name: str
    """Its name for people."""
    state: str
    sentence: str
    """English: what is the matter and what to do."""
    since: float | None = None
    """When it came into this state, where that is known."""
    last_good_at: float | None = None
    entries: int | None = None
    """Of a list: how many are in use."""
    next_try: float | None = None
    """Of a list: when it is fetched again."""
    is_spare: bool = False
    """One of several that could be used and is not, so that a short overview leaves it out."""

    @property
    def is_quiet(self) -> bool:
        """There is nothing to do."""
        return self.state in QUIET
