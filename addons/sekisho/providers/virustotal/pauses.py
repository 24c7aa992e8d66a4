"""Pauses: when not to ask VirusTotal, after a failure.

Without them each click of an outage would wait its full 2.5 s, and each click over the quota would
make VirusTotal wait longer. A pause after trouble starts at 15 s and doubles up to ten minutes; after a
429 it lasts as long as Retry-After says, else to the end of the minute, and from the third in a row to
00:00 UTC, when the day's quota begins anew (https://docs.virustotal.com/docs/consumption-quotas-handled).
A refused key is not tried again at all. Pure: the time is passed in.
"""

import math
from dataclasses import dataclass

from sekisho.backoff import backoff
from sekisho.providers.virustotal.states import State

MINUTE = 60.0
DAY = 86_400.0
FIRST = 15.0
LONGEST = 600.0
_TROUBLE = (State.SERVER_ERROR, State.UNREADABLE, State.TOO_SLOW, State.UNREACHABLE)
MINUTES_BEFORE_DAY = 2
"""Refusals in a row that may be the minute's quota; another one is the day's."""


@dataclass(frozen=True, slots=True)
class Pause:
    """What the last answers in a row were, and until when nobody is asked."""

    state: State = State.OK
    in_a_row: int = 0
    since: float = 0.0
    until: float = 0.0
    """Infinite after a refused key."""

    def after(self, state: State, now: float, retry_after: float | None = None) -> "Pause":
        """The pause that follows an answer. `retry_after`: seconds, as the server asked for."""
        if state is State.WRONG_KEY:
            return Pause(state, 1, now, math.inf)
        if self.state is State.WRONG_KEY:
            return self
        held = self.holds(now)
        if state is State.QUOTA:
            # Several questions that were under way are refused at once: that is one refusal.
            row = (self.in_a_row + (not held)) if self.state is state else 1
            until = now + _quota_seconds(row, now, retry_after)
            return Pause(state, row, now, max(until, self.until) if held else until)
        if state in _TROUBLE:
            if held:
                return self
            row = self.in_a_row + 1 if self.state in _TROUBLE else 1
            seconds = backoff(row, FIRST, LONGEST)
            return Pause(state, row, now, now + max(seconds, min(retry_after or 0.0, LONGEST)))
        # An answer ends an outage; a question from before the quota was reached says nothing about it.
        return self if held and self.state is State.QUOTA else Pause()

    def holds(self, now: float) -> bool:
        """Whether nobody is to be asked now. A clock that was set back ends a pause that it began."""
        if self.state is State.WRONG_KEY:
            return True
        return self.since <= now < self.until


def _quota_seconds(row: int, now: float, retry_after: float | None) -> float:
    midnight = DAY - now % DAY
    if retry_after is not None:
        return min(max(retry_after, 1.0), DAY)
    # VirusTotal does not say whether the minute's, the day's or the month's quota is used up.
    return MINUTE if row <= MINUTES_BEFORE_DAY else max(midnight, MINUTE)
