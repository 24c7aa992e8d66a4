"""Desk: reads for the portal how this house is. Called in the portal's threads, never on the event loop."""

import logging

from sekisho.proxy.gatehouse import Gatehouse
from sekisho.sources.condition import read_conditions
from sekisho.store import Limits, StoreError
from sekisho.web.desk import House

logger = logging.getLogger(__name__)


def read_house(house: Gatehouse) -> House:
    """Sources and untold events. Without a store, or with one that fails, what is known without it."""
    settings, store = house.settings, house.store
    limits = Limits(settings.virustotal.per_minute, settings.virustotal.per_day)
    if store is not None:
        try:
            return House(
                conditions=read_conditions(settings, store.source_states()),
                events=tuple(store.memory.events(untold_only=True)),
                asked=store.spent("virustotal", house.clock()),
                limits=limits,
            )
        except StoreError as error:
            logger.error("the desk could not read the store: %s", error)
    return House(conditions=read_conditions(settings, ()), limits=limits, unread=True)
