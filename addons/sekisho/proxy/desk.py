"""Desk: what the portal's desk needs of this household. Called in the portal's threads, never on the event loop."""

import logging

from sekisho.engine.engine import Engine
from sekisho.policy.household import Household
from sekisho.portal.desk import DeskSummary
from sekisho.portal.desk_pages import Room
from sekisho.providers.condition import read_conditions
from sekisho.store import Limits, Store, StoreError

logger = logging.getLogger(__name__)


def read_house(engine: Engine) -> DeskSummary:
    """Sources and untold events. Without a store, or with one that fails, what is known without it."""
    settings, store = engine.settings, engine.store
    limits = Limits(settings.virustotal.per_minute, settings.virustotal.per_day)
    if store is not None:
        try:
            return DeskSummary(
                conditions=read_conditions(settings, store.source_states()),
                events=tuple(store.memory.events(untold_only=True)),
                asked=store.spent("virustotal", engine.clock()),
                limits=limits,
                waiting=len(store.family.open_asks(engine.clock())),
            )
        except StoreError as error:
            logger.error("the desk could not read the store: %s", error)
    return DeskSummary(conditions=read_conditions(settings, ()), limits=limits, unread=True)


def room_of(engine: Engine) -> Room:
    """What the family's pages read and change."""

    def store() -> Store:
        if engine.store is None:
            raise StoreError(engine.missing)
        return engine.store

    def household() -> Household:
        if engine.policy is None:
            raise StoreError(engine.missing)
        decisions = tuple(store().decisions(engine.clock()))
        return Household(engine.rulebook(), decisions, engine.settings.household, engine.household)

    return Room(engine.settings, engine.clock, store, household, engine.answer_ask, engine.decided)
