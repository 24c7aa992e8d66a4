"""Asking: the rules of "Ask my family". How often one may ask, and what an answer decides. Pure.

``once`` decides on this click: it opens the host to the device that asked, for half an hour from the
answer on. All other answers decide on the site, so they hold for the household, with subdomains, and no other
member has to ask again. ``1d`` and ``1w`` end,
``always`` and ``block`` stay until somebody takes them back. An ask itself is open for a day.
"""

import re
from collections.abc import Sequence

from sekisho.link import Link
from sekisho.records.asks import Answer, Ask
from sekisho.records.visits import Decision
from sekisho.verdict import Verdict

PATH_LENGTH = 500
"""Characters of a path that are kept and shown; the column of the store is as long."""
OPEN_SECONDS = 86_400.0
"""How long an ask can be answered: a child at work, or asleep in another country, gets to it."""
ONCE_SECONDS = 1800.0
"""How long ``once`` opens a host: an order form takes longer than the ten minutes of "go on"."""
_LASTS: dict[Answer, float | None] = {"once": ONCE_SECONDS, "1d": 86_400.0, "1w": 604_800.0}

PER_DEVICE = ((600.0, 5), (86_400.0, 20))
"""(seconds, asks): a device asks no more often in any such time. Each ask rings somebody's phone."""
PER_HOUSEHOLD = ((60.0, 10), (86_400.0, 60))
"""The same for all devices together."""


class TooManyAsksError(RuntimeError):
    """This device, or the household, has asked too often. The message says when it may ask again."""

    def __init__(self, wait: float) -> None:
        self.wait = wait
        """Seconds until one more ask is allowed."""
        super().__init__(f"the family was asked too often; ask again in {int(wait // 60) + 1} minutes")


def check_rate(device: Sequence[float], household: Sequence[float], now: float) -> None:
    """Raises TooManyAsksError where one more ask is too many. The times are those of the last day, in any order."""
    wait = max(_wait(device, PER_DEVICE, now), _wait(household, PER_HOUSEHOLD, now))
    if wait > 0:
        raise TooManyAsksError(wait)


def _wait(times: Sequence[float], limits: Sequence[tuple[float, int]], now: float) -> float:
    waits = [0.0]
    for seconds, most in limits:
        # A time ahead of the clock was noted before the clock was set right, and counts as just now.
        recent = sorted(min(at, now) for at in times if at > now - seconds)
        if len(recent) >= most:
            waits.append(recent[-most] + seconds - now)
    return max(waits)


def new_ask(
    link: Link, client: str, verdict: Verdict, now: float, *, ask_id: str, path: str | None = None
) -> Ask:
    """An ask to open a link's host. `path` only where the person chose to tell it; a query never is."""
    return Ask(
        id=ask_id,
        client=client,
        host=link.host,
        level=verdict.level,
        evidence=verdict.evidence,
        at=now,
        expires=now + OPEN_SECONDS,
        path=_told_path(path),
    )


def open_until(asked: Ask) -> float | None:
    """When the opening that an answer made ends; None for one that stays."""
    seconds = _LASTS.get(asked.answer) if asked.answer else None
    return None if seconds is None else (asked.answered_at or 0.0) + seconds


def decision_of(ask: Ask, answer: Answer, *, by: str, now: float) -> Decision:
    """What an answer decides; see the head of this module."""
    seconds = _LASTS.get(answer)
    return Decision(
        kind="block" if answer == "block" else "allow",
        host=ask.host,
        at=now,
        by=by,
        exact=answer == "once",
        client=ask.client if answer == "once" else None,
        until=None if seconds is None else now + seconds,
    )


def _told_path(path: str | None) -> str | None:
    if path is None:
        return None
    # Session keys and addresses stand in queries and fragments; what is left is cut at any odd character.
    bare = re.split(r"[?#;\s\x00-\x1f\x7f]", path, maxsplit=1)[0]
    return bare[:PATH_LENGTH] or None
