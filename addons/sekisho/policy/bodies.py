"""Bodies: what happens to what is about to be sent to an unfamiliar host. Pure.

`forms` finds which secrets are in it and which of them are held; here that becomes an Action, in this order: too
long to be read, released by the person, held. Where the answer needs the store, the engine reads it in between.
"""

from sekisho.forms.secrets import NEW_FOR, held_of
from sekisho.policy.action import Hold, HoldReason
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request
from sekisho.verdict import Secret, Verdict

LONGEST_BODY = 16 * 1024 * 1024
"""Bytes of one request that are read before it is forwarded."""
STREAM_OVER = 64 * 1024
"""Bytes: a longer body, or one of unknown length, is streamed where nothing has to be looked for in it."""


def is_long(length: int | None) -> bool:
    """Whether a message of this many bytes (None: not given) may be too long to keep in memory."""
    return length is None or length > STREAM_OVER


def has_typed_query(request: Request) -> bool:
    """A person may have typed what stands in the query. Not where a link was followed from elsewhere."""
    return not (request.is_get_click and request.site in ("none", "cross-site"))


def may_return(request: Request) -> bool:
    """The browser may come back from the portal for a form that was held; a page of the site itself does not."""
    return request.is_get_click and request.site in ("", "cross-site")


def too_long(verdict: Verdict) -> Hold:
    """More than can be read is held."""
    return Hold(HoldReason.TOO_LONG, verdict)


def decide_secrets(
    request: Request, verdict: Verdict, found: tuple[Secret, ...], known_for: float | None
) -> Hold | None:
    """Hold what must not go up unasked; None where nothing has to be.

    known_for: seconds since the household first saw the youngest of the names, None where one is new.
    """
    held = held_of(
        found, level=verdict.level, plain_http=request.scheme not in ("https", "wss"), known_for=known_for
    )
    if not held:
        return None
    reason = HoldReason.FORM if request.kind is Kind.CLICK else HoldReason.SCRIPT
    return Hold(reason, verdict, held, new_here=known_for is None or known_for < NEW_FOR)
