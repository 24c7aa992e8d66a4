"""Desk: what the portal's desk needs of this house. Called in the portal's threads, never on the event loop."""

import logging

from sekisho.family.household import Household
from sekisho.proxy.gatehouse import Gatehouse
from sekisho.sources.condition import read_conditions
from sekisho.store import Limits, Store, StoreError
from sekisho.web.desk import House
from sekisho.web.desk_pages import Room

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
                waiting=len(store.family.open_asks(house.clock())),
            )
        except StoreError as error:
            logger.error("the desk could not read the store: %s", error)
    return House(conditions=read_conditions(settings, ()), limits=limits, unread=True)


def room_of(house: Gatehouse) -> Room:
    """What the family's pages read and change."""

    def store() -> Store:
        if house.store is None:
            raise StoreError(house.missing)
        return house.store

    def household() -> Household:
        if house.checkpoint is None:
            raise StoreError(house.missing)
        decisions = tuple(store().decisions(house.clock()))
        return Household(house.rulebook(), decisions, house.settings.household, house.household)

    return Room(house.settings, house.clock, store, household, house.answer_ask, house.decided)
