"""State and Answer: how a question to VirusTotal can end, each way with a sentence for the family.

The sentence says what is the matter and what to do, if anything. Pure.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from sekisho.providers.virustotal.report import DomainReport

_DOMAIN = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_-]{1,63}\.)+(?=[a-z0-9-]*[a-z])[a-z0-9-]{2,63}")


def may_ask(domain: str) -> bool:
    """Whether this can be asked about: a domain of two labels or more in ASCII; no address, no single label.

    vt-py puts names into its path as they are, so that another one could reach another endpoint.
    """
    return _DOMAIN.fullmatch(domain) is not None


class State(StrEnum):
    """How an answer ended, and how the source is since then; at most 20 characters."""

    OK = "ok"
    """There is a report."""
    NOT_FOUND = "not found"
    """VirusTotal does not know the domain: a good answer, which proves nothing."""
    OFF = "off"
    """No key."""
    NOT_ASKED = "not asked"
    """No registrable domain, or a name that VirusTotal does not take."""
    OVER_BUDGET = "over budget"
    """Our own limits are reached; nobody was asked."""
    QUOTA = "quota"
    """VirusTotal's limits are reached (429)."""
    WRONG_KEY = "wrong key"
    """The key was refused (401, 403); nobody is asked until it changes."""
    SERVER_ERROR = "server error"
    """VirusTotal failed (5xx)."""
    UNREADABLE = "unreadable"
    """What came back is no report."""
    TOO_SLOW = "too slow"
    """No answer yet; it is applied when it comes."""
    UNREACHABLE = "unreachable"
    """No connection: the name is not found, refused, reset."""

    @property
    def answered(self) -> bool:
        """VirusTotal answered."""
        return self in (State.OK, State.NOT_FOUND)

    @property
    def later(self) -> bool:
        """Worth asking again later: there may be an answer then."""
        return not self.answered and self not in (State.OFF, State.NOT_ASKED)


SENTENCES = {
    State.OK: "VirusTotal answers",
    State.NOT_FOUND: "VirusTotal does not know this domain; that proves nothing",
    State.OFF: "VirusTotal is not asked, since there is no key: `sekisho virustotal key` takes one",
    State.NOT_ASKED: "VirusTotal is asked about registrable domains only",
    State.OVER_BUDGET: "the questions that may be asked are used up; it is asked later",
    State.QUOTA: "VirusTotal's quota for this key is used up; it is asked again later",
    State.WRONG_KEY: "VirusTotal refuses the key; nobody is asked until `sekisho virustotal key` takes another",
    State.SERVER_ERROR: "VirusTotal has trouble of its own; nothing to do, it is asked again soon",
    State.UNREADABLE: "VirusTotal's answer could not be read; look for a newer sekisho if this stays",
    State.TOO_SLOW: "VirusTotal did not answer in time; its answer counts when it comes",
    State.UNREACHABLE: "VirusTotal cannot be reached; check this computer's internet connection",
}
"""The plain sentence of each state; `Answer.sentence` may say more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question about one domain."""

    state: State
    sentence: str = ""
    """One sentence: what is the matter and what to do."""
    report: DomainReport | None = None
    at: float = 0.0
    """When VirusTotal gave the report, which may be some hours ago; else when the question ended."""

    def __post_init__(self) -> None:
        if not self.sentence:
            object.__setattr__(self, "sentence", SENTENCES[self.state])

    @property
    def deferred(self) -> bool:
        """No answer now: the domain is to be asked about again later."""
        return self.state.later
