"""Portal app: the portal's pages with what they need of this engine. Called in the portal's threads."""

import logging
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from sekisho.engine.asking import Asking
from sekisho.engine.engine import Engine
from sekisho.policy.household import Household
from sekisho.portal.aftercare_pages import add_aftercare_pages
from sekisho.portal.ask_pages import add_ask_pages
from sekisho.portal.desk import DeskSummary
from sekisho.portal.desk_login import Door, desk_blueprint
from sekisho.portal.desk_pages import Room, add_desk_pages
from sekisho.portal.form_pages import add_form_pages
from sekisho.portal.login import SetUp, new_code
from sekisho.portal.look import read_look
from sekisho.portal.password import PasswordError, has_password
from sekisho.portal.portal import create_portal
from sekisho.providers.condition import read_conditions
from sekisho.settings import Settings
from sekisho.store import Limits, Store, StoreError

logger = logging.getLogger(__name__)


def read_house(engine: Engine) -> DeskSummary:
    """Sources and untold events. Without a store, or with one that fails, what is known without it."""
    settings, store = engine.settings, engine.current.store
    limits = Limits(settings.virustotal.per_minute, settings.virustotal.per_day)
    if store is not None:
        try:
            return DeskSummary(
                conditions=read_conditions(settings, store.sources.states()),
                events=tuple(store.events.all(pending_only=True)),
                asked=store.sources.spent("virustotal", engine.clock()),
                limits=limits,
                waiting=len(store.asks.open_asks(engine.clock())),
            )
        except StoreError as error:
            logger.error("the desk could not read the store: %s", error)
    return DeskSummary(conditions=read_conditions(settings, ()), limits=limits, unread=True)


def room_of(engine: Engine) -> Room:
    """What the family's pages read and change."""

    def store() -> Store:
        if engine.current.store is None:
            raise StoreError(engine.current.missing)
        return engine.current.store

    def household() -> Household:
        if engine.current.policy is None:
            raise StoreError(engine.current.missing)
        decisions = tuple(store().decisions.in_force(engine.clock()))
        return Household(
            engine.current.rulebook(), decisions, engine.settings.household, engine.current.household
        )

    return Room(
        engine.settings, engine.clock, store, household, engine.family.answer_ask, engine.current.decided
    )


def set_up_for(settings: Settings) -> SetUp:
    """A code for the family's first password, where there is none yet."""
    try:
        return SetUp() if has_password(settings.state) else SetUp(new_code())
    except PasswordError as error:
        logger.error("nobody can log in at the desk: %s", error)
        return SetUp()


def portal_for(engine: Engine, ca_folder: Callable[[], Path], set_up: SetUp) -> Flask:
    """The web room's app, with what it needs of this proxy; `ca_folder` is mitmproxy's confdir."""
    door = Door(engine.settings.state, set_up, engine.clock)
    app = create_portal(
        tickets=engine.tickets,
        go_on=engine.family.go_on,
        ca_file=lambda: ca_folder() / "mitmproxy-ca-cert.pem",
        rulebook=engine.current.rulebook,
        clock=engine.clock,
        rules_read=lambda: engine.current.rules_read,
        summary=lambda: read_house(engine),
        look=lambda: read_look(engine.settings.state),
        go_on_seconds=engine.settings.go_on_minutes * 60.0,
        standing=door.seen,
    )
    asking = Asking(engine)
    add_aftercare_pages(
        app,
        tickets=engine.tickets,
        rulebook=engine.current.rulebook,
        clock=engine.clock,
        regions=engine.settings.household.regions,
        tell=asking.tell,
    )
    add_ask_pages(
        app,
        tickets=engine.tickets,
        forms=engine.forms,
        ask=asking.ask,
        find=asking.find,
        places=asking.places,
        rulebook=engine.current.rulebook,
        clock=engine.clock,
    )
    add_form_pages(
        app,
        forms=engine.forms,
        release=engine.releases.release,
        refuse=engine.releases.refuse,
        rulebook=engine.current.rulebook,
        clock=engine.clock,
    )
    desk = desk_blueprint(door)
    add_desk_pages(desk, room_of(engine))
    app.register_blueprint(desk)
    return app
