"""RateLimit: when a server may be asked again. Pure: times are any clock's seconds, passed in.

Registries answer everybody without a fee. Between two questions to one server there is a gap; after a
failure a server is not asked for half a minute, then twice as long, up to an hour; a server's own
``Retry-After`` counts, up to a day.
"""

from dataclasses import dataclass

from sekisho.backoff import backoff
from sekisho.providers.registration.answer import NoAnswerError, State

GAP = 0.5
FIRST_REST = 30.0
LONGEST_REST = 3600.0
LONGEST_ASKED = 86_400.0
_RESTING = frozenset({State.UNREACHABLE, State.REFUSED, State.RATE_LIMITED})
"""What is wrong with a server, not with its answer about one name."""


@dataclass(slots=True)
class _Server:
    next_turn: float = 0.0
    rests_until: float = 0.0
    failures: int = 0
    state: State = State.UNREACHABLE
    sentence: str = ""


class RateLimit:
    """What is remembered of each server."""

    def __init__(self, gap: float = GAP) -> None:
        """`gap`: seconds between two questions to one server."""
        self._gap = gap
        self._servers: dict[str, _Server] = {}

    def check(self, server: str, now: float) -> None:
        """Raises NoAnswerError, with what went wrong last, while this server must not be asked."""
        known = self._servers.get(server)
        if known and now < known.rests_until:
            raise NoAnswerError(known.state, known.sentence, known.rests_until - now)

    def take_turn(self, server: str, now: float, patience: float) -> float | None:
        """Seconds until this server may be asked, which is then this caller's turn.

        None where that is more than `patience` seconds away: too many are waiting already.
        """
        known = self._servers.setdefault(server, _Server())
        turn = max(now, known.next_turn)
        if turn - now > patience:
            return None
        known.next_turn = turn + self._gap
        return turn - now

    def went_well(self, server: str) -> None:
        """It answered; the next rest is a short one again."""
        known = self._servers.setdefault(server, _Server())
        known.failures, known.rests_until = 0, 0.0

    def went_wrong(self, server: str, trouble: NoAnswerError, now: float) -> None:
        """It did not answer; an answer that made no sense is no reason for a rest."""
        if trouble.state not in _RESTING:
            return
        known = self._servers.setdefault(server, _Server())
        known.failures += 1
        rest = backoff(known.failures, FIRST_REST, LONGEST_REST)
        if trouble.retry_after is not None:
            rest = min(max(trouble.retry_after, 1.0), LONGEST_ASKED)
        known.rests_until = max(known.rests_until, now + rest)
        known.state, known.sentence = trouble.state, str(trouble)
