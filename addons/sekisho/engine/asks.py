"""Asks: creates an ask to the family and records its answer, in the store. Pages and replies both use it.

Blocking; from an event loop call it in a thread. Every ask and every answer is one line in the log, with
device and time. It does not notify the family: `notify.messenger` finds what waits in the store.
"""

import logging
import secrets
from collections.abc import Callable
from functools import partial

from sekisho.link import Link
from sekisho.policy.asking import check_rate, decision_of, new_ask
from sekisho.records.asks import Answer, Ask, Outcome
from sekisho.store import Store
from sekisho.verdict import Verdict

logger = logging.getLogger(__name__)

_LONGEST_BY = 80
"""Characters that the store keeps."""


def ask_family(
    store: Store,
    link: Link,
    client: str,
    verdict: Verdict,
    now: float,
    *,
    path: str | None = None,
    random_id: Callable[[], str] = lambda: secrets.token_urlsafe(16),
) -> tuple[Ask, bool]:
    """Ask the family to open a host for a device; the ask, and whether it is new.

    Where the same device asked for the same host and nobody has answered, that ask is given again and
    nobody is notified twice. Raises TooManyAsksError, and StoreError.
    """
    ask = new_ask(link, client, verdict, now, ask_id=random_id(), path=path)
    kept, new = store.asks.make(ask, partial(check_rate, now=now))
    if new:
        logger.info("%s (%s) asks the family about %s", kept.client, kept.who or "no name", kept.host)
    return kept, new


def answer_ask(store: Store, ask_id: str, answer: Answer, *, by: str, now: float, nonce: str = "") -> Outcome:
    """Answer an ask; the first answer wins, and an ask that is over cannot be answered.

    `by`: where, and by whom if that is known. When it returns ``accepted`` the decision is on the disk.
    Raises StoreError.
    """
    by = by[:_LONGEST_BY]
    outcome = store.asks.answer(
        ask_id,
        answer,
        by=by,
        at=now,
        nonce=nonce,
        decide=partial(decision_of, answer=answer, by=by, now=now),
    )
    ask = outcome.ask
    if ask is None:
        logger.warning("an answer %s by %s is to no ask that was made here", answer, by)
    elif outcome.kind == "accepted":
        logger.info("%s answered %s to %s about %s", by, answer, ask.client, ask.host)
    elif outcome.kind == "expired":
        logger.info("%s answered %s about %s too late: the ask is over", by, answer, ask.host)
    else:
        logger.info(
            "%s answered %s about %s, but %s had answered %s before",
            by,
            answer,
            ask.host,
            ask.answered_by,
            ask.answer,
        )
    return outcome
