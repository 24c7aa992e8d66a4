"""Typed: somebody tells the family that they typed something on a fake site. With the store.

It becomes an event, which the Messenger tells at every place, and the desk and `sekisho status` show. Blocking.
"""

import logging

from sekisho.store import Store

logger = logging.getLogger(__name__)

PER_DEVICE = 10
"""Events of a device that count for one hour; more tell the family nothing new."""
_HOUR = 3600.0


def tell_typed(store: Store, host: str, client: str, what: str, now: float) -> bool:
    """Let the family know; False where this device has told enough for now. Raises StoreError.

    host: canonical, or empty where nobody knows it. what: one of `sekisho.rulebook.aftercare.Harm`.
    """
    if not store.events.add_typed(host, client, what, now, since=now - _HOUR, most=PER_DEVICE):
        logger.warning("%s told of %s too often; the family is not told again", client, what)
        return False
    logger.info("%s tells the family: %s at %s", client, what, host or "an unknown site")
    return True
